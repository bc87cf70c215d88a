"""Equations of matrices, read again and again until the sizes fit, and the networks they give."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

from sympy import Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Read, read, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Index
from deltarule.formulas.matrix_words import written_as_program
from deltarule.language.named_pieces import with_named_pieces
from deltarule.networks.argmax_equations import with_selections
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import pretty
from deltarule.typed.grammars.equation_parser import ExactVocabulary
from deltarule.typed.grammars.ones import has_ones
from deltarule.typed.grammars.shape_parser import ShapeParser
from deltarule.typed.grammars.softmax_at_index import OfOneNumber
from deltarule.typed.grammars.vector_axes import Crosswise
from deltarule.typed.index_equations import among_matrices, join_letters
from deltarule.typed.indexed_lines import indexed_lines
from deltarule.typed.matrix_powers import PowerOfMatrix
from deltarule.typed.numbers_alone import NUMBERS, RATIOS, are_numbers, are_ratios, of_lengths
from deltarule.typed.quantities.given_roles import with_outputs, with_roles
from deltarule.typed.quantities.identity_matrix import IDENTITY, identity_entry
from deltarule.typed.quantities.lettered import by_entries, letter, lettered, with_lettered_pieces
from deltarule.typed.quantities.letters_as_numbers import with_numbers
from deltarule.typed.quantities.losses_of_numbers import made_a_number
from deltarule.typed.quantities.populations import POPULATIONS, are_populations, with_states
from deltarule.typed.quantities.text_names import TextNames
from deltarule.typed.quantities.typed_names import subscripted
from deltarule.typed.quantities.usual_letters import role_of, usual_rank
from deltarule.typed.sizes.one_column import OneColumn, refuse_columns, refuse_other_ranks
from deltarule.typed.sizes.unified_sizes import Unequal, UnifiedSizes, final_size

#: Sizes are found equal at most so often.
_MOST = 200


class MatrixReader(TextNames):
    """Reads the equations again and again, until all sizes fit."""

    apart = False
    #: What is to be said of how the equations were read.
    remarks: set[str]

    def rank(self, name: str) -> int:
        """What stands without indices in lines with some alone is a number: l of K[i, j] = …/l²."""
        found = super().rank(name)
        lone = found == 1 and name not in self.said and name in self._in_indexed_lines
        return 0 if lone else found

    @cached_property
    def _in_indexed_lines(self) -> set[str]:
        indexed = [e for e in self.equations if e.indices or subscripted(e.formula, e.place)]
        bare = {n for e in indexed for n, uses in e.reads().items() if {*uses} == {None}}
        others = {n for e in self.equations if e not in indexed for n in e.reads()}
        return bare - others - self.turned - of_lengths(indexed)

    @cached_property
    def _in_program(self) -> bool:
        """Whether some equation is certainly a program."""
        return any(written_as_program(e.formula, e.place) == "program" for e in self.equations)

    # ---- matrices -------------------------------------------------------------------------
    def in_matrices(self) -> Network:
        """Vectors as columns, or as rows where that alone fits or is how the inputs stand."""
        columns = not self.inputs_first()
        rates = "" if self.said else are_populations(self.equations, self.uses)
        if rates:
            network = self._of_numbers(True, POPULATIONS.format(rates))
            return replace(network, tensors=with_states(network))
        if not self.said and are_ratios(self.equations):
            return self._of_numbers(True, RATIOS)
        if any(has_ones(e.formula, e.place, self.uses.get) for e in self.equations):
            return self._in_matrices(True)  # 1 is a column
        for way in (columns, not columns):  # y xᵀ − W: no product x yᵀ of vectors is a number there
            try:
                return self._in_matrices(way, apart=True)
            except OfOneNumber:
                raise
            except DeltaruleError:
                continue
        try:
            return self._in_matrices(columns)
        except DeltaruleError as refused:
            try:
                return self._in_matrices(not columns)
            except DeltaruleError as other:
                better = isinstance(refused, OneColumn) or isinstance(other, Crosswise)
                better = better or self._line_of(other) > self._line_of(refused)
                refused = other if better else refused
                names = [n for n in self.uses if n not in self.counts]
                if self.said or not are_numbers(self.equations, names, refused):
                    return with_numbers(
                        self._with_numbers, self.equations, self.uses, columns, refused
                    )
            one, *others = [pretty(n) for n in names if usual_rank(n)] or ["x"]
            text = NUMBERS.format(one, (others or [one])[0])
            return self._of_numbers(columns, text)

    def _of_numbers(self, columns: bool, text: str) -> Network:
        """The network with numbers for all letters, and what is said of it."""
        numbers = MatrixReader(self.equations, self.wrt, dict.fromkeys(self.uses, ()))
        return replace(numbers._in_matrices(columns), text=text)

    def _line_of(self, refused: DeltaruleError) -> int:
        """Which equation was refused: the later one says more of the text."""
        place = refused.place or ""
        lines = [k for k, e in enumerate(self.equations) if place.startswith(e.place)]
        return max(lines, default=-1)

    def _with_numbers(self, names: tuple[str, ...], columns: bool) -> Network | None:
        """The network in which some letters of vectors are numbers, if there is one."""
        if any(n in self.turned or n in self.said or self.rank(n) != 1 for n in names):
            return None
        reader = MatrixReader(self.equations, self.wrt, {**self.said, **dict.fromkeys(names, ())})
        with suppress(DeltaruleError):
            return reader._in_matrices(columns, apart=True)
        return None

    def _in_matrices(self, columns: bool, apart: bool = False) -> Network:
        """With `apart`, no sum of products is added to each entry of a matrix."""
        self.apart, self.remarks = apart, set[str]()
        sizes = UnifiedSizes(self.equations)
        axes = {name: self.new_axes(name, columns, sizes) for name in self.uses}
        ranges = self._joined(axes, sizes, columns)
        of_numbers = made_a_number(self.equations[-1], ranges, axes, sizes, self.said)
        if of_numbers is not None:
            self.counts |= of_numbers
            ranges = self._joined(axes, sizes, columns)
        last = self.equations[-1]
        matrix = last.bare or "⊗" in last.formula  # which says that all products are meant
        if last.name in ("L", "E", "J", "loss", "cost") and ranges and not matrix:
            raise DeltaruleError(
                f"{last.name} is no number, as a loss is",
                last.place,
                "sum over its entries, as in sum(…), or give it another name, as Y",
            )
        refuse_columns(self.equations, axes, sizes, self.counts)
        order = sorted(axes, key=lambda n: role_of(n, (), self.rank(n)) != "input")
        every = [n for name in order for n in axes[name]]
        names = sizes.named(every, (*axes, *(e.name for e in self.equations)))
        network = self._network(axes, sizes, columns, names)
        refuse_other_ranks(self.equations, network.tensors)
        return replace(network, text=self.remarked(network.tensors))

    def _joined(
        self, axes: Mapping[str, tuple[Expr, ...]], sizes: UnifiedSizes, columns: bool
    ) -> tuple[tuple[Index, Expr], ...]:
        """The last equation's indices, once all sizes that have to be equal are."""
        for _ in range(_MOST):
            try:
                return self._parse(axes, sizes, columns, {})[-1][1]
            except Unequal as unequal:
                if not sizes.join(unequal.one, unequal.two):
                    raise DeltaruleError(
                        f"sizes {sizes.of(unequal.one)} and {sizes.of(unequal.two)} meet",
                        self.equations[-1].place,
                        "check --set, or transpose with ᵀ",
                    ) from None
        raise DeltaruleError("sizes that never fit", self.equations[-1].place, "give --set")

    def _parse(
        self,
        axes: Mapping[str, tuple[Expr, ...]],
        sizes: UnifiedSizes,
        columns: bool,
        names: Mapping[Expr, Expr],
    ) -> list[tuple[Expr, tuple[tuple[Index, Expr], ...]]]:
        """Each equation's right side at its indices, these with their extents."""
        below = {n: final_size(size, sizes, names) for n, size in sizes.labels.items()}
        tensors = {
            name: Tensor(
                name,
                tuple(final_size(n, sizes, names) for n in own),
                "input",
                integers_below=below.get(name),
            )
            for name, own in axes.items()
        }
        found = []
        for equation in self.equations:
            if equation.indices or subscripted(equation.formula, equation.place):
                if not names:
                    join_letters(equation, tensors, sizes)
                extents = {i: final_size(n, sizes, names) for i, n in sizes.letters.items()}
                tensor, rhs, own = among_matrices(equation, tensors, extents, not columns)
                tensors[equation.name] = tensor
                found.append((rhs, own))
                continue
            vocabulary = ExactVocabulary(Network("", "", "", dict(tensors), ()))
            parser = ShapeParser(
                equation.formula, vocabulary, equation.place, columns, self.inputs_last()
            )
            parser.number = len(found)
            parser.final = lambda size: final_size(size, sizes, names)
            parser.apart = self.apart
            parser.program = bool(written_as_program(equation.formula, equation.place))
            parser.in_program = self._in_program
            try:
                matrix = parser.parse().of[0]
            except PowerOfMatrix as power:
                power.equation = self.equations.index(equation)
                raise
            self.remarks |= parser.remarks
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
        full = {n: tuple(final_size(s, sizes, names) for s in own) for n, own in axes.items()}
        for equation, (_, ranges) in zip(self.equations, parsed, strict=True):
            full[equation.name] = tuple(n for _, n in ranges)
        kept = {n: [k for k, s in enumerate(own) if s != 1] for n, own in full.items()}

        def without_ones(access: Read) -> Expr:
            name = tensor_name(access)
            written = any(e.name == name for e in self.equations)
            at = list(access.indices)
            while written and len(at) > len(full[name]):  # an axis of one entry is read at 0
                at.remove(Integer(0))
            return read(name, *(at if written else [at[k] for k in kept[name]]))

        tensors = {n: tuple(s for s in own if s != 1) for n, own in full.items() if n in axes}
        equations = [
            Equation(e.name, tuple(i for i, _ in r), by_entries(rhs, without_ones), r, e.place)
            for e, (rhs, r) in zip(self.equations, parsed, strict=True)
        ]
        below = {n: final_size(size, sizes, names) for n, size in sizes.labels.items()}
        if self.is_identity(IDENTITY) and tensors.pop(IDENTITY, None):
            equations = [replace(e, rhs=replace_reads(e.rhs, identity_entry)) for e in equations]
        network = self._named_network(tensors, equations, below)
        return with_lettered_pieces(with_named_pieces(network))

    # ---- indices --------------------------------------------------------------------------
    def in_indices(self) -> Network:
        """Axes by their subscripts: an index has one extent, wherever it stands."""
        lines = indexed_lines(self.equations, self.said)
        return replace(
            self.network_of(lines.tensors, lines.equations),
            title=lines.title,
            attributes=lines.attributes,
            definitions=lines.definitions,
        )

    # ---- both -----------------------------------------------------------------------------
    def _named_network(
        self,
        given: Mapping[str, tuple[Expr, ...]],
        equations: list[Equation],
        below: Mapping[str, Expr],
    ) -> Network:
        tensors = {
            name: Tensor(name, axes, "input", integers_below=below.get(name))
            for name, axes in given.items()
        }
        for equation in equations:
            axes = tuple(n for _, n in equation.ranges)
            last = equation is equations[-1]
            role = "intermediate" if not last else "output" if axes else "loss"
            tensors[equation.name] = Tensor(equation.name, axes, role)
        equations, tensors = with_selections(equations, tensors)
        return self.network_of(tensors, list(equations))

    def network_of(self, tensors: Mapping[str, Tensor], equations: list[Equation]) -> Network:
        """The network; what is given has the role that its name usually has."""
        own = with_outputs(tensors, equations)
        own = with_roles(own, self.wrt, equations, self.counts, self.orders)
        text = "; ".join(f"{e.name} = {e.formula}" for e in self.equations)
        return Network("formula", text, "", own, tuple(equations))
