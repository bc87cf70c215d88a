"""Arrays whose entries are computed where they are read; sums in the order of memory."""

import re

import numpy as np
import pytest
from agreement import agree, probed
from laid_out import as_python
from once import programmed

from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program
from deltarule.kernels.passes.recomputed import recomputed

NORMS = (("batch_norm", {}), ("batch_norm", {"images": True}), ("layer_norm", {}))
NORMS += (("instance_norm", {}),)


@pytest.mark.parametrize("name, settings", NORMS, ids=str)
def test_no_norm_writes_what_is_as_large_as_its_input(name, settings):
    """But for y and ∂L/∂x, which are asked for."""
    made = recomputed(programmed(name, **settings))
    large = len(made.network.tensors["x"].axes)
    for one, asked in ((made.forward, "y"), (made.backward, made.gradients["x"])):
        assert [n for n in one.writes if len(one.tensors[n].axes) >= large] == [asked]
    assert made.kept == ("mu", "v")


#: What is made of x, and how it is read; whether a kernel has an array of it.
READ = {
    "each entry": ("2*x[n,d] + b[d]", "y[n,d] = h[n,d]^2", False),
    "with others": ("b[d]*x[n,d]", "y[n] = Sum[d](h[n,d]*c[d])", False),
    "in a product": ("2*x[n,d] + b[d]", "y[n,m] = Sum[d](h[n,d]*W[d,m])", True),
    "a function": ("exp(x[n,d]) + b[d]", "y[n,d] = h[n,d]^2", True),
    "a maximum": ("2*x[n,d] + b[d]", "y[n] = Max[d](h[n,d])", True),
    "its neighbours": ("2*x[n,d] + b[d]", "y[n,d] = h[n,d]*h[n,d-1]", True),
    "two arrays": ("2*x[n,d] + z[n,d]", "y[n,d] = h[n,d]^2", True),
    "once for many": ("2*x[n,d] + b[d]", "y[n,d,m] = h[n,d]*c[m]", True),
    "numbers per row": ("a[n]*(x[n,d] - b[n])", "y[n,d] = c[d]*h[n,d] + h[n,d]^3", False),
}


@pytest.mark.parametrize("kind", READ)
def test_an_array_is_left_out_where_each_entry_is_read_once(kind, tmp_path, monkeypatch):
    import deltarule

    rule, reader, has = READ[kind]
    made = program(deltarule.layer(f"h[n,d] = {rule}; {reader}"), {})
    found = recomputed(made)
    assert ("h" in found.forward.writes) == has
    assert has or "h" not in found.kept
    text = Module(made, "float64").text()
    agree(as_python(text, tmp_path, monkeypatch), found, probed(made, 3))


@pytest.mark.slow
def test_what_is_made_of_an_array_that_is_left_out_does_not_bring_it_back():
    """The activation after a norm: of b = γ·x̂ + β its sign alone is needed."""
    made = recomputed(programmed("residual_conv"))
    assert not {"xhat1", "xhat2", "b1"} & {*made.kept, *made.forward.writes}


def _sums(text):
    return re.findall(r"^ +(\w+)\[U\(\w+\)\] \+= total\d+$", text, re.M)


@pytest.mark.parametrize("parallel", [False, True])
def test_two_sums_of_one_array_share_its_loops(parallel, tmp_path, monkeypatch):
    made = programmed("batch_norm", images=True)
    text = Module(made, "float64", parallel).text()
    assert len(_sums(text)) == 4
    _, backward = text.split("def backward_loops(")
    comments = re.search(r"(?: +# .*\n)+", backward[backward.index("# ∂L/∂β") - 4 :])
    assert "∂L/∂β" in comments[0] and "∂L/∂γ" in comments[0]
    agree(as_python(text, tmp_path, monkeypatch), recomputed(made), probed(made, 1))


@pytest.mark.slow
def test_threads_share_channels_and_change_no_digit(tmp_path, monkeypatch):
    """A piece holds several channels of few numbers, and one of many."""
    made = programmed("batch_norm", images=True)
    shapes = {"x": (3, 5, 67, 61), "gamma": (5,), "beta": (5,)}
    rng = np.random.default_rng(2)
    given = [rng.standard_normal(s).astype("f4") for s in shapes.values()]
    modules = [
        as_python(Module(made, "float32", parallel).text(), tmp_path, monkeypatch)
        for parallel in (False, True)
    ]
    one, several = (m.forward(*given) for m in modules)
    mean = given[0].astype("f8").mean((0, 2, 3))
    assert np.allclose(one["mu"], mean, rtol=1e-5, atol=1e-7)
    assert all(np.array_equal(one[n], several[n]) for n in ("mu", "v", "y"))


def test_many_short_rows_lose_no_digits_in_single_precision():
    """2²² images of one pixel: what is added up stands in double precision."""
    import deltarule

    kernel = deltarule.kernel(deltarule.layer("y[c] = Sum[n,i](x[n,c,i])"), dtype="float32")
    x = np.full((2**21, 1, 2), 0.1, "f4")
    assert abs(kernel.forward(x=x)[0] / (2**22 * np.float64(np.float32(0.1))) - 1) < 1e-6
