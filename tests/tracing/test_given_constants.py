"""Every constant of a network and of an optimiser can be given, within its range."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from once import derived, loaded
from variants import names, updates

from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Rate
from deltarule.language.load import load
from deltarule.language.optimisers import optimiser
from deltarule.networks.constant_ranges import between
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import computation_of

OF_LAYERS = [(name, s.name) for name in names() for s in loaded(name).scalars]
OF_OPTIMISERS = [
    (name, s.name) for name in updates() for s in optimiser(name).scalars if type(s) is not Rate
]


def computed(name, constants, update=None):
    derivation = derived(name)
    givens, sizes = drawn(derivation, seed=1)
    return computation_of(derivation, {**givens, **constants}, sizes=sizes, optimiser=update)


def outside(owner, name):
    """Numbers just outside the range of a constant."""
    (within,) = [r for s, r in owner.ranges.items() if s.name == name]
    low = [] if within.low is None else [within.low - (1 if within.low_counts else 0)]
    high = [] if within.high is None else [within.high + (1 if within.high_counts else 0)]
    return low + high


def changed(one, two):
    """Whether some line has another value."""
    return any(
        not np.array_equal(array, two.floats.arrays[name])
        for name, array in one.floats.arrays.items()
    )


@pytest.mark.parametrize(("name", "constant"), OF_LAYERS)
def test_constants_of_layers(name, constant):
    usual = Fraction(str(next(v for s, v in loaded(name).scalars.items() if s.name == constant)))
    assert not changed(computed(name, {}), computed(name, {constant: usual}))
    assert changed(computed(name, {}), computed(name, {constant: usual / 2}))
    for number in outside(loaded(name), constant):
        with pytest.raises(DeltaruleError, match="is out of range"):
            computed(name, {constant: number})


@pytest.mark.parametrize(("name", "constant"), OF_OPTIMISERS)
def test_constants_of_optimisers(name, constant):
    usual = Fraction(str(next(v for s, v in optimiser(name).scalars.items() if s.name == constant)))
    one, two = (computed("dense", {constant: c}, name).updated(1) for c in (usual, usual / 2))
    assert changed(one, two)
    for number in outside(optimiser(name), constant):
        with pytest.raises(DeltaruleError, match="is out of range"):
            computed("dense", {constant: number}, name)


def test_a_constant_of_both_is_that_of_the_network():
    with pytest.raises(DeltaruleError) as caught:
        computed("batch_norm", {"epsilon": -1}, "adam")
    assert (caught.value.place, caught.value.remedy) == (
        "constants of batch_norm",
        "give a number at least 0",
    )


@pytest.mark.parametrize(
    ("constants", "fact", "remedy"),
    [
        ({"beta1": 1}, "β₁ = 1 is out of range", "give a number at least 0 and below 1"),
        ({"beta1": [0.5, 0.6]}, "β₁ is given as 2 numbers and is one", "write beta1 = 0.9"),
        ({"gamma": 0.1}, "γ is the learning rate of adam", "give it as the rate, as in rate = 0.1"),
        ({"beta3": 0.5}, "dense has no given called beta3", "its givens are x, W, b"),
    ],
)
def test_what_is_said_of_others(constants, fact, remedy):
    with pytest.raises(DeltaruleError) as caught:
        computed("dense", constants, "adam")
    assert (caught.value.fact, caught.value.remedy) == (fact, remedy)


def test_a_constant_among_the_options_is_told_where_it_belongs():
    with pytest.raises(DeltaruleError) as caught:
        load("batch_norm", epsilon=0.5)
    assert (caught.value.fact, caught.value.remedy) == (
        "epsilon is a constant of batch_norm, and no option",
        'give it where numbers are: kernel("batch_norm", epsilon=…), or on a sheet '
        "epsilon = … under [given]",
    )


@pytest.mark.parametrize("written", ["0..1", "[1, 0]", "(2, 2)", "[0; 1]"])
def test_what_is_no_range(written):
    with pytest.raises(DeltaruleError):
        between(written, "epsilon", "here")


def test_ranges_hold_their_ends_as_they_are_written():
    half = between("(0, 1]", "rho", "here")
    assert [Fraction(k, 2) in half for k in range(-1, 4)] == [False, False, True, True, False]
    assert str(half) == "above 0 and at most 1"
    assert str(between("(-oo, oo)", "alpha", "here")) == "any number"


def test_givens_without_entries_are_refused():
    """A batch of none has no gradient that could be compared with another."""
    givens, _ = drawn(derived("dense"))
    givens |= {name: givens[name][:0] for name in ("x", "dL/dy")}
    with pytest.raises(DeltaruleError) as refused:
        computation_of(derived("dense"), givens)
    assert refused.value.fact == "x[N, D] has no entries at N = 0: there is nothing to compute"
    assert refused.value.remedy == "N is at least 1"
