"""Results as plain values for JSON: numbers that are not float64 become strings."""

from __future__ import annotations

import math

from deltarule.calculus.families import families
from deltarule.calculus.steps import Gradient, Step
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.reports.latex_alphabet import latex
from deltarule.reports.latex_matrix_forms import in_matrices
from deltarule.reports.left_out import left_out
from deltarule.reports.things import ShownDerivation, ShownKernel
from deltarule.spelling.text import equation_text, text


def derivation_values(shown: ShownDerivation) -> dict:
    """A derivation: `network`, `title`, `of`, `upstream`, `forward`, `gradients` by name.

    A forward line has a `note` where it is a piece of a longer one, which got a name.
    `left_out` are the tensors of a typed text that were taken for targets, constants and labels.
    `families` are the gradients that are alike up to the number of their layer, `inner` those that
    lines of the network are.
    """
    derivation = shown.derivation
    return {
        "network": derivation.network.name,
        "title": derivation.network.title,
        "of": derivation.of,
        "upstream": list(derivation.upstream),
        "forward": [
            {
                "quantity": e.name,
                "formula": equation_text(e.lhs, e.rhs),
                "latex": f"{latex(e.lhs)} = {latex(e.rhs)}",
                **_note(derivation.network.tensors[e.name]),
            }
            for e in derivation.network.equations
        ],
        "settings": [dict(s) for s in derivation.settings],
        "gradients": {g.tensor.name: gradient_values(g) for g in shown.gradients},
        "families": [
            {
                "index_form": family.text(),
                "words": family.words,
                "range": family.range(),
                "members": list(family.members),
            }
            for family in families(derivation)
        ],
        "left_out": left_out_values(derivation.network),
        "inner": [{"of": g.of, "by": g.tensor.name, **gradient_values(g)} for g in shown.inner],
    }


def left_out_values(network: Network) -> list[dict]:
    """What was taken for a target, a constant or labels, with the option that derives by it."""
    return [
        {"tensor": o.tensor.name, "taken_for": o.taken_for, "remedy": o.remedy}
        for o in left_out(network)
    ]


def _note(tensor: Tensor) -> dict:
    return {"note": tensor.note} if tensor.piece else {}


def gradient_values(gradient: Gradient) -> dict:
    """One gradient: `index_form`, `words` and both in LaTeX, `alternatives`, `notes`, `steps`.

    `lines` are those that are printed: a form that is too long for one has its parts before it.
    `places` has the form for each part of the tensor, where the one for all tells them apart.
    """
    return {
        "index_form": equation_text(gradient.lhs, gradient.expr),
        "lines": [equation_text(left, right) for left, right in gradient.lines],
        "places": [equation_text(e.lhs, e.rhs) for e in gradient.places],
        "words": gradient.words,
        "latex": f"{latex(gradient.lhs)} = {latex(gradient.expr)}",
        "words_latex": in_matrices(gradient),
        "alternatives": [text(a) for a in gradient.alternatives],
        "notes": list(gradient.notes),
        "steps": [step_values(s) for s in gradient.steps],
    }


def step_values(step: Step) -> dict:
    """One step of a derivation, its formulas in index form."""
    return {
        "rule": step.rule,
        "before": text(step.before),
        "after": text(step.after),
        "reason": step.reason,
        "condition": step.condition,
        "verified": step.verified,
        "proved": step.proved or None,
    }


def kernel_values(kernel: ShownKernel) -> dict:
    """The source of a kernel, and the `path` that it was written to."""
    return {
        "derivation": kernel.derivation,
        "dtype": kernel.dtype,
        "parallel": kernel.parallel,
        "target": kernel.target,
        "path": None if kernel.path is None else str(kernel.path),
        "source": kernel.source,
    }


def plain(value):
    """Arrays and numbers as lists, floats, integers and strings.

    Only float64 stays a number: exact fractions, balls, and what is not finite (nan,
    infinities) become strings.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return str(value)
