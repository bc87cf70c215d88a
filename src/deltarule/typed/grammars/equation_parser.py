"""The grammar of the right side of an equation with indices: what files say, in lectures' signs.

Indices are numbers where they stand alone, exponents may vary, and a sum runs as far as all that
stands in it can be read: Σ_i (x[i + 1] − x[i])² has a term less than x has entries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from sympy import Expr, Integer, pi

from deltarule.errors import DeltaruleError
from deltarule.expressions.affine import affine
from deltarule.expressions.functions import floor
from deltarule.expressions.nodes import Read, free_indices, read, reads, tensor_name
from deltarule.expressions.quotients import CeilingQuotient, FloorQuotient
from deltarule.expressions.symbols import Index
from deltarule.formulas.index_calls import LARGE
from deltarule.formulas.parser import Parser
from deltarule.formulas.sum_signs import Span
from deltarule.formulas.tokens import Token
from deltarule.formulas.vocabulary import Vocabulary
from deltarule.language.piecewise_positions import in_cases
from deltarule.networks.network import Network
from deltarule.networks.read_ranges import unguarded
from deltarule.spelling.names import canonical, pretty
from deltarule.typed.grammars.loss_orders import prediction_first

#: Letters that are numbers where they stand without subscripts, and tensors with some.
_NUMBERS = {"pi": pi, "π": pi}


class ExactVocabulary(Vocabulary):
    """The names of a text, as they are written there: mean(x) is no μ that is one."""

    def tensor(self, text: str) -> str | None:
        """The tensor of that very name: X is not x, and D no other one than d."""
        try:
            name = canonical(text.replace(" ", ""))
        except DeltaruleError:
            return None
        return name if name in self.tensors else None

    def reading(self, name: str, subscripts: Sequence[Expr], guarded: bool = False) -> Expr:
        """The read itself: what lies before a state's first time is put in behind all lines."""
        return in_cases(subscripts, partial(read, name))


class EquationVocabulary(ExactVocabulary):
    """With an index one can calculate, and exponents may be anything."""

    indices_are_numbers = exponents_vary = True  # type: ignore[assignment]


class EquationParser(Parser):
    """Reads one right side; `extents` say how far letters run that stand on no axis there."""

    in_layer = True

    def __init__(
        self,
        formula: str,
        network: Network,
        place: str,
        implied: Sequence[tuple[Index, Expr]],
        extents: Mapping[str, Expr],
    ):
        super().__init__(formula, EquationVocabulary(network), place, implied)
        self.extents = extents

    def _target_first(self, one: Expr, other: Expr) -> tuple[Expr, Expr]:
        return (other, one) if prediction_first(one, other, self.vocabulary) else (one, other)

    def _over_nothing(self, word: str, value: Expr) -> DeltaruleError:
        access = next((r for r in reads(value) if r.indices), None)
        if access is None and word in ("max", "min"):
            return self.error(f"{word}( ) of one number", f"write {word}(a, b)")
        if access is None:
            return super()._over_nothing(word, value)
        at, name = [str(i) for i in access.indices], pretty(tensor_name(access))
        taken = {str(i) for i in free_indices(value)} | {*self.extents}
        more = next((i for i in "kjdmi" if i not in taken), "k")
        capital = LARGE.get(word, "Sum")
        one, further = (f"{name}[{', '.join(i)}]" for i in ([*at[:-1], more], [*at, more]))
        dots = ("", "") if value == access else ("… ", " …")
        return self.error(
            f"{word}( ) goes over no index: {', '.join(at)} stands outside of it, too",
            f"name its own: {capital}[{more}]({dots[0]}{one}{dots[1]}), or with an axis more "
            f"{word}({dots[0]}{further}{dots[1]})",
        )

    def _named(self, token: Token) -> Expr:
        tensor = self.vocabulary.tensors.get("pi" if token.text == "π" else token.text)
        with_axes = tensor is not None and tensor.axes and self.next() != "["
        if with_axes and token.text in _NUMBERS:
            return self._constant(_NUMBERS[token.text])
        if with_axes and token.text == "e" and (self.next() == "^" or self._raised_sign()):
            return self._euler()
        size = self.extents.get(token.text.lower()) if token.text.isupper() else None
        if size is not None and not (tensor or self.vocabulary.symbol(token.text)):
            return self._constant(size)  # d of 1/d Σ_{i=1}^d is how far i runs
        return super()._named(token)

    def _up_to(self, index: Index, low: Expr | None) -> Span:
        """Σ_{i=1}^{m}, where m is a number that some line divides by, is over the whole axis."""
        begun = list(self.rest)
        if self.pop().text == "^" and self.rest:
            high = self.counting(self._atom, halves=True)
            if low == 1 and isinstance(high, Read):
                return index, [], None
        self.rest = begun
        return super()._up_to(index, low)

    def _rounded(self, opening: str) -> Expr:
        """⌊i/2⌋ of indices, and ⌊x⌋, ⌈x⌉ of real numbers."""
        begun = list(self.rest)
        found = super()._rounded(opening)
        if isinstance(found, FloorQuotient | CeilingQuotient) and self.whole_number(found):
            return found
        if self.whole_number(found) and found.is_integer:
            return found
        behind, self.rest = self.rest, begun
        value = self.sum_of_terms()
        self.rest = behind
        return floor(value) if opening == "⌊" else -floor(-value)

    def extent(self, index: Expr, body: Expr, most: Expr | None = None) -> Expr:
        try:
            whole = super().extent(index, body, most)
        except DeltaruleError:
            if str(index) not in self.extents:
                raise
            whole = self.extents[str(index)]
        for access, _ in unguarded(body, {}):
            tensor = self.vocabulary.tensors[tensor_name(access)]
            if tensor.outside is not None or tensor.role == "state":
                continue
            for at, axis in zip(access.indices, tensor.axes, strict=True):
                if index not in free_indices(at) or len(free_indices(at)) > 1:
                    continue
                split = affine(at, (index,))  # type: ignore[arg-type]
                if split is not None and split[0].get(index) == 1 and split[1].is_Integer:  # type: ignore[call-overload]
                    left = (axis - split[1]).expand()
                    shorter = (whole - left).expand()
                    whole = left if shorter.is_Integer and shorter > Integer(0) else whole
        return whole
