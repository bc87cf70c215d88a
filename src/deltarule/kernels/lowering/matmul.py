"""Matrix products as calls of the prelude's `multiply`, whatever the order and number of axes.

Axes that follow each other in both tensors that hold them are one axis. What is left over of
rows, columns and summed indices beside one of each, and the indices that stand in all three
tensors, are loops around the call. Nothing is taken for granted of the strides: where rows and
columns of the result both have longer ones (its last index stands in all three tensors, or is the
time of a scan), the prelude forms the product in room of its own and writes it from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from sympy import Add, Expr, Integer

from deltarule.expressions.nodes import Read, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.match_matmul import Factor, Product, Products
from deltarule.kernels.lowering.packed_panels import Call, Matrix, Panels
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code
from deltarule.networks.equations import Equation

#: The columns, rows and summed indices stand in two each of (c, a, b); a stack stands in all.
_COLUMNS, _ROWS, _SUMMED, _STACK = (1, 0, 1), (1, 1, 0), (0, 1, 1), (1, 1, 1)


def emit(plan: Products, site: Site, out: Emitter) -> None:
    """The calls; what is left of the equation is added to them, or assigned before."""
    equation, products, rest = site.equation, plan.products, plan.rest
    out.prelude.add("strided_products")
    calls = ProductCalls(out.code, out.lines, equation, site.loop_indices, out.packed)
    begun = equation.lhs in Add.make_args(rest)
    first = not products[0].conditions and not begun and calls.overwrites(products[0])
    if begun and rest != equation.lhs or not begun and not first:
        out.lower(replace(equation, rhs=rest), site.loop_indices)
    for k, product in enumerate(products):
        calls.write(product, not first or k > 0)
    if first and rest != 0:
        out.lower(replace(equation, rhs=equation.lhs + rest), site.loop_indices)


@dataclass(frozen=True)
class Run:
    """Indices that together are one axis: `strides` in c, a and b, 0 where they do not stand."""

    size: Expr
    strides: tuple[Expr, Expr, Expr]


class Strided:
    """A tensor in a product: where it starts, and its stride along each index that has no value."""

    def __init__(self, access: Read, axes: Sequence[Expr], loop_indices: frozenset[Index]):
        self.name = tensor_name(access)
        self.offset: Expr = Integer(0)
        self.strides: dict[Index, Expr] = {}
        step: Expr = Integer(1)
        for subscript, extent in zip(reversed(access.indices), reversed(axes), strict=True):
            own = [
                i for i in subscript.free_symbols if isinstance(i, Index) and i not in loop_indices
            ]
            if own:
                self.strides[own[0]] = step
                subscript = subscript - own[0]
            self.offset = self.offset + step * subscript
            step = step * extent


class ProductCalls:
    """Writes the products of one equation, where the indices in `loop_indices` have a value.

    With `part`, an index runs from one number to below another only, and calls stay in the thread
    that makes them; `packed_alone` tells whether all of them were products with packed matrices.
    """

    def __init__(
        self,
        code: Code,
        lines: Lines,
        equation: Equation,
        loop_indices: Sequence[Index] = (),
        packed: Panels | None = None,
        part: tuple[Index, Expr, Expr] | None = None,
    ):
        self.code, self.lines, self.equation, self.packed = code, lines, equation, packed
        self.loop_indices = frozenset(loop_indices)
        self.part, self.packed_alone = part, True

    def write(self, product: Product, add: bool) -> None:
        """The call (or calls); with `add`, the product is added to what is there."""
        if product.conditions:
            test = " and ".join(self.code.condition(c) for c in product.conditions)
            with self.lines.block(f"if {test}:"):
                self.write(replace(product, conditions=()), add)
            return
        for side in ("left", "right"):
            factor = getattr(product, side)
            if factor.condition is None or factor.shifted is not None:
                continue
            with self.lines.block(f"if {self.code.condition(factor.condition)}:"):
                self.write(replace(product, **{side: Factor(factor.read)}), add)
            with self.lines.block("else:"):
                self.write(replace(product, **{side: Factor(factor.otherwise)}), add)
            return
        self._all_times(product, add)

    def _all_times(self, product: Product, add: bool) -> None:
        """One call; where h[t − 1] is h0 at t = 0, one for the later times and one for t = 0."""
        factors = (product.left, product.right)
        shifted = next((f.shifted for f in factors if f.shifted is not None), None)
        extents = dict(product.summed)
        if shifted is None:
            self._call(product, [f.read for f in factors], extents, {}, add)
            return
        self._call(product, [f.read for f in factors], extents, {shifted: 1}, add)
        first = [f.read.subs(shifted, 0) if f.shifted is None else f.otherwise for f in factors]
        is_summed = shifted in extents  # else the first time has rows of its own
        times = {**dict(self.equation.ranges), **extents}[shifted]
        extents.pop(shifted, None)
        with self.lines.block(f"if {self._whole(times)} > 0:"):
            self._call(product, first, extents, {}, add or is_summed, shifted)

    def overwrites(self, product: Product) -> bool:
        """Whether `write` without `add` fills the result even where nothing is summed.

        Loops around the call that run over summed indices may run not once.
        """
        extents = {**dict(self.equation.ranges), **dict(product.summed)}
        starts = {f.shifted: 1 for f in (product.left, product.right) if f.shifted is not None}
        for left in _reads(product.left):
            for right in _reads(product.right):
                runs = _runs(self._strided((left, right)), extents, starts)
                if len(runs[_SUMMED]) > 1:
                    return False
        return True

    def _strided(self, reads: Sequence[Read], zero: Index | None = None) -> list[Strided]:
        """The result and both factors as they lie in memory; the second holds the columns.

        Columns are those along which the result has unit stride, if it has any. `zero` is an index
        that is 0.
        """
        tensors, lhs = self.code.tensors, self.equation.lhs
        c, a, b = (
            Strided(r, tensors[tensor_name(r)].axes, self.loop_indices)
            for r in (lhs if zero is None else lhs.subs(zero, 0), *reads)
        )
        last = next((i for i, step in c.strides.items() if step == 1), None)
        return [c, b, a] if last in a.strides and last not in b.strides else [c, a, b]

    def _call(
        self, product, reads: Sequence[Read], summed: Mapping, starts: Mapping, add, zero=None
    ) -> None:
        c, a, b = self._strided(reads, zero)
        extents = {**dict(self.equation.ranges), **summed}
        if self.part is not None:
            index, first, last = self.part
            extents, starts = {**extents, index: last}, {**starts, index: first}
        runs = _runs((c, a, b), extents, starts)
        offsets = [
            t.offset + sum(n * t.strides.get(i, 0) for i, n in starts.items()) for t in (c, a, b)
        ]
        with ExitStack() as stack:
            added = "1" if add else "0"
            for kind, group in runs.items():
                outer = group if kind == _STACK else group[:-1]
                for run in outer:
                    index = Index(self.code.spelling.fresh("outer"))
                    name = self.code.spelling.symbol(index)
                    stack.enter_context(
                        self.lines.block(f"for {name} in range({self.code.integer(run.size)}):")
                    )
                    offsets = [o + index * step for o, step in zip(offsets, run.strides)]
                    if kind == _SUMMED and not add:
                        added = f"int({name} > 0)" if added == "0" else f"{added} + {name}"
            none = Run(Integer(1), (Integer(0),) * 3)
            m, n, k = ((runs[g] or [none])[-1] for g in (_ROWS, _COLUMNS, _SUMMED))
            sizes = self._all(m.size, n.size, k.size)
            result = f"{self._place(c, offsets[0])}, {self._all(m.strides[0], n.strides[0])},"
            left = f"{self._place(a, offsets[1])}, {self._all(m.strides[1], k.strides[1])},"
            matrix = Matrix(
                b.name, offsets[2], (k.strides[2], n.strides[2]), n.size, k.size, product.scale
            )
            call = None if self.packed is None else self.packed.call(matrix, n.strides[0] == 1)
            if call is None:
                self.packed_alone = False
                scale = self.code.real(product.scale)
                call = Call("multiply", f"{matrix.place(self.code)},", f" {scale},")
            alone = self.code.alone if self.part is None else "1"
            last = f"{sizes},{call.scale} {added}, {alone},"
            rest = (result, left, call.matrix, last)
            self.lines.add(f"{call.function}(", *(f"    {line}" for line in rest), ")")

    def _place(self, tensor: Strided, offset: Expr) -> str:
        return f"{self.code.pointer(tensor.name)}, {self._whole(offset)}"

    def _all(self, *values: Expr) -> str:
        return ", ".join(map(self._whole, values))

    def _whole(self, value: Expr) -> str:
        return self.code.integer(value.expand())


def _reads(factor: Factor) -> list[Read]:
    """The tensors that a factor may be; h0 in place of h[t − 1] is added in a call of its own."""
    either = factor.otherwise is not None and factor.shifted is None
    return [factor.read, factor.otherwise] if either else [factor.read]


def _runs(tensors: Sequence[Strided], extents: Mapping, starts: Mapping) -> dict[tuple, list[Run]]:
    """The indices by where they stand, those that follow each other joined to one."""
    runs: dict[tuple, list[Run]] = {_STACK: [], _ROWS: [], _COLUMNS: [], _SUMMED: []}
    order = [i for t in tensors for i in reversed(t.strides)]
    for index in dict.fromkeys(order):
        strides = tuple(t.strides.get(index, Integer(0)) for t in tensors)
        group = runs[tuple(int(index in t.strides) for t in tensors)]
        size = extents[index] - starts.get(index, 0)
        whole = index not in starts
        before = group[-1] if group else None
        if (
            before is not None
            and whole
            and all((p - s * size).expand() == 0 for p, s in zip(before.strides, strides))
        ):
            group[-1] = Run(before.size * size, strides)
        else:
            group.append(Run(size, strides))
    return runs
