"""A sheet's own constants: λ and β₁ are compared at the numbers that the sheet gives them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from sympy import Rational

from deltarule.calculus import Derivation
from deltarule.expressions.symbols import Scalar
from deltarule.tracing.computation import Computation

Constants = tuple[tuple[Scalar, Rational], ...]


def with_own_constants(derivation: Derivation, computation: Computation | None) -> Derivation:
    """The derivation with a sheet's numbers for its constants, so that these may be typed as
    numbers; itself where the sheet has no others than the network."""
    if computation is None:
        return derivation
    usual = derivation.network.scalars
    own = {s: Rational(str(v)) for s, v in computation.scalars.items() if s in usual}
    changed = tuple((s, v) for s, v in own.items() if v != usual[s])
    return _changed(_ByIdentity(derivation), changed) if changed else derivation


class _ByIdentity:
    """A derivation as a key: the same one, not an equal one."""

    def __init__(self, derivation: Derivation):
        self.derivation = derivation

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.derivation is self.derivation

    def __hash__(self) -> int:
        return id(self.derivation)


@lru_cache(maxsize=16)
def _changed(of: _ByIdentity, constants: Constants) -> Derivation:
    network = of.derivation.network
    scalars = {**network.scalars, **dict(constants)}
    return replace(of.derivation, network=replace(network, scalars=scalars))
