"""The search for mistakes without a shortlist: one hypothesis after the other, each by itself."""

from __future__ import annotations

from deltarule.marking.carrying import ALL_PRINTED
from deltarule.marking.explain import Explainer
from deltarule.marking.hypothesis import Hypothesis
from deltarule.marking.pairs import couples


class PlainExplainer(Explainer):
    """Explanations by the slow search: what the quick one has to find too."""

    def _singles(self, written, entries, places, mistakes):
        carryings = list(self.carrying.wrong(written))
        single = []
        for place in places:
            for mistake in mistakes(place):
                for cost, carried, earlier in carryings:
                    found = self._with(written, entries, carried, cost, (mistake,), earlier)
                    if found is not None:
                        single.append(found)
                        break
            if self._conclusive(written, entries, single):
                break
        return single

    def _pairs(self, written, entries, places):
        held = frozenset(self.carrying.printed_above(written.quantity))
        carryings = [(0.0, Hypothesis())]
        if held:
            carryings.append((ALL_PRINTED, Hypothesis(held)))
        for pair in couples(self.doubts.all, places, bool(self.evaluator.groups)):
            for cost, carried in carryings:
                found = self._with(written, entries, carried, cost, pair)
                if found is not None:
                    yield found
                    break
