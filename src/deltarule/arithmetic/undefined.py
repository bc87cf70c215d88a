"""What is no rational: what has no value, as 0/0, and all that is made of it; and −∞."""

from __future__ import annotations

from deltarule.arithmetic.base import Undecided


class Undefined:
    """NaN. Every operation on it gives it again, and no comparison with it holds."""

    def _same(self, *_others) -> Undefined:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _same
    __truediv__ = __rtruediv__ = __pow__ = __neg__ = __abs__ = _same

    def _never(self, _other) -> bool:
        return False

    __lt__ = __le__ = __gt__ = __ge__ = _never

    def is_finite(self) -> bool:
        """No: as a ball that holds no number says it."""
        return False

    def __float__(self) -> float:
        return float("nan")

    def __str__(self) -> str:
        return "NaN"

    __repr__ = __str__


_PADDED = "a window lies wholly in the padding: use less padding, or a larger window"


class MinusInfinity:
    """−∞ among the fractions: the largest entry of a window that lies wholly in the padding."""

    def __eq__(self, other) -> bool:
        return isinstance(other, MinusInfinity)

    def __hash__(self) -> int:
        return hash("−∞")

    def __lt__(self, other) -> bool:
        return self != other

    def __gt__(self, other) -> bool:
        return False

    def __add__(self, other):
        return self

    __radd__ = __add__

    def __mul__(self, other):
        if other == 0 or other < 0:
            raise Undecided("−∞ times what is not above 0 has no value", None, _PADDED)
        return self

    __rmul__ = __mul__

    def __float__(self) -> float:
        return float("-inf")

    def __str__(self) -> str:
        return "−∞"

    __repr__ = __str__


UNDEFINED, MINUS_INFINITY = Undefined(), MinusInfinity()
