"""A derivation as LaTeX: aligned equations, alone or as a document that compiles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sympy import Expr

from deltarule.calculus.steps import Derivation, Gradient
from deltarule.reports.alphabet import latex
from deltarule.reports.broken import broken, visible
from deltarule.reports.prose import prose
from deltarule.reports.selection import outside, starts

_PREAMBLE = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb}
\usepackage[a4paper,margin=18mm]{geometry}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\begin{document}
"""


def document(body: str) -> str:
    """A fragment as a whole document; needs nothing but amsmath and the geometry package."""
    return f"{_PREAMBLE}{body}\\end{{document}}\n"


def fragment(derivation: Derivation, gradients: Iterable[Gradient], steps: bool = False) -> str:
    """The forward equations and the gradients, with every step if `steps`."""
    network = derivation.network
    lines = [rf"\section*{{{prose(network.title)}}}", "", r"\paragraph{Forward}", ""]
    lines += aligned([*_definitions(derivation), *((e.lhs, e.rhs) for e in network.equations)])
    lines += aligned(starts(network))
    lines += ["", r"\paragraph{Backward}", ""]
    if derivation.upstream:
        given = ", ".join(f"${latex.name(name)}$" for name in outside(derivation))
        lines += [rf"Given from outside: {given}.", ""]
    if steps:
        for gradient in gradients:
            lines += worked(gradient)
    else:
        gradients = list(gradients)
        lines += aligned((g.lhs, g.expr) for g in gradients)
        lines += _in_words(gradients)
    return "\n".join(lines) + "\n"


def aligned(pairs: Iterable[tuple[Expr, Expr]]) -> list[str]:
    """Equations as one `align*`, long ones over several lines; nothing for none."""
    rows = [row for left, right in pairs for row in _rows(latex(left), latex(right))]
    if not rows:
        return []
    return [r"\begin{align*}", *(f"{row} \\\\" for row in rows[:-1]), rows[-1], r"\end{align*}"]


def worked(gradient: Gradient) -> list[str]:
    """One gradient, step by step, with the reason before each line."""
    lines = [rf"\subparagraph{{$\displaystyle {latex(gradient.lhs)}$}}", r"\begin{align*}"]
    left, before = latex(gradient.lhs), gradient.lhs
    for step in gradient.steps:
        where = f" Where {prose(step.condition)}." if step.condition else ""
        lines.append(
            rf"\intertext{{\small\textbf{{{prose(step.rule)}.}} {prose(step.reason)}{where} "
            rf"\textit{{Verified: {prose(step.verified)}.}}}}"
        )
        if step.before != before:
            lines += [row + r" \\" for row in _rows(left, latex(step.before))]
            left = ""
        rows = list(_rows(left, latex(step.after)))
        last = step is gradient.steps[-1]
        lines += [row + ("" if last and row is rows[-1] else r" \\") for row in rows]
        left, before = "", step.after
    return [*lines, r"\end{align*}", *_in_words([gradient])]


def _rows(left: str, right: str) -> Iterator[str]:
    """`left &= right`, with what does not fit the line in rows of its own."""
    room = 78 - visible(left)
    first, *more = broken(right, room)
    yield f"{left} &= {first}"
    for piece in more:
        yield rf"&\quad {piece}"


def _definitions(derivation: Derivation) -> Iterator[tuple[Expr, Expr]]:
    yield from derivation.network.definitions.items()


def _in_words(gradients: Iterable[Gradient]) -> list[str]:
    told = [
        rf"\item ${latex(g.lhs)}$: {prose(g.words)}" for g in gradients if g.words
    ]
    return ["In words:", r"\begin{itemize}", *told, r"\end{itemize}"] if told else []
