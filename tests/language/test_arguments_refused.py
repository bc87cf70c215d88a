"""Whatever a public function is given, it says what is wrong with it, where and what to do."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from once import loaded

import deltarule
from deltarule.arithmetic.floats import Float64
from deltarule.errors import DeltaruleError, in_short
from deltarule.expressions.given_arguments import known_rate
from deltarule.language.catalogue import catalogue, whole_networks
from deltarule.language.variants import VARIANTS
from deltarule.marking import OpenSheet, load_sheet
from deltarule.networks.specialise import given_sizes

GIVENS = {"x": [[1, 2]], "W": [[1], [2]], "b": [0], "dL/dy": [[1]]}


def relu_forward(x):
    """A function as homework has it."""
    return np.maximum(x, 0), x


#: The public functions, each with arguments that are right.
FUNCTIONS: dict[Callable, dict] = {
    deltarule.load: {"name_or_path": "dense"},
    deltarule.derive: {"network": "dense", "of": "y", "seed": 0, "rules": ()},
    deltarule.layer: {"text": "y[n] = 2*x[n]", "wrt": ["x"]},
    deltarule.trace: {
        "network": "dense",
        "givens": GIVENS,
        "arithmetic": Float64(),
        "sizes": {"N": 1},
        "optimiser": "adam",
        "rate": 1,
        "not_updated": ["b"],
        "extra": ["dL/dW"],
        "checks": False,
    },
    deltarule.kernel: {
        "name": "dense",
        "dtype": "float32",
        "wrt": ["W"],
        "parallel": True,
        "threads": 1,
        "transforms": False,
        "plain": False,
        "cache": None,
        "progress": None,
    },
    deltarule.check_derivation: {
        "name": "dense",
        "sizes": {"N": 1},
        "seed": 0,
        "jacobian": False,
        "progress": None,
        "options": {},
        "compiled": False,
        "edges": True,
    },
    deltarule.hvp: {"network": "dense", "wrt": ["W"]},
    deltarule.jvp: {"network": "dense", "wrt": ["W"]},
    deltarule.gauss_newton: {"network": "softmax_cross_entropy", "at": "p", "wrt": ["z"]},
    deltarule.hessian: {"network": "softmax_cross_entropy", "wrt": ["z"]},
    deltarule.jacobian: {"network": "dense", "of": "y", "wrt": "x"},
    deltarule.mark: {"sheet": "slide", "answers": None, "network": None},
    OpenSheet: {"sheet": "slide", "network": None},
    load_sheet: {"name_or_path": "slide"},
    deltarule.check: {
        "things": relu_forward,
        "convention": "cs231n",
        "like": None,
        "names": None,
        "returns": "",
        "only": "",
        "accept": None,
        "compat": False,
        "timeout": None,
        "unsafe": False,
    },
}
NETWORK = deltarule.load("dense", batch=False)
WRONG = {
    "an object": object(),
    "a large array": np.zeros((300, 3)),
    "a class": dict,
    "a set of numbers": {1, 2},
    "a long list": [[0.5] * 50] * 50,
    "bytes": b"dense",
    "no name": "no_such\x00" * 200,
}
CASES = [
    pytest.param(function, argument, id=f"{function.__name__}-{argument}")
    for function, right in FUNCTIONS.items()
    for argument in right
]


def faults(function: Callable, argument: str, value: object) -> list[str]:
    """What is wrong with the way in which a function refuses a value for an argument."""
    try:
        first, *others = {**FUNCTIONS[function], argument: value}.items()
        function(first[1], **dict(others))
    except DeltaruleError as error:
        said, names = str(error), (argument, function.__name__, error.place or "")
        if len(said) > 450:
            return [f"{len(said)} characters: {said[:200]}"]
        if not error.fact or not error.remedy or not any(names):
            return [f"not fact, place and remedy: {said}"]
        return [f"whole values: {said}"] if "0x" in said or "tensors=" in said else []
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
    return ["is taken"]


@pytest.mark.parametrize("function, argument", CASES)
def test_a_wrong_argument_is_refused_in_a_sentence(function, argument):
    wrong = {**WRONG, "a derivation": deltarule.derive("dense", of="y")}
    if argument not in ("network", "name"):
        wrong["a network"] = NETWORK
    if argument == "network" and function is deltarule.trace:
        del wrong["a derivation"]
    if argument == "cache":
        del wrong["no name"]
    if argument in ("progress", "things"):
        del wrong["a class"]
    found = {what: faults(function, argument, value) for what, value in wrong.items()}
    assert {what: fault for what, fault in found.items() if fault} == {}


def test_every_public_function_is_tried():
    public = {getattr(deltarule, name) for name in deltarule.__all__} - {DeltaruleError}
    assert public <= set(FUNCTIONS)
    for function, right in FUNCTIONS.items():
        named = inspect.signature(function).parameters.values()
        assert set(right) == {p.name for p in named if p.kind is not p.VAR_KEYWORD}, function


@pytest.mark.parametrize(
    "value, shown",
    [
        (None, "None"),
        ("abc", "'abc'"),
        (0.5, "0.5"),
        (np.zeros((300, 3)), "an array of shape (300, 3)"),
        (NETWORK, "a Network"),
        ({"a": [NETWORK]}, "{'a': [a Network]}"),
        (dict, "dict"),
    ],
)
def test_values_are_said_in_short(value, shown):
    assert in_short(value) == shown
    assert in_short(10**6000) == "an int"


@pytest.mark.slow
def test_options_and_sizes_stand_behind_the_name_everywhere():
    derivation = deltarule.derive("mlp", layers=2, batch=False)
    assert derivation.network == deltarule.load("mlp", layers=2, batch=False)
    numbers = {"x": [1, 2], "y": 1, "Theta1": [[1, 2], [3, 4]], "Theta2": [1, 2]}
    assert deltarule.trace("mlp", numbers, layers=2, batch=False).by_name["E"].value < 1e-2
    assert deltarule.mark("slide", layers=2).right == 6
    assert deltarule.mark("slide", network="mlp", layers=2, batch=False).right == 6
    sizes = {"N": 1, "C": 1, "F": 1, "H": 3, "W": 2, "K": 2, "L": 1}
    one = deltarule.check_derivation("conv2d", stride=2, **sizes)
    same = deltarule.check_derivation("conv2d", sizes, options={"stride": 2})
    assert one.checks == same.checks and all(check.right for check in one.checks)
    known = given_sizes(deltarule.load("conv2d", stride=2, **sizes))
    assert known.keys().isdisjoint(sizes)


def test_an_option_that_there_is_not_is_refused_everywhere():
    for function in (deltarule.load, deltarule.derive, deltarule.check_derivation):
        with pytest.raises(DeltaruleError, match="has no option layrs") as refused:
            function("mlp", layrs=2)
        assert refused.value.remedy == "did you mean 'layers'?"
    with pytest.raises(DeltaruleError, match="layers is given beside a network"):
        deltarule.derive(NETWORK, layers=2)
    with pytest.raises(DeltaruleError, match="a Derivation is no network") as refused:
        deltarule.kernel(deltarule.derive(NETWORK))
    assert refused.value.remedy == "give its network: kernel(derivation.network)"


@pytest.mark.slow
def test_no_option_of_a_derivation_is_called_like_an_argument():
    taken = {
        p.name
        for function in set(FUNCTIONS) - {deltarule.mark, OpenSheet}
        for p in inspect.signature(function).parameters.values()
        if p.kind not in (p.POSITIONAL_ONLY, p.VAR_KEYWORD)
    }
    for name in (*catalogue(), *whole_networks()):
        network = loaded(name)
        own = {*network.options, *given_sizes(network), *VARIANTS}
        assert own.isdisjoint(taken), name


def test_a_learning_rate_is_what_its_digits_say():
    assert known_rate(0.1, "trace") == known_rate(np.float64(0.1), "trace") == Fraction(1, 10)
