"""Strides, dilations and paddings as they are given: numbers and names, for all axes or each."""

import pytest

from deltarule import load
from deltarule.arithmetic.small_sizes import with_definitions
from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Size


def places(name, length, **options):
    """How many places a window has on its first axis, of `length` places."""
    network = load(name, **options)
    sizes = {Size(n): k for n, k in {"T": length, "H": length, "W": 9, "K": 3, "L": 2}.items()}
    sizes |= dict(network.attributes)
    return with_definitions(network, sizes)[Size("I")]


@pytest.mark.parametrize("length", range(3, 12))
@pytest.mark.parametrize("width, stride, pad", [(3, 2, 0), (3, 2, 1), (2, 3, 1), (2, 3, 0)])
def test_a_last_window_counts_that_begins_before_the_padding(length, width, stride, pad):
    found = places("max_pool1d", length, width=width, stride=stride, pad=pad, ceil_mode=True)
    starts = range(-pad, length, stride)
    whole = [s for s in starts if s + width <= length + pad]
    assert found == len(whole) + (len(starts) > len(whole) and whole[-1] + width < length + pad)
    assert places("max_pool1d", length, width=width, stride=stride, pad=pad) == len(whole)


@pytest.mark.parametrize("length", range(3, 10))
@pytest.mark.parametrize("stride", [1, 2, 3, "R"])
def test_same_keeps_the_places_that_strides_leave(length, stride):
    # An image may be wider than the windows need: then a stride of 3 leaves some of it out.
    found = places("conv1d", length, pad="same", stride=stride)
    assert found == -(-length // (1 if stride == "R" else stride))


def test_values_are_sequences_or_text():
    one = load("conv2d", stride=(2, 3), pad=((0, 1), (2, 2)), dilation=[1, 2])
    other = load("conv2d", stride="2,3", pad="0:1, 2:2", dilation="1,2")
    assert one.equations == other.equations and one.definitions == other.definitions
    assert one.options["pad"].value == other.options["pad"].value == "0:1,2:2"
    named = load("conv2d", stride="S,R", pad="P:Q", groups="G")
    assert [a.name for a in named.attributes] == ["G", "S", "R", "D", "P", "Q"]


REFUSED = {
    "conv2d": [
        ("stride", "0", "stride = 0 is too small", "stride is at least 1"),
        ("stride", "1,2,3", "stride = 1,2,3 has 3 values for 2 axes",
         "give one for all axes, or 2 with commas"),
        ("stride", "1:2", "stride = 1:2 says two ends",
         "only a padding has one before and one behind"),
        ("stride", "same", "stride = same says two ends",
         "only a padding has one before and one behind"),
        ("stride", "H", "stride = H calls it H, as something else is", "give it another name"),
        ("pad", "-1", "pad = -1 is too small", "pad is at least 0"),
        ("pad", "1.5", "pad = 1.5 is neither a whole number nor a name",
         "give pad as 2, or as a name for any number, as P, or as 2,3 for two axes"),
        ("pad", "1:2:3", "pad = 1:2:3 has too many ends",
         "give one for all axes, or 2 with commas"),
        ("pad", "same,1", "pad = same,1 is same along one axis alone",
         "say same alone, for all axes"),
        ("groups", "9999999999", "groups = 9999999999 is too large",
         "groups is at most 2147483647"),
        ("dilation", True, "dilation = true is neither a whole number nor a name",
         "give dilation as 2, or as a name for any number, as P, or as 2,3 for two axes"),
        ("groups", "N", "N is the name of two things in conv2d",
         "give the stride, padding, dilation or groups another one"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("option, value, fact, remedy", REFUSED["conv2d"])
def test_what_does_not_fit_is_refused(option, value, fact, remedy):
    with pytest.raises(DeltaruleError) as error:
        load("conv2d", **{option: value})
    assert (error.value.fact, error.value.remedy) == (fact, remedy)


FAR_OUT = [
    ("max_pool1d", {"width": 2, "pad": 5}, "pad = 5 leaves windows of 2 places wholly outside"),
    ("max_pool2d", {"pad": "0:2"}, "pad = 2 leaves windows of 2 places wholly outside"),
    ("max_pool3d", {"pad": "0,0,2"}, "pad = 2 leaves windows of 2 places wholly outside"),
    (
        "avg_pool1d",
        {"width": 2, "pad": 5, "border": "inside"},
        "pad = 5 leaves windows of 2 places wholly outside",
    ),
    (
        "avg_pool3d",
        {"pad": 2, "border": "inside"},
        "pad = 2 leaves windows of 2 places wholly outside",
    ),
]


@pytest.mark.parametrize("name, options, fact", FAR_OUT)
def test_no_window_of_a_pool_lies_wholly_outside(name, options, fact):
    """It would have no largest entry, and a mean of none."""
    with pytest.raises(DeltaruleError) as error:
        load(name, **options)
    remedy = "give a pad of at most 1, or wider windows"
    assert (error.value.fact, error.value.place, error.value.remedy) == (fact, name, remedy)
    load(name, **{**options, "pad": 1})


STAMPED = ["transposed_conv1d", "transposed_conv2d", "transposed_conv3d"]


@pytest.mark.parametrize("name", [*STAMPED, "max_unpool1d", "max_unpool2d", "max_unpool3d"])
def test_output_padding_is_below_the_stride_or_the_dilation(name):
    with pytest.raises(DeltaruleError) as error:
        load(name, stride=2, output_padding=5)
    assert error.value.fact == "output_padding = 5 is too large beside a stride of 2"
    assert error.value.place == name
    assert error.value.remedy == (
        "output_padding is below the stride or the dilation: give at most 1"
    )
    load(name, stride=2, output_padding=1)
    load(name, output_padding="U")
    if name in STAMPED:
        load(name, stride=2, output_padding=2, dilation=3)
