"""Random formulas with one node changed: what the normal form takes for equal is evaluated.

    python tests/support/random_proofs.py NUMBER SEED

The formulas mix reads, sizes, powers, functions, cases and sums, of either sign. Each change for
which the normal form says that both sides are equal for all sizes and values is tried at small
unequal sizes and at random values; the ones that differ are printed.
"""

from __future__ import annotations

import sys
from random import Random

import numpy as np
from planted_proofs import planted
from sympy import Abs, Add, Expr, Integer, Rational

from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.calculus.normal_form import normal_form
from deltarule.expressions.choices import Choose, Delta
from deltarule.expressions.conditions import AtLeastZero, Positive
from deltarule.expressions.functions import absolute, exp, log, relu, sigmoid, sign, tanh
from deltarule.expressions.nodes import FloorQuotient, LogSumExp, Max, Remainder, Sum, read
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import text

N, M = Size("N"), Size("M")
FREE = {Index("n"): N, Index("m"): M}
BOUND = (Index("i"), Index("j"), Index("k"))
TENSORS = {"x": (N,), "y": (N, M), "s": ()}
SETTINGS = ((2, 3), (3, 2), (1, 2), (4, 1))
FUNCTIONS = (exp, log, tanh, relu, sigmoid, absolute, sign)
EXPONENTS = (Integer(2), Integer(-1), Rational(1, 2), Rational(-1, 2), Integer(3), Integer(-2))


class Formulas:
    """Random formulas over the free indices n and m, of so many levels."""

    def __init__(self, seed: int):
        self.random = Random(seed)

    def formula(self, levels: int, known: dict) -> Expr:
        """A formula that may read at the known indices."""
        if levels == 0 or self.random.random() < 0.1:
            return self._leaf(known)
        make = self.random.choice(
            (
                self._sum_of,
                self._product,
                self._product,
                self._power,
                self._power,
                self._function,
                self._case,
                self._over_a_range,
                self._over_a_range,
            )
        )
        return make(levels - 1, known)

    def _leaf(self, known: dict) -> Expr:
        name = self.random.choice((*TENSORS, *TENSORS, "number", "size"))
        if name == "number":
            return self.random.choice((Integer(2), Integer(-1), Rational(1, 2), Integer(3)))
        if name == "size":
            return self.random.choice((N, M))
        return read(name, *(self._subscript(extent, known) for extent in TENSORS[name]))

    def _subscript(self, extent: Size, known: dict) -> Expr:
        fitting = [i for i, e in known.items() if e == extent]
        at = self.random.choice([*fitting, *fitting, Integer(0)])
        turned = (extent - 1 - at, Remainder(at + 1, extent), FloorQuotient(at, Integer(2)))
        return self.random.choice(turned) if self.random.random() < 0.2 else at

    def _sum_of(self, levels: int, known: dict) -> Expr:
        return self.formula(levels, known) + self.formula(levels, known)

    def _product(self, levels: int, known: dict) -> Expr:
        return self.formula(levels, known) * self.formula(levels, known)

    def _power(self, levels: int, known: dict) -> Expr:
        exponent = read("s") if self.random.random() < 0.1 else self.random.choice(EXPONENTS)
        return self.formula(levels, known) ** exponent

    def _function(self, levels: int, known: dict) -> Expr:
        return self.random.choice(FUNCTIONS)(self.formula(levels, known))

    def _condition(self, levels: int, known: dict):
        if self.random.random() < 0.5:
            return Positive(self.formula(levels, known))
        index = self.random.choice(list(known))
        return AtLeastZero(self.random.choice((index - 1, known[index] - 2 - index)))

    def _case(self, levels: int, known: dict) -> Expr:
        then, otherwise = self.formula(levels, known), self.formula(levels, known)
        otherwise = self.random.choice((otherwise, Integer(0)))
        return Choose(self._condition(levels, known), then, otherwise)

    def _over_a_range(self, levels: int, known: dict) -> Expr:
        index = next((i for i in BOUND if i not in known), None)
        if index is None:
            return self._leaf(known)
        extent = self.random.choice((N, M))
        inside = {**known, index: extent}
        kind = self.random.choice((Sum, Sum, Sum, LogSumExp, Max))
        body = self.formula(levels, inside)
        conditions = []
        if kind is Sum and self.random.random() < 0.3:
            other = self.random.choice([*known, Integer(0)])
            conditions = [AtLeastZero(self.random.choice((index - 1, index - other)))]
        if kind is Sum and self.random.random() < 0.2:
            body *= Delta(index, self.random.choice(list(known)))
        return kind(body, [(index, extent)], conditions)


def differs(one: Expr, two: Expr, seed: int) -> bool:
    """Whether two formulas differ at some setting, as numbers or in whether they are one."""
    for rows, columns in SETTINGS:
        values = _values({"N": rows, "M": columns}, seed)
        with np.errstate(all="ignore"):
            a, b = (evaluate(e, tuple(FREE.items()), values, Float64()) for e in (one, two))
        both = np.isfinite(a) & np.isfinite(b) & (abs(a) < 1e6)
        one_alone = (np.isnan(a) & np.isfinite(b)) | (np.isfinite(a) & np.isnan(b))
        if np.any(one_alone) or np.any(abs(a - b)[both] > 1e-6 * (1 + abs(a)[both])):
            return True
    return False


def _values(sizes: dict[str, int], seed: int) -> Values:
    generator = np.random.default_rng(seed)
    shapes = {n: tuple(sizes[str(e)] for e in axes) for n, axes in TENSORS.items()}
    arrays = {n: generator.uniform(-2, 2, shape) for n, shape in shapes.items()}
    zero = Integer(0)
    tensors = {n: Tensor(n, axes, "input", outside=zero) for n, axes in TENSORS.items()}
    return Values(arrays, {Size(n): k for n, k in sizes.items()}, {}, tensors)


def wrongly_proved(seed: int) -> tuple[int, list[tuple[Expr, Expr]]]:
    """How many changes of one random formula are proved, and those that differ from it."""
    formula = Formulas(seed).formula(4, dict(FREE))
    proved, wrong = 0, []
    for other in planted(formula):
        if other.has(Abs):
            continue  # SymPy's own root of a square, which no formula of ours holds
        try:
            same = not normal_form(formula - other, tuple(FREE.items()))
        except (TypeError, ValueError):
            continue  # the change made no formula
        proved += same
        if same and differs(formula, other, seed):
            wrong.append((formula, other))
    return proved, wrong


def main(number: int, seed: int) -> int:
    """Print what is proved wrongly; how much that is."""
    proved, wrong = 0, 0
    for at in range(seed, seed + number):
        more, found = wrongly_proved(at)
        proved, wrong = proved + more, wrong + len(found)
        for one, two in found:
            print(f"{at}: {text(Add(one))}\n   is not {text(two)}", flush=True)
    print(f"{number} formulas, {proved} changes proved, {wrong} of them wrongly")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]), int(sys.argv[2]))))
