"""A network of a typed formula: its tensors, with sizes inferred by position, and its equations.

    E = ½‖y − σ(W x + b)‖²                         vectors and matrices by their letters
    p = softmax(W x); E = −tᵀ log(p)               several equations
    y[n, m] = Σ_d x[n, d] W[d, m] + b[m]           with indices

Nothing of it is run. What can be read in several ways is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sympy import Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Read, free_indices, read, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Index, Size
from deltarule.marking.formulas.matrix_words import written_as_program
from deltarule.marking.formulas.parser import Parser
from deltarule.marking.formulas.vocabulary import Vocabulary
from deltarule.marking.typed.lettered import letter, lettered
from deltarule.marking.typed.shape_parser import ShapeParser
from deltarule.marking.typed.typed_names import (
    TypedEquation,
    names_in,
    role_of,
    said_shapes,
    subscripted,
    typed_equations,
    usual_rank,
)
from deltarule.marking.typed.unified_sizes import Unequal, UnifiedSizes
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor

#: Sizes are found equal at most so often.
_MOST = 200


def tensors_of(text: str) -> list[str]:
    """The names of the tensors that a formula reads. Raises DeltaruleError."""
    equations = typed_equations(text)
    return list(_Reader(equations, frozenset(), {}).uses)


def typed_network(
    text: str, wrt: Iterable[str] = (), shapes: Mapping[str, str] | None = None
) -> Network:
    """The network that a formula says. `shapes` are those of single tensors, as "2x3", "3" or
    "scalar"; `wrt` are tensors that it is to be derived by.

    Raises DeltaruleError for what cannot be read, or can be read in several ways.
    """
    equations = typed_equations(text)
    said = said_shapes(shapes or {})
    reader = _Reader(equations, frozenset(wrt), said)
    if any(subscripted(e.formula, e.place) or e.indices for e in equations):
        return reader.in_indices()
    return reader.in_matrices()


@dataclass
class _Reader:
    """Reads the equations again and again, until all sizes fit."""

    equations: list[TypedEquation]
    wrt: frozenset[str]
    said: dict[str, tuple[int, ...]]

    def __post_init__(self) -> None:
        self.uses: dict[str, list[tuple[str, ...] | None]] = {}
        written: list[str] = []
        for equation in self.equations:
            for name, uses in names_in(equation.formula, equation.place).items():
                if name not in written:
                    self.uses.setdefault(name, []).extend(uses)
            if equation.name in self.uses:
                raise DeltaruleError(
                    f"{equation.name} is read before it is written",
                    equation.place,
                    "write its equation first, or give it another name",
                )
            written.append(equation.name)
        for name in self.said:
            if name not in self.uses:
                raise DeltaruleError(
                    f"the formula has no {name}", "--set", f"it has {', '.join(self.uses)}"
                )

    # ---- matrices -------------------------------------------------------------------------
    def in_matrices(self) -> Network:
        """Vectors as columns, or as rows where that alone fits or is how the inputs stand."""
        columns = not self._inputs_first()
        try:
            return self._in_matrices(columns)
        except DeltaruleError as refused:
            try:
                return self._in_matrices(not columns)
            except DeltaruleError:
                raise refused from None

    def _inputs_first(self) -> bool:
        """Whether an input stands before a parameter in the formulas, as in X W + b."""
        names = list(self.uses)
        ranks = {n: self._rank(n) for n in names}
        first = next((n for n in names if role_of(n, (), 1) == "input"), None)
        weights = [n for n in names if ranks[n] == 2 and role_of(n, (), 2) == "parameter"]
        return first is not None and bool(weights) and names.index(first) < names.index(weights[0])

    def _rank(self, name: str) -> int:
        return len(self.said[name]) if name in self.said else usual_rank(name)

    def _in_matrices(self, columns: bool) -> Network:
        sizes = UnifiedSizes()
        axes = {name: self._axes(name, columns, sizes) for name in self.uses}
        for _ in range(_MOST):
            try:
                self._parse(axes, sizes, columns, {})
                break
            except Unequal as unequal:
                if not sizes.join(unequal.one, unequal.two):
                    raise DeltaruleError(
                        f"sizes {sizes.of(unequal.one)} and {sizes.of(unequal.two)} meet",
                        self.equations[-1].place,
                        "check --set, or transpose with ᵀ",
                    ) from None
        order = sorted(axes, key=lambda n: role_of(n, (), self._rank(n)) != "input")
        every = [n for name in order for n in axes[name]]
        names = sizes.named(every, (*axes, *(e.name for e in self.equations)))
        return self._network(axes, sizes, columns, names)

    def _axes(self, name: str, columns: bool, sizes: UnifiedSizes) -> tuple[Expr, ...]:
        """New sizes for a tensor: a vector is a matrix of one column or row."""
        rank = self._rank(name)
        own: list[Expr] = [Size(f"size_{k}_of_{name}") for k in range(rank)]
        for size, number in zip(own, self.said.get(name, ()), strict=False):
            sizes.join(size, Integer(number))
        if rank == 1:
            own = [*own, Integer(1)] if columns else [Integer(1), *own]
        return tuple(own)

    def _parse(
        self,
        axes: Mapping[str, tuple[Expr, ...]],
        sizes: UnifiedSizes,
        columns: bool,
        names: Mapping[Expr, Expr],
    ) -> list[tuple[Expr, tuple[tuple[Index, Expr], ...]]]:
        """Each equation's right side at its indices, these with their extents."""
        tensors = {
            name: Tensor(name, tuple(_final(n, sizes, names) for n in own), "input")
            for name, own in axes.items()
        }
        found = []
        for equation in self.equations:
            vocabulary = Vocabulary(Network("", "", "", dict(tensors), ()))
            parser = ShapeParser(equation.formula, vocabulary, equation.place, columns)
            parser.program = bool(written_as_program(equation.formula, equation.place))
            matrix = parser.parse().of[0]
            ranges: tuple[tuple[Index, Expr], ...] = ()
            at: list[Expr] = []
            for n in matrix.shape:
                index = letter(n, (i.name for i, _ in ranges)) if n != 1 else Integer(0)
                at.append(index)
                ranges += ((index, n),) if isinstance(index, Index) else ()
            outside = frozenset(i.name for i, _ in ranges)
            found.append((lettered(matrix.at(at), outside), ranges))
            shape = matrix.shape or (Integer(1), Integer(1))
            tensors[equation.name] = Tensor(equation.name, shape, "intermediate")
        return found

    def _network(
        self,
        axes: Mapping[str, tuple[Expr, ...]],
        sizes: UnifiedSizes,
        columns: bool,
        names: Mapping[Expr, Expr],
    ) -> Network:
        parsed = self._parse(axes, sizes, columns, names)
        full = {n: tuple(_final(s, sizes, names) for s in own) for n, own in axes.items()}
        for equation, (_, ranges) in zip(self.equations, parsed, strict=True):
            full[equation.name] = tuple(n for _, n in ranges)
        kept = {n: [k for k, s in enumerate(own) if s != 1] for n, own in full.items()}

        def without_ones(access: Read) -> Expr:
            name = tensor_name(access)
            written = any(e.name == name for e in self.equations)
            at = [i for i in access.indices if i != 0] if written else access.indices
            return read(name, *(at if written else [at[k] for k in kept[name]]))

        tensors = {n: tuple(s for s in own if s != 1) for n, own in full.items() if n in axes}
        equations = [
            Equation(e.name, tuple(i for i, _ in r), replace_reads(rhs, without_ones), r, e.place)
            for e, (rhs, r) in zip(self.equations, parsed, strict=True)
        ]
        return self._named_network(tensors, equations)

    # ---- indices --------------------------------------------------------------------------
    def in_indices(self) -> Network:
        """Axes by their subscripts: an index has one extent, wherever it stands."""
        sizes = UnifiedSizes()
        axes: dict[str, tuple[Expr, ...]] = {}
        for name, uses in self.uses.items():
            ranks = {len(u) for u in uses if u is not None} or {0}
            if len(ranks) > 1:
                raise DeltaruleError(
                    f"{name} has {' and '.join(map(str, sorted(ranks)))} subscripts",
                    self.equations[0].place,
                    "write one index for each axis",
                )
            axes[name] = tuple(Size(f"size_{k}_of_{name}") for k in range(ranks.pop()))
            self._join_letters(axes[name], uses, sizes)
            for size, number in zip(axes[name], self.said.get(name, ()), strict=False):
                sizes.join(size, Integer(number))
        taken = (*axes, *(e.name for e in self.equations))
        names = sizes.named([n for own in axes.values() for n in own], taken)
        final = {n: tuple(_final(s, sizes, names) for s in own) for n, own in axes.items()}
        extents = {i: _final(s, sizes, names) for i, s in sizes.letters.items()}
        return self._with_ranges(final, extents)

    def _join_letters(
        self, own: tuple[Expr, ...], uses: Iterable[tuple[str, ...] | None], sizes: UnifiedSizes
    ) -> None:
        for use in uses:
            for index, size in zip(use or (), own, strict=False):
                if not index.isdigit():
                    sizes.join(sizes.letter(index), size)

    def _with_ranges(
        self, final: dict[str, tuple[Expr, ...]], extents: Mapping[str, Expr]
    ) -> Network:
        tensors = {n: Tensor(n, own, "input") for n, own in final.items()}
        equations = []
        for e in self.equations:
            unknown = [i for i in e.indices if i not in extents]
            if unknown:
                raise DeltaruleError(
                    f"{unknown[0]} stands left of = alone", e.place, "read some tensor at it"
                )
            ranges = tuple((Index(i), extents[i]) for i in e.indices)
            vocabulary = Vocabulary(Network("", "", "", dict(tensors), tuple(equations)))
            rhs = Parser(e.formula, vocabulary, e.place, ranges).parse()
            free = sorted(str(i) for i in free_indices(rhs) if i not in dict(ranges))
            if free:
                raise DeltaruleError(
                    f"{free[0]} stands right of = alone", e.place, f"sum over it: Σ_{free[0]} …"
                )
            axes = tuple(n for _, n in ranges)
            tensors[e.name] = Tensor(e.name, axes, "intermediate")
            equations.append(Equation(e.name, tuple(i for i, _ in ranges), rhs, ranges, e.place))
        return self._named_network(final, equations)

    # ---- both -----------------------------------------------------------------------------
    def _named_network(
        self, given: Mapping[str, tuple[Expr, ...]], equations: list[Equation]
    ) -> Network:
        tensors = {
            name: Tensor(name, axes, role_of(name, self.wrt, len(axes)))
            for name, axes in given.items()
        }
        for equation in equations:
            axes = tuple(n for _, n in equation.ranges)
            last = equation is equations[-1]
            role = "intermediate" if not last else "output" if axes else "loss"
            tensors[equation.name] = Tensor(equation.name, axes, role)
        text = "; ".join(f"{e.name} = {e.formula}" for e in self.equations)
        return Network("formula", text, "", tensors, tuple(equations))


def _final(size: Expr, sizes: UnifiedSizes, names: Mapping[Expr, Expr]) -> Expr:
    root = sizes.of(size)
    return names.get(root, root)
