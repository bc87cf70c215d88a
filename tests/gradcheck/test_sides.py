"""At exact kinks: the derivative where there is one, a subgradient elsewhere; in traces too."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import once
import pytest
from variants import FULL, names

from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.exact import Rational
from deltarule.arithmetic.near_zero import NearZero
from deltarule.arithmetic.one_sided import OneSided
from deltarule.arithmetic.settings import setting
from deltarule.calculus import Derivation, derive
from deltarule.gradcheck.at_kinks import at_edges
from deltarule.gradcheck.kink_points import kinks_of, on_kinks
from deltarule.gradcheck.probed import Probed
from deltarule.gradcheck.sides import outputs_of
from deltarule.gradcheck.subgradients import EdgyProbe
from deltarule.kernels.api import kernel
from deltarule.language.load import load
from deltarule.networks.nonsmooth import kinked
from deltarule.tracing.reference_derivatives import derivatives_along
from deltarule.tracing.trace import trace
from deltarule.typed.typed_layer import layer

HEAD = '''"""A layer."""

from deltarule.language import *

N = size("N")
n = index("n")
x = input("x", N)
'''
LINE = 'y = output("y", N)\ny[n] = {}\n'
STABLE = """t = target("t", N)
E = loss("E", Sum[n](relu(x[n]) - x[n] * t[n] + log(1 + exp(-absolute(x[n])))))
"""
UNDER_A_SUM = """M = size("M")
m = index("m")
W = parameter("W", N, M)
y = output("y", M)
y[m] = relu(Sum[n](W[n, m] * x[n])) - relu(-Sum[n](W[n, m] * x[n]))
"""
WITH_OTHER_KINKS = """w = parameter("w", N)
E = loss("E", Sum[n](relu(w[n] * x[n]) - relu(-w[n] * x[n]) + relu(x[n] - 1) + absolute(w[n])))
"""
CANCELLING = {
    "under a sum": UNDER_A_SUM,
    "with other kinks": WITH_OTHER_KINKS,
    "ramps": LINE.format("relu(x[n]) - relu(-x[n])"),
    "in part": LINE.format("relu(x[n]) - relu(-x[n]) / 2"),
    "leaky": LINE.format("leaky_relu(x[n], size_of) - leaky_relu(-x[n], size_of)").replace(
        "size_of", "scalar('s', '0.1')"
    ),
    "stable": STABLE,
    "a sum": 'E = loss("E", Sum[n](relu(x[n]) - relu(-x[n])))\n',
}


@pytest.fixture(scope="module")
def derived(tmp_path_factory):
    folder, known = tmp_path_factory.mktemp("kinks"), {}

    def of(body: str) -> Derivation:
        if body not in known:
            path = folder / f"layer{len(known)}.py"
            path.write_text(HEAD + body, encoding="utf-8")
            known[body] = derive(load(str(path)))
        return known[body]

    return of


def composed(derivation: Derivation) -> Derivation:
    """The derivation as the conventions alone would have it."""
    gradient = derivation.gradients["x"]
    step = next(s for s in gradient.steps if s.rule in ("remove the kink", "between the sides"))
    planted = replace(gradient, expr=step.before)
    return replace(derivation, gradients={**derivation.gradients, "x": planted})


@pytest.mark.parametrize("name", CANCELLING)
def test_what_conventions_compose_is_not_accepted(derived, name):
    derivation = derived(CANCELLING[name])
    right = {c.tensor: c for c in at_edges(derivation, 0, {})}
    assert right["x"].right and right["x"].edges
    wrong = {c.tensor: c for c in at_edges(composed(derivation), 0, {})}
    assert not wrong["x"].right


def test_of_kinks_that_stay_any_subgradient_is_accepted_and_no_other(derived):
    derivation = derived(LINE.format("relu(x[n])"))
    gradient = derivation.gradients["x"]
    for factor, right in ((1, True), (-1, False), (2, False)):
        planted = replace(gradient, expr=factor * gradient.expr)
        checks = at_edges(replace(derivation, gradients={"x": planted}), 0, {})
        assert all(c.right for c in checks) is right


MEETING = """t = target("t", N)
E = loss("E", Sum[n](t[n] * relu(x[n])))
"""


def test_kinks_that_meet_in_one_output_are_counted_however_they_cancel(derived):
    """Σ_n t_n·relu(x_n): of weights with both signs, the gradient where several x_n are 0 may lie
    outside of the slopes to both sides along most directions, and is a subgradient."""
    derivation = derived(MEETING)
    met = set()
    for seed in range(24):
        probed = Probed(derivation, EdgyProbe(derivation.network, NearZero(128), seed, N=7))
        (x, t), tensor = (probed.arrays[n] for n in "xt"), probed.network.tensors["x"]
        kinks = sum(a == 0 and b != 0 for a, b in zip(x, t, strict=True))
        with probed.arithmetic.context():
            outputs = outputs_of(probed, tensor)
        assert outputs.several == [kinks > 1] and outputs.smooth == [kinks == 0]
        met.add(min(kinks, 2))
    assert met == {0, 1, 2}
    assert all(c.right and c.edges for c in at_edges(derivation, 0, {}))


def test_single_kinks_are_met_exactly(derived):
    network = derived(UNDER_A_SUM).network
    (site,) = kinks_of(network)
    probe, moved = next(on_kinks(network, 128, 0, {}))
    assert moved in ("x", "W")
    values = evaluate(site.argument, site.ranges, probe.values, probe.arithmetic)
    near = [v.abs_upper() < 1e-25 for v in np.ravel(values)]
    assert near.count(True) == 1


JUMPING = """
L = Sum[n](where(R[n]==0, 0, (R[n]-P[n])**2))
L = Sum[n]((R[n]!=P[n])*(R[n]-2*P[n])**2)
L = Sum[n](relu(P[n])*(R[n]!=0)*(R[n]+1))
""".strip().splitlines()


@pytest.mark.parametrize("text", JUMPING)
def test_a_jump_on_the_kink_alone_has_no_slope_beside_it(text):
    """[R = 0] is 0 on both sides, and another number between them."""
    derivation = derive(layer(text))
    checks = {c.tensor: c for c in at_edges(derivation, 0, {})}
    assert set(checks) == {"P", "R"} and all(c.right for c in checks.values())
    gradient = derivation.gradients["R"]
    planted = {**derivation.gradients, "R": replace(gradient, expr=2 * gradient.expr)}
    found = at_edges(replace(derivation, gradients=planted), 0, {})
    assert not all(c.right for c in found)


#: In a run that is not full, networks of more equations are left out: their layers are here.
MOST = 12
KINKED = [
    name
    for name in names()
    if kinked(once.loaded(name)) and (FULL or len(once.loaded(name).equations) <= MOST)
]


@pytest.mark.parametrize("name", KINKED)
def test_derivations_at_kinks(monkeypatch, name):
    monkeypatch.setattr("deltarule.gradcheck.at_kinks.MOST_ENTRIES", 2)
    derivation = once.derived(name)
    checks = list(at_edges(derivation, 0, setting(derivation.network, 0, {})))
    assert all(c.right and c.edges for c in checks)


RAMPS = CANCELLING["ramps"]
GIVENS = {"x": [0, 1, -1], "dL/dy": [1, 1, 1]}


def test_a_trace_at_a_kink_that_cancels(derived):
    found = trace(derived(RAMPS), GIVENS)
    assert np.array_equal(found.by_name["dL/dx"].value, [1, 1, 1]) and not found.faults
    assert trace(composed(derived(RAMPS)), GIVENS).faults == ["dL/dx"]


def test_a_trace_at_kinks_that_stay(derived):
    found = trace(derived(LINE.format("relu(x[n]) + absolute(x[n])")), GIVENS)
    assert np.array_equal(found.by_name["dL/dx"].value, [0, 2, -1]) and not found.faults


def test_the_kernel_has_the_derivative_at_the_kink(derived):
    derivation = derived(STABLE)
    compiled = kernel(derivation.network.path)
    x, t = np.array([0.0, 3.0, -800.0, 800.0]), np.array([1.0, 0.0, 0.0, 1.0])
    assert np.allclose(compiled.backward(x=x, t=t)["x"], [-0.5, 1 / (1 + np.exp(-3)), 0, 0])


def test_one_sided_duals_take_the_largest_of_tied_tangents(derived):
    network = derived(LINE.format("relu(x[n]) + 2 * absolute(x[n])")).network
    exact = Rational()
    values = Values(
        {"x": exact.array([0, 1])}, {network.tensors["x"].axes[0]: 2}, {}, dict(network.tensors)
    )
    values.arrays["y"] = exact.array([0, 3])
    directions = exact.array([[1, 0], [-1, 0], [0, 1]])
    right = derivatives_along(
        network, values, OneSided(exact, 3), "x", directions, {"y": exact.array([1, 1])}
    )
    assert [Fraction(int(r.p), int(r.q)) for r in right] == [3, 2, 3]
