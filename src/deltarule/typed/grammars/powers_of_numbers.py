"""Powers of numbers, entry by entry: 2^x and 10^{x/20} of a vector x, as exp(x) is."""

from __future__ import annotations

from deltarule.formulas.matrix_grammar import MatrixParser
from deltarule.formulas.matrix_readings import Readings
from deltarule.formulas.spelled import power
from deltarule.typed.grammars.matrix_kinds import is_number, squeezed


class PowersOfNumbers(MatrixParser):
    """The grammar of exponents that are arrays."""

    #: What is raised, the last of which is being read.
    bases: tuple[object, ...] = ()

    def _powers(self, base):
        self.bases = (*self.bases, base)
        found = super()._powers(base)
        self.bases = self.bases[:-1]
        return found

    def _may_be_array(self) -> bool:
        """Whether what is raised is a number."""
        base = self.bases[-1] if self.bases else None
        return isinstance(base, Readings) and is_number(base.of[0])

    def _raised_to(self):
        minus = self.take("-")
        exponent = self._exponent()
        if not isinstance(exponent, Readings):
            exponent = exponent ** self._raised_to() if self.take("^") else exponent
            return -exponent if minus else exponent
        if self.take("^"):
            raise self.error("a power of a power of an array", "write parentheses: (2^x)^2")
        return self._negated(exponent) if minus else exponent

    def _to_power(self, base, exponent):
        if not isinstance(exponent, Readings):
            return super()._to_power(base, exponent)
        number = squeezed(base.of[0]).entry
        return self._each(exponent, lambda e: power(number, e))
