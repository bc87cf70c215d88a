"""Formulas that are longer than a reader takes in at once.

    python tests/support/long_forms.py [NAME or FILE.py …]

One line for each that has more than 12 terms or takes more than 4 lines of 80 columns, with both
counts; the limits of a sum stand in lines of their own and are not counted. Without names: all of
the catalogue.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from deltarule.calculus import Derivation
from deltarule.calculus.without_steps import derive_unverified
from deltarule.cli.page import Page
from deltarule.errors import DeltaruleError
from deltarule.expressions.terms_counted import count_terms
from deltarule.language.catalogue import catalogue
from deltarule.language.load import load
from deltarule.spelling.noting import noted
from deltarule.spelling.text import text

#: The most that one formula may have.
TERMS, LINES = 12, 4


def too_long(derivation: Derivation, forward: bool = False) -> Iterator[str]:
    """Each formula that is too long, with its terms and lines."""
    lines = [line for g in derivation.gradients.values() for line in g.lines]
    if forward:
        lines = [(e.lhs, e.rhs) for e in derivation.network.equations]
    page = Page(80)
    for left, right in lines:
        (shown,), _ = noted(right)
        formula = f"{text(left)} = {shown}"
        terms, rows = count_terms(right), page.lines_of(formula)
        if terms > TERMS or rows > LINES:
            yield f"{terms} terms, {rows} lines: {formula}"


def survey(names: list[str]) -> None:
    for name in names:
        try:
            network = load(name)
            derivation = derive_unverified(network)
        except DeltaruleError as error:
            print(f"{name}: {error.fact}", flush=True)
            continue
        for said in (*too_long(derivation, True), *too_long(derivation)):
            print(f"{name}: {said}", flush=True)


if __name__ == "__main__":
    survey(sys.argv[1:] or list(catalogue()))
