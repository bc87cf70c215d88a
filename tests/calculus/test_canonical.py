"""Closed forms of the whole catalogue in one canonical print, and each kind of fault found."""

import pytest
from canonical import misleading
from variants import cases, derivation, told


@pytest.mark.parametrize("case", cases(), ids=told)
def test_what_is_printed_is_canonical(case):
    assert misleading(derivation(case)) == []
