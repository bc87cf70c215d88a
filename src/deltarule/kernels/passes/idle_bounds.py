"""Bounds that never bind are left out: with no padding a window lies inside the image.

Under I = ⌊(H − K)/S⌋ + 1, i < I and k < K, the guard S·i + k ≤ H − 1 says nothing. The tuned
kernel's patterns look for guards, so that only the text that is read as loops does without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Basic, Expr, cancel

from deltarule.expressions.affine import affine, least, never_negative
from deltarule.expressions.nodes import AtLeastZero, CeilingQuotient, FloorQuotient, Reduction
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.symbols import Index
from deltarule.kernels.passes.program import Pass

Definitions = Mapping[Basic, Expr]


def without_idle_bounds(one: Pass, definitions: Definitions) -> Pass:
    """The pass with each guard dropped that its indices' ranges imply, as sizes are defined."""
    equations = (
        replace(e, rhs=_without(e.rhs, dict(e.ranges), definitions)) for e in one.equations
    )
    return replace(one, equations=tuple(equations))


def _without(node: Expr, ranges: Mapping[Index, Expr], definitions: Definitions) -> Expr:
    if not isinstance(node, Reduction):
        return rebuild(node, lambda part: _without(part, ranges, definitions))
    inner = {**ranges, **dict(node.ranges)}
    conditions = [
        c
        for c in node.conditions
        if not (isinstance(c, AtLeastZero) and certain(c.args[0], inner, definitions))
    ]
    return with_body(node, _without(node.body, inner, definitions), conditions)


def certain(value: Expr, ranges: Mapping[Index, Expr], definitions: Definitions) -> bool:
    """Whether value ≥ 0 for all indices in their ranges, by what the sizes are defined as."""
    low = least(value, ranges)
    bound = None if low is None else _below_quotients(_defined(low, definitions).expand())
    return bound is not None and never_negative(bound, ranges)


def _defined(value: Expr, definitions: Definitions) -> Expr:
    """The value in sizes that are not defined by others."""
    for _ in definitions:
        before, value = value, replaced(value, dict(definitions))
        if value == before:
            break
    return value


def _below_quotients(value: Expr) -> Expr | None:
    """A polynomial that the value is at least, ⌊a/b⌋ being in (a − b + 1)/b … a/b; or None."""
    whole = value.atoms(FloorQuotient)
    result = value
    for node in whole:
        split = affine(value.xreplace({node: (stand := Index("quotient"))}), (stand,))
        if split is None or stand not in split[0]:
            return None
        slope = split[0][stand]
        a, b = node.args
        ends = (a, a + b - 1) if isinstance(node, CeilingQuotient) else (a - b + 1, a)
        if never_negative(slope):
            end = ends[0]
        elif never_negative(-slope):
            end = ends[1]
        else:
            return None
        result += slope * (end / b - node)
    result = cancel(result).expand()
    return result if result.is_polynomial() else None
