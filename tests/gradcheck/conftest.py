"""What one check derived is there for the next, unless an error is planted in it."""

import pytest
from once import sharing


@pytest.fixture(autouse=True, scope="module")
def derivations_are_shared():
    """These tests measure gradients; a test that plants an error puts its own in this place."""
    rooms = ("gradcheck.choose", "gradcheck.check", "kernels.passes.program")
    with sharing(*(f"deltarule.{room}" for room in rooms)):
        yield
