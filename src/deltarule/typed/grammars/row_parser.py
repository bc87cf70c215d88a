"""The grammar of matrices in which names have indices too: h[t] = tanh(W h[t−1] + U x[t] + b).

An index picks one of many vectors, numbers or matrices; what is read there has the axes of one of
them, and products go by these.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.formulas.matrix_readings import Matrix, Readings, one_reading
from deltarule.formulas.tokens import Token
from deltarule.typed.grammars.matrix_kinds import is_matrix, is_number
from deltarule.typed.grammars.shape_parser import ShapeParser
from deltarule.typed.quantities.usual_letters import COUNTS
from deltarule.typed.sizes.unified_sizes import Unequal

_KINDS = {"Π": nodes.Product, "∏": nodes.Product, "prod": nodes.Product, "max": nodes.Max}


class RowParser(ShapeParser):
    """`leading` says how many subscripts each name has; `extents` how far an index runs."""

    def __init__(
        self,
        formula: str,
        vocabulary,
        place: str,
        columns: bool,
        leading: Mapping[str, int],
        left: tuple[tuple[Index, Expr], ...],
        extents: Mapping[str, Expr],
    ):
        super().__init__(formula, vocabulary, place, columns)
        self.leading, self.extents = leading, extents
        self.own = [i for i, _ in left]
        self.implied = list(left)
        #: Whether aᵀ x is added to each entry of a vector b[i], which is a number rather.
        self.odd = False

    def _read(self, name: str):
        count = self.leading.get(name, 0)
        if self.next() != "[":
            return self._whole(name) if count == 1 else super()._read(name)
        last = {
            Index(i.upper()): n for i, n in self.extents.items() if not self._is_known(i.upper())
        }
        at = [substitute(i, last) for i in self.subscripts()]
        own = self._fresh(self.vocabulary.tensors[name].axes[count:])
        if len(at) == count:
            return one_reading(nodes.read(name, *at, *(i for i, _ in own)), own)
        picked = iter(at[count:])
        entries = [next(picked, None) if n != 1 else Integer(0) for _, n in own]
        if None in entries or next(picked, None) is not None:
            raise self.error(f"{name} has {count} and {len(at)} subscripts", "write one for each")
        return one_reading(nodes.read(name, *at[:count], *entries))

    def _whole(self, name: str):
        """All of what has an index elsewhere: z of ‖x − D z‖², if z_j = … gives its entries."""
        extent, *more = self.vocabulary.tensors[name].axes
        if any(n != 1 for n in more):
            raise self.error(f"{name} has 1 and 0 subscripts", "write one index for each axis")
        axes = self._fresh((extent, Integer(1)) if self.columns else (Integer(1), extent))
        return one_reading(nodes.read(name, axes[0 if self.columns else 1][0]), axes)

    def reduction(self, token: Token):
        """Σ_j of vectors, entry by entry."""
        word = token.text.rstrip("_")
        if token.text == word and self._without_range():
            return self.rangeless(word, self.rest[0].start)
        spans = self._spans()
        within = self.bound
        self.bound = [*within, *(i for i, _, _ in spans)]
        body = self._product()
        self.bound = within
        ranges, conditions = [], []
        for index, limits, _ in spans:
            if str(index) not in self.extents:
                raise self.error(
                    f"the sum runs over {index}, which stands on no axis",
                    f"read some tensor at {index}",
                )
            ranges.append((index, self.extents[str(index)]))
            conditions += limits
        if word == "min":
            return self._each(body, lambda e: -nodes.Max(-e, ranges, conditions))
        kind = _KINDS.get(word, nodes.Sum)
        whole = self._each(body, lambda e: kind(e, ranges, conditions))
        if word != "mean":
            return whole
        count = nodes.multiply(n for _, n in ranges)
        return self._each(whole, lambda e: e / count)

    def _added(self, one, two):
        """No number that changes is added to each entry of a matrix: kᵀ v is a matrix there."""
        for matrix, number in ((one, two), (two, one)):
            if not (isinstance(matrix, Readings) and isinstance(number, Readings)):
                continue
            a, b = matrix.of[0], number.of[0]
            if is_matrix(a) and is_number(b) and any(r.indices for r in nodes.reads(b.entry)):
                raise self.error("a matrix and a number are added", "write x yᵀ for all products")
            bare = isinstance(a.entry, nodes.Read) and self._at_index(a.entry) and not is_number(a)
            apart = is_matrix(b) or (is_number(b) and _is_product(b.entry))
            self.odd = self.odd or (bare and apart and not is_matrix(a))
        return super()._added(one, two)

    def _named(self, token: Token):
        """An index is a number, where one calculates with it, and N how far n runs."""
        size = self.extents.get(token.text.lower()) if token.text.isupper() else None
        known = self.vocabulary.tensor(token.text) or self.vocabulary.symbol(token.text)
        factor = bool(self.rest) and (self.rest[0].kind == "name" or self.next() in ("[", "("))
        if size is not None and not known and not (factor and token.text not in COUNTS):
            return self._constant(size)
        found = super()._named(token)
        return one_reading(found) if isinstance(found, Index) and not self.counts else found

    def _to_power(self, base, exponent: Expr):
        whole = base.of[0] if isinstance(base, Readings) else None
        if whole is not None and is_matrix(whole) and nodes.free_indices(exponent):
            raise self.error(
                "a power of a matrix by an index is none of its entries",
                "write a recurrence: h_t = A h_{t-1} + B x_t; y_t = C h_t",
            )
        return super()._to_power(base, exponent)

    def _turned(self, value):
        if isinstance(value, Readings) and is_number(value.of[0]):
            raise self.error(
                "a transpose needs matrices without indices", "write W[m, d] for W[d, m]ᵀ"
            )
        return super()._turned(value)

    def _is_known(self, letter: str) -> bool:
        return letter in self.extents or super()._is_known(letter)

    def _meet(self, a: Matrix, b: Matrix, word: str) -> None:
        """b of wᵀ x[n] + b is a number; x[n] − mean(x[n]) has the same number in each entry."""
        for number, vector in ((a, b), (b, a)):
            bare = isinstance(vector.entry, nodes.Read) and not self._at_index(vector.entry)
            moving = is_number(number) and any(self._at_index(r) for r in nodes.reads(number.entry))
            sizes = [n for n in vector.shape if n != 1]
            if bare and moving and len(sizes) == 1 and word != "multiplied":
                raise Unequal(sizes[0], Integer(1))
        super()._meet(a, b, word)

    def _at_index(self, access: nodes.Read) -> bool:
        return bool(self.leading.get(nodes.tensor_name(access)))

    def _is_written(self, part: Matrix) -> bool:
        return super()._is_written(part) or not isinstance(part.entry, nodes.Read)


def _is_product(entry: Expr) -> bool:
    """Whether a number is the sum of the products of two vectors."""
    sums = [part for part in nodes.walk(entry) if isinstance(part, nodes.Sum)]
    return any(len({nodes.tensor_name(r) for r in nodes.reads(part.body)}) > 1 for part in sums)
