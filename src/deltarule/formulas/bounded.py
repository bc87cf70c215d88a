"""Parts of a formula that are refused while it is read, before they grow too large."""

from __future__ import annotations

from sympy import Expr, nan

from deltarule.formulas import limits
from deltarule.formulas.sum_signs import Sums


class Bounded(Sums):
    """The grammar's powers, quotients and products, within the limits."""

    def _bounded(self, value: Expr) -> Expr:
        """The value itself, unless it is too large to go on with."""
        for entry in self._entries(value):
            why = limits.too_long(entry)
            if why:
                raise self.error(why, "write it in parts, with numbers of ordinary size")
        return value

    def _not_zero(self, bottom: Expr) -> Expr:
        """What stands below a line. Raises DeltaruleError for 0."""
        if any(entry.is_zero or entry is nan for entry in self._entries(bottom)):
            raise self.error("a division by 0", "check what stands below the line")
        return bottom

    def _to_power(self, base: Expr, exponent: Expr) -> Expr:
        for entry in self._entries(base):
            why = limits.too_large(entry, exponent)
            if why:
                raise self.error(why, "write a power such as s^2 or s^(1/2)")
        if exponent.is_negative:
            self._not_zero(base)
        return self._raised(base, exponent)

    def _entries(self, value: Expr) -> list[Expr]:
        """The expressions that a part may stand for."""
        return [value]

    def _raised(self, base: Expr, exponent: Expr) -> Expr:
        raise NotImplementedError
