"""Names of gradients, made and taken apart here alone: `dE/dTheta2` is ∂E/∂Θ₂.

Tensors, and the gradients by them, are kept by their names as plain text; whoever needs the parts
of such a name asks `GradientName.parse`. What people type is read by `spelling.names`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

_DIRECT, _BY = "direct ", "/d"


@dataclass(frozen=True)
class GradientName:
    """The name of the derivative of `of`, a tensor or one entry `E_o[0]` of it, by `wrt`.

    A `direct` one is the part that goes through the equation of `of` alone. `str` gives the name.
    """

    of: str
    wrt: str
    direct: bool = False

    @staticmethod
    @lru_cache(maxsize=1 << 14)
    def parse(name: str) -> GradientName | None:
        """The parts of a name; None for one that is no gradient's, such as `W` or `W after`."""
        head, by, wrt = name.rpartition(_BY)
        if not by:
            return None
        rest = head.removeprefix(_DIRECT)
        return GradientName(rest.removeprefix("d"), wrt, rest != head)

    def by(self, tensor: str) -> GradientName:
        """The derivative of the same by another tensor."""
        return replace(self, wrt=tensor)

    def __str__(self) -> str:
        return f"{_DIRECT if self.direct else ''}d{self.of}{_BY}{self.wrt}"


def gradient_name(of: str, wrt: str) -> str:
    """`dE/dW` for E and W."""
    return f"d{of}{_BY}{wrt}"


def is_gradient(name: str) -> bool:
    """Whether a name is that of a gradient."""
    return _BY in name


def tensor_of(name: str) -> str:
    """The tensor that a gradient is by, W for `dE/dW`; any other name is a tensor's own."""
    return name.rpartition(_BY)[2]
