"""The gradient behind a softmax, p·(∂E/∂p − Σ ∂E/∂p·p), where p·∂E/∂p is something known.

Written out term by term, p[k]·∂E/∂p[k] may be another tensor's gradient, or a share π[k] of a sum:
then the bracket ends in p − π.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Add, Expr, Mul

from deltarule.calculus.record import Record, passes
from deltarule.calculus.rules.known_gradient import KNOWN_GRADIENT, as_known
from deltarule.calculus.rules.rearrange import REARRANGE
from deltarule.calculus.rules.rule import Given, Rule
from deltarule.calculus.rules.write_upstream import INSERT, upstream_of, written_out
from deltarule.expressions.nodes import Read, Sum, reads, size_of, tensor_name
from deltarule.expressions.terms_counted import count_terms
from deltarule.networks.equations import Equation

#: Gradients are written out in gradients that were written out, so many times.
_DEEP = 3


def is_behind_shares(formula: Expr) -> bool:
    """Whether it is p·(∂E/∂p − …), a gradient behind a softmax."""
    return _bracket(formula) is not None


def share_written_out(
    record: Record, short: Mapping[str, Equation], known: Mapping[str, Equation]
) -> None:
    """Write p·(∂E/∂p − …) out, term by term, if that ends in a shorter formula.

    `short` are the gradients to write out, `known` those that the end may be written by.
    """
    split = _bracket(record.now)
    if split is None:
        return
    rest, bracket = split
    # With a matrix product, Σ ∂E/∂y·V, nothing of p cancels.
    products = {n: g for n, g in short.items() if not isinstance(g.rhs, Sum)}
    inserted, detail = written_out(bracket, products)
    if not detail:
        return
    ends: list[_End] = []
    end = _End(record.now).moved(INSERT, _spread(rest * inserted), detail)
    by_size = dict(sorted(known.items(), key=lambda item: size_of(item[1].rhs)))
    named = Given(record.network, dict(record.ranges), by_size)  # long formulas are tried first
    for _ in range(_DEEP):
        for rule, rewrite in passes(end.now, record.given(), record.rules):
            end = end.moved(rule, rewrite.after, rewrite.detail, rewrite.condition)
        ends += [end, _named(end, named), _named(end.moved(REARRANGE, _spread(end.now)), named)]
        inserted, detail = written_out(end.now, short)
        if not detail:
            break
        end = end.moved(INSERT, inserted, detail)
    better = [e for e in ends if _better(e.now, record.now)]
    if better:
        for move in min(better, key=lambda e: (_open(e.now), size_of(e.now))).moves:
            record.move(*move)
        record.simplify()


@dataclass(frozen=True)
class _End:
    """A formula that it may end in, and the moves that lead there: rules, formulas and details."""

    now: Expr
    moves: tuple[tuple[Rule, Expr, str, str], ...] = ()

    def moved(self, rule: Rule, after: Expr, detail: str = "", condition: str = "") -> _End:
        return _End(after, (*self.moves, (rule, after, detail, condition)))


def _named(end: _End, given: Given) -> _End:
    """The end with reads of known gradients in it."""
    while (found := as_known(end.now, given)) is not None:
        end = end.moved(KNOWN_GRADIENT, found.after, found.detail)
    return end


def _spread(product: Expr) -> Expr:
    """A product with a bracket in it, term by term."""
    split = _bracketed(product)
    return product if split is None else Add(*(split[0] * term for term in split[1].args))


def _open(formula: Expr) -> bool:
    """Whether other gradients are read."""
    return any(upstream_of(r) for r in reads(formula))


def _better(after: Expr, before: Expr) -> bool:
    return size_of(after) < size_of(before) and count_terms(after) <= count_terms(before)


def _bracketed(product: Expr) -> tuple[Expr, Expr] | None:
    """What multiplies a bracket, and the bracket; None where there is none."""
    factors = Mul.make_args(product)
    found = next((f for f in factors if isinstance(f, Add)), None)
    return None if found is None else (Mul(*(f for f in factors if f is not found)), found)


def _bracket(now: Expr) -> tuple[Expr, Expr] | None:
    """p and ∂E/∂p − Σ ∂E/∂p·p of their product; None for any other formula."""
    split = _bracketed(now)
    if split is None:
        return None
    here = {tensor_name(f) for f in Mul.make_args(split[0]) if isinstance(f, Read)}
    return split if here & {upstream_of(r) for r in reads(split[1])} else None
