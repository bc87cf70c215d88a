"""Small copies of large networks, to calculate with: the same layers, fewer maps and units."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.language.load import load
from deltarule.language.scaled_sizes import FEW, Sides, scaled_to
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor

#: The sides that an image of a copy may have.
_SIDES = (9, 12, 14, 17, 20, 23, 28, 33, 48, 67, 99, 131, 163, 195, 227, 259)


@dataclass(frozen=True)
class ScaledCopy:
    """`network` has the layers of `original` with fewer maps and units, and smaller images."""

    original: Network
    network: Network

    @property
    def sentence(self) -> str:
        """What it is: `a copy of all layers with 2 to 6 maps or units, x [N, 3, 33, 48] …`."""
        ours, theirs = self.network.tensors, self.original.tensors
        changed = [n for n, t in theirs.items() if t.role == "input" and t.axes != ours[n].axes]
        inputs = (
            f", {n} [{_listed(ours[n].axes)}] for [{_listed(theirs[n].axes)}]" for n in changed
        )
        return f"a copy of all layers with 2 to {FEW} maps or units" + "".join(inputs)


def scaled_copy(network: Network) -> ScaledCopy | None:
    """The network of the same file and options at small sizes; None where it has no such copy.

    Its images are as small as they may be for two entries to be left along each side, and are no
    squares: a height taken for a width shows.
    """
    if not network.path:
        return None
    pairs = list(pairwise(_SIDES))
    found: dict[Sides, Network | None] = {}

    def fits(sides: Sides) -> bool:
        found[sides] = _copy(network, sides)
        return found[sides] is not None

    place = bisect_left(pairs, True, key=fits)
    least = found[pairs[place]] if place < len(pairs) else None
    return None if least is None or least.tensors == network.tensors else ScaledCopy(network, least)


def _copy(network: Network, sides: Sides) -> Network | None:
    """A copy with images of these sides; None where too little is left of them."""
    options = {o.name: o.value for o in network.options.values()}
    try:
        with scaled_to(sides):
            found = load(network.path, **options)
    except DeltaruleError:
        return None
    own, theirs = found.tensors, network.tensors
    if own.keys() != theirs.keys() or any(_vanishes(own[n], theirs[n]) for n in theirs):
        return None
    return found


def _vanishes(own: Tensor, theirs: Tensor) -> bool:
    """Whether a single entry is left of an axis: a layer is derived otherwise where it is known to
    have one."""
    return any(a == 1 != b for a, b in zip(own.axes, theirs.axes, strict=True))


def _listed(axes: Iterable[Expr]) -> str:
    return ", ".join(map(str, axes))
