"""Steps are tried at several settings: one that is right at a stride of 1 alone is caught."""

import pytest
from once import loaded
from sympy import Integer
from variants import derivation, names

from deltarule.arithmetic.trials import trials
from deltarule.calculus.verify import Unverified, Verifier
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import AtLeastZero, Choose, Sum, read
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Size
from deltarule.networks.recurrences import Recurrence, blocks


def values(network, name):
    return {s[name] for s in trials(network)}


def test_strides_dilations_and_padding_of_the_catalogue():
    for network in map(loaded, names()):
        for symbol in network.attributes:
            found = values(network, symbol.name)
            if symbol.is_positive:
                assert {1, 2, 3} & found == found, (network.name, symbol)
                assert len(found) >= 2
                assert 1 in found
            else:
                assert {0, 1} <= found, (network.name, symbol)


def test_convolutions_have_them_all():
    for name in ("conv1d", "conv2d", "conv3d"):
        network = loaded(name)
        assert values(network, "S") | values(network, "D") == {1, 2, 3}
        assert values(network, "S") >= {1, 2, 3}
        assert values(network, "D") >= {1, 2, 3}
        assert values(network, "P") == {0, 1, 2}


@pytest.mark.parametrize("name", ["conv1d", "conv2d", "avg_pool2d", "max_pool1d", "max_pool2d"])
def test_windows_larger_and_smaller_than_the_stride(name):
    found = trials(loaded(name))
    assert any(s["K"] > s["S"] for s in found)
    assert any(s["K"] < s["S"] for s in found)


def test_one_time_one_of_everything_and_unequal_sizes():
    for network in map(loaded, names()):
        found = trials(network)
        assert len({tuple(s.items()) for s in found}) == len(found)
        plain = [
            s.name
            for b in blocks(network.equations)
            if isinstance(b, Recurrence)
            for s in b.extent.free_symbols
            if isinstance(s, Size)
        ]
        for name in plain:
            assert {1} < values(network, name), network.name
    dense = trials(loaded("dense"))
    assert any(len(set(s.values())) == 3 for s in dense)
    assert any(set(s.values()) == {1} for s in dense)


def ended(name):
    """A derivation, its verifier, and what it ends in."""
    found = derivation((name, ()))
    network = found.network
    verifier = Verifier(network, {f"d{found.of}/d{n}": network.tensors[n] for n in found.upstream})
    verifier.learn(list(found.equations()))
    return found, verifier


def symbol(network, name):
    every = {s for t in network.tensors.values() for a in t.axes for s in a.free_symbols}
    every |= set(network.attributes)
    return next(s for s in every if s.name == name)


@pytest.mark.parametrize(
    ("name", "tensor", "letter", "alone"),
    [
        ("conv1d", "x", "S", 1),
        ("conv1d", "x", "D", 1),
        ("conv1d", "x", "P", 0),
        ("conv2d", "w", "S", 1),
        ("conv2d", "w", "P", 0),
        ("avg_pool2d", "x", "S", 1),
        ("max_pool1d", "x", "S", 1),
        ("max_pool1d", "x", "P", 0),
    ],
)
def test_what_is_right_for_one_value_alone_is_caught(name, tensor, letter, alone):
    found, verifier = ended(name)
    gradient = found.gradients[tensor]
    ranges = tuple(zip(gradient.indices, gradient.tensor.axes, strict=True))
    assert "settings" in verifier.same(gradient.expr, gradient.expr + 0, ranges)
    wrong = substitute(gradient.expr, {symbol(found.network, letter): Integer(alone)})
    assert wrong != gradient.expr
    with pytest.raises(DeltaruleError, match="could not be verified|outside its shape"):
        verifier.same(gradient.expr, wrong, ranges)


@pytest.mark.parametrize(
    ("name", "tensor", "condition"),
    [
        ("rnn", "W_xh", lambda s: s("T") - 2),  # right beyond one time alone
        ("rnn", "W_xh", lambda s: 1 - s("T")),  # right at one time alone
        ("dense", "W", lambda s: s("D") - s("M")),
        ("dense", "W", lambda s: s("M") - s("D")),
        ("conv1d", "w", lambda s: s("K") - s("S")),  # windows that leave no gap
        ("conv1d", "w", lambda s: s("S") - s("K")),
    ],
)
def test_what_is_right_on_one_side_alone_is_caught(name, tensor, condition):
    found, verifier = ended(name)
    gradient = found.gradients[tensor]
    ranges = tuple(zip(gradient.indices, gradient.tensor.axes, strict=True))
    holds = AtLeastZero(condition(lambda letter: symbol(found.network, letter)))
    wrong = Choose(holds, gradient.expr, 2 * gradient.expr)
    with pytest.raises(Unverified):
        verifier.same(gradient.expr, wrong, ranges)


def test_a_derivation_tells_at_which_settings():
    found = derivation(("dense", ()))
    assert found.tried == ("4 settings: N=2, D=3, M=5; N=2, D=3, M=1; N=3, D=1, M=2; N=1, D=1, M=1")
    step = found.gradients["W"].steps[0]
    assert step.verified == "dual numbers, exact modulo 2³¹−1 at 4 settings"


def test_a_sum_without_its_range_is_caught():
    """Σ over d < M where d < D is meant: right in a square alone."""
    found, verifier = ended("dense")
    gradient = found.gradients["x"]
    total = next(iter(gradient.expr.atoms(Sum)))
    D = symbol(found.network, "D")
    wrong = gradient.expr.xreplace(
        {total: total.func(total.body, ((total.indices[0], D),), total.conditions)}
    )
    ranges = tuple(zip(gradient.indices, gradient.tensor.axes, strict=True))
    with pytest.raises(DeltaruleError, match="could not be verified|outside its shape"):
        verifier.same(gradient.expr, wrong, ranges)


def test_a_long_formula_is_told_by_its_ends():
    found, verifier = ended("conv2d")
    gradient = found.gradients["x"]
    ranges = tuple(zip(gradient.indices, gradient.tensor.axes, strict=True))
    wrong = sum((gradient.expr * read("x", *gradient.indices) ** k for k in range(9)), Integer(1))
    with pytest.raises(Unverified) as caught:
        verifier.same(gradient.expr, wrong, ranges)
    assert len(caught.value.fact) < 600
