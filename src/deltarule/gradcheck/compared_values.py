"""Values that hold some of the constants that formulas compare them with by = or ≠.

Numbers drawn at random equal no constant, so that of `where(mask == 1, …)` one side alone would
be seen; nor each other, as `where(a == b, …)` asks. An entry that equals its constant stays equal
to it: dual numbers compare values.
"""

from __future__ import annotations

import numpy as np

from deltarule.arithmetic.compared_constants import SHARED, constants_of
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.sampler import Generic, Shape
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
        places = self.random.sample(range(len(flat)), half)
        if SHARED in constants and len(flat) > 1:  # where the other one has it, too
            places = range(0, len(flat), 2)
        for place in places:
            flat[place] = self.random.choice(constants)
        return flat.reshape(shape)
