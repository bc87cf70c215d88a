"""Products of matrices inside of other expressions: as on lines of their own."""

import numpy as np
import pytest

import deltarule
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program

SIZES = {"n": 5, "d": 7, "m": 6, "k": 6, "i": 4, "j": 9, "t": 3}
#: Each in one line, and with its products on lines of their own.
TEXTS = [
    ("y_nm = tanh(Σ_d x_nd w_dm + b_m)", "a_nm = Σ_d x_nd w_dm + b_m; y_nm = tanh(a_nm)"),
    ("y_nm = r_nm * Σ_d x_nd w_dm", "a_nm = Σ_d x_nd w_dm; y_nm = r_nm * a_nm"),
    (
        "y_nm = where(r_n > 0, Σ_d x_nd w_dm, b_m)",
        "a_nm = Σ_d x_nd w_dm; y_nm = where(r_n > 0, a_nm, b_m)",
    ),
    (
        "y_im = Σ_j where(r_j > 0, exp(Σ_d x_id w_jd), 0) * v_jm",
        "a_ij = Σ_d x_id w_jd; e_ij = where(r_j > 0, exp(a_ij), 0); y_im = Σ_j e_ij v_jm",
    ),
]
MASKED = "y_nm = Σ_j where(r_j > 0, x_nj w_jm b_m, 0)"
#: A gate times a sum over the old state.
RECURRENCE = """
from deltarule.language import *
T, N, D, H = sizes("T N D H")
t, n, d, k, m = indices("t n d k m")
x = input("x", T, N, D)
W, U, R = parameter("W", D, H), parameter("U", H, H), parameter("R", D, H)
h = state("h", T, N, H, before=parameter("h0", N, H))
r, y = intermediate("r", T, N, H), output("y", T, N, H)
r[t, n, m] = sigmoid(Sum[d](x[t, n, d]*R[d, m]))
{lines}
y[t, n, m] = h[t, n, m]
"""
APART = """a = intermediate("a", T, N, H)
a[t, n, m] = Sum[k](h[t-1, n, k]*U[k, m])
h[t, n, m] = tanh(Sum[d](x[t, n, d]*W[d, m]) + r[t, n, m]*a[t, n, m])"""
INSIDE = """h[t, n, m] = tanh(Sum[d](x[t, n, d]*W[d, m])
    + r[t, n, m]*Sum[k](h[t-1, n, k]*U[k, m]))"""


def both(what, given: dict, cache) -> dict:
    """The value, and the gradients by name."""
    kernel = deltarule.kernel(what, cache=cache)
    y = kernel.forward(**given)
    y = y["y"] if isinstance(y, dict) else y
    return {"y": y, **kernel.backward(**given, dy=np.cos(np.arange(y.size)).reshape(y.shape))}


@pytest.mark.parametrize("one, several", TEXTS)
def test_one_line_is_what_several_are(cache, one, several):
    network = deltarule.layer(one)
    random = np.random.default_rng(1)
    given = {
        n: random.normal(size=[SIZES[str(a).lower()] for a in t.axes])
        for n, t in network.tensors.items()
        if t.role in ("input", "parameter")
    }
    wanted = both(deltarule.layer(several), given, cache)
    for name, value in both(network, given, cache).items():
        np.testing.assert_allclose(value, wanted[name], 1e-11, 1e-13, err_msg=name)


@pytest.mark.parametrize("one, _", TEXTS)
def test_no_sum_of_products_is_left_in_loops(one, _):
    text = Module(program(deltarule.layer(one), {}), "float64").without_prelude()
    lines = [line for line in text.split("\n") if line.startswith("    # ") and "Σ_" in line]
    products = [line for line in lines if line.count("·") >= 1 and "∂L/∂b" not in line]
    calls = text.count("multiply(") + text.count("multiply_prepacked(")
    assert calls == len(products) >= 3


@pytest.mark.parametrize("T", [1, 4])
def test_a_gate_times_a_sum_over_the_old_state(cache, tmp_path, T):
    random, shapes = np.random.default_rng(T), {"x": (T, 5, 3), "h0": (5, 4)}
    shapes |= {"W": (3, 4), "R": (3, 4), "U": (4, 4)}
    given, found = {n: random.normal(size=s) for n, s in shapes.items()}, []
    for name, lines in (("apart", APART), ("inside", INSIDE)):
        path = tmp_path / f"{name}.py"
        path.write_text(RECURRENCE.format(lines=lines), encoding="utf-8")
        found.append(both(str(path), given, cache))
    for name, value in found[1].items():
        np.testing.assert_allclose(value, found[0][name], 1e-11, 1e-13, err_msg=name)
    text = Module(program(str(tmp_path / "inside.py"), {}), "float64").without_prelude()
    assert "total" not in text and text.count("multiply") >= 8


@pytest.mark.parametrize(
    "name, line",
    [
        ("bilinear_upsampling", "x[n, c, p, q]·max(0, 1 − |i/2 − p|)"),
        ("tree_lstm", "[parent[j] ≥ 0, parent[j] < T]·∂L/∂s_f[j, m]·x[parent[j], d]"),
    ],
)
def test_what_is_mostly_0_or_may_lie_outside_stays(name, line):
    assert line in Module(program(name, {}), "float64").without_prelude()


def test_what_does_not_count_may_be_nan(cache):
    random = np.random.default_rng(0)
    x, w, b = random.normal(size=(5, 9)), random.normal(size=(9, 6)), random.normal(size=6)
    r, counts = np.tile([1.0, -1.0, 2.0], 3), np.tile([True, False, True], 3)
    x[0, ~counts], w[~counts, 1] = np.nan, np.inf
    found = both(deltarule.layer(MASKED), {"x": x, "w": w, "b": b, "r": r}, cache)
    wanted = x[:, counts] @ w[counts] * b
    np.testing.assert_allclose(found["y"], wanted, 1e-12)
    assert not any(np.isnan(value).any() for value in found.values())
    assert not found["x"][:, ~counts].any() and not found["w"][~counts].any()


#: Sums over windows inside of other expressions: what they move along, filters, and their lines.
WINDOWS = {
    "several channels": ("x[n, c, p.at(i, k)]*w[f, c, k]", "c, k", "f", "F, C, K"),
    "a channel each": ("x[n, f, p.at(i, k)]*w[f, k]", "k", "f", "F, K"),
}
WINDOW_LAYER = """
from deltarule.language import *
N, C, F, T, K = sizes("N C F T K")
(p,) = windows((T, K), stride=("S", 1), pad=("P", 0))
I = size("I", p.count)
n, c, f, i, k = indices("n c f i k")
x = input("x", N, {channels}, T, outside=0)
w, b = parameter("w", {filters}), parameter("b", F)
s, y = intermediate("s", N, F, I), output("y", N, F, I)
{lines}
"""
ACTIVATIONS = ("relu({})", "tanh({})", "sigmoid(b[f])*{}")


def windowed(tmp_path, kind: str, activation: str, apart: bool) -> str:
    """The path of a layer with an activation of a sum over windows, in one line or `apart`."""
    body, summed, _, filters = WINDOWS[kind]
    total = f"(Sum[{summed}]({body}) + b[f])"
    lines = f"y[n, f, i] = {activation.format(total)}"
    if apart:
        lines = f"s[n, f, i] = {total}\ny[n, f, i] = {activation.format('s[n, f, i]')}"
    text = WINDOW_LAYER.format(
        filters=filters, channels="C" if "C" in filters else "F", lines=lines
    )
    if not apart:
        text = text.replace('s, y = intermediate("s", N, F, I), ', "y = ")
    if "C" not in filters:
        text = text.replace("N, C, F,", "N, F,").replace('"N C F', '"N F')
        text = text.replace("n, c, f,", "n, f,").replace('"n c f', '"n f')
    path = tmp_path / f"{'apart' if apart else 'inside'}.py"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("kind", WINDOWS)
def test_windows_in_one_line_are_what_several_are(cache, tmp_path, kind, activation):
    random = np.random.default_rng(3)
    given = {"x": (2, 3, 11), "w": (4, 3, 3), "b": (4,)}
    if kind == "a channel each":
        given |= {"w": (3, 3), "b": (3,)}
    given = {n: random.normal(size=s) for n, s in given.items()}
    paths = [windowed(tmp_path, kind, activation, apart) for apart in (False, True)]
    wanted = both(paths[1], given, cache)
    for name, value in both(paths[0], given, cache).items():
        np.testing.assert_allclose(value, wanted[name], 1e-11, 1e-13, err_msg=name)
    text = Module(program(paths[0], {}), "float64").without_prelude()
    assert " x[U(" not in text and " w[U(" not in text and text.count("numbers((") == 6
