"""Networks and derivations of the catalogue that many tests read: made once a process."""

from __future__ import annotations

from functools import lru_cache

from deltarule.calculus import Derivation, derive
from deltarule.language.load import load
from deltarule.networks.network import Network


@lru_cache(maxsize=1024)
def loaded(name: str, **options) -> Network:
    """A derivation file of the catalogue, read."""
    return load(name, **options)


@lru_cache(maxsize=1024)
def derived(name: str, **options) -> Derivation:
    """Its gradients. A test that patches the calculus derives anew."""
    return derive(loaded(name, **options))
