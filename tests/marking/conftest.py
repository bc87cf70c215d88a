"""Sheets of one network share its derivation: these tests mark sheets, they do not derive."""

from __future__ import annotations

from functools import lru_cache

import pytest
from once import derivation_of, unverified

from deltarule.language.load import network_of
from deltarule.marking import run_computations
from deltarule.marking.workings import truncations


@pytest.fixture(scope="session", autouse=True)
def networks_derived_once():
    """Networks by name and options, and their derivations, kept as long as the tests run."""
    cached = lru_cache(maxsize=512)(network_of)

    def once(what, **options):
        plain = isinstance(what, str) and not any(
            isinstance(value, (list, dict)) for value in options.values()
        )
        return (cached if plain else network_of)(what, **options)

    with pytest.MonkeyPatch.context() as patch:
        for module in (run_computations, truncations):
            patch.setattr(module, "network_of", once)
        patch.setattr(run_computations, "derive", derivation_of)
        patch.setattr(run_computations, "derive_unverified", unverified)
        yield
