"""Sums: Σ_{n, i=0…N − 1}, Σ_{n=1}^{N}, and Σ (…)² that does not say what it is over.

A sum binds what stands behind it, as lectures write it: ½ Σ (y − ŷ)² is a sum of squares. Without
a range it is over all indices that its quantity does not have; where there is none, over one of
those, which is then said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sympy import Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.nodes import AtLeastZero, Condition, free_indices, tensor_name
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, Size
from deltarule.formulas.index_names import index_of
from deltarule.formulas.statements_grammar import Statements, of_integers
from deltarule.formulas.tokens import Token
from deltarule.networks.index_extents import extents

_REDUCTIONS = {"Π": nodes.Product, "∏": nodes.Product, "prod": nodes.Product, "max": nodes.Max}
#: Signs and words of sums; the signs bind the product behind them, the words a power.
SIGNS, WORDS = ("Σ", "∑"), ("sum", "mean")
Span = tuple[Index, list[Condition], Expr | None]
_Written = tuple[Index, list[Condition], Expr | None, Expr | None]
_COMPARING = ("≠", "<", "≤", ">", "≥")


class Sums(Statements):
    """The grammar of sums."""

    #: Whether what stands behind sum(…) belongs to the sum: sum(a − b)² is the sum of squares.
    binds = True
    #: The index that sums without a range are over; None: those that the quantity does not have.
    over: Index | None = None
    #: Whether some sum may be read the other way, and whether `over` decided something.
    two_ways = no_range = power_bound = False
    #: Indices for axes of which nothing is said, inside a sum without a range.
    fresh: dict[Expr, Index] | None = None

    def reduction(self, token: Token) -> Expr:
        """Σ_{n, i=0…N − 1} and what it is over."""
        word = token.text.rstrip("_")
        if token.text == word and self._without_range():
            return self.rangeless(word, self.rest[0].start)
        kind = _REDUCTIONS.get(word, nodes.Sum)
        spans = self._spans()
        within, known = self.bound, self.runs
        self.bound = [*within, *(index for index, _, _ in spans)]
        self.runs = [*known, *((i, n) for i, _, _ in spans if (n := self.vocabulary.extent(i)))]
        body = self._product()
        self.bound, self.runs = within, known
        ranges, conditions = [], []
        for index, limits, most in spans:
            extent = self.extent(index, body, most)
            ranges.append((index, extent))
            conditions += limits
        if word == "min":
            return -nodes.Max(-body, ranges, conditions)
        summed = kind(body, ranges, conditions)
        if word != "mean":
            return summed
        count = nodes.multiply(n for _, n in ranges)
        return summed / (nodes.Sum(Integer(1), ranges, conditions) if conditions else count)

    def _without_range(self) -> bool:
        """Whether Σy² is the sum of y², y being a tensor and no index."""
        text = self.next() or ""
        tensor = self.rest[0].kind in ("name", "derivative") and self.vocabulary.tensor(text)
        return bool(tensor) and self.vocabulary.extent(index_of(text)) is None

    # ---- without a range ------------------------------------------------------------------
    def rangeless(self, word: str, begin: int) -> Expr:
        """Σ (y − ŷ)², sum(y − ŷ)^2, mean x²."""
        with self._missing():
            if self.next() != "(":
                inside = self._product()
            elif word in SIGNS and self.binds:
                inside = self._product()
                self.two_ways = True
            else:
                close = self.formula[begin - 1 : begin] == word[-1]
                inside = self.arguments(word)[0]
                if self.next() == "^" or (self.rest and self.rest[0].kind == "superscript"):
                    self.two_ways = True
                    self.power_bound = self.binds and close
                    inside = self._powers(inside) if self.binds else inside
            return self._summed(inside, word, begin)

    @contextmanager
    def _missing(self) -> Iterator[None]:
        before, self.fresh = self.fresh, {}
        try:
            yield
        finally:
            self.fresh = before

    def _free(self, value: Expr, word: str, begin: int) -> list[tuple[Index, Expr]]:
        """The indices that sum(…), which names none, is over: those that stand inside it alone.

        `begin` is where its parentheses begin.
        """
        end = self.rest[0].start if self.rest else len(self.formula)
        outside = {t.text for t in self.all if not begin <= t.start < end}
        own = [i for i, _ in self.implied]
        free = sorted(free_indices(value), key=str)
        added = [(i, n) for n, i in (self.fresh or {}).items() if i in free]
        names = [i for i, _ in added]
        strange = [i for i in free if i not in (*own, *names, *self.bound)]
        over = [i for i in strange if i.name not in outside]
        missing = [i for i in own if i not in free and i.name not in outside]
        if not (over or added) or (over and len(missing) > len(strange) - len(over)):
            raise self._over_nothing(word, value)
        return [*added, *((i, self.extent(i, value)) for i in over)]

    def _over_nothing(self, word: str, value: Expr) -> DeltaruleError:
        """What is said of sum(x[n]) where n is an index of the result; layers tell of `value`."""
        return self.error(f"{word}( ) does not say what it is over", "write Σ_m s[m]")

    def _summed(self, value: Expr, word: str, begin: int) -> Expr:
        """sum(v) and mean(v)."""
        try:
            ranges = self._free(value, word, begin)
        except DeltaruleError:
            self.no_range = True
            if self.over is None or self.over not in free_indices(value):
                raise
            extent = dict(self.implied)[self.over]
            index = Index(f"{self.over.name}′′")
            value, ranges = substitute(value, {self.over: index}), [(index, extent)]
        count = nodes.multiply([n for _, n in ranges]) if word == "mean" else Integer(1)
        return nodes.Sum(value, ranges) / count

    # ---- with a range ---------------------------------------------------------------------
    def _spans(self) -> list[Span]:
        closing = {"[": "]", "{": "}"}.get(self.next() or "")
        if closing is None:
            index = index_of(self.pop().text)
            return [self._up_to(index, None) if _raised(self.rest[:1]) else (index, [], None)]
        self.pop()
        spans = self._span(closing)
        while self.take(","):
            spans += self._span(closing)
        self.expect(closing)
        once: dict[Index, _Written] = {}
        for span in spans:  # Σ_{i, j, i<j} is over two indices
            index, conditions = span[:2]
            known = once.get(index)
            once[index] = span if known is None else (index, known[1] + conditions, *known[2:])
        spans = list(once.values())
        return [self._up_to(i, low) if low is not None else (i, c, m) for i, c, m, low in spans]

    def _span(self, closing: str) -> list[_Written]:
        """An index, with its ends (i=0…N − 1) or what it is compared with (i≠j, i<j<k).

        Of Σ_{i=1}^{N}, the lower end, which comes last. What stands behind a comparison is summed
        over, too, if it is an index of which nothing else is known: Σ_{i<j} x[i]·x[j].
        """
        index = index_of(self.pop().text)
        if self.next() in _COMPARING:
            return self._compared_spans(index)
        return [self._ended(index, closing)]

    def _compared_spans(self, index: Index) -> list[_Written]:
        found: list[_Written] = [] if self._stands_around(index) else [(index, [], None, None)]
        left: Expr = index
        while self.next() in _COMPARING:
            sign = self.pop().text
            right = self.counting(self.sum_of_terms)
            new = isinstance(right, Index) and not self._stands_around(right)
            if new or not found:
                found.append((index_of(str(right)), [], None, None))
            name, conditions, *rest = found[-1]
            found[-1] = (name, [*conditions, of_integers(left, sign, right)], *rest)
            left = right
        return found

    def _stands_around(self, index: Index) -> bool:
        """Whether an index is one of the left side's, or of a sum around."""
        return index in (*(i for i, _ in self.implied), *self.bound)

    def _ended(self, index: Index, closing: str) -> _Written:
        if not self.take("="):
            return index, [], None, None
        low = self._ends("max")
        if self.next() == closing and _raised(self.rest[1:2]):
            return index, [], None, low[0]
        self.expect("…")
        high = self._ends("min")
        limits: list[Condition] = [AtLeastZero(index - end) for end in low if end != 0]
        limits += [AtLeastZero(end - index) for end in high]
        return index, limits, high[0] + 1, None

    def is_number_here(self, text: str) -> bool:
        """Whether a letter is an index with which formulas of this network calculate."""
        known = [i.name for i in (*(i for i, _ in self.implied), *self.bound)]
        named = text in known or self.vocabulary.extent(Index(text)) is not None
        return named and self.vocabulary.indices_are_numbers

    def _up_to(self, index: Index, low: Expr | None) -> Span:
        """The upper end behind ^: from 1 to N, or from 0 to N − 1, is the whole axis."""
        if self.in_layer and low is not None and low.is_negative:
            raise self.error(
                f"{index} runs from {low}, and entries are counted from 0",
                f"write Σ_{{{index}=0}}^{{…}}, and what is read at {index} as many places further",
            )
        high = Index("T")
        if self.pop().text == "^":
            high = self.counting(self._atom, halves=True)
        known = [i for i, _ in self.implied] + self.bound
        letter = isinstance(high, Index) and high not in known  # such as m for how many there are
        if low is None or letter or (low == 1 and isinstance(high, Size)):
            return index, [], None
        limits: list[Condition] = [AtLeastZero(index - low)] if low != 0 else []
        return index, [*limits, AtLeastZero(high - index)], high + 1

    def _ends(self, word: str) -> list[Expr]:
        """One end of a range, or the greatest (least) of several."""
        several = self.take(word)
        if several:
            self.expect("(")
        found = [self.counting(self.sum_of_terms, halves=True)]
        while several and self.take(","):
            found.append(self.counting(self.sum_of_terms, halves=True))
        if several:
            self.expect(")")
        return found

    def extent(self, index: Expr, body: Expr, most: Expr | None = None) -> Expr:
        """How far an index runs: along the axis where it stands, or as its network says."""
        try:
            found = extents(body, dict(self.vocabulary.tensors), self.place)
        except DeltaruleError as error:
            raise self.error(
                error.fact, "use two indices, or check the order of the subscripts"
            ) from None
        for access in nodes.reads(body):
            axes = self.vocabulary.tensors[tensor_name(access)].axes
            for at, axis in zip(access.indices, axes, strict=True):
                if at == index:
                    found.setdefault(at, axis)
        known = found.get(index) or self.vocabulary.extent(index) or most  # type: ignore[arg-type]
        if known is None:
            raise self.error(
                f"the sum runs over {index}, which stands on no axis",
                f"read some tensor at {index}",
            )
        return known

    # ---- of the grammar below -------------------------------------------------------------
    def _product(self) -> Expr:
        raise NotImplementedError

    def _powers(self, base: Expr) -> Expr:
        raise NotImplementedError

    def _atom(self) -> Expr:
        raise NotImplementedError

    def arguments(self, name: str) -> list[Expr]:
        """What stands in parentheses."""
        raise NotImplementedError


def _raised(ahead: Sequence[Token]) -> bool:
    """Whether the upper end of a sum stands there; ^T is none of a transpose then."""
    return bool(ahead) and ahead[0].text[:1] == "^" and ahead[0].kind in ("sign", "transposed")
