"""What has no value among the rationals: a logarithm of 0, 0/0, and all that is made of it."""

from __future__ import annotations


class Undefined:
    """No number. Every operation on it gives it again, and no comparison with it holds."""

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


UNDEFINED = Undefined()
