"""Closed forms of the whole catalogue in one canonical print, and each kind of fault found."""

import pytest
from canonical import misleading
from long_forms import too_long
from variants import cases, derivation, told


@pytest.mark.parametrize("case", cases(), ids=told)
def test_what_is_printed_is_canonical(case):
    assert misleading(derivation(case)) == []


@pytest.mark.parametrize("case", cases(), ids=told)
def test_no_formula_is_longer_than_a_reader_takes_in(case):
    assert list(too_long(derivation(case), forward=True)) == []
    assert list(too_long(derivation(case))) == []
