"""LayerNorm(x), RMSNorm(x) and BatchNorm(X) of vectors and matrices, without scale and shift.

LayerNorm(x) = (x − mean(x))/√(var(x) + 1e−5)       Ba, Kiros, Hinton 2016, eq. 3
RMSNorm(x) = x/√(mean(x²) + 1e−5)                   Zhang, Sennrich 2019, eq. 4
BatchNorm(X), the same over examples as LayerNorm over features   Ioffe, Szegedy 2015, alg. 1
"""

from __future__ import annotations

import re

from sympy import Integer, Rational

from deltarule.expressions import nodes
from deltarule.expressions.functions import absolute
from deltarule.formulas.matrix_readings import Readings, one_reading
from deltarule.formulas.spelled import NORMS
from deltarule.formulas.tokens import Token
from deltarule.typed.grammars.either_or import EitherOr
from deltarule.typed.grammars.matrix_kinds import is_matrix, squeezed
from deltarule.typed.lecture_notation.norm_orders import CALLS

_EPSILON = Rational(1, 100_000)
_CALLED = re.compile(rf"(?<![\w.])({'|'.join(NORMS)})\s*\(")


def note_of(text: str) -> str:
    """What is said of a text that calls one of them."""
    words = list(dict.fromkeys(_CALLED.findall(text)))
    if not words:
        return ""
    return f"{' and '.join(words)}: with ε = 1e−5, without scale and shift."


class NamedNorms(EitherOr):
    """The grammar of normalisations that are called by their names."""

    #: Whether examples are columns, as in W X.
    examples_below: bool

    def library_call(self, token: Token) -> Readings | None:
        if token.text in CALLS:
            return self._of_order(token.text)
        kind = NORMS.get(token.text)
        if kind is None or self.vocabulary.tensor(token.text):
            return super().library_call(token)
        begin = self.rest[0].start
        value = self.arguments(token.text)[0]
        matrix = value.of[0]
        if kind == "batch" and not is_matrix(matrix):
            raise self.error(
                f"{token.text} is over examples, and this is no matrix of them",
                f"write {token.text}(X W), or LayerNorm(x) of one example",
            )
        features = 0 if self.examples_below else -1
        axis = None
        if is_matrix(matrix):
            axis = features if kind != "batch" else -1 - features
        self.keywords = {} if axis is None else {"keepdims": True}
        if kind == "rms":
            squares = self._along(self._to_power(value, Integer(2)), "mean", axis, begin)
            return self._divided(value, self._root_above(squares))
        centred = self._added(value, self._negated(self._along(value, "mean", axis, begin)))
        return self._divided(centred, self._root_above(self._along(value, "var", axis, begin)))

    def _of_order(self, call: str) -> Readings:
        """(Σ_n |x[n]|^p)^{1/p}, and max_n |x[n]| for p = ∞."""
        value, *order = self.arguments(call, (1, 2))
        whole = squeezed(value.of[0])
        if not whole.axes:
            return self._absolute(value)
        if order:
            power = squeezed(order[0].of[0]).entry
            total = nodes.Sum(absolute(whole.entry) ** power, whole.axes)
            return one_reading(total if call == "powersum" else total ** (1 / power))
        if len(whole.axes) > 1:
            raise self.error(
                "‖·‖_∞ of a matrix is its largest entry, or the largest sum of a row",
                "write max_{i,j} |A_ij| for the former, max_i (Σ_j |A_ij|) for the latter",
            )
        return one_reading(nodes.Max(absolute(whole.entry), whole.axes))

    def _root_above(self, square: Readings) -> Readings:
        return self._raised(self._added(square, self._constant(_EPSILON)), Rational(1, 2))
