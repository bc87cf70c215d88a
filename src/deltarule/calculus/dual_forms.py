"""The dual form of a gradient: where δ(S·i + D·k − P, q) is solved for i, the sum over k stays.

Σ_i g[i]·w[(q + P − S·i)/D], where D divides   (over outputs)
Σ_k w[k]·g[(q + P − D·k)/S], where S divides   (over taps)

The shorter one is the closed form, and the other one is offered beside it. How long a form is, is
counted in characters, with the limits of its sums; forms that differ by less than a tenth are of
one length, and then the sum over outputs stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Add, Expr

from deltarule.calculus.record import passes
from deltarule.calculus.rules.cut_ranges import clipped, never
from deltarule.calculus.rules.delta_elimination import eliminate
from deltarule.calculus.rules.rule import Given, Rule
from deltarule.calculus.terms import Term, pinned
from deltarule.expressions.substitution import plainly_named
from deltarule.expressions.symbols import Index
from deltarule.networks.network import Network
from deltarule.spelling.text import text

#: A form is shorter than its dual if it has at most this part of the characters.
SHORTER = 0.9


def dual_form(
    terms: list[Term],
    avoid: frozenset[Index],
    network: Network,
    known: Mapping[Index, Expr],
    rules: Sequence[Rule],
) -> Expr:
    """The sum of the terms with their deltas solved for other indices than those to `avoid`,
    simplified by `rules`."""
    done = []
    for term in terms:
        term = pinned(term, known)
        while (found := eliminate(term, known, avoid)) is not None:
            term = pinned(found.term, known)
        cut = clipped(term, network.tensors, known)
        if not never(cut, known):
            done.append(cut.expression())
    result = Add(*done)
    for _, rewrite in passes(result, Given(network, known), rules):
        result = rewrite.after
    return plainly_named(result)


def is_shorter(one: Expr, other: Expr) -> bool:
    """Whether a form is clearly shorter than another one."""
    return len(text(one)) <= SHORTER * len(text(other))
