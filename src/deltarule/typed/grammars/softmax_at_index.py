"""The softmax of numbers that have an index: α_t = softmax(e_t), a_ij = softmax(q_iᵀ k_j)."""

from __future__ import annotations

from deltarule.errors import DeltaruleError
from deltarule.expressions.functions import exp, log
from deltarule.expressions.nodes import Sum, free_indices
from deltarule.expressions.substitution import substitute
from deltarule.formulas.matrix_readings import Readings
from deltarule.typed.grammars.matrix_kinds import is_number
from deltarule.typed.grammars.vector_axes import VectorAxes


class OfOneNumber(DeltaruleError):
    """A softmax of one number, which no other reading mends."""


class SoftmaxAtIndex(VectorAxes):
    """The grammar of such a softmax, along the last index of the left side that stands in it."""

    def _softmaxed(self, value: Readings, word: str, axis) -> Readings:
        if not is_number(value.of[0]):
            return super()._softmaxed(value, word, axis)
        entry = value.of[0].entry
        own = [(i, n) for i, n in self.implied if i in free_indices(entry)]
        if not own:
            error = self.error(
                f"{word}( ) of one number is {1 if word == 'softmax' else 0}",
                f"say what it is over: e_t = …; α_t = {word}_t(e_t)",
            )
            raise OfOneNumber(error.fact, error.place, error.remedy)
        (last, extent), (fresh, _) = own[-1], self._fresh([own[-1][1]])[0]
        total = Sum(exp(substitute(entry, {last: fresh})), [(fresh, extent)])
        return self._each(value, lambda e: exp(e) / total if word == "softmax" else e - log(total))
