"""Values that hold some of the constants that formulas compare them with by = or ≠.

Numbers drawn at random equal no constant, so that of `where(mask == 1, …)` one side alone would
be seen. An entry that equals its constant stays equal to it: dual numbers compare values.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from sympy import Expr, Rational

from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.sampler import Generic, Shape
from deltarule.expressions.conditions import Positive
from deltarule.expressions.nodes import Read, walk
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor


class ComparedProbe(Probe):
    """A probe in which tensors hold the constants that they are compared with, here and there."""

    def _sampler(self) -> Generic:
        return _WithConstants(self.network, self.values.extent, self.arithmetic, self.random)


class _WithConstants(Generic):
    """Half of the entries of a compared tensor are constants of its statements."""

    def __init__(self, network: Network, *rest):
        super().__init__(network, *rest)
        self._constants = constants_of(network)

    def numbers(self, tensor: Tensor, shape: Shape, within) -> np.ndarray:
        drawn = super().numbers(tensor, shape, within)
        constants = self._constants.get(tensor.name, ())
        if within or tensor.symmetric or not constants:
            return drawn
        flat = drawn.reshape(-1)
        half = (len(flat) + self.random.randrange(2)) // 2
        for place in self.random.sample(range(len(flat)), half):
            flat[place] = self.random.choice(constants)
        return flat.reshape(shape)


def constants_of(network: Network) -> dict[str, tuple[Fraction, ...]]:
    """The constants that each tensor is compared with by = or ≠: neither is larger."""
    found: dict[str, set[Fraction]] = {}
    for equation in network.equations:
        larger = {n.args[0].expand() for n in walk(equation.rhs) if isinstance(n, Positive)}
        for difference in larger:
            if (-difference).expand() in larger:
                for name, constant in _read_and_constant(difference):
                    found.setdefault(name, set()).add(constant)
    return {name: tuple(sorted(constants)) for name, constants in found.items()}


def _read_and_constant(difference: Expr) -> list[tuple[str, Fraction]]:
    """Of ±(a − c) the tensor of a, and c; nothing of any other expression."""
    constant, rest = difference.as_coeff_Add()
    sign, entry = rest.as_coeff_Mul()
    if not isinstance(entry, Read) or not isinstance(constant, Rational) or abs(sign) != 1:
        return []
    return [(str(entry.base), Fraction(int(constant.p), int(constant.q)) * -int(sign))]
