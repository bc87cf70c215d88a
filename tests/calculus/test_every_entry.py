"""Every entry of every gradient at small sizes: modulo a prime, and in fractions with ties."""

from fractions import Fraction

import pytest
from every_entry import wrong_entries
from once import derived
from variants import FULL

from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.exact import Rational
from deltarule.arithmetic.modular import Modular
from deltarule.arithmetic.run import run

POLYNOMIAL = [
    ("conv1d", {}), ("conv2d", {}), ("grouped_conv2d", {}), ("transposed_conv2d", {}),
    ("true_convolution", {"activation": "identity"}), ("avg_pool2d", {}), ("flatten", {}),
    ("concatenation", {}), ("stochastic_pool", {}), ("embedding", {}), ("bilinear", {}),
    ("global_avg_pool", {}), ("dropout", {}),
]  # fmt: skip
ORDERED = [
    *(("max_pool2d", {"ties": ties}) for ties in ("first", "all", "split")),
    *(("max_pool1d", {"ties": ties}) for ties in ("first", "all", "split")),
    *(
        ("max_pool1d", {"ties": ties, "width": 3, "stride": 1, "pad": 2})
        for ties in ("first", "all", "split")
    ),
    *(("maxout", {"ties": ties}) for ties in ("first", "all", "split")),
    *(("activation", {"activation": "relu", "at_zero": at}) for at in ("0", "half", "1")),
    ("roi_pool", {"ties": "split"}),
    ("crelu", {}),
    ("prelu", {}),
    ("hinge", {}),
    ("multiclass_svm", {}),
    ("smooth_l1", {}),
    ("l1_penalty", {}),
]


def of(case):
    name, options = case
    return derived(name, **options)


#: Where random sizes would make many entries, each with a pass of its own.
SIZES = {"grouped_conv2d": {"N": 1, "H": 3, "W": 3, "K": 2, "L": 2}}


@pytest.mark.parametrize("seed", (1, 2))
@pytest.mark.parametrize("case", range(len(POLYNOMIAL)), ids=lambda k: str(POLYNOMIAL[k]))
def test_modulo_a_prime(case, seed):
    sizes = SIZES.get(POLYNOMIAL[case][0], {})
    assert not wrong_entries(of(POLYNOMIAL[case]), Modular(), seed, **sizes)


@pytest.mark.slow
@pytest.mark.parametrize("seed", (1, 2, 3) if FULL else (1, 2))
@pytest.mark.parametrize("case", range(len(ORDERED)), ids=lambda k: str(ORDERED[k]))
def test_in_fractions_with_ties(case, seed):
    assert not wrong_entries(of(ORDERED[case]), Rational(), seed)


@pytest.mark.parametrize(
    ("ties", "share"), [("first", [1, 0]), ("all", [1, 1]), ("split", [0.5, 0.5])]
)
def test_an_all_equal_window(ties, share):
    found = derived("max_pool1d", ties=ties, width=2, stride=2, pad=0)
    network, exact = found.network, Rational()
    sizes = {s: n for s in network.tensors["x"].axes for n in (1 if str(s) != "T" else 2,)}
    sizes.update(dict.fromkeys(network.definitions, 1))
    arrays = {"x": exact.array([[[7, 7]]]), "dL/dy": exact.array([[[1]]])}
    values = Values(arrays, sizes, {}, network.tensors)
    run(network.equations, values, exact)
    gradient = found.gradients["x"]
    ranges = tuple(zip(gradient.indices, gradient.tensor.axes))
    passed = evaluate(gradient.expr, ranges, values, exact)
    assert [Fraction(str(v)) for v in passed[0, 0]] == [Fraction(s) for s in share]
