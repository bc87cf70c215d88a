"""What is left of a term when one of its deltas is solved."""

from __future__ import annotations

from dataclasses import dataclass

from deltarule.calculus.rules.rule import Rule
from deltarule.calculus.terms import Term, chosen, holds
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.spelling.text import text


@dataclass(frozen=True)
class Elimination:
    """One delta gone: by which rule, what was solved for, and under what condition it holds.

    `instead_of` holds the index solved for, if others could have been.
    """

    rule: Rule
    detail: str
    condition: tuple
    term: Term
    instead_of: frozenset[Index] = frozenset()


def put(term: Term, rule: Rule, table: dict, wanted: list, others, free) -> Elimination:
    """Put what a delta was solved for everywhere, and keep its range as conditions."""
    ranges = tuple(r for r in term.ranges if r[0] not in table)
    known = {**free, **dict(ranges)}
    facts = list(term.facts)
    kept = [substitute(c, table) for c in term.conditions]
    kept = [c for c in kept if not holds(c, facts, known)]
    new = [w for w in wanted if not holds(w, [*kept, *facts], known)]
    result = Term(
        chosen(substitute(term.body, table), [*kept, *new], known),
        tuple((substitute(b, table), substitute(v, table)) for b, v in others),
        ranges,
        (*kept, *new),
        term.facts,
    )
    detail = ", ".join(f"{text(index)} = {text(solution)}" for index, solution in table.items())
    return Elimination(rule, f"Here: {detail}.", tuple(new), result)
