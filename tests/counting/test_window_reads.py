"""What entries read where windows move, counted out from stride, padding and dilation."""

from itertools import product

import pytest
from once import derived

from deltarule.counting.window_reads import window_reads
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import Trace, trace

SIZES = {"N": 1, "C": 1, "H": 6, "W": 5, "F": 1, "K": 3, "L": 2}


def traced(name: str, numbers: dict, **options) -> Trace:
    derivation = derived(name, **options)
    givens, sizes = drawn(derivation, 2, numbers)
    return trace(derivation, givens, sizes=sizes, checks=False)


def reads_of(found: Trace, quantity: str):
    own = window_reads(found.by_name[quantity].line.equation, found.values)
    assert own is not None
    return own.reads


@pytest.fixture(scope="module")
def conv() -> Trace:
    return traced("conv2d", {**SIZES, "S": 2, "D": 2, "P": 1})


def test_a_window_has_its_stride_dilation_and_padding(conv):
    for (_, _, i, j), own in reads_of(conv, "y").items():
        taps = product(range(3), range(2))
        at = {(k, l): (2 * i + 2 * k - 1, 2 * j + 2 * l - 1) for k, l in taps}
        assert {place[2:] for place in own["x"]} == {*at.values()}
        assert {place[2:] for place in own["w"]} == {tap for tap in at if _in(*at[tap])}


def _in(row: int, column: int) -> bool:
    return 0 <= row < 6 and 0 <= column < 5


def test_what_reaches_an_entry_of_the_input_is_what_it_goes_into(conv):
    forward, back = reads_of(conv, "y"), reads_of(conv, "dL/dx")
    inside = {(at, place) for at, own in forward.items() for place in own["x"] if _in(*place[2:])}
    assert {(at, place) for place, own in back.items() for at in own["dL/dy"]} == inside


def test_where_no_window_moves_there_is_none(conv):
    for quantity in ("dL/db",):
        assert window_reads(conv.by_name[quantity].line.equation, conv.values) is None
    dense = traced("dense", {})
    assert not any(window_reads(line.line.equation, dense.values) for line in dense.lines)
