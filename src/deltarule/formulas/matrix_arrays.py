"""Tensors read whole, and what is taken along their axes, in formulas without indices."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from sympy import Expr

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.nodes import free_indices
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.formulas import along_axes
from deltarule.formulas.einstein import einsum, parted
from deltarule.formulas.local_slopes import link
from deltarule.formulas.matrix_readings import (
    Axes,
    Linked,
    Matrix,
    Readings,
    best,
    one_reading,
    shape_shown,
    summed,
)
from deltarule.formulas.named_states import Place, time_extent
from deltarule.formulas.parser import Parser
from deltarule.formulas.tokens import Token
from deltarule.formulas.vocabulary import Vocabulary

#: How many pairs of readings are tried in all.
MOST_TRIED = 1000


class TooManyWays(DeltaruleError):
    """A formula of matrices that can be read in more ways than are tried."""


class MatrixArrays(Parser):
    """The grammar of whole tensors and of sums over them."""

    indicator = ("(", ")")

    def __init__(self, formula: str, vocabulary: Vocabulary, place: str, own: Sequence[Index] = ()):
        super().__init__(formula, vocabulary, place)
        self._numbers = count()
        self._tried, self.strict, self.program = 0, False, False
        #: The target's indices: a subscript that is one of them stands for its whole axis.
        self.own = own

    def counting(self, parse, halves=False):
        """Subscripts are read among indices, whatever stands around them."""
        inner = Parser.__new__(Parser)
        inner.__dict__.update(self.__dict__)  # one list of tokens, which both take from
        inner.counts, inner.halves = True, halves
        return getattr(inner, parse.__name__)()

    def _entries(self, value):
        return [m.entry for m in value.of] if isinstance(value, Readings) else [value]

    def _count(self, pairs: int) -> None:
        """Raises DeltaruleError once more ways of reading were tried than any formula needs."""
        self._tried += pairs
        if self._tried > MOST_TRIED:
            error = self.error(
                "a formula of matrices that can be read in too many ways", "write the indices"
            )
            raise TooManyWays(error.fact, error.place, error.remedy)

    def _fresh(self, extents: Sequence[Expr]) -> Axes:
        return tuple((Index(f"i{next(self._numbers)}"), n) for n in extents)

    # ---- tensors --------------------------------------------------------------------------
    def _read(self, name: str):
        if self.rest and (self.next() == "[" or self.rest[0].kind in ("below", "shape")):
            found = super()._read(name)
            return found if isinstance(found, Readings) else one_reading(found)
        return self._read_at(Place(name))

    def _linked(self, token: Token):
        """∂ŷ/∂s₂ and ∂s₂/∂Θ₂ of whole arrays: links of a chain."""
        found = link(token.text, self.vocabulary)
        if found is None:
            return None
        axes = self._fresh([n for _, n in (*found.axes, *found.more)])
        old = [i for i, _ in (*found.axes, *found.more)]
        table = dict(zip(old, axes, strict=True))
        entry = substitute(found.entry, {i: j for i, (j, _) in table.items()})
        own = tuple(table[i] for i, _ in found.axes)
        if found.by_entries:
            return one_reading(entry, own)
        order = tuple(table[i] for i in found.order)
        return Readings((Linked(lambda: entry, order, 0, own),))

    def _of_entries(self, token: Token):
        raise self.error(
            f"{shortened(token.text)} is of single entries", "write all indices, or none"
        )

    def _of_letters(self, token: Token):
        return None

    def _is_known(self, letter: str) -> bool:
        return Index(letter) in self.own or super()._is_known(letter)

    def _read_at(self, place: Place):
        """A tensor whole, but for the axes of the sums around."""
        extents = self.vocabulary.tensors[place.name].axes
        at: list[Expr | None] = [None] * len(extents)
        for written in place.at:
            of = [i for i in free_indices(written) if isinstance(i, Index)]
            extent = self._runs_to(of[0]) if len(of) == 1 else None
            free = [k for k, n in enumerate(extents) if at[k] is None and n == extent]
            if not free or of[0] not in (*self.own, *self.bound):
                raise self._of_no_axis(place, written)
            at[free[0]] = written
        running = {n: i for i, n in self.runs}
        axes, times = [], time_extent(self.vocabulary)
        for k, n in enumerate(extents):
            whole = self._fresh([n])[0]
            index = running.get(n) if at[k] is None else None
            if index is None and (at[k] is None or free_indices(at[k]) & set(self.own)):
                axes.append(whole)
                index = whole[0]
            at[k] = _instead(at[k], index) + (place.shift if n == times else 0)
        read_there = self.vocabulary.reading(place.name, at, guarded=_later(at, place))
        return one_reading(read_there, tuple(axes))

    def reduction(self, token: Token):
        """Σ_t, over one axis of every tensor that has it."""
        if token.text == token.text.rstrip("_") and self._without_range():
            return self.rangeless(token.text, self.rest[0].start)
        spans = self._spans()
        ranges = [(i, self.vocabulary.extent(i)) for i, _, _ in spans]
        if token.text[:3] in ("Π", "∏", "pro", "max") or any(
            limits or most is not None or i in self.own or n is None
            for (i, limits, most), (_, n) in zip(spans, ranges, strict=True)
        ):
            raise self.error(f"{token.text} is about indices", "write all indices, or none")
        within, known = self.bound, self.runs
        self.bound, self.runs = [*within, *(i for i, _ in ranges)], [*known, *ranges]
        body = self._product()
        self.bound, self.runs = within, known
        number = nodes.multiply(n for _, n in ranges) if token.text.startswith("mean") else 1
        return self._each(body, lambda e: nodes.Sum(e, ranges) / number)

    # ---- along axes -----------------------------------------------------------------------
    def _summed(self, value, word, begin):
        whole = [m for m in value.of if m.axes]
        if not whole:
            raise self.error(f"{word}( ) is of a whole vector, not of a number", "write Σ_m s[m]")
        return Readings(tuple(Matrix(lambda m=m: summed(m, word), (), m.cost) for m in whole))

    def _in_all(self, value, word, begin):
        sums = [Matrix(lambda m=m: summed(m, word), (), m.cost) for m in value.of if m.axes]
        return Readings((*(m for m in value.of if not m.axes), *sums))

    def _along(self, value, word, axis, begin):
        if axis is None and not self._keeps and word in ("sum", "mean"):
            return self._summed(value, word, begin)
        keep, fewer = self._keeps, self._fewer
        return self._some(
            value, lambda m: along_axes.along(m, word, axis, keep, self._fresh, fewer), word, axis
        )

    def _softmaxed(self, value, word, axis):
        last = axis if isinstance(axis, int) else -1
        return self._some(
            value, lambda m: along_axes.softmax(m, word, last, self._fresh), word, axis
        )

    def _einsum(self):
        """einsum('nd,nm->dm', x, dy)."""
        self.expect("(")
        spec = self.pop()
        found = parted(spec.text) if spec.kind == "letters" else None
        if found is None or not self.take(","):
            remedy = "write its letters first, as in einsum('nd,nm->dm', x, dy)"
            raise self.error("einsum( ) without letters that can be read", remedy)
        operands, result = found
        values = [self.sum_of_terms()]
        while self.take(","):
            values.append(self.sum_of_terms())
        self.expect(")")
        if len(values) != len(operands):
            said = f"einsum( ) of {len(values)} arrays, with letters for {len(operands)}"
            raise self.error(said, "commas stand between the letters of two arrays")
        matrices = einsum(operands, result, values, self._fresh)
        if not matrices:
            shapes = ", ".join(shape_shown(v.of[0].shape) for v in values)
            remedy = "every axis needs a letter, and a letter has one length"
            raise self.error(f"the letters {spec.text.strip()} do not fit {shapes}", remedy)
        return best(matrices)

    def _permuted(self, value, axes, name):
        swapped = name == "swapaxes" or (name == "transpose" and len(axes) == 2)
        return self._some(value, lambda m: along_axes.permuted(m, axes, swapped), name, axes)

    def _diagonal(self, value):
        return self._some(value, lambda m: along_axes.diagonal(m, self._fresh), "diag", None)

    def _some(self, value: Readings, change, word: str, axis) -> Readings:
        """The readings that can be changed so. Raises DeltaruleError if there is none."""
        found = [m for m in map(change, value.of) if m is not None]
        if not found:
            shapes = shape_shown(value.of[0].shape)
            along = "" if axis is None else f" along axis {axis}"
            raise self.error(f"{word}( ) of {shapes}{along}", "axes are counted from 0")
        return Readings(tuple(found))

    def _each(self, value: Readings, change) -> Readings:
        changed = [(change(m.entry), m) for m in value.of]
        return Readings(tuple(Matrix(lambda e=e: e, m.axes, m.cost) for e, m in changed))

    def _both(self, one: Readings, two: Readings, join, word: str) -> Readings:
        self._count(len(one.of) * len(two.of))
        found = [m for a in one.of for b in two.of for m in join(a, b)]
        if not found:
            shapes = " and ".join(shape_shown(r.of[0].shape) for r in (one, two))
            raise self.error(f"shapes {shapes} cannot be {word}", "write the indices")
        return best(found)


def _instead(at: Expr | None, index: Expr) -> Expr:
    """A subscript with the index of a whole axis in place of its own: t − 1 as i0 − 1."""
    if at is None or index is None:
        return index if at is None else at
    return at.as_coeff_Add()[0] + index


def _later(at: Sequence[Expr], place: Place) -> bool:
    return place.shift > 0 or any(a.as_coeff_Add()[0] > 0 for a in at if place.at)
