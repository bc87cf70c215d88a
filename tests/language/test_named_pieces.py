"""Pieces of long lines get names and lines of their own: which, and that they say the same."""

import numpy as np
import pytest
from lectured import lectured

from deltarule import derive, load
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.expressions.nodes import index_names, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.language import load as loading
from deltarule.language.alike_pieces import alike
from deltarule.spelling.text import equation_text
from deltarule.typed.typed_layer import layer

#: Layers as lecturers write them, with the pieces that get names and what these are said to be.
NAMED = {
    "zoneout_rnn": {"a_s": "the preactivation in s"},
    "mut1": {f"s_{n}": f"the preactivation in {n}" for n in "zrh"},
    "indrnn": {"s_h": "the preactivation in h"},
    "neural_ode_euler": {"s_h": "the preactivation in h"},
    "rwkv_wkv": {"den_y": "the divisor in y"},
    "switchable_norm": {"rad_y": "what is under the root in y"},
    "rotate": {"diff_y": "the difference in y", "diff_y2": "the difference in y"},
    "mlstm": {"total_h": "the sum in h"},
    "dcn_cross": {},
    "highway": {},
    "gin": {},
}
LECTURED = lectured()


@pytest.fixture
def written(tmp_path):
    """A layer of a lecture, saved."""

    def save(name: str):
        path = tmp_path / f"{name}.py"
        path.write_text(LECTURED[name], encoding="utf-8")
        return path

    return save


@pytest.fixture
def unnamed(written, monkeypatch):
    """A layer with its lines as they were written."""

    def read(name: str):
        with monkeypatch.context() as patch:
            patch.setattr(loading, "with_named_pieces", lambda network: network)
            return load(written(name))

    return read


@pytest.mark.parametrize("name", NAMED)
def test_what_every_gradient_would_repeat_is_named(name, written):
    pieces = {t.name: t.note for t in load(written(name)).tensors.values() if t.piece}
    assert pieces == NAMED[name]


@pytest.mark.slow
def test_a_line_with_its_pieces_put_in_is_what_was_written(written, unnamed):
    changed = 0
    for name in LECTURED:
        network, before = load(written(name)), unnamed(name)
        pieces = {e.name: e for e in network.equations if network.tensors[e.name].piece}

        def put_in(access, pieces=pieces):
            piece = pieces.get(tensor_name(access))
            return replace_reads(piece.rhs_at(access), put_in) if piece else access

        lines = [e for e in network.equations if e.name not in pieces]
        after = {_key(e): alike(replace_reads(e.rhs, put_in), e.ranges) for e in lines}
        assert after == {_key(e): alike(e.rhs, e.ranges) for e in before.equations}, name
        changed += bool(pieces)
    assert changed >= 15


def _key(equation):
    return equation.name, equation.subscripts


@pytest.mark.parametrize("name", ["mut1", "qrnn", "rwkv_wkv"])
def test_the_values_are_those_of_the_lines_as_written(name, written, unnamed):
    long, short = (Probe(n, Float64(), seed=3) for n in (unnamed(name), load(written(name))))
    for tensor, values in long.values.arrays.items():
        np.testing.assert_allclose(short.values.arrays[tensor], values, rtol=1e-12, atol=1e-12)


def test_a_typed_equation_has_them_too():
    network = layer("y[n,m] = x[n,m]·tanh(Sum[d](x[n,d]*W[d,m]) + b[m])")
    lines = [equation_text(e.lhs, e.rhs) for e in network.equations]
    assert lines == ["s_y[n, m] = Σ_d W[d, m]·x[n, d] + b[m]", "y[n, m] = x[n, m]·tanh(s_y[n, m])"]
    b = derive(network).gradients["b"]
    assert equation_text(b.lhs, b.expr) == "∂L/∂b[m] = Σ_n ∂L/∂s_y[n, m]"


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        (
            "y = softmax(Q K^T / sqrt(d)) V",
            {
                "p_y": "Σ_h ∂L/∂y[n, h]·V[l, h]",
                "s_y": "p_y[n, l]·(∂L/∂p_y[n, l] − Σ_{l′} ∂L/∂p_y[n, l′]·p_y[n, l′])",
                "K": "Σ_n ∂L/∂s_y[n, l]·Q[n, m]/√d",
            },
        ),
        (
            "y[i,m] = Sum[j](Softmax[j](Sum[k](Q[i,k]*K[j,k])/sqrt(D))*V[j,m])",
            {"V": "Σ_i ∂L/∂y[i, m]·p_y[i, j]", "Q": "Σ_j ∂L/∂s_y[i, j]·K[j, k]/√D"},
        ),
        (
            "E = -tᵀ log(softmax(W x + b))",
            {"s_E": "p_E[m]·Σ_{m′} t[m′] − t[m]", "b": "∂E/∂s_E[m]", "W": "∂E/∂s_E[m]·x[n]"},
        ),
    ],
)
def test_a_softmax_in_a_line_is_one_of_its_own(text, forms):
    """Also: no index has the name of a tensor, here d, that is in sight."""
    network = layer(text)
    gradients = derive(network).gradients
    found = {n: equation_text(g.lhs, g.expr).partition(" = ")[2] for n, g in gradients.items()}
    assert {n: found[n] for n in forms} == forms
    assert not {i for e in network.equations for i in index_names(e.rhs)} & set(network.tensors)
    for line in network.equations:
        assert not {i for i, _ in line.inner_ranges} & set(line.subscripts)


def test_a_variance_is_named_with_its_own_sign():
    """var_z of 1 − Var is the variance, and not what is added to 1."""
    (line,) = (e for e in layer("L = Σ_j (1 − Var_i(z_ij))²").equations if e.name == "var_z")
    assert not line.rhs.could_extract_minus_sign()


def test_what_is_short_stays_in_its_line():
    for text in (
        "E = ½‖y − W x‖²",  # a residual of three terms reads well where it stands
        "y[n,m] = tanh(Sum[d](x[n,d]*W[d,m]))",  # 1 − y² is its slope
        "y[n] = x[n]·exp(Sum[d](W[n,d]*v[d]))",  # exponentials are computed with what they divide
    ):
        assert not any(t.piece for t in layer(text).tensors.values())
