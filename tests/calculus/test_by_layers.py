"""Large networks: the formulas are those of a network derived as a whole, every step in place."""

import re

import pytest
from once import derivation_of, loaded

import deltarule
from deltarule.calculus import by_layers
from deltarule.calculus.rules.rule import Rewrite, Rule
from deltarule.calculus.rules.table import SIMPLIFICATIONS
from deltarule.calculus.verify import Unverified
from deltarule.calculus.without_steps import derive_unverified
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.language.load import catalogue, load
from deltarule.language.optimisers import is_update
from deltarule.spelling.text import text
from deltarule.tracing.all_gradients import gradients_agree
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import computation_of


def formulas(derivation):
    """The closed forms, by the place of each free index: letters avoid the tensors in sight."""
    found = {}
    for name, gradient in derivation.gradients.items():
        places = {i: Index(f"#{k}") for k, i in enumerate(gradient.indices)}
        found[name] = substitute(gradient.expr, places)
    return found


#: A recurrence through more lines than are taken out together; lines that only gradients read.
WHOLE = {"kalman_vector", "gradient_penalty", "pinn"}
#: Larger ones take minutes as a whole; those of 100 equations and fewer are compared.
MOST = 100


def whole_of(network):
    """The derivation as a whole: the one that other tests read, unless that goes by layers."""
    found = derivation_of(network)
    return derive_unverified(network) if found.layers else found


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_layers_by_themselves_give_the_formulas_of_the_whole(name, monkeypatch):
    network = loaded(name)
    small = not is_update(network) and len(network.equations) <= MOST
    whole = whole_of(network) if small else None
    monkeypatch.setattr(by_layers, "MOST_ENTRIES", 0)
    if is_update(network):
        assert deltarule.derive(network).layers == ()
        return
    found = by_layers.derive_by_layers(network, None, 0, derive_unverified)
    assert (found is None) == (name in WHOLE)
    if found is None:
        return
    if whole is None:
        assert found.gradients.keys() > {t.name for t in network.with_role("parameter", "input")}
        return
    assert formulas(found) == formulas(whole)
    assert list(found.gradients) == list(whole.gradients)
    assert [len(g.indices) for g in found.gradients.values()] == [
        len(g.indices) for g in whole.gradients.values()
    ]


#: Tensors that two lines or more read, which are taken apart in the next test.
SHARING = (
    "residual", "residual_norm", "residual_conv", "squeeze_excitation", "swiglu",
    "layer_norm", "attention", "gru_cell", "lstm_cell", "focal_loss", "memory_network",
)  # fmt: skip
BLOCKS = '''"""Blocks with a shortcut each, of which another index writes what is added."""
from deltarule.language import *
N, D = sizes("N D")
n, d, e, k = indices("n d e k")
h = input("x", N, D)
for number in range(3):
    w = parameter(f"w_{number}", D, D)
    s = intermediate(f"s_{number}", N, D)
    s[n, e] = Sum[k](h[n, k] * w[k, e])
    out = intermediate(f"h_{number}", N, D)
    out[n, d] = relu(h[n, d] + s[n, d])
    h = out
y = output("y", N, D)
y[n, d] = 2 * h[n, d]
'''

#: A shortcut that joins what went through windows: the sizes behind these follow from themselves.
SHORTCUTS = """
from deltarule.language import *

n, f, i, j = indices("n f i j")
h = input("x", 2, 3, 5, 4)
for k in range(3):
    part = {"suffix": f"_{k}a", "names": {"y": f"a{k}"}, "dilation": 1, "stride": 1}
    s = layer("conv2d", h, sizes={"F": 3, "K": 3, "L": 3}, pad=1 - k // 2, **part)
    more = {"suffix": f"_{k}b", "names": {"y": f"b{k}"}, "stride": 1, "pad": 1 - k // 2}
    s = layer(
        "conv2d" if k < 2 else "transposed_conv2d", s, sizes={"F": 3, "K": 3, "L": 3},
        **more, **({"dilation": 1} if k < 2 else {}),
    )
    out = intermediate(f"h{k}", 2, 3, 5, 4)
    out[n, f, i, j] = relu(h[n, f, i, j] + s[n, f, i, j])
    h = out
y = output("y", 2, 3, 5, 4)
y[n, f, i, j] = 2 * h[n, f, i, j]
"""


SHARED = [pytest.param(BLOCKS, id="blocks"), pytest.param(SHORTCUTS, id="shortcuts")]


@pytest.mark.parametrize("name", [*(n for n in SHARING if n in catalogue()), *SHARED])
def test_every_line_by_itself_gives_the_gradients(name, monkeypatch, tmp_path):
    """What several lines read has in each of these a part of its gradient alone."""
    if name in (BLOCKS, SHORTCUTS):
        text_of_it, name = name, tmp_path / "blocks.py"
        name.write_text(text_of_it, encoding="utf-8")
    network = load(name)
    monkeypatch.setattr(by_layers, "MOST_ENTRIES", 0)
    monkeypatch.setattr(by_layers, "_MOST_LINES", 0)
    found = by_layers.derive_by_layers(network, None, 0, derive_unverified)
    assert found is not None
    known = {*map(found.gradient_name, found.upstream)}
    for equation in found.equations():
        read = {n for n in equation.read_names() if n.startswith(f"d{found.of}/")}
        assert read <= known, equation.name
        known.add(equation.name)
    givens, sizes = drawn(found, seed=1)
    assert gradients_agree(computation_of(found, givens, sizes=sizes))


@pytest.fixture(scope="module")
def keras_cnn():
    return deltarule.derive("keras_cnn")


@pytest.mark.slow
def test_large_networks_have_verified_steps(keras_cnn):
    found = keras_cnn
    assert found.layers
    assert found.verified
    assert formulas(found) == formulas(derive_unverified(load("keras_cnn")))


def test_every_step_stands_in_its_place(keras_cnn):
    derivation = keras_cnn
    names = set(derivation.network.tensors)
    for gradient in derivation.gradients.values():
        steps = list(gradient.steps)
        assert steps[0].before == gradient.lhs
        assert steps[-1].after == gradient.expr
        assert all(s.verified for s in steps)
        for one, other in zip(steps[1:], steps[2:]):
            assert one.after == other.before
        said = " ".join(f"{text(s.after)} {s.detail} {s.condition}" for s in steps)
        assert not re.search(r"\bt[₀-₉]|size[₀-₉]|(?<!\w)[CFHKIJ](?!\w)", said), said
        assert names >= {n.partition("/d")[2] for n in re.findall(r"dL/d\w+", said)}


def test_words_are_those_of_the_layer(keras_cnn):
    words = {name: gradient.words for name, gradient in keras_cnn.gradients.items()}
    assert words["b4"] == "sum of ∂L/∂y over the batch n"
    assert words["W3"] == "flatᵀ · ∂L/∂s₃  (outer products, summed over the batch n)"
    assert words["pool1"] == (
        "full convolution of ∂L/∂conv₂ with w₂: full cross-correlation with w₂ turned by 180°  "
        "(summed over f; for every n and c)"
    )


def test_a_wrong_rule_is_found_out():
    def halved(expression, given):
        return None if expression.as_coeff_Mul()[0] != 1 else Rewrite(expression / 2)

    rule = Rule("halve", "a = a/2", "It is not.", halved, lambda: None)
    with pytest.raises(Unverified, match="could not be verified"):
        deltarule.derive("keras_cnn", rules=(rule, *SIMPLIFICATIONS))


@pytest.mark.slow
def test_alike_layers_are_derived_once():
    made = []

    def counting(layers):
        made.append(layers)
        return derive_unverified(layers)

    found = by_layers.derive_by_layers(load("resnet152", blocks="3-4-6-3"), None, 0, counting)
    assert found is not None
    assert len(found.gradients) > 400
    assert len(made) <= 25
    kinds = {g.kind for g in found.gradients.values()}
    assert len(kinds) < 60


@pytest.mark.slow
def test_many_lines_are_derived_one_by_one(tmp_path):
    path = tmp_path / "deep.py"
    path.write_text(
        "from deltarule.language import *\n"
        "N, M = sizes('N M')\n"
        "n, m = indices('n m')\n"
        "h = input('x', N, M)\n"
        "for k in range(200):\n"
        "    g = intermediate(f'h{k}', N, M)\n"
        "    g[n, m] = tanh(h[n, m])\n"
        "    h = g\n"
        "y = output('y', N, M)\n"
        "y[n, m] = h[n, m]\n"
    )
    derivation = deltarule.derive(path)
    assert len(derivation.layers) == 3
    found = text(derivation.gradients["h7"].expr)
    assert found == "∂L/∂h₈[n, m]·(1 − h₈[n, m]²)"
