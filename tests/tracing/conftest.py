"""What one trace derived is there for the next."""

import pytest
from once import sharing


@pytest.fixture(autouse=True, scope="module")
def derivations_are_shared():
    """These tests trace, they do not derive."""
    with sharing("deltarule.tracing.trace", "deltarule.tracing.gradient_flow"):
        yield
