"""Reductions over any axes of an array: where the last one stays, loops along it are innermost."""

import re
from itertools import combinations

import numpy as np
import pytest
from agreement import agree, probed
from laid_out import as_python

import deltarule
from deltarule.kernels import build
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import Program, program
from deltarule.networks.network import Network

AXES = "ncht"
#: What is made of an array over some axes, or of its row x[{r}] over the indices {b}.
KINDS = {
    "max": "Max[{s}](x[n,c,h,t])",
    "function of max": "1/(1 + Max[{s}](x[n,c,h,t])**2)",
    "sum": "Sum[{s}](x[n,c,h,t])",
    "variance": "Mean[{s}]((x[n,c,h,t] - Mean[{b}](x[{r}]))**2)",
    "logsumexp": "log(Sum[{s}](exp(x[n,c,h,t])))",
    "softmax": "exp(x[n,c,h,t])/Sum[{b}](exp(x[{r}]))",
    "log-softmax": "x[n,c,h,t] - log(Sum[{b}](exp(x[{r}])))",
    "unit length": "x[n,c,h,t]/sqrt(Sum[{b}](x[{r}]**2))",
}
OVER = [a for many in (1, 2, 3) for a in combinations(range(4), many)]
#: Lengths of n, c, h and t: each of them 1, and none.
SHAPES = [(2, 3, 5, 7), (1, 3, 2, 5), (2, 1, 3, 4), (3, 2, 1, 4), (2, 3, 4, 1), (1, 1, 1, 1)]


def network(kind: str, over: tuple[int, ...]) -> Network:
    """The layer that reduces some axes."""
    bound = dict(zip(AXES, "pqrs", strict=True))
    names = [AXES[a] for a in over]
    row = ",".join(bound[i] if i in names else i for i in AXES)
    rhs = KINDS[kind].format(s=",".join(names), b=",".join(bound[i] for i in names), r=row)
    whole = "{s}" not in KINDS[kind]
    kept = [i for i in AXES if whole or i not in names]
    return deltarule.layer(f"y[{','.join(kept)}] = {rhs}")


def made(kind: str, over: tuple[int, ...]) -> Program:
    """The layer with its gradients."""
    return program(network(kind, over), {})


def sizes(shape: tuple[int, ...]) -> dict[str, int]:
    return dict(zip(AXES.upper(), shape, strict=True))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("over", OVER, ids=lambda a: "".join(AXES[i] for i in a))
def test_any_axes_of_any_length_agree_with_the_evaluator(kind, over, tmp_path, monkeypatch):
    """Both passes, as the loops are written."""
    layer = made(kind, over)
    module = as_python(Module(layer, "float64").text(), tmp_path, monkeypatch)
    for shape in SHAPES:
        agree(module, layer, probed(layer, 0, **sizes(shape)), f"of {shape}")


@pytest.mark.parametrize("kind", ["max", "function of max", "softmax"])
@pytest.mark.parametrize("parallel", [False, True])
def test_compiled_loops_agree_with_the_evaluator(kind, parallel, cache):
    """Rows of maxima, and of what is made of them, as vectors."""
    layer = made(kind, (1,))
    module = build.module(network(kind, (1,)), {}, "float64", parallel, cache)
    for shape in (*SHAPES, (2, 5, 3, 37)):
        agree(module, layer, probed(layer, 0, **sizes(shape)), f"of {shape}")


def test_not_a_number_is_the_largest_along_inner_axes(tmp_path, monkeypatch):
    """As in NumPy; and what is smaller than all numbers is the maximum where nothing else is."""
    layer = made("function of max", (1,))
    module = as_python(Module(layer, "float64").text(), tmp_path, monkeypatch)
    x = np.random.default_rng(0).normal(size=(2, 3, 2, 5))
    x[0, 0, 0, 0] = x[1, 2, 1, 4] = np.nan
    x[0, :, 1, 1] = -np.inf
    x[0, 1, 1, 2] = np.inf
    np.testing.assert_allclose(module.forward(x)["y"], 1 / (1 + x.max(1) ** 2), rtol=1e-15)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("over", [a for a in OVER if 3 not in a], ids=str)
def test_loops_along_the_last_axis_are_innermost(kind, parallel, over):
    """Where it is not reduced: no loop inside another is along an axis that was left behind."""
    text = Module(made(kind, over), "float32", parallel=parallel).text()
    loops = text[text.index("def forward_loops") : text.index("def inputs")]
    heads = [(len(m[1]), m[2]) for m in re.finditer(r"^( *)for (\w+) in ", loops, re.MULTILINE)]
    for (depth, index), (following, _) in zip(heads, [*heads[1:], (0, "")], strict=True):
        if following <= depth:  # it holds no other
            assert index.endswith("t") or re.fullmatch(r"(entry|piece)\d*", index), loops
