"""Masks of data around and inside of products, in one line: products stand alone, as in several."""

import re

import numpy as np
import pytest

import deltarule
from deltarule.expressions.nodes import Read, Sum, walk
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.arrays_of_products import two_sided
from deltarule.kernels.passes.masked_reads import is_mask, masked_factors
from deltarule.kernels.passes.program import program

HEAD = """
from deltarule.language import *
N, I, J, D, M = sizes("N I J D M")
n, i, j, l, d, m = indices("n i j l d m")
"""
#: The tensors of all layers; a layer declares those that it reads.
TENSORS = {
    "Q": 'input("Q", N, I, D)', "K": 'input("K", N, J, D)', "V": 'input("V", N, J, M)',
    "mask": 'input("mask", N, I, J, below=2)', "seen": 'input("seen", N, J, below=2)',
    "B": 'parameter("B", I, J)', "q": 'input("q", N, I, J)',
    "x": 'input("x", N, D)', "w": 'parameter("w", D, M)', "b": 'parameter("b", M)',
    "g": 'input("g", N, M, below=2)', "h": 'input("h", N, D, below=2)',
    "k": 'input("k", D, M, below=2)', "r": 'input("r", N, M)',
    "a": 'intermediate("a", N, I, J)', "e": 'intermediate("e", N, I, J)',
}  # fmt: skip
SCORE = "Sum[d](Q[n, i, d]*K[n, {0}, d])/sqrt(D)"
#: Scores of attention under masks: any key is {0}, and 1 stands for what is seen.
MASKS = {
    "a mask": f"where(mask[n, i, {{0}}] >= 1, {SCORE}, -oo)",
    "padding": f"where(seen[n, {{0}}] >= 1, {SCORE}, -oo)",
    "padding and a bias": f"where(seen[n, {{0}}] >= 1, {SCORE} + B[i, {{0}}], -oo)",
    "causal": f"where({{0}} <= i, {SCORE}, -oo)",
    "causal and padding": f"where({{0}} <= i, where(seen[n, {{0}}] >= 1, {SCORE}, -oo), -oo)",
    "numbers": f"where(q[n, i, {{0}}] > 0, {SCORE}, -oo)",
    "distances": f"{SCORE} - B[i, {{0}}]*({{0}} - i)",
}
SHARE = "exp({0})/Sum[l](exp({1}))"
PRODUCT = "Sum[d](x[n, d]*w[d, m])"
#: Dense layers with masks of outputs, inputs and weights.
LINES = {
    "outputs": f"where(g[n, m] >= 1, {PRODUCT} + b[m], 0)",
    "either of two": f"where(g[n, m] >= 1, {PRODUCT}, 2*b[m])",
    "a function": f"where(g[n, m] >= 1, tanh({PRODUCT} + b[m]), 0)",
    "numbers": f"where(r[n, m] > 0, tanh({PRODUCT} + b[m]), 0)",
    "inputs": "Sum[d](where(h[n, d] >= 1, x[n, d], 0)*w[d, m]) + b[m]",
    "terms, by inputs": "Sum[d](where(h[n, d] >= 1, x[n, d]*w[d, m], 0)) + b[m]",
    "terms, by weights": "Sum[d](where(k[d, m] >= 1, x[n, d]*w[d, m], 0)) + b[m]",
    "weights in a function": "tanh(Sum[d](x[n, d]*where(k[d, m] >= 1, w[d, m], 0)) + b[m])",
}
SIZES = {"N": 3, "I": 6, "J": 6, "D": 5, "M": 4}


def attention(kind: str, way: str) -> str:
    """The lines of a layer: in one line, in two, or with scores of their own."""
    score = MASKS[kind]
    share = SHARE.format(score.format("j"), score.format("l"))
    if way == "one":
        return f"y[n, i, m] = Sum[j]({share}*V[n, j, m])"
    lines = ""
    if way == "scores":
        lines = f"e[n, i, j] = {score.format('j')}\n"
        share = SHARE.format("e[n, i, j]", "e[n, i, l]")
    return f"{lines}a[n, i, j] = {share}\ny[n, i, m] = Sum[j](a[n, i, j]*V[n, j, m])"


def texts() -> dict[str, str]:
    found = {f"{k}, {w}": attention(k, w) for k in MASKS for w in ("one", "two", "scores")}
    return found | {k: f"y[n, m] = {line}" for k, line in LINES.items()}


TEXTS = texts()


@pytest.fixture
def saved(tmp_path):
    def save(name: str) -> str:
        lines, path = TEXTS[name], tmp_path / "layer.py"
        read = [f"{t} = {d}" for t, d in TENSORS.items() if re.search(rf"\b{t}\[", lines)]
        read += [f'y = output("y", N, {"I, M" if "Q[" in lines else "M"})']
        path.write_text("\n".join((HEAD, *read, lines, "")), encoding="utf-8")
        return str(path)

    return save


def products_left(equation) -> list[Sum]:
    """The sums of products of matrices that are no product of two arrays on a line of its own."""
    top = [f for t in equation.rhs.as_ordered_terms() for f in t.as_ordered_factors()]
    found = []
    for node in walk(equation.rhs):
        if not isinstance(node, Sum) or not node.ranges:
            continue
        factors = node.body.as_ordered_factors()
        if not any(two_sided(f, node.body / f, node) for f in factors):
            continue
        arrays = len(factors) == 2 and all(isinstance(f, Read) for f in factors)
        masked = any(map(is_mask, node.conditions))
        if node not in top or not arrays or masked and masked_factors(node) is None:
            found.append(node)
    return found


@pytest.mark.parametrize("name", TEXTS)
def test_every_product_stands_alone(saved, name):
    made = program(saved(name), {})
    equations = [e for p in (made.forward, made.backward) for e in p.equations]
    assert [e for e in equations if products_left(e)] == []


@pytest.mark.parametrize("kind", MASKS)
def test_one_line_has_the_products_that_several_have(saved, kind):
    counts = set()
    for way in ("one", "two", "scores"):
        text = Module(program(saved(f"{kind}, {way}"), {}), "float64").without_prelude()
        counts.add(len(re.findall(r"multiply\w*\($", text, re.MULTILINE)))
    assert len(counts) == 1 and counts.pop() >= 6


def given_for(path: str) -> dict:
    """Arrays for a layer."""
    random, found = np.random.default_rng(5), {}
    for name, tensor in program(path, {}).network.tensors.items():
        shape = [SIZES[str(a)] for a in tensor.axes]
        if tensor.integral:
            found[name] = random.integers(0, 2, shape)
        elif tensor.given:
            found[name] = random.normal(size=shape)
    return found


def both(path: str, given: dict, cache) -> dict:
    """The value, and the gradients by name."""
    kernel = deltarule.kernel(path, cache=cache)
    y = kernel.forward(**given)
    y = y["y"] if isinstance(y, dict) else y
    return {"y": y, **kernel.backward(**given, dy=np.cos(np.arange(y.size)).reshape(y.shape))}


@pytest.mark.parametrize("kind", MASKS)
def test_one_line_is_what_several_are(saved, cache, kind):
    path = saved(f"{kind}, scores")
    given = given_for(path)
    for name in given.keys() & {"mask", "seen"}:
        given[name][..., 0] = 1  # of each query one key at least is seen
    wanted = both(path, given, cache)
    found = both(saved(f"{kind}, one"), given, cache)
    for name, value in found.items():
        np.testing.assert_allclose(value, wanted[name], 1e-11, 1e-13, err_msg=name)


def test_what_does_not_count_may_be_nan_or_infinite(saved, cache):
    path = saved("outputs")
    given = given_for(path)
    given["g"][0], given["g"][1, 2] = [1, 0, 1, 0], 0
    plain = both(path, {**given, "x": given["x"] * (np.arange(3) != 0)[:, None]}, cache)
    given["x"][0] = [np.nan, np.inf, -np.inf, np.nan, np.inf]
    found = both(path, given, cache)
    counts = given["g"][0] == 1
    np.testing.assert_allclose(found["w"][:, ~counts], plain["w"][:, ~counts], 1e-12)
    assert not np.isfinite(found["w"][:, counts]).any()
    assert not found["y"][0, ~counts].any() and not np.isfinite(found["y"][0, counts]).any()
    given["x"][0], given["w"][3, 2] = 1, np.inf
    found = both(path, given, cache)
    assert (np.isfinite(found["x"][:, 3]) == (given["g"][:, 2] == 0)).all()


@pytest.mark.parametrize("way", ("one", "two", "scores"))
def test_keys_that_nobody_sees_may_be_anything(saved, cache, way):
    path = saved(f"a mask, {way}")
    given = given_for(path)
    given["mask"][..., 0] = 1
    given["mask"][:, :, 2], given["V"][:, 2] = 0, 0
    for other in (np.nan, np.inf, 1e300):
        given["K"][:, 2] = other
        found = both(path, given, cache)
        given["K"][:, 2] = 0
        for name, value in both(path, given, cache).items():
            np.testing.assert_allclose(found[name], value, 1e-11, 1e-13, err_msg=name)
    assert not found["K"][:, 2].any()
