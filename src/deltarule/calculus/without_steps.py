"""Derivations for their numbers alone: the same gradients, of which no single step is verified.

Whoever uses one compares the gradients themselves with dual numbers (tracing/all_gradients.py),
which takes a tenth of the time that verifying each step takes.
"""

from __future__ import annotations

from deltarule.calculus.reverse import derive, derive_with
from deltarule.calculus.steps import Derivation
from deltarule.networks.network import Network


class _Unverified:
    """What stands for a Verifier where no step is verified."""

    settings: tuple[dict[str, int], ...] = ()

    def __init__(self, *_: object) -> None: ...

    def assume(self, *_: object) -> None: ...

    def learn(self, *_: object) -> None: ...

    def same(self, *_: object, **__: object) -> str:
        return ""

    def same_beside_kinks(self, *_: object) -> str:
        return ""

    def derivative(self, *_: object) -> str:
        return ""


def derive_unverified(network: Network, of: str | None = None) -> Derivation:
    """The gradients of a network's loss, in the very formulas of `derive`, not verified.

    `of` names another tensor to differentiate. Raises DeltaruleError for what cannot be derived.
    """
    return derive_with(_Unverified, network, of)


def derive_as(derivation: Derivation, of: str) -> Derivation:
    """The gradients of another tensor of a derivation's network, verified if those of it are."""
    network = derivation.network
    return derive(network, of=of) if derivation.verified else derive_unverified(network, of)
