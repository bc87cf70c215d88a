"""Tangents, Jacobians and Hessians as plain values for JSON."""

from __future__ import annotations

from sympy import Expr

from deltarule.calculus.jacobians import Entries
from deltarule.networks.equations import Equation
from deltarule.reports.json import left_out_values, step_values
from deltarule.reports.latex_alphabet import latex
from deltarule.reports.latex_matrix_forms import in_matrices
from deltarule.reports.read_gradients import called_in_steps, outside_of_entries, read_by_entries
from deltarule.reports.things import ShownEntries, ShownTangents
from deltarule.spelling.text import equation_text, text


def entries_values(shown: ShownEntries) -> dict:
    """Derivatives entry by entry: `network`, `title`, `entries`, each with its `steps`.

    `gradients` are those that entries read, and `upstream` what of them comes from outside.
    `words` say them as a matrix, where a pattern is known.
    """
    return {
        "network": shown.network.name,
        "title": shown.network.title,
        "upstream": outside_of_entries(shown),
        "gradients": [
            {"of": g.of, "by": g.tensor.name, **_formula(g.lhs, g.expr)}
            for g in read_by_entries(shown)
        ],
        "entries": [_entries(e) for e in shown.entries],
        "left_out": left_out_values(shown.network),
    }


def _entries(entries: Entries) -> dict:
    return {
        "value": entries.value.name,
        "by": entries.tensor.name,
        "of": entries.of or None,
        "rows": {i.name: text(n) for i, n in entries.rows},
        "columns": {i.name: text(n) for i, n in entries.columns},
        **_formula(entries.lhs, entries.expr),
        "words": entries.words,
        "words_latex": in_matrices(entries),
        "settings": [dict(s) for s in entries.derivation.settings],
        "called_in_steps": called_in_steps(entries),
        "steps": [step_values(s) for s in entries.all_steps],
    }


def tangents_values(shown: ShownTangents) -> dict:
    """A network with its tangents: `network`, `title`, `equations`, `settings`."""
    return {
        "network": shown.network.name,
        "title": shown.network.title,
        "equations": [_equation(e) for e in shown.network.equations],
        "settings": [dict(s) for s in shown.derivation.settings],
        "left_out": left_out_values(shown.network),
    }


def _equation(equation: Equation) -> dict:
    return {"quantity": equation.name, **_formula(equation.lhs, equation.rhs)}


def _formula(left: Expr, right: Expr) -> dict[str, str]:
    return {"formula": equation_text(left, right), "latex": f"{latex(left)} = {latex(right)}"}
