"""The edges of a gradient: what it is at the last time, where nothing follows, and at the first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sympy import Basic, Expr

from deltarule.calculus.rules.at_the_edge import AT_THE_EDGE
from deltarule.calculus.rules.rule import Given
from deltarule.calculus.steps import Step
from deltarule.calculus.verify import Verifier
from deltarule.expressions.affine import affine, never_negative
from deltarule.expressions.nodes import AtLeastZero, Choose, Read, Sum, free_symbols, reads
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.spelling.text import text


def at_the_edges(
    lhs: Expr,
    formula: Expr,
    ranges: Sequence[tuple[Index, Expr]],
    known: dict,
    times: Collection[Expr],
    verifier: Verifier,
) -> Iterator[Step]:
    """A verified step for each time at which a condition of the formula fails by one.

    `times` holds the extents of the axes of time, `known` what is known of sizes and indices.
    """
    free = {i: n for i, n in ranges if n in times}
    if not free:
        return
    for condition in _conditions(formula, frozenset()):
        inside = [i for i in free if i in free_symbols(condition)]
        split = affine(condition.args[0], tuple(inside)) if len(inside) == 1 else None
        if split is None or split[0][inside[0]] not in (1, -1) or reads(split[1]):
            continue  # an end that data tell, such as each sequence's own, is not one place
        index, coefficient = inside[0], split[0][inside[0]]
        table = {index: ((-1 - split[1]) * coefficient).expand()}
        there = substitute(formula, table)
        rest = [r for r in ranges if r[0] != index]
        if never_negative(-1 - table[index], known):
            continue  # the sequence is too short to have it
        given = Given(extents={**known, **dict(rest)})
        found = AT_THE_EDGE.apply(there, given)
        after = there if found is None else found.after
        places = [(table[index], free[index])]
        verified = verifier.same(there, after, rest, places=places)
        detail = f"Here: {text(index)} = {text(table[index])}."
        yield Step(AT_THE_EDGE, substitute(lhs, table), after, detail, "", verified)


def _conditions(node: Basic, bound: frozenset) -> Iterator[AtLeastZero]:
    """The conditions on unbound indices alone, each once."""
    seen = set()
    stack = [(node, bound)]
    while stack:
        here, inner = stack.pop()
        if isinstance(here, Read):
            continue
        found = []
        if isinstance(here, Sum):
            inner = inner | frozenset(here.indices)
            found = list(here.conditions)
            stack.append((here.body, inner))
        elif isinstance(here, Choose):
            found = [here.args[0]]
            stack += [(a, inner) for a in here.args[1:]]
        else:
            stack += [(a, inner) for a in here.args]
        for condition in found:
            if isinstance(condition, AtLeastZero) and condition not in seen:
                seen.add(condition)
                if not free_symbols(condition) & inner:
                    yield condition
