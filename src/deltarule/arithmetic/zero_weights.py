"""A weight of 0 outweighs what is infinite beside it: 0·log 0 is 0, and so is 0/0 in a derivative.

    w·log b          0 where w is, as of Σ p·log(p/q) at p = 0 and of ∂x^p/∂p = y·log x at x = 0
    w/b, w·b^r       the same in derivatives: of w·log b it is w/b, of w·√b w/(2·√b), which are 0
                     wherever w is, since w·f(b) is 0 for all b
    w·ℓ              the same where the line ℓ is log x, or 1/x
    n/(b·(1 − b))    n(0)/b + n(1)/(1 − b) first, where n is linear in b: its weights are seen then

So SciPy's xlogy has it, and BLAS, where a factor of 0 is told apart from any other. For ‖x‖ = √Σ x²
it says that the derivative x/‖x‖ is 0 at 0, a subgradient, as PyTorch's norm and cdist have it. A
forward line that divides 0 by 0 has no value.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from sympy import Add, Basic, Dummy, Expr, Integer, Mul, Pow

from deltarule.arithmetic.known_signs import UNKNOWN, KnownSigns
from deltarule.expressions.functions import exp, log, log1p, quotient, weighted
from deltarule.expressions.nodes import (
    Choose,
    Condition,
    Positive,
    Read,
    Reduction,
    Selection,
    tensor_name,
    walk,
)
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.rewrites import replaced


@lru_cache(maxsize=1 << 14)
def with_zero_weights(
    expression: Expr, derivative: bool, poles: frozenset[str] = frozenset()
) -> Expr:
    """An expression in which weights of 0 outweigh; divisors are looked at in derivatives alone.

    `poles` are tensors that hold what is infinite.
    """
    return ZeroWeights(derivative, replace(UNKNOWN, poles=poles)).form(expression)


class ZeroWeights:
    """Rewrites the products of a line, where a factor may be infinite at an edge."""

    def __init__(self, derivative: bool, signs: KnownSigns):
        self._derivative, self._signs = derivative, signs

    def form(self, node: Expr) -> Expr:
        """The node with its products in which a factor may be infinite as products with weights."""
        found = any(isinstance(n, Expr) and self._is_source(n) for n in walk(node))
        return self._form(node) if found else node

    def _form(self, node: Expr) -> Expr:
        if isinstance(node, Read | Selection | Condition | weighted | quotient) or not node.args:
            return node
        if isinstance(node, Choose) and isinstance(node.args[0], Positive):
            condition, then, otherwise = node.args
            above = node.args[0].args[0]
            inside = ZeroWeights(self._derivative, self._signs.where_nonzero(above))
            return Choose(condition, inside._form(then), self._form(otherwise))
        within = self
        if isinstance(node, Reduction) and node.ranges:  # a contraction stays one
            within = ZeroWeights(self._derivative, self._signs.without_exponentials())
        node = rebuild(node, within._form)
        return self._product(node) if isinstance(node, Mul) else node

    def _product(self, node: Mul) -> Expr:
        if (parts := self._apart(node)) is not None:
            return Add(*(self._product(p) if isinstance(p, Mul) else p for p in parts))
        divisors = [f for f in node.args if self._divides(f)]
        edges = [f for f in node.args if f not in divisors and self._infinite(f)]
        powers = [f for f in edges if isinstance(f, Pow) and not f.exp.is_number]
        letters = {s for p in powers for s in p.exp.free_symbols}
        sure = [f for f in node.args if f not in divisors and not _may_vanish(f, letters)]
        weights = [f for f in node.args if f not in (*divisors, *edges, *sure)]
        if powers and len(powers) < len(edges):  # x^p is a weight of log x, unless p is below 0
            edges = [weighted(Mul(*powers), Mul(*(f for f in edges if f not in powers)))]
        value = Mul(*weights, *edges)
        if weights and edges:
            value = self._weighted(Mul(*weights), edges)
        if divisors and (weights or edges):
            value = quotient(value, Pow(Mul(*divisors), -1))
        elif divisors:
            value = Mul(*divisors)
        return Mul(*sure, value)

    def _weighted(self, weight: Expr, edges: list[Expr]) -> Expr:
        """A weight times what may be infinite; ∞ − ∞ counts for nothing where the weight is 0."""
        if len(edges) == 1 and isinstance(edges[0], Add):
            infinite = [t for t in edges[0].args if self._infinite(t)]
            if len(infinite) > 1:
                rest = Add(*(t for t in edges[0].args if t not in infinite))
                return Add(weight * rest, *(weighted(weight, t) for t in infinite))
        return weighted(weight, Mul(*map(_of_quotient, edges)))

    def _apart(self, node: Mul) -> list[Expr] | None:
        """n(b)/(b·(1 − b)) as n(0)/b and n(1)/(1 − b); None for any other product."""
        if not self._derivative:
            return None
        below = {f.base for f in node.args if isinstance(f, Pow) and f.exp == -1}
        entry = next((b for b in below if isinstance(b, Read) and 1 - b in below), None)
        if entry is None:
            return None
        rest = [f for f in node.args if f not in (Pow(entry, -1), Pow(1 - entry, -1))]
        above = [f for f in rest if f.has(entry)]
        letter = Dummy("b", real=True)
        linear = replaced(Mul(*above), {entry: letter})
        if len(above) > 1 or linear.diff(letter).has(letter):
            return None
        others = [f for f in rest if f not in above]
        sides = ((0, entry), (1, 1 - entry))
        return [Mul(*others, replaced(linear, {letter: Integer(k)}), 1 / b) for k, b in sides]

    # ---- what may be infinite ---------------------------------------------------------------
    def _is_source(self, node: Expr) -> bool:
        """Whether a node may be infinite though all that it is made of is finite."""
        if isinstance(node, Read):
            return tensor_name(node) in self._signs.poles
        if isinstance(node, log | log1p):
            inner = node.args[0] if isinstance(node, log) else 1 + node.args[0]
            return not self._signs.never_zero(inner)
        if isinstance(node, exp):
            return self._signs.overflows(node)
        if not isinstance(node, Pow) or node.exp.is_number and not self._derivative:
            return False
        return self._falls(node)

    def _falls(self, power: Pow) -> bool:
        """Whether a power may have an exponent below 0, and a base of 0."""
        above = power.exp.is_nonnegative or not self._signs.never_zero(power.base)
        return not power.exp.is_nonnegative and above and bool(power.base.atoms(Read))

    def _divides(self, factor: Expr) -> bool:
        if not (self._derivative and isinstance(factor, Pow) and factor.exp.is_Rational):
            return False
        return bool(factor.exp.is_negative) and self._falls(factor)

    def _infinite(self, node: Expr) -> bool:
        """Whether a factor may be infinite: a source, and what sums, products and powers make."""
        if self._is_source(node):
            return True
        if isinstance(node, Add | Mul):
            return any(map(self._infinite, node.args))
        if isinstance(node, Pow):
            return bool(node.exp.is_positive) and self._infinite(node.base)
        if isinstance(node, Reduction):
            return self._infinite(node.body)
        if not isinstance(node, Choose):
            return False
        condition, *cases = node.args
        return any(self._infinite(a) and not _bounded(a, condition, a is cases[0]) for a in cases)


def _may_vanish(factor: Expr, letters: set[Basic]) -> bool:
    """Whether it may be 0: with data, or with an exponent as p and j − k do in p·x^(p − 1)."""
    moves = factor.atoms(Read) or factor.free_symbols & letters
    return bool(moves) and not factor.as_base_exp()[1].is_negative


def _bounded(case: Expr, condition: Basic, then: bool) -> bool:
    """Whether a case has exponentials alone, and of what its condition keeps below 0, as in ELU."""
    if not isinstance(condition, Positive):
        return False
    above = -condition.args[0] if then else condition.args[0]
    powers = [n.args[0] for n in walk(case) if isinstance(n, exp)]
    below = all((p / above).is_positive and (p / above).is_number for p in powers)
    return below and bool(powers) and not case.has(log, log1p) and not case.atoms(Pow)


def _of_quotient(edge: Expr) -> Expr:
    """log(a/b) with 0/0 taken for 0, which counts for nothing where its weight is 0."""
    if not isinstance(edge, log) or not isinstance(edge.args[0], Mul):
        return edge
    factors = edge.args[0].args
    below = [f for f in factors if f.as_base_exp()[1].is_negative]
    above = [f for f in factors if f not in below]
    if not above or not any(f.atoms(Read) for f in below):
        return edge
    return log(quotient(Mul(*above), Pow(Mul(*below), -1)))
