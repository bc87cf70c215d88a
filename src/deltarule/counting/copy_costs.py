"""Large networks are calculated with on a scaled-down copy: when, and what to say of it."""

from __future__ import annotations

from sympy import Expr

from deltarule.calculus import Derivation, derive
from deltarule.calculus.by_layers import derive_by_layers
from deltarule.counting.counts import multiply_adds
from deltarule.expressions.nodes import free_symbols
from deltarule.language.scaled_copies import ScaledCopy, scaled_copy
from deltarule.networks.network import Network

#: A network that multiplies more often for each example is calculated with on a copy.
MOST_PRODUCTS = 5_000_000


def copy_to_calculate(network: Network) -> ScaledCopy | None:
    """The copy to calculate with; None for a network that is small, or has no copy."""
    if _times(multiply_adds(network)) <= MOST_PRODUCTS:
        return None
    return scaled_copy(network)


def derivation_of(copy: ScaledCopy) -> Derivation:
    """All gradients of a copy: derived layer by layer, as those of the network itself are."""
    network = copy.network
    return derive_by_layers(network, None, 0, derive, copy.original) or derive(network)


def copy_sentence(copy: ScaledCopy) -> str:
    """`on a copy of all layers with 2 to 6 maps or units, …; at its own sizes it takes …`."""
    ours, theirs = (_times(multiply_adds(n)) for n in (copy.network, copy.original))
    more = f"; at its own sizes it takes {_rough(theirs / ours):,} times as many multiplications"
    return f"on {copy.sentence}" + more


def _times(count: Expr) -> int:
    """A count for one example: sizes that are symbols are 1."""
    return int(count.subs(dict.fromkeys(free_symbols(count), 1)))


def _rough(number: float) -> int:
    """Two digits of a number."""
    return int(float(f"{number:.1e}"))
