"""Rewrites that make a closed form shorter; each is a row of `PASSES`, tried in order.

A pass takes an expression and the network, and gives the rewritten expression with a detail and
a condition, or None where it does not apply.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy
from sympy import Add, Dummy, Expr, Integer, Mul, Pow

from deltarule.calculus.rules.data_conditions import use_condition
from deltarule.calculus.rules.recognise import use_values
from deltarule.calculus.rules.rewrite import Rewrite
from deltarule.calculus.rules.zero_sums import deviations
from deltarule.expressions import nodes
from deltarule.expressions.nodes import (
    Read,
    Reduction,
    Sum,
    free_indices,
    free_symbols,
    reads,
    size_of,
)
from deltarule.expressions.substitution import plainly_named
from deltarule.networks.network import Network
from deltarule.spelling.text import text


def pull_out(expression: Expr, network: Network) -> Rewrite | None:
    """Σ c·f = c·Σ f."""
    return _changed(expression, _everywhere(expression, _pull_out_of))


def count(expression: Expr, network: Network) -> Rewrite | None:
    """Σ_{i<N} c = N·c."""
    return _changed(expression, _everywhere(expression, _count_in))


def share_condition(expression: Expr, network: Network) -> Rewrite | None:
    """[c]·a + [c]·b = [c]·(a + b), for conditions that no sum is about."""
    shared: dict[tuple, list[Expr]] = {}
    others: list[Expr] = []
    for term in Add.make_args(expression):
        guarded = [f for f in Mul.make_args(term) if isinstance(f, Sum) and f.conditions]
        inner = guarded[0] if len(guarded) == 1 else None
        guards = [] if inner is None else guards_of(inner)
        if inner is None or not guards:
            others.append(term)
            continue
        rest = [c for c in inner.conditions if c not in guards]
        bare = Mul(*(f for f in Mul.make_args(term) if f is not inner))
        shared.setdefault(tuple(guards), []).append(bare * Sum(inner.body, inner.ranges, rest))
    if all(len(terms) < 2 for terms in shared.values()):
        return None
    return Rewrite(Add(*others, *(Sum(Add(*ts), (), c) for c, ts in shared.items())))


def guards_of(node: Sum) -> list:
    """The conditions of a sum that none of its own indices is in."""
    bound = frozenset(node.indices)
    return [c for c in node.conditions if not free_symbols(c) & bound]


def sums_to_one(expression: Expr, network: Network) -> Rewrite | None:
    """Σ over the declared axis of a target is 1."""
    used: list[str] = []

    def one(node: Expr) -> Expr:
        if isinstance(node, Sum) and isinstance(node.body, Read) and not node.conditions:
            tensor = network.tensors.get(nodes.tensor_name(node.body))
            axis = tensor.sums_to_one if tensor is not None else None
            if axis is not None and node.indices == (node.body.indices[axis],):
                used.append(f"{text(node)} = 1")
                return Integer(1)
        return node

    after = _everywhere(expression, one)
    return Rewrite(after, "", ", ".join(used)) if used else None


def rearrange(expression: Expr, network: Network) -> Rewrite | None:
    """Common factors taken out and fractions reduced, where that is shorter."""
    best = expression
    for candidate in _rearranged(plainly_named(expression)):
        if size_of(candidate) < size_of(best):
            best = candidate
    return _changed(expression, best if best is expression else _signed(best))


PASSES: tuple[tuple[str, Callable[[Expr, Network], Rewrite | None]], ...] = (
    ("use the value", use_values),
    ("use the condition", use_condition),
    ("count", count),
    ("pull out", pull_out),
    ("sums to one", sums_to_one),
    ("deviations sum to zero", deviations),
    ("share the condition", share_condition),
    ("rearrange", rearrange),
)


def _changed(before: Expr, after: Expr) -> Rewrite | None:
    return None if after == before else Rewrite(after)


def _everywhere(node: Expr, rewrite: Callable[[Expr], Expr]) -> Expr:
    """Apply a rewrite to every reduction, innermost first."""
    if isinstance(node, Read) or not node.args:
        return node
    if isinstance(node, Reduction):
        inner = _everywhere(node.body, rewrite)
        kept = node if inner == node.body else node.func(inner, node.ranges, node.conditions)
        return rewrite(kept) if isinstance(kept, Reduction) else kept
    args = tuple(_everywhere(a, rewrite) for a in node.args)
    return node if args == node.args else node.func(*args)


def _pull_out_of(node: Reduction) -> Expr:
    if not isinstance(node, Sum):
        return node
    if not node.ranges or not (free_indices(node.body) or reads(node.body)):
        return _constant_out_of(node)
    bound = frozenset(node.indices)
    outside, inside = [], []
    for factor in Mul.make_args(node.body):
        (inside if free_symbols(factor) & bound else outside).append(factor)
    if not outside or not inside:
        return node
    # What is read outside may lie within its tensor under these conditions alone.
    guards = guards_of(node)
    others = [c for c in node.conditions if c not in guards]
    return Sum(Mul(*outside) * Sum(Mul(*inside), node.ranges, others), (), guards)


def _constant_out_of(guarded: Sum) -> Expr:
    """[c]·(a/N) = [c]·a/N, and Σ_i [c]·(−1) = −Σ_i [c]."""
    factors = Mul.make_args(guarded.body)
    constant = [f for f in factors if not free_indices(f) and not reads(f)]
    rest = [f for f in factors if f not in constant]
    if Mul(*constant) == 1:
        return guarded
    return Mul(*constant) * Sum(Mul(*rest), guarded.ranges, guarded.conditions)


def _count_in(node: Reduction) -> Expr:
    """Indices that neither the body nor a condition mentions are counted."""
    if not isinstance(node, Sum):
        return node
    mentioned = free_symbols(node.body).union(*(free_symbols(c) for c in node.conditions))
    idle = [(i, n) for i, n in node.ranges if i not in mentioned]
    if not idle:
        return node
    ranges = [r for r in node.ranges if r not in idle]
    return nodes.multiply(n for _, n in idle) * Sum(node.body, ranges, node.conditions)


def _rearranged(expression: Expr) -> list[Expr]:
    """Other ways to write a formula whose reads and sums are taken as letters."""
    if not expression.has(Add) and not expression.has(Pow):
        return []
    letters: dict[Expr, Dummy] = {}
    scalar = _lettered(expression, letters)
    back = {letter: atom for atom, letter in letters.items()}
    candidates = [sympy.factor_terms(scalar)]
    if any(isinstance(n, Pow) and n.exp.is_negative for n in sympy.preorder_traversal(scalar)):
        reduced = sympy.cancel(sympy.together(scalar))
        candidates += [reduced, sympy.factor_terms(reduced)]
    elif isinstance(scalar, Mul) and any(f.is_Add for f in scalar.args):
        candidates.append(sympy.factor_terms(scalar.expand()))
    return [c.xreplace(back) for c in candidates]


def _signed(fraction: Expr) -> Expr:
    """(y − p)/(p·(p − 1)) as (p − y)/(p·(1 − p)): below the bar, numbers are positive."""
    factors = list(Mul.make_args(fraction))
    negative = [k for k, f in enumerate(factors) if _below(f) and _from_above(f.base)]
    if len(negative) % 2 == 0:
        return fraction
    factors[negative[0]] = Pow(-factors[negative[0]].base, -1)
    above = next((k for k, f in enumerate(factors) if f.is_Add and len(f.args) == 2), None)
    if above is None:
        return Mul(-1, *factors)
    factors[above] = -factors[above]
    return Mul(*factors)


def _below(factor: Expr) -> bool:
    return isinstance(factor, Pow) and factor.exp == -1 and factor.base.is_Add


def _from_above(total: Expr) -> bool:
    """p − 1, which is negative for a probability."""
    return total.as_coeff_Add()[0].is_negative and len(total.args) == 2


def _lettered(node: Expr, letters: dict[Expr, Dummy]) -> Expr:
    if node.is_Atom:
        return node
    if isinstance(node, (Add, Mul)) or (isinstance(node, Pow) and node.exp.is_number):
        return node.func(*(_lettered(a, letters) for a in node.args))
    return letters.setdefault(node, Dummy("r", real=True))
