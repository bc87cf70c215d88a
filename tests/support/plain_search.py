"""The search for mistakes without a shortlist: one hypothesis after the other, each by itself."""

from __future__ import annotations

from deltarule.marking.explain import Explainer
from deltarule.marking.pairs import ON_TOP, couples, plain_carryings, with_slip
from deltarule.marking.workings.carrying import with_mistakes


class PlainExplainer(Explainer):
    """Explanations by the slow search: what the quick one has to find too."""

    def following(self, written, entries):
        for ways in self.carrying.following(written):
            for cost, carried, earlier in ways:
                wrong = with_mistakes(carried, earlier)
                found = self._if_printed(written, entries, wrong, cost, (), earlier)
                if found is not None:
                    return found
        return None

    def _singles(self, written, entries, places, mistakes):
        carryings = list(self.carrying.wrong(written))
        single = []
        for place in places:
            for mistake in mistakes(place):
                for cost, carried, earlier in carryings:
                    found = self.explanation(written, entries, carried, cost, (mistake,), earlier)
                    if found is not None:
                        single.append(found)
                        break
            if self.conclusive(written, entries, single):
                break
        return single

    def _pairs(self, written, entries, places):
        carryings = plain_carryings(self.carrying.printed_above(written.quantity))
        on_top = [with_slip(m, slip) for slip in ON_TOP for m in self.doubts.all(written.quantity)]
        in_two = couples(self.doubts.all, places, bool(self.evaluator.groups))
        for pair in (*filter(None, on_top), *in_two):
            for cost, carried in carryings:
                found = self.explanation(written, entries, carried, cost, pair)
                if found is not None:
                    yield found
                    break
