"""A derivation as LaTeX: aligned equations, alone or as a document that compiles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from sympy import Expr

from deltarule.calculus.alike import Alike, alike
from deltarule.calculus.steps import Derivation, Gradient, Step
from deltarule.reports.broken import WIDTH, broken, visible
from deltarule.reports.latex_alphabet import latex
from deltarule.reports.latex_matrix_forms import in_matrices
from deltarule.reports.left_out import left_out_sentence
from deltarule.reports.other_scripts import definitions
from deltarule.reports.prose import prose
from deltarule.reports.selection import beside, outside
from deltarule.reports.things import ShownDerivation
from deltarule.spelling.names import pretty

_PREAMBLE = r"""\documentclass{article}
\usepackage{iftex}
\ifPDFTeX
  \usepackage[utf8]{inputenc}
  \usepackage[T1]{fontenc}
  \IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\fi
\usepackage{amsmath,amssymb}
\usepackage[a4paper,margin=18mm]{geometry}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\setlength{\emergencystretch}{3em}
"""


def document(body: str) -> str:
    """A fragment as a whole document, which pdfLaTeX, LuaLaTeX and XeLaTeX set alike; it needs
    nothing but amsmath, iftex and the geometry package."""
    begin, end = "\\begin{document}\n", "\\end{document}\n"
    return f"{_PREAMBLE}{definitions(body)}{begin}{body}{end}"


def derivation_latex(shown: ShownDerivation) -> str:
    """The forward equations and the gradients, or their steps, as a fragment."""
    derivation, gradients = shown.derivation, shown.gradients
    network = derivation.network
    lines = [rf"\section*{{{prose(network.title)}}}", "", r"\paragraph{Forward}", ""]
    lines += aligned([*_definitions(derivation), *((e.lhs, e.rhs) for e in network.equations)])
    lines += aligned(beside(network))
    if shown.steps and shown.inner:
        lines += ["", r"\paragraph{Gradients among the lines}", ""]
        lines += chain.from_iterable(map(worked, shown.inner))
    lines += ["", r"\paragraph{Backward}", ""]
    if derivation.upstream:
        given = ", ".join(f"${latex.name(name)}$" for name in outside(derivation))
        lines += [rf"Given from outside: {given}.", ""]
    if shown.steps:
        same = {} if shown.every else alike(derivation, gradients)
        for gradient in gradients:
            lines += _like(gradient, same) if gradient.name in same else worked(gradient)
        lines += ["", rf"\textit{{Checked at {prose(derivation.tried)}.}}"]
    else:
        lines += aligned(line for g in gradients for line in g.lines)
        others = [line for g in gradients for line in g.other_lines]
        lines += ["The same by the other index:", *aligned(others)] if others else []
        lines += _in_words(gradients)
    sentence = left_out_sentence(network, [g.tensor.name for g in gradients])
    lines += ["", prose(sentence)] if sentence else []
    return "\n".join(lines) + "\n"


def aligned(pairs: Iterable[tuple[Expr, Expr]]) -> list[str]:
    """Equations as one `align*`, long ones over several lines; nothing for none."""
    sides = [(latex(left), latex(right)) for left, right in pairs]
    margin = max((visible(left) for left, _ in sides), default=0.0)
    return _block([row for left, right in sides for row in _rows(left, right, margin)])


def _block(rows: list[str]) -> list[str]:
    if not rows:
        return []
    return [r"\begin{align*}", *(f"{row} \\\\" for row in rows[:-1]), rows[-1], r"\end{align*}"]


def worked(gradient: Gradient) -> list[str]:
    """One gradient, step by step, with the reason before each line."""
    return [*worked_lines(gradient.lhs, gradient.steps, gradient.lhs), *_in_words([gradient])]


def worked_lines(title: Expr, steps: Sequence[Step], before: Expr) -> list[str]:
    """Steps from the formula `before` on, with the reason before each line."""
    left = latex(before)
    lines = [rf"\subparagraph{{$\displaystyle {latex(title)}$}}", r"\begin{align*}"]
    margin = visible(left)
    for step in steps:
        where = f" Where {prose(step.condition)}." if step.condition else ""
        lines.append(
            rf"\intertext{{\small\textbf{{{prose(step.rule)}.}} {prose(step.reason)}{where} "
            rf"\textit{{Verified: {prose(step.checked)}.}}}}"
        )
        if step.before != before:
            lines += [row + r" \\" for row in _rows(left, latex(step.before), margin)]
            left = ""
        rows = _rows(left, latex(step.after), margin)
        last = step is steps[-1]
        lines += [row + ("" if last and row is rows[-1] else r" \\") for row in rows]
        left, before = "", step.after
    return [*lines, r"\end{align*}"]


def _like(gradient: Gradient, same: Mapping[str, Alike]) -> list[str]:
    """A gradient that has the steps of another: its closed form, and which names differ."""
    sentence = same[gradient.name].sentence(pretty(gradient.tensor.name))
    return [
        rf"\subparagraph{{$\displaystyle {latex(gradient.lhs)}$}} {prose(sentence)}",
        "",
        *aligned(gradient.lines),
    ]


def _rows(left: str, right: str, margin: float) -> list[str]:
    """`left &= right`, with what does not fit beside a margin in rows of its own."""
    first, *more = broken(right, WIDTH - margin)
    return [f"{left} &= {first}", *(rf"&\quad {piece}" for piece in more)]


def _definitions(derivation: Derivation) -> Iterator[tuple[Expr, Expr]]:
    yield from derivation.network.definitions.items()


def _in_words(gradients: Iterable[Gradient]) -> list[str]:
    """The closed forms in matrices and vectors."""
    rows: list[str] = []
    for gradient in gradients:
        first, *more = in_matrices(gradient).split(r",\quad ")
        if first:
            left = latex.name(gradient.name)
            rows += _rows(left, first, visible(left))
            rows += [rf"&\quad {clause}" for clause in more]
    return ["In matrices and vectors:", *_block(rows)] if rows else []
