"""A recurrence as one scheduled loop over its times, in a function of its own.

Where all that a time computes is sums of products and entries, a time is: the products with
matrices that are packed before the loop, and then one nest over the entries (`fused_rows`). Along
an axis where no entry reads another one, as that of a batch, each thread goes through all times
with a part of it, and waits for nobody: a row comes out the same in whatever part it lies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sympy import Add, Expr

from deltarule.expressions.nodes import Read, Sum, reads, tensor_name, walk
from deltarule.expressions.symbols import Index, Size
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.fused_rows import FusedRows, entrywise
from deltarule.kernels.lowering.match_matmul import Products
from deltarule.kernels.lowering.matmul import ProductCalls
from deltarule.kernels.lowering.packed_panels import Packed
from deltarule.kernels.lowering.time_loop import Times
from deltarule.kernels.python_text.indented import Lines
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence
from deltarule.spelling.text import text

#: So many entries of the axis that is shared out are a part, as a rule and at least. Their number
#: does not depend on that of the threads.
USUAL, LEAST = 16, 4


@dataclass(frozen=True)
class Step:
    """What a time does for one equation: entries `before`, then products, then entries `after`.

    With `fresh` the first product overwrites.
    """

    equation: Equation
    before: Expr | None
    products: Products | None
    fresh: bool
    after: Expr | None


class Scan:
    """Writes a recurrence whose parts of one time are `parts`; `fits` says whether it can.

    `functions` takes the function, `out.lines` what is done before it and its call.
    """

    def __init__(
        self,
        out: Emitter,
        block: Recurrence,
        parts: Sequence[Equation],
        times: tuple[str, Times],
        private: frozenset[str] = frozenset(),
    ):
        self.out, self.block, self.code, self.private = out, block, out.code, private
        self.head, self.times = times
        index_of = {e.name: i for e, i, _ in block.times}
        self.known = {
            e.name: () if index_of[e.name] is None else (index_of[e.name],) for e in parts
        }
        found = [self._step(e) for e in parts]
        self.steps = [s for s in found if s is not None]
        alike = self.times.alike and len(set(self.known.values())) == 1
        #: Whether each equation is a sum of products and entries.
        self.fits = alike and self.steps == found
        self.axis = self._shared_axis(parts)
        self._packed_alone = True

    def _step(self, equation: Equation) -> Step | None:
        """The parts of an equation; None where it needs other loops."""
        known = self.known[equation.name]
        match = self.out.matcher.match(equation, known)
        if isinstance(match.plan, Products) and match.lowering.name == "matmul":
            step = self._products(equation, match.plan)
        else:
            step = Step(equation, None, None, False, equation.rhs)
        for rhs in (step.before, step.after):
            if rhs is not None and not entrywise(replace(equation, rhs=rhs), known):
                return None
        return step

    def _products(self, equation: Equation, plan: Products) -> Step:
        lhs, rest = equation.lhs, plan.rest
        if lhs in Add.make_args(rest):
            return Step(equation, None, plan, False, None if rest == lhs else rest)
        calls = ProductCalls(self.code, Lines(), equation, self.known[equation.name])
        conditions = {p.conditions for p in plan.products}
        if len(conditions) > 1 or not calls.overwrites(plan.products[0]):
            return Step(equation, rest, plan, False, None)
        # Where the conditions do not hold, no product is written.
        [tests] = conditions
        product = Sum(lhs, (), tests) if tests else lhs
        return Step(equation, None, plan, True, None if rest == 0 and not tests else product + rest)

    def _shared_axis(self, parts: Sequence[Equation]) -> int | None:
        """An axis along which nothing is read elsewhere than where it is written."""
        if not self.fits:
            return None
        first, tensors = parts[0], self.code.tensors
        for axis, index in enumerate(first.subscripts):
            if index in self.known[first.name]:
                continue
            extent = tensors[first.name].axes[axis]
            if all(self._apart(e, axis, extent) for e in parts):
                return axis
        return None

    def _apart(self, equation: Equation, axis: int, extent: Expr) -> bool:
        axes = self.code.tensors[equation.name].axes
        if len(axes) <= axis or axes[axis] != extent:
            return False
        index = equation.subscripts[axis]
        if not isinstance(index, Index) or index in self.known[equation.name]:
            return False
        own = (r for r in reads(equation.rhs) if tensor_name(r) in self.block.names)
        return all(len(r.indices) > axis and r.indices[axis] == index for r in own)

    # ---- the text ---------------------------------------------------------------------------
    def write(self, functions: Lines) -> None:
        """The function, and before and after it what the pass around has to do."""
        code, out = self.code, self.out
        fresh = code.spelling.fresh
        name, part = fresh("scan"), None
        if self.axis is not None:
            part = (self.axis, fresh("first"), fresh("last"))
        around = code.pointers, code.lists
        code.forget()
        packed = Packed(code, out.lines, self.block.names)
        body = Lines(1)
        with body.block(self.head):
            body.add(*self.times.settings(self.block.equations))
            self._time(body, packed, part)
        lines = [*(f"    {line}" for line in code.said_before()), *str(body).splitlines()]
        code.pointers, code.lists = around
        arguments = [*self._arguments("\n".join(lines)), *packed.names]
        ahead = [] if part is None else list(part[1:])
        functions.add("", "", "@compiled", f"def {name}({', '.join([*ahead, *arguments])}):")
        functions.add("    apart()", "    unaliased()", *lines)
        self.out.prelude.add("strided_products")  # both of them stand there
        self._call(name, part, arguments)

    def _call(self, name: str, part: tuple | None, arguments: list[str]) -> None:
        lines, taken = self.out.lines, ", ".join(arguments)
        if part is None:
            lines.add(f"{name}({taken})")
            return
        extent = self.code.tensors[self.block.equations[0].name].axes[part[0]]
        size = self.code.integer(extent, 3)
        whole = not self.out.parallel or not self._packed_alone
        if whole:
            lines.add(f"{name}(0, {size}, {taken})")
            return
        parts = self.code.spelling.fresh("parts")
        lines.add(f"{parts} = max(1, min({size} // {LEAST}, max(2, {size} // {USUAL})))")
        with lines.block(f"for part in prange({parts}):"):
            ends = f"part * {size} // {parts}, (part + 1) * {size} // {parts}"
            lines.add(f"{name}({ends}, {taken})")

    def _time(self, lines: Lines, packed: Packed, part: tuple | None) -> None:
        """One time: its products as early as they can be, and nests of entries."""
        known = next(iter(self.known.values()))
        rows = FusedRows(self.code, lines, known, part, self._unkept())
        for step in self.steps:
            equation = step.equation
            lines.comment(f"{text(equation.lhs)} = {text(equation.rhs)}")
            if step.before is not None:
                rows.add(replace(equation, rhs=step.before))
            if step.products is not None:
                rows.before({equation.name, *map(tensor_name, _factors(step.products))})
                self._calls(step, step.products, lines, packed, part)
            if step.after is not None:
                rows.add(replace(equation, rhs=step.after))
        rows.write()

    def _unkept(self) -> dict[str, set[str]]:
        """The tensors that no product and no other time needs, with those that read them."""
        found: dict[str, set[str]] = {}
        plans = [s.products for s in self.steps if s.products is not None]
        taken = {tensor_name(r) for plan in plans for r in _factors(plan)}
        for step in self.steps:
            e, name = step.equation, step.equation.name
            count = len(e.subscripts) - len(self.known[name])
            readers = [(f, r) for f in self.block.equations for r in reads(f.rhs, name)]
            at_hand = all(r.indices[:-count] == e.subscripts[:-count] for _, r in readers)
            alone = sum(f.name == name for f in self.block.equations) == 1
            if alone and at_hand and step.before is None and name not in taken:
                found[name] = {f.name for f, _ in readers}
        return {name: found[name] for name in found if name in self.private}

    def _calls(
        self, step: Step, plan: Products, lines: Lines, packed: Packed, part: tuple | None
    ) -> None:
        equation, known = step.equation, self.known[step.equation.name]
        own = None
        if part is not None:
            own = (equation.subscripts[part[0]], Index(part[1]), Index(part[2]))
        calls = ProductCalls(self.code, lines, equation, known, packed, own)
        for k, product in enumerate(plan.products):
            calls.write(product, not step.fresh or k > 0)
        self._packed_alone &= calls.packed_alone

    def _arguments(self, body: str) -> list[str]:
        """The arrays and sizes that occur in a text."""
        words = set(re.findall(r"[^\W\d]\w*", re.sub(r"#.*", "", body)))
        names = {t: self.code.spelling.tensor(t) for t in self._tensors()}
        sizes = {s: self.code.spelling.symbol(s) for s in self._sizes()}
        return [n for n in (*names.values(), *sizes.values()) if n in words]

    def _tensors(self) -> dict[str, None]:
        found: dict[str, None] = {}
        for step in self.steps:
            found[step.equation.name] = None
            found.update(dict.fromkeys(tensor_name(r) for r in reads(step.equation.rhs)))
        return found

    def _sizes(self) -> dict[Size, None]:
        parts = [a for t in self._tensors() for a in self.code.tensors[t].axes]
        for step in self.steps:
            parts += [step.equation.rhs, *step.equation.subscripts]
            parts += [n for _, n in step.equation.ranges]
        return dict.fromkeys(n for p in parts for n in walk(p) if isinstance(n, Size))


def _factors(plan: Products) -> list[Read]:
    """All that products read."""
    factors = [f for p in plan.products for f in (p.left, p.right)]
    return [r for f in factors for r in (f.read, f.otherwise) if r is not None]
