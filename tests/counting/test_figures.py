"""Figures that may be asked of a network, and how they may have been miscounted."""

import pytest

from deltarule.counting.counts import count
from deltarule.counting.figures import figure
from deltarule.errors import DeltaruleError
from deltarule.exams.counting_questions import mark_count, read_value
from deltarule.exams.exam import CountTask, Question
from deltarule.exams.right_counts import right_count
from deltarule.language.load import network_of

CONV = {"N": 1, "C": 3, "F": 8, "H": 33, "W": 33, "K": 5, "L": 5}


def question(what: str, of: str = "conv2d", layer: str = "", **options) -> Question:
    sizes = CONV if of == "conv2d" else {"N": 1}
    return Question("1", "counting", counting=CountTask(of, what, layer, options, sizes))


@pytest.mark.parametrize(
    ("what", "options", "value"),
    [
        ("parameters", {}, (5 * 5 * 3 * 8 + 8,)),
        ("shape", {"stride": 2, "pad": 2}, (1, 8, 17, 17)),
        ("multiply_adds", {"stride": 2, "pad": 2}, (17 * 17 * 8 * 75,)),
        ("memory", {"stride": 2, "pad": 2}, (17 * 17 * 8,)),
        ("receptive_field", {"dilation": 2}, (9, 9)),
        ("stride", {"stride": 2}, (2, 2)),
        ("fits", {"stride": 2, "pad": 2}, True),
        ("fits", {"stride": 3}, False),
    ],
)
def test_figures_of_a_convolution(what, options, value):
    assert right_count(question(what, **options)).value == value


@pytest.mark.parametrize(
    ("what", "options", "typed", "said"),
    [
        ("shape", {"stride": 2, "pad": 2}, "1x8x15x15", "with pad = 0, as if it were not set"),
        ("shape", {"stride": 2, "pad": 2}, "[1, 8, 33, 33]", "with stride = 1"),
        ("shape", {"stride": 2, "pad": 2}, "1,17,17,8", "the axes stand in another order"),
        ("shape", {"stride": 2, "pad": 2}, "1×8×18×18", "1 too many along an axis"),
        ("parameters", {}, "600", "the biases are left out"),
        ("multiply_adds", {"stride": 2, "pad": 2}, "346800", "counted apart"),
        ("memory", {"stride": 2, "pad": 2}, "608", "that is the number of parameters"),
        ("receptive_field", {"dilation": 2}, "5", "with dilation = 1"),
    ],
)
def test_a_miscount_is_named(what, options, typed, said):
    own = question(what, **options)
    mark = mark_count(own, right_count(own), typed)
    assert mark.verdict == "mistake" and said in mark.finding


@pytest.mark.parametrize(
    ("typed", "read"),
    [("61,706", 61706), ("61.706", 61706), ("61 706", 61706), ("61706", 61706), ("6*1", None)],
)
def test_thousands_are_read(typed, read):
    found = read_value(typed, (1,))
    assert found == ((read,) if read else (6, 1))


@pytest.mark.parametrize(("typed", "right"), [("ja", True), ("no", False), ("8×17×17", None)])
def test_yes_and_no_in_several_languages(typed, right):
    own = question("fits", stride=2, pad=2)
    verdict = mark_count(own, right_count(own), typed).verdict
    assert verdict == {True: "right", False: "wrong", None: "could not read"}[right]


def test_a_batch_of_one_may_be_left_out_of_a_shape():
    own = question("shape", stride=2, pad=2)
    assert mark_count(own, right_count(own), "8 x 17 x 17").right
    half = mark_count(own, right_count(own), "1×8×17×99")
    assert half.verdict == "wrong" and half.points * 4 == 3


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(DeltaruleError, match="shape depends on C, F, H, K, L, N, W|depends on"):
        figure(count(network_of("conv2d")), "shape")
    with pytest.raises(DeltaruleError, match="there is no layer that puts out conv9"):
        right_count(question("parameters", "lenet5", "conv9"))
    with pytest.raises(DeltaruleError, match="no window moves over an axis"):
        right_count(Question("1", "counting", counting=CountTask("dense", "receptive_field")))
