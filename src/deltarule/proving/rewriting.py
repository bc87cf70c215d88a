"""A side of a claim evaluated, line by line: tensors by their equations, maxima by cases.

What is known of sums (that they are 1) is used before a tensor is written out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Expr

from deltarule.calculus.normal_form import normal_form
from deltarule.calculus.record import passes
from deltarule.calculus.rules.everywhere import outermost_reductions
from deltarule.calculus.rules.rename_indices import RENAME
from deltarule.calculus.rules.rule import Given, Rule
from deltarule.calculus.rules.sum_to_one import SUMS_TO_ONE
from deltarule.calculus.rules.write_out import BY_CASES, BY_DEFINITION, TERM_BY_TERM, WRITE_OUT
from deltarule.calculus.rules.write_upstream import INSERT
from deltarule.calculus.steps import Derivation
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network

#: Tensors are written out by the tensors that they are made from so many times.
_DEEP = 4


def rewritten(
    side: Expr, network: Network, derivation: Derivation | None
) -> Iterator[tuple[Expr, Expr, Rule, str]]:
    """Each line: before, after, the rule, and the reason."""
    known = Given(replace(network, equations=()))
    whole = Given(network, gradients=_closed_forms(derivation))
    for rule in (INSERT, TERM_BY_TERM, *_DEEP * (WRITE_OUT, BY_CASES), BY_DEFINITION):
        found = rule.apply(side, whole)
        if found is not None:
            reason = "The gradient by its own formula." if rule is INSERT else rule.reason
            yield side, found.after, rule, reason
            side = found.after
        for simpler, found in passes(side, known):
            detail = f"Shown above: {found.condition}." if simpler is SUMS_TO_ONE else ""
            yield side, found.after, simpler, detail or simpler.reason
            side = found.after
        after = _alike(side)
        if after != side:
            yield side, after, RENAME, RENAME.reason + " Equal factors cancel."
            side = after


def _closed_forms(derivation: Derivation | None) -> dict[str, Equation]:
    gradients = {} if derivation is None else derivation.gradients
    return {name: gradient.equation() for name, gradient in gradients.items()}


def _alike(expression: Expr) -> Expr:
    """Sums that differ by the names of their indices, written alike."""
    first: dict[frozenset, Expr] = {}

    def one(node: Expr) -> Expr:
        return first.setdefault(frozenset(normal_form(node).items()), node)

    return outermost_reductions(expression, one)
