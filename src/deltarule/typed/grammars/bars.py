"""|v| and ‖v‖ in formulas of vectors: of each entry, and the length, which |v|² is of, too."""

from __future__ import annotations

from deltarule.formulas.matrix_readings import Readings
from deltarule.typed.grammars.matrix_kinds import is_number
from deltarule.typed.grammars.powers_in_products import PowersInProducts

#: What is said of the squares of vectors in bars.
SQUARED = "|v|² is ‖v‖² here, the sum of the squares: write v² for each entry's."


class Bars(PowersInProducts):
    """The grammar of what stands in bars."""

    #: Whether the terms of a sum are read, of which products are entry by entry.
    in_sum = False

    def _in_bars(self, bar: str) -> Readings:
        """|v|² is ‖v‖²; |v| by itself is that of each entry."""
        begin = self.rest[0].start if self.rest else len(self.formula)
        before, self.in_sum = self.in_sum, False
        self.open.append(bar)
        inside = self.sum_of_terms()
        self.open.pop()
        self.expect(bar)
        self.in_sum = before
        squared = [t.text for t in self.rest[:2]] == ["^", "2"] or self.next() == "²"
        if bar == "|" and squared and not is_number(inside.of[0]):
            self.remarks.add(SQUARED)
            bar = "‖"
        return self._norm(inside, begin) if bar == "‖" else self._absolute(inside)
