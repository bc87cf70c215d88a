"""Prepared formulas give what the evaluator gives, for several sets of numbers at a time too."""

from __future__ import annotations

import os

import numpy as np
import pytest

from deltarule.arithmetic.evaluate import evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.prepared_program import whole_line
from deltarule.calculus.plain_gradients import plain_derivation
from deltarule.language.catalogue import catalogue
from deltarule.language.load import load
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import computation_of

#: Matrices are inverted as ever, and so are functions without a formula.
NOT_PREPARED = {"kalman_vector", "memory_read"}

#: One of each kind of layer; all of them in a full run.
SOME = (
    "attention", "avg_pool2d", "batch_norm", "char_rnn", "conv2d", "crelu", "embedding", "flatten",
    "grouped_conv2d", "hinge", "label_cross_entropy", "lrn", "max_pool2d", "maxout", "mlp",
    "softmax", "transposed_conv2d",
)  # fmt: skip

#: What has no gradient.
UPDATES = {"adam", "momentum", "nesterov", "gradient_descent", "rmsprop"}

NAMES = sorted(catalogue().keys() - UPDATES) if os.environ.get("DELTARULE_FULL") else SOME


@pytest.mark.filterwarnings("ignore:.*log1p")
@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_the_catalogue(name):
    computation, others = (_computation(name, seed).floats for seed in (1, 1))
    derivation = plain_derivation(load(name))
    prepared = 0
    lines = [
        e
        for e in (*derivation.network.equations, *derivation.equations())
        if e.subscripts == e.indices
    ]
    for equation in lines:
        line = whole_line(equation, computation)
        if line is None:
            continue
        prepared += 1
        expected = evaluate(equation.rhs, equation.ranges, computation, Float64())
        np.testing.assert_allclose(line(computation.arrays), expected, 1e-12, 1e-14)
        both = {}
        for read in equation.read_names():
            array = computation.arrays[read]
            moved = array if array.dtype.kind in "iu" else array * 1.25 + 0.01
            both[read] = np.stack([array, moved]) if array.dtype.kind == "f" else array
            others.arrays[read] = moved
        again = evaluate(equation.rhs, equation.ranges, others, Float64())
        found = np.broadcast_to(line(both), (2, *np.shape(expected)))
        np.testing.assert_allclose(found, np.stack([expected, again]), 1e-12, 1e-14)
    if name not in NOT_PREPARED:
        assert prepared >= 0.8 * len(lines), [
            e.name for e in lines if not whole_line(e, computation)
        ]


def _computation(name: str, seed: int):
    derivation = plain_derivation(load(name))
    givens, sizes = drawn(derivation, seed)
    free = {n: v for n, v in sizes.items() if n.isidentifier()}
    return computation_of(derivation, {k: v.tolist() for k, v in givens.items()}, sizes=free)
