"""Equations of vectors that have indices: recurrences, sums over neighbours, examples and words.

h[t] = tanh(W h[t−1] + U x[t] + b)        h[t] and x[t] are vectors, one for each t
e[i,j] = s[i]ᵀ W h[j]                     of two subscripts is a number
S[t] = S[t−1] + v[t] k[t]ᵀ                of a capital is a matrix
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sympy import Expr, Integer

from deltarule.calculus.rules.rename_indices import bound_apart
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Read, free_indices, read, tensor_name
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.typed.equation_texts import TypedEquation
from deltarule.typed.grammars.equation_parser import EquationVocabulary
from deltarule.typed.grammars.row_parser import RowParser
from deltarule.typed.grammars.softmax_at_index import OfOneNumber
from deltarule.typed.index_equations import alone_right
from deltarule.typed.indexed_lines import IndexedLines, finished
from deltarule.typed.lecture_notation.shifted_times import last_of, shifted
from deltarule.typed.matrix_powers import PowerOfMatrix
from deltarule.typed.quantities.lettered import by_entries, letter, lettered
from deltarule.typed.quantities.lonely_targets import lonely_targets
from deltarule.typed.quantities.row_names import RowNames
from deltarule.typed.quantities.usual_letters import role_of
from deltarule.typed.sizes.index_uses import lag_of
from deltarule.typed.sizes.unified_sizes import Unequal, UnifiedSizes, final_size

#: Sizes are found equal at most so often.
_MOST = 200
_NUMBERS = ("L", "E", "J", "C", "F", "R", "l", "ell", "LL", "NLL", "KL", "ELBO", "loss", "cost")
#: What sizes of vectors are called, where no index says it.
_SIZES = "DMKHLPQRN"
Axes = dict[str, tuple[Expr, ...]]
#: A right side with its ranges, and the shape of what it gives at one index.
Parsed = tuple[TypedEquation, Expr, tuple[tuple[Index, Expr], ...], tuple[Expr, ...]]


class Rows(RowNames):
    """Reads such equations again and again, until all sizes fit."""

    odd = False

    def lines(self) -> IndexedLines:
        """Tensors and equations. Raises DeltaruleError where no reading fits."""
        refused, unusual = None, None
        for ranks in self.ways():
            for columns in (not self.inputs_first(), self.inputs_first()):
                try:
                    lines, usual = self._lines(ranks, columns)
                    if usual:
                        return self._with_numbers(lines, ranks, columns) or lines
                    unusual = unusual or lines
                except (PowerOfMatrix, OfOneNumber):
                    raise
                except DeltaruleError as error:
                    refused = refused or error
        if unusual is not None:
            return unusual
        raise refused or DeltaruleError("no equations", "the formula", "write E = ½‖x‖²")

    def _with_numbers(
        self, lines: IndexedLines, ranks: Mapping[str, int], columns: bool
    ) -> IndexedLines | None:
        """The lines with numbers for targets that alone make a result a vector."""
        known = {*self.turned, *self.said, *(n for n, count in self.count.items() if count != 1)}
        lonely = lonely_targets(lines.tensors, lines.equations, ranks) - known
        if not lonely:
            return None
        try:
            found, usual = self._lines({**ranks, **dict.fromkeys(lonely, 0)}, columns)
        except DeltaruleError:
            return None
        return found if usual else None

    def _lines(self, ranks: Mapping[str, int], columns: bool) -> tuple[IndexedLines, bool]:
        """The lines, and whether what has two subscripts and no matrix is a number in all."""
        sizes = UnifiedSizes(self.equations)
        axes = {n: self._axes(n, ranks[n], columns) for n in ranks}
        for name, own in axes.items():
            given = [n for n in own if n != 1]
            for size, number in zip(given, self.said.get(name, ()), strict=False):
                sizes.join(size, Integer(number))
        self._join_letters(axes, sizes)
        parsed = self._joined(axes, sizes, columns)
        usual = not self.odd and not any(self._is_odd(e, own) for e, _, _, own in parsed)
        for e, _, _, shape in parsed:
            number = e.name in _NUMBERS or e.name.startswith(("log_", "neg_log_"))
            if number and not e.indices and any(n != 1 for n in shape):
                raise DeltaruleError(f"{e.name} is no number", e.place, "sum over its entries")
        order = sorted(axes, key=lambda n: role_of(n, (), ranks[n]) != "input")
        every = [n for name in order for n in axes[name]]
        names = sizes.named(every, (*axes, *self.written), _SIZES)
        return self._finished(axes, sizes, columns, names), usual

    def _is_odd(self, e: TypedEquation, shape: Sequence[Expr]) -> bool:
        """Whether an entry r[u, i] would be a vector, where nothing says so."""
        whole = any(self.count[n] == 0 and self.rank(n) == 2 for n in e.reads())
        return len(e.indices) > 1 and any(n != 1 for n in shape) and not whole

    def _joined(self, axes: Axes, sizes: UnifiedSizes, columns: bool) -> list[Parsed]:
        """What is read once all sizes that have to be equal are."""
        place = self.equations[-1].place
        for _ in range(_MOST):
            try:
                return self._parse(axes, sizes, columns, {})
            except Unequal as unequal:
                if not sizes.join(unequal.one, unequal.two):
                    raise DeltaruleError(
                        f"sizes {sizes.of(unequal.one)} and {sizes.of(unequal.two)} meet",
                        place,
                        "check --set, or transpose with ᵀ",
                    ) from None
        raise DeltaruleError("sizes that never fit", place, "give --set")

    def _axes(self, name: str, rank: int, columns: bool) -> tuple[Expr, ...]:
        first = tuple(Size(f"size_{k}_at_{name}") for k in range(self.count[name]))
        own: list[Expr] = [Size(f"size_{k}_of_{name}") for k in range(rank)]
        if self.is_identity(name):
            own = own[:1] * 2
        if rank == 1:
            own = [*own, Integer(1)] if columns else [Integer(1), *own]
        return (*first, *own)

    def _join_letters(self, axes: Axes, sizes: UnifiedSizes) -> None:
        """An index runs along the first axes of all that is read at it."""
        for e in self.equations:
            for i in e.indices:
                sizes.letter(i)
        for e in self.equations:
            for name, uses in e.reads().items():
                for at in (use for use in uses if use):
                    for k, i in enumerate(at):
                        self._join_letter(name, k, i, axes, sizes, e)
        for name in self.states:
            for k, i in enumerate(self.written[name].indices):
                sizes.join(sizes.letter(i), axes[name][k])

    def _join_letter(
        self, name: str, k: int, i: str, axes: Axes, sizes: UnifiedSizes, e: TypedEquation
    ) -> None:
        if name in axes and k < len(axes[name]):
            size = axes[name][k]
        elif k < self.count[name]:
            size = sizes.letter(self.written[name].indices[k])
        else:
            size = _own_size(name, k - self.count[name])
        plain = re.split(r"[-+]", i)[0] if shifted(i) else i
        label = i.partition("[")[0]
        if label in self.positions or label in self.every and i == label:
            sizes.join(sizes.labels.setdefault(label, size), size)
        elif re.fullmatch(r"[^\W\d_]\w*[′']*", plain):
            sizes.join(sizes.letter(plain), size)
        elif letter := last_of(i):
            sizes.said.add(letter)
            sizes.join(sizes.letter(letter), size)
        elif not i.isdigit():
            raise DeltaruleError(
                f"{name} is read at {i} among matrices", e.place, "write all indices, or none"
            )

    def _parse(
        self, axes: Axes, sizes: UnifiedSizes, columns: bool, names: Mapping[Expr, Expr]
    ) -> list[Parsed]:
        """Each equation, its right side at its indices, and the shape of what is at one index."""

        def final(size: Expr) -> Expr:
            return final_size(size, sizes, names)

        below = {n: final(size) for n, size in sizes.labels.items()}
        tensors = {
            n: Tensor(n, tuple(map(final, own)), "input", integers_below=below.get(n))
            for n, own in axes.items()
        }
        extents = {i: final(n) for i, n in sizes.letters.items()}
        self.odd, found = False, []
        for e in self.equations:
            left = tuple((Index(i), extents[i]) for i in e.indices)
            vocabulary = EquationVocabulary(Network("", "", "", dict(tensors), ()))
            parser = RowParser(e.formula, vocabulary, e.place, columns, self.count, left, extents)
            try:
                matrix = parser.parse().of[0]
            except PowerOfMatrix as power:
                power.equation = self.typed.index(e)
                raise
            self.odd = self.odd or parser.odd
            shape = matrix.shape if any(n != 1 for n in matrix.shape) else ()
            at, ranges = _at(matrix.shape, left)
            if e.name in self.states:
                self._same(tensors[e.name].axes[len(left) :], shape, e)
            else:
                tensors[e.name] = Tensor(e.name, (*(n for _, n in left), *shape), "intermediate")
            for k, n in enumerate(n for n in shape if n != 1):
                if final(_own_size(e.name, k)) != n and _own_size(e.name, k) in self._picked():
                    raise Unequal(_own_size(e.name, k), n)
            taken = frozenset(i.name for i, _ in ranges)
            free = sorted(
                str(i)
                for i in free_indices(matrix.entry)
                if str(i) in extents and i not in dict(left)
            )
            if free:
                raise alone_right(e, free)
            rhs = lettered(bound_apart(matrix.at(at), set(taken)), taken, {*extents})
            found.append((e, rhs, ranges, shape))
        return found

    def _picked(self) -> set[Expr]:
        """The sizes of axes of which single entries are read, p[t] at y[t]."""
        more = {
            (n, k - self.count[n])
            for n, uses in self.every.items()
            for use in uses
            for k in range(self.count[n], len(use or ()))
        }
        return {_own_size(n, k) for n, k in more}

    def _same(self, own: Sequence[Expr], shape: Sequence[Expr], e: TypedEquation) -> None:
        """A state is of one shape at all times. Raises DeltaruleError, or Unequal for sizes."""
        if [n == 1 for n in own] != [n == 1 for n in shape]:
            fact = f"{e.name} is not of one shape at all times"
            raise DeltaruleError(fact, e.place, "check the products, or transpose with ᵀ")
        for one, other in zip(own, shape, strict=True):
            if one != other:
                raise Unequal(one, other)

    def _finished(
        self, axes: Axes, sizes: UnifiedSizes, columns: bool, names: Mapping[Expr, Expr]
    ) -> IndexedLines:
        parsed = self._parse(axes, sizes, columns, names)
        full = {n: tuple(final_size(s, sizes, names) for s in own) for n, own in axes.items()}
        for e, _, ranges, shape in parsed:
            full[e.name] = (*(n for _, n in ranges[: len(e.indices)]), *shape)

        def without_ones(access: Read) -> Expr:
            name = tensor_name(access)
            at = [i for i, n in zip(access.indices, full[name], strict=True) if n != 1]
            return read(name, *at)

        below = {n: final_size(size, sizes, names) for n, size in sizes.labels.items()}
        tensors = {
            n: Tensor(n, tuple(s for s in own if s != 1), "input", integers_below=below.get(n))
            for n, own in full.items()
            if n not in self.written
        }
        for name, start in self.states.items():
            own = tuple(s for s in full[name] if s != 1)
            tensors[name] = Tensor(name, own, "state")
            if start and start not in tensors:
                lag = lag_of(name, self.reads_of)
                first = (Integer(lag),) if lag > 1 else ()
                tensors[start] = Tensor(start, (*first, *own[1:]), "input")
        equations = [
            Equation(
                e.name, tuple(i for i, _ in ranges), by_entries(rhs, without_ones), ranges, e.place
            )
            for e, rhs, ranges, _ in parsed
        ]
        return finished(equations, tensors, self.states)


def _own_size(name: str, k: int) -> Size:
    return Size(f"size_{k}_in_{name}")


def _at(
    shape: Sequence[Expr], left: tuple[tuple[Index, Expr], ...]
) -> tuple[list[Expr], tuple[tuple[Index, Expr], ...]]:
    """The indices of what is at one index, and all ranges; an axis of one entry has none."""
    at: list[Expr] = []
    ranges = left
    for n in shape:
        index = Integer(0) if n == 1 else letter(n, (i.name for i, _ in ranges))
        at.append(index)
        ranges += ((index, n),) if isinstance(index, Index) else ()
    return at, ranges
