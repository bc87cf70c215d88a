"""What one proof derived is there for the next."""

import pytest
from once import sharing


@pytest.fixture(autouse=True, scope="module")
def derivations_are_shared():
    """These tests prove statements about networks, they do not derive."""
    with sharing("deltarule.proving.proofs"):
        yield
