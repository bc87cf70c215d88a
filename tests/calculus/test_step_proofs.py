"""Proofs of steps: most are proved, no wrong one is, and what rules state is enumerated."""

import itertools
import os
from dataclasses import replace

import numpy as np
import pytest
import sympy
from once import derived
from sympy import Add, Integer

from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.calculus.rules.rule import EMPTY, Given
from deltarule.calculus.step_proofs import LEMMAS, StepProofs
from deltarule.expressions import functions
from deltarule.expressions.conditions import AtLeastZero
from deltarule.expressions.functions import FUNCTIONS, Elementwise
from deltarule.expressions.nodes import (
    Choose,
    Delta,
    FloorQuotient,
    Remainder,
    Sum,
    free_symbols,
    read,
)
from deltarule.expressions.symbols import Attribute, Index, Size
from deltarule.language.catalogue import catalogue
from deltarule.networks.tensors import Tensor

FULL = bool(os.environ.get("DELTARULE_FULL"))
FEW = ["dense", "softmax", "conv1d", "max_pool1d", "embedding", "rnn_cell", "layer_norm"]


@pytest.mark.parametrize("name", catalogue() if FULL else FEW)
def test_most_steps_are_proved_and_no_wrong_one_is(name):
    derivation = derived(name)
    proofs = StepProofs(derivation)
    proved, steps = proofs.share()
    assert proved >= 0.6 * steps
    for gradient in derivation.gradients.values():
        for step in gradient.steps:
            for wrong in _wrong(step.after):
                assert proofs.of(gradient, replace(step, after=wrong)) == "", (step.rule, wrong)


def _wrong(after):
    """A right side twice, of other signs, without a term, and with a shorter range.

    Shorter by 2, as a condition may leave out the last one anyway.
    """
    if after == 0:
        return
    yield 2 * after
    yield -after
    terms = Add.make_args(after)
    if len(terms) > 1:
        yield Add(*terms[1:])
    sums = [n for n in sympy.preorder_traversal(after) if type(n) is Sum and n.ranges]
    for node in sums[:1]:
        (index, extent), *others = node.ranges
        yield after.xreplace(
            {node: Sum(node.body, [(index, extent - 2), *others], node.conditions)}
        )


def test_the_derivative_of_each_function_is_that_of_its_formula():
    z = sympy.Symbol("z", real=True)
    ours = {
        f for f in vars(functions).values() if isinstance(f, type) and issubclass(f, Elementwise)
    }
    for function in ours - {Elementwise}:
        row = function.row
        if row.kink or row.stepped or row.arity != 1 or "gamma" in row.name:
            continue  # log Γ and what follows from it are no formulas of others
        formula = function(z).formula() if not row.leaf else row.formula(z)
        real = 0
        for value in (sympy.Rational(-7, 5), sympy.Rational(3, 10), sympy.Integer(2)):
            if not _number(formula, z, value).is_real:
                continue  # arcosh has values from 1 on alone
            real += 1
            one = _number(function(z).fdiff(), z, value)
            two = _number(_plain(formula).diff(z), z, value)
            assert abs(one - two) < 1e-25 * max(1, abs(two)), row.name
        assert real, row.name


def _plain(formula):
    """A formula in SymPy's own functions."""
    while True:
        ours = [n for n in sympy.preorder_traversal(formula) if type(n) in FUNCTIONS.values()]
        if not ours:
            return formula
        table = {n: n.row.formula(*n.args) if n.row.leaf else n.formula() for n in ours[:1]}
        formula = formula.xreplace(table)


def _number(formula, z, value):
    return sympy.N(_plain(formula).subs(z, value), 40)


# ---- what rules state, at all small sizes ------------------------------------------------------
i, j, k, a, p, q, n, c, t = map(Index, "i j k a p q n c t".split())
N, M, K, H, T = map(Size, "N M K H T".split())
S, D, P = Attribute("S"), Attribute("D"), Attribute("P", positive=False)
ONE_TIME = {Index("0 ≤ … < T"): T}
PADDED = Given(
    replace(EMPTY, tensors={"x": Tensor("x", (H,), "input", outside=Integer(0))}), {k: K}
)
CASES = {
    "sift": (Sum(read("f", i) * Delta(i, p), [(i, N)]), {p: N}, {"f": (N,)}),
    "the last time": (
        Sum(read("f", t) * Delta(t, T - 1), [(t, T)]), {**ONE_TIME}, {"f": (T,)},
    ),
    "one later": (Sum(read("f", i) * Delta(i + 1, p), [(i, N)]), {p: M}, {"f": (N,)}),
    "a window": (
        Sum(read("f", i) * read("w", k) * Delta(S * i + D * k - P, p), [(i, N), (k, K)]),
        {p: H},
        {"f": (N,), "w": (K,)},
    ),
    "a flat image": (
        Sum(read("f", i, j) * Delta(M * i + j, q), [(i, N), (j, M)]), {q: N * M}, {"f": (N, M)},
    ),
    "groups": (
        Sum(read("f", i, j) * read("w", n) * Delta(M * i + j, q), [(i, N), (j, M), (n, K)]),
        {q: N * M},
        {"f": (N, M), "w": (K,)},
    ),
    "a label": (read("f") * Delta(read("l"), c), {c: N}, {"f": (), "l": ()}),
    "enlarged": (
        Sum(read("f", i) * Delta(FloorQuotient(i, M), q), [(i, N * M)]), {q: N}, {"f": (N * M,)},
    ),
    "a circle": (
        Sum(read("w", j) * Delta(Remainder(i - j, N), p), [(j, N)]), {i: N, p: N}, {"w": (N,)},
    ),
    "padding": (
        Sum(read("f", i) * read("x", S * i + k - P), [(i, N)]), {k: K}, {"f": (N,), "x": (H,)},
    ),
    "nothing": (Sum(read("f", t), (), [AtLeastZero(-1 - t)]), {t: T}, {"f": (T,)}),
    "a name inside": (
        Sum(
            Delta(i, p) * Sum(Choose(AtLeastZero(p - 1), read("f", p), read("w", p)), [(p, K)]),
            [(i, N)],
            [AtLeastZero(i - 1)],
        ),
        {p: N},
        {"f": (K,), "w": (K,)},
    ),
    "a count": (Sum(read("f", p), [(n, N)]), {p: M}, {"f": (M,)}),
}  # fmt: skip
LIMITS = {"N": 3, "M": 3, "K": 3, "H": 4, "T": 4, "S": 3, "D": 3, "P": 2}


def _rule_of(before, given):
    return next(r for r in LEMMAS if r.apply(before, given) is not None)


def _given(extents) -> Given:
    return replace(PADDED, extents=extents)


def test_every_lemma_is_enumerated():
    used = {_rule_of(before, _given(extents)) for before, extents, _ in CASES.values()}
    assert used == set(LEMMAS)


@pytest.mark.parametrize("case", CASES)
def test_what_a_rule_states_holds_at_all_small_sizes(case):
    before, extents, axes = CASES[case]
    given = _given(extents)
    rule = _rule_of(before, given)
    sides, tried = [before, rule.apply(before, given).after], 0
    parts = (*sides, *extents.values(), *(x for v in axes.values() for x in v))
    known = {s for e in parts for s in free_symbols(e) if isinstance(s, Size)}
    symbols = sorted(known, key=str)
    free = [r for r in extents.items() if " " not in r[0].name]
    for numbers in itertools.product(*(range(_least(s), LIMITS[str(s)] + 1) for s in symbols)):
        sizes = dict(zip(symbols, numbers, strict=True))
        one, two = (_evaluated(side, free, axes, sizes) for side in sides)
        assert np.array_equal(one, two), (case, sizes)
        tried += 1
    assert tried >= 3


def _least(symbol) -> int:
    return 0 if str(symbol) == "P" else 1


def _evaluated(formula, free, axes, sizes):
    """A formula at some sizes, where each entry of a tensor is a number of its own."""
    arrays = {}
    for name, lengths in axes.items():
        shape = tuple(int(x.subs(sizes)) for x in lengths)
        first = 2 + 7 * len(arrays)
        arrays[name] = first + np.arange(float(np.prod(shape, dtype=int))).reshape(shape) ** 2
    arrays["l"] = np.array(0)
    tensors = {n: Tensor(n, axes.get(n, ()), "input", outside=Integer(0)) for n in arrays}
    tensors["l"] = replace(tensors["l"], integers_below=N, outside=None)
    return np.asarray(evaluate(formula, free, Values(arrays, sizes, {}, tensors), Float64()))
