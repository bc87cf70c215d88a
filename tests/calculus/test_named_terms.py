"""Closed forms that are too long are taken apart: what the parts are called, and that they are it.

That no formula of the catalogue is too long stands in test_canonical.py. 2 s in all.
"""

import numpy as np
import pytest
from lectured import lectured
from once import derived, unverified
from sympy import Add, Mul, Pow

from deltarule import derive, load
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.calculus.named_terms import in_lines, put_back
from deltarule.calculus.rules.name_the_parts import NAME_THE_PARTS
from deltarule.calculus.step_proofs import with_proofs
from deltarule.expressions.functions import exp
from deltarule.expressions.nodes import AtLeastZero, Sum, read, reads
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import equation_text, text

#: Gradients whose closed forms are too long for one line, and what their parts are called.
PARTS = {
    ("soft_dtw", "r"): ["dr_ij/dr", "dr_i/dr", "dr_j/dr"],
    ("ctc", "a"): ["direct dE/da"],
    ("power_mean", "p"): ["total_dp"],
    ("conv_lstm", "h"): [f"via_s_{gate}_dh" for gate in "fgio"],
    ("binary_tree_lstm", "h"): ["via_left_dh", "via_right_dh"],
    ("binary_tree_lstm", "h0"): ["via_left_dh0", "via_right_dh0"],
}
#: The same of layers that are not in the catalogue.
LECTURED = {("kalman_scalar_update", "Pp"): ["den_dPp"]}
LAYERS = lectured()


@pytest.mark.parametrize(("name", "tensor"), PARTS)
def test_the_parts_of_a_long_form_say_what_they_are(name, tensor):
    gradients = derived(name).gradients
    assert [part.name for part in gradients[tensor].parts] == PARTS[name, tensor]
    assert not any(g.parts for t, g in gradients.items() if (name, t) not in PARTS)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "tensor"), LECTURED)
def test_so_do_those_of_other_layers(name, tensor, tmp_path):
    path = tmp_path / f"{name}.py"
    path.write_text(LAYERS[name], encoding="utf-8")
    gradient = unverified(load(path)).gradients[tensor]
    assert [part.name for part in gradient.parts] == LECTURED[name, tensor]
    assert put_back(gradient.in_lines) == gradient.expr


@pytest.mark.slow
def test_what_is_shorter_than_its_index_keeps_where_it_ends(tmp_path):
    """dE/dr has an entry less than u along i: a part [i ≤ B − 1]·… beside it is not enough."""
    path = tmp_path / "residual_of_differences.py"
    path.write_text(
        """
from deltarule.language import *

T, X = sizes("T X")
A, B = size("A", T - 1), size("B", X - 2)
t, i = index("t", A), index("i", B)
u, nu = input("u", T, X), parameter("nu")
r = intermediate("r", A, B)
r[t, i] = (
    (u[t + 1, i + 1] - u[t, i + 1]) / 0.1
    + u[t, i + 1] * (u[t, i + 2] - u[t, i]) / 0.4
    - nu * (u[t, i + 2] - 2 * u[t, i + 1] + u[t, i]) / 0.04
)
E = loss("E", Mean[t, i](r[t, i] ** 2))
""",
        encoding="utf-8",
    )
    gradient = derive(load(path)).gradients["u"]
    assert gradient.parts
    assert "[t ≤ A − 1, i ≤ B − 1]·∂E/∂r[t, i]" in text(gradient.in_lines.rhs)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({name for name, _ in PARTS}))
def test_the_lines_give_the_numbers_of_the_form(name):
    derivation = derived(name)
    lines, forms = (_evaluated(derivation, e) for e in (derivation.lines(), derivation.equations()))
    assert len(lines) > len(forms)
    for quantity, array in forms.items():
        np.testing.assert_allclose(lines[quantity], array, rtol=1e-10, atol=1e-12)


def _evaluated(derivation, equations):
    probe = Probe(derivation.network, Float64(), seed=2)
    values: Values = probe.values
    for name in derivation.upstream:
        upstream = derivation.gradient_name(name)
        tensor = derivation.network.tensors[name]
        values.arrays[upstream] = probe.draw(Tensor(upstream, tensor.axes, "input"))
    for equation in equations:
        axes = tuple(n for _, n in equation.ranges)
        values.tensors[equation.name] = Tensor(equation.name, axes, "intermediate")
    run(equations, values, Float64())
    return {e.name: values.arrays[e.name] for e in equations}


@pytest.mark.slow
def test_naming_is_a_step_that_is_verified_and_proved():
    gradient = with_proofs(derived("conv_lstm")).gradients["h"]
    step = gradient.steps[-1]
    assert step.row is NAME_THE_PARTS and step.before == gradient.expr
    assert step.after == gradient.in_lines.rhs
    assert step.verified.startswith("exact modulo") and step.proved
    for part in gradient.parts:
        assert equation_text(part.lhs, part.rhs) in step.reason


def test_the_lines_are_printed_in_the_order_in_which_they_are_computed():
    shown = [equation_text(*line) for line in derived("power_mean").gradients["p"].lines]
    assert shown[0] == "total_dp[n] = Σ_d x[n, d]^p"
    assert shown[1].startswith("∂L/∂p = (p·Σ_{n,d′}") and shown[1].count("total_dp[n]") == 2


@pytest.mark.slow
def test_a_part_with_more_entries_than_its_gradient_has_no_array():
    def written(name):
        return {e.name for e in derived(name).loops()}

    assert "total_dp" not in written("power_mean") and "dr_ij/dr" in written("soft_dtw")
    slope = next(e for e in derived("power_mean").loops() if e.name == "dL/dp")
    assert slope.rhs == derived("power_mean").gradients["p"].expr


def test_a_part_is_read_where_its_condition_is_asked_and_nowhere_else():
    """exp(…) stands twice under [i ≥ 1] and once without; its line under [i ≥ 1] is 0 at i = 0."""
    i, N = Index("i"), Size("N")
    a, b, c, d, w = (read(name, i) for name in "abcdw")
    part, later = exp(a * b + c * d + a * c + b * d), [AtLeastZero(i - 1)]
    under = (read("u", i) * part / (part + exp(a + b) + exp(c)), read("v", i) * part / (1 + part))
    formula = Add(*(Sum(term, (), later) for term in under), w * part * b * c * d)
    found = in_lines(read("dL/dx", i), formula, ((i, N),))
    asked = {p.lhs: p.rhs.conditions for p in found.parts if isinstance(p.rhs, Sum)}
    assert any(asked.values())
    bare = [t for t in Add.make_args(found.rhs) if asked.keys() & set(reads(t))]
    for term in (t for t in bare if not isinstance(t, Sum)):
        factors = Mul.make_args(term)
        assert asked.keys() & set(factors), text(term)
        assert not any(isinstance(f, Pow) and f.base in asked for f in factors), "0/0 at i = 0"
