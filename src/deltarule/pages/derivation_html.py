"""A derivation as a page: the forward equations, each gradient, and its steps to be unfolded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import starmap

from sympy import Expr

from deltarule.calculus.alike import Alike, alike
from deltarule.calculus.steps import Gradient, Step
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.pages.blocks_html import (
    STYLES,
    begun,
    equation_html,
    inline_name,
    paragraph,
    tensors_html,
)
from deltarule.pages.graph_svg import network_svg
from deltarule.pages.html_page import page_html, sentence_html, text_html
from deltarule.reports.alike_lines import alike_lines
from deltarule.reports.left_out import left_out_sentence
from deltarule.reports.selection import beside, by_kind, in_a_row, is_seed, outside
from deltarule.reports.things import ShownDerivation
from deltarule.spelling.counted import counted
from deltarule.spelling.names import pretty

#: A graph of more boxes than this is no picture that one can look at.
MOST_BOXES = 40


def derivation_html(shown: ShownDerivation) -> str:
    """The whole page; where steps are asked for, they are open from the start."""
    return page_html(shown.derivation.network.title, derivation_body(shown), STYLES)


def derivation_body(shown: ShownDerivation, field: str = "") -> Iterator[str]:
    """Title, forward equations, tensors and gradients, as elements of a page; `field` is where a
    reader says by what is derived.
    """
    derivation = shown.derivation
    network = derivation.network
    yield f"<h1>{sentence_html(network.title)}</h1>"
    if network.text:
        yield paragraph(network.text, "soft")
    yield "<h2>Forward</h2>"
    yield from forward_html(network)
    yield from tensors_html(network)
    if len(network.tensors) <= MOST_BOXES:
        yield f'<div class="wide" tabindex="0">{network_svg(network)}</div>'
    if shown.inner:
        yield "<h2>Gradients among the lines</h2>"
        for gradient in shown.inner:
            yield from _gradient(gradient, (), shown)
    yield "<h2>Backward</h2>"
    if not derivation.gradients:
        yield paragraph("An update uses gradients and has none of its own.", "soft")
        return
    if given := outside(derivation):
        come = "comes" if len(given) == 1 else "come"
        yield f"<p>{', '.join(map(inline_name, given))} {come} from outside.</p>"
    chosen = [g for g in shown.gradients if shown.steps or not is_seed(g)] or shown.gradients
    kinds = [[g] for g in chosen] if shown.every else by_kind(chosen)
    same = {} if shown.every else alike(derivation, (first for first, *_ in kinds))
    for first, *others in kinds:
        yield from _gradient(first, others, shown, same.get(first.name))
    yield paragraph(f"Every step was checked when it was made, at {derivation.tried}.", "soft")
    if sentence := left_out_sentence(network, [g.tensor.name for g in shown.gradients], field):
        yield paragraph(sentence, "soft")


def forward_html(network: Network) -> Iterator[str]:
    """The forward equations, and what stands before the first time of each state."""
    for left, right in network.definitions.items():
        yield equation_html(left, right)
    for first, *others in alike_lines(network):
        yield equation_html(first.lhs, first.rhs)
        if others:
            names = ", ".join(_of_what(equation, network) for equation in others)
            likewise = f"Likewise, with names of their own: {counted(len(others), 'line')}"
            yield f"<details><summary>{likewise}</summary><p>{names}.</p></details>"
    for left, right in beside(network):
        yield equation_html(left, right)


def _of_what(equation: Equation, network: Network) -> str:
    """What an equation gives, and of which inputs or other lines."""
    read = (network.tensors[name] for name in equation.read_names())
    of = [t.name for t in read if t.role != "parameter"]
    of.sort(key=[*network.tensors].index)
    return inline_name(equation.name) + (f" of {' and '.join(map(inline_name, of))}" if of else "")


def _gradient(
    gradient: Gradient,
    others: Sequence[Gradient],
    shown: ShownDerivation,
    same: Alike | None = None,
) -> Iterator[str]:
    """The closed form, the same in words, and its steps, or which have been the `same`."""
    yield f"<section><h3>{inline_name(gradient.name)}</h3>"
    yield from starmap(equation_html, gradient.lines)
    for left, right in gradient.other_lines:
        yield f"<p>or</p>{equation_html(left, right)}"
    if gradient.words:
        yield paragraph(gradient.words, "words")
    yield from (paragraph(note, "soft") for note in gradient.notes)
    if others:
        names = ", ".join(inline_name(g.name) for g in others)
        yield f"<p>Likewise, with names and sizes of their own: {names}.</p>"
    if same is not None:
        yield paragraph(f"{begun(same.sentence(pretty(gradient.tensor.name)))}.", "soft")
    else:
        summary = counted(len(gradient.steps), "step")
        yield from steps_html(gradient, summary, shown.every, shown.steps)
    yield "</section>"


def steps_html(
    gradient: Gradient, summary: str, every: bool = False, opened: bool = False
) -> Iterator[str]:
    """The steps of a gradient, to be unfolded; those of one rule in a row are one, unless `every`
    is to be seen."""
    yield from step_list(gradient.lhs, gradient.steps, summary, every, opened)


def step_list(
    lhs: Expr, steps: Sequence[Step], summary: str, every: bool = False, opened: bool = False
) -> Iterator[str]:
    """Steps from a left-hand side on, to be unfolded; nothing where there are none."""
    rows = [*in_a_row(steps, every)]
    if not rows:
        return
    yield f"<details{' open' if opened else ''}><summary>{summary}</summary><ol>"
    for first, last, step in rows:
        yield from _step(first, last, step, lhs)
    yield "</ol></details>"


def _step(first: int, last: int, step: Step, lhs: Expr) -> Iterator[str]:
    """A step: its rule, what it makes, why, where it holds, and how it was checked."""
    numbers = f" (steps {first}–{last})" if last > first else ""
    yield f'<li value="{last}"><span class="rule">{text_html(step.rule)}</span>{numbers}'
    yield equation_html(lhs if first == 1 else None, step.after)
    yield paragraph(step.reason)
    if step.condition:
        yield paragraph(f"Where {step.condition}.", "how")
    yield paragraph(f"Checked: {step.checked}.", "how") if step.checked else ""
    yield "</li>"
