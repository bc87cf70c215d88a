"""What typed texts leave out: targets and constants by name and use (1 s)."""

import re
from pathlib import Path

import pytest

from deltarule import derive, layer
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program
from deltarule.kernels.plain_kernel import plain_source
from deltarule.reports.left_out import COMPARED, left_out
from deltarule.serving.read_so import read_so
from deltarule.tracing.lines import lines
from deltarule.typed import typed_network

TABLE = (Path(__file__).parent / "texts_beside_numpy.txt").read_text(encoding="utf-8")
TEXTS = [block.partition("\n")[0] for block in TABLE.split("\n=== ")[1:]]
ROLES = {
    # No number comes out: nothing is a target, and what scales may be learned.
    "y[n] = a[n]*d[n]": "",
    "z = alpha*x + tau": "",
    "y = alpha w·x + tau": "",
    "y = x*T": "",
    "y[n] = where(t[n] > 0, x[n], 0)": "t (only compared)",
    "A = softmax(Q Kᵀ/√d) V": "d (constant)",
    "y[n] = x[n]/sqrt(Mean[m](x[m]^2) + eps)": "eps (constant)",
    # Differences, margins and logarithms make a target of t.
    "L = Sum[n]((y[n]-d[n])^2)": "d (target)",
    "L = Sum[n](abs(y[n]-t[n]))": "t (target)",
    "E = ½‖T − X W‖²": "T (target)",
    "L = Sum[n](max(0, 1 - t[n]*s[n]))": "t (target)",
    "L = Sum[n](log(1+exp(-t[n]*s[n])))": "t (target)",
    "L = Sum[n](exp(s[n]) - t[n]*s[n])": "t (target)",
    "L = logsumexp(z) - t·z": "t (target)",
    "p = softmax(W x); E = −tᵀ log(p)": "t (target)",
    "L = -Σ_k T_k ln y_k": "T (target)",
    "L = -Sum[n](t[n]*log(p[n]) + (1-t[n])*log(1-p[n]))": "t (target)",
    "L = Sum[n](where(t[n] = 1, -log(p[n]), -log(1-p[n])))": "t (target)",
    # Other uses do not, nor where there is nothing else to derive by.
    "L = Sum[n](a[n]*d[n])": "",
    "L = ‖Y − X T‖²": "",
    "L = Sum[i,j](T[i,j]*abs(x[i]-y[j]))": "",
    "L = Sum[n]((x[n]+d[n])^2)": "",
    "L = Mean[i,j](exp(-(t[i]-t[j])^2))": "",
    "L = tau*alpha": "",
    # Numbers of a loss are constants, but for those that predict its target.
    "L = Sum[n](max(tau*(y[n]-q[n]), (tau-1)*(y[n]-q[n])))": "tau (constant)",
    "L = -alpha*Sum[n]((1-p[n])^gamma*log(p[n]))": "alpha (constant)",
    "L = Sum[n]((y[n]-alpha*x[n]-beta)^2)": "",
    "E = 1/N ‖X w - t‖² + λ‖w‖²": "N (constant), t (target), lambda (constant)",
    # Labels are integers.
    "L = -Sum[n](log(p[n,t[n]]))": "t (labels)",
    "L = -log(p[y])": "y (labels)",
}


def said(network) -> str:
    return ", ".join(f"{o.tensor.name} ({o.taken_for})" for o in left_out(network))


@pytest.mark.parametrize("text", ROLES)
def test_a_target_has_its_name_and_a_use_that_fits(text):
    assert said(layer(text)) == ROLES[text]


def test_what_is_left_out_is_derived_by_its_remedy():
    for text, words in ROLES.items():
        names = [w.partition(" ")[0] for w in words.split(", ") if w and "labels" not in w]
        network = typed_network(text, names)
        # What is only compared has a gradient of 0 then, and that is said still.
        assert not [o for o in left_out(network) if o.remedy and o.taken_for != COMPARED]
        assert {*names} <= {t.name for t in network.with_role("parameter", "input")}


@pytest.mark.slow
def test_nothing_is_left_out_without_a_word():
    for text in (*ROLES, *TEXTS[::5]):
        network = layer(text)
        moving = {t.name for t in network.with_role("input", "parameter") if not t.integral}
        given = {t.name for t in network.tensors.values() if t.given}
        assert given == moving | {o.tensor.name for o in left_out(network)}, text


def test_each_line_that_no_other_reads_is_an_output_beside_the_last():
    for text, outputs in (
        ("u[n] = x[n]*y[n]; v[n] = x[n] + y[n]", ["u", "v"]),
        ("a = exp(x); b = a²; c = a + 1", ["b", "c"]),
        ("s = W x; y = tanh(s); L = ½‖s - t‖²", []),
    ):
        assert [t.name for t in layer(text).with_role("output")] == outputs


@pytest.mark.parametrize("text", ["y = x/√D", "A = softmax(Q Kᵀ/√d) V", "y = x/(1 + eps)"])
def test_a_constant_is_called_so_wherever_roles_are_shown(text):
    """With a target, a constant has in common that it stays fixed, and no more: what reads it is
    no error, and it is not said to be a target in kernels and pages."""
    network = layer(text)
    (constant,) = network.with_role("target")
    assert "(a constant)" in read_so(network) and "target" not in read_so(network)
    assert re.search(rf"constant: +{constant.name} \[\]\n", plain_source(network, {}))
    assert f"{constant.name} []  constant" in Module(program(network, {}), "float64").text()
    assert {line.phase for line in lines(derive(network))} == {"forward", "backward"}


def test_which_line_is_the_loss_is_said_where_others_are_read_by_none():
    for text in (
        "L = Σ_n (y_n − t_n)², y_n = w·x_n, L2 = Σ_d w_d²",
        "y = W x; L = ½‖y − t‖²; R = ‖W‖²",
    ):
        network = layer(text)
        other = "R" if "R" in text else "L₂"
        assert [t.name for t in network.with_role("loss")] == ["L"]
        assert f"The loss is L; {other} is read by no line, and no part of it." in network.text
    assert layer("y = W x; L = ‖y‖² + R; R = ‖W‖²").text == ""
