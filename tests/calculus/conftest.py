"""Errors planted in local derivatives: what was known before must not hide them, nor they stay."""

import pytest

from deltarule.calculus.partial_derivatives import partials


@pytest.fixture
def planted_in_partials():
    """For tests that plant an error below `partials`, which keeps what it has found."""
    partials.cache_clear()
    yield
    partials.cache_clear()
