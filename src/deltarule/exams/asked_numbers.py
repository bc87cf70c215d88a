"""What a sheet asks in numbers: the entries of each quantity, and the mistakes that may hide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from sympy import Expr, Rational

from deltarule.expressions.symbols import Rate
from deltarule.marking.answer_template import everything
from deltarule.marking.mistakes import Mistake
from deltarule.marking.mistakes.wrong_updates import ANOTHER_RATE
from deltarule.marking.session import Session
from deltarule.marking.sheet_files.sheets import Run


@dataclass
class AskedNumbers:
    """The quantities of a run that are asked in numbers, each with its entries.

    `seen_in` has, for each line in which a mistake bears on something that is asked, where it is
    looked for: in the line itself where all of it is asked, else in all asked ones behind it too.
    """

    entries: dict[str, list[tuple[int, ...]]]
    seen_in: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def mistakes(self, session: Session, line: str) -> list[list[Mistake]]:
        """The mistakes that the engine generates in a line, in two lists."""
        found = (session.mistakes(line), session.costly_mistakes(line))
        rate = session.run.rate
        if rate is not None and any(m.kind == ANOTHER_RATE for m in found[0]):
            right = [equation.rhs for equation in session.evaluator.equations[line]]
            found = ([m for m in found[0] if not _same_rate(m, right, rate.value)], found[1])
        return [mistakes for mistakes in found if mistakes]


def _same_rate(mistake: Mistake, right: Iterable[Expr], value: Fraction) -> bool:
    """Whether a mistake takes for the learning rate what the rate is on this sheet."""
    if mistake.kind != ANOTHER_RATE or mistake.equation.rhs.atoms(Rate):
        return False
    number = Rational(value.numerator, value.denominator)
    here = (rhs.xreplace(dict.fromkeys(rhs.atoms(Rate), number)) for rhs in right)
    return mistake.equation.rhs in here


def asked_references(run: Run) -> list[str]:
    """The names of what a run asks in numbers; empty where it asks for everything."""
    return [r for r in run.asked if r in run.published or r not in run.formulas]


def asked_numbers(session: Session, references: Iterable[str]) -> AskedNumbers:
    """What is asked by these names, of all that says something where there are none."""
    computation = session.computation
    entries: dict[str, list[tuple[int, ...]]] = {}
    for reference in [*references] or everything(computation):
        name, entry = computation.locate(reference)
        if name in computation.givens:
            continue
        shape = np.shape(computation.floats.arrays[name])
        own = [entry] if len(entry) == len(shape) else list(np.ndindex(*shape))
        known = entries.setdefault(name, [])
        known += [e for e in own if e not in known]
    evaluator, seen_in = session.evaluator, {}
    for line in everything(computation):  # nobody is wrong about ∂E/∂E
        behind = [q for q in entries if line in evaluator.ancestors(q)]
        own = (line,) if line in entries else ()
        whole = own and len(entries[line]) == computation.floats.arrays[line].size
        if own or behind:
            seen_in[line] = own if whole else (*own, *behind)
    order = [n for n in evaluator.equations if n in entries]
    return AskedNumbers({n: sorted(entries[n]) for n in order}, seen_in)
