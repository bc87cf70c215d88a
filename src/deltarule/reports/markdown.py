"""A derivation as Markdown with $$ … $$ blocks, as notes, wikis and notebooks show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, starmap

from sympy import Expr

from deltarule.calculus.alike import alike
from deltarule.calculus.steps import Step
from deltarule.networks.network import Network
from deltarule.reports.latex_alphabet import latex
from deltarule.reports.latex_matrix_forms import in_matrices
from deltarule.reports.left_out import left_out_sentence
from deltarule.reports.selection import beside, outside
from deltarule.reports.things import ShownDerivation
from deltarule.spelling.names import latex as latex_name
from deltarule.spelling.text import text
from deltarule.spelling.visible import visible


def derivation_markdown(shown: ShownDerivation) -> str:
    """Title, forward equations, a table of the tensors, and the gradients."""
    derivation, gradients, steps = shown.derivation, shown.gradients, shown.steps
    network = derivation.network
    lines = [f"# {network.title}", ""]
    if network.text:
        lines += [network.text, ""]
    lines += ["## Forward", ""]
    for left, right in (*network.definitions.items(), *((e.lhs, e.rhs) for e in network.equations)):
        lines += block(left, right)
    for left, right in beside(network):
        lines += block(left, right)
    lines += [*tensors_table(network), ""]
    if steps and shown.inner:
        lines += ["## Gradients among the lines", ""]
        for gradient in shown.inner:
            lines += [
                f"### ${latex_name(gradient.name)}$",
                "",
                *worked_list(gradient.lhs, gradient.steps),
            ]
    lines += ["## Backward", ""]
    if derivation.upstream:
        given = ", ".join(f"${latex_name(name)}$" for name in outside(derivation))
        lines += [f"Given from outside: {given}.", ""]
    same = alike(derivation, gradients) if steps and not shown.every else {}
    for gradient in gradients:
        lines += [f"### ${latex_name(gradient.name)}$", ""]
        if gradient.name in same:
            in_words = same[gradient.name].sentence(text.name(gradient.tensor.name))
            lines += [f"{escaped(in_words)}:", ""]
        whole = steps and gradient.name not in same
        written = (
            worked_list(gradient.lhs, gradient.steps)
            if whole
            else chain.from_iterable(starmap(block, gradient.lines))
        )
        lines += list(written)
        for left, right in () if steps else gradient.other_lines:
            lines += ["or", "", *block(left, right)]
        if in_words := in_matrices(gradient):
            lines += ["In matrices and vectors:", ""]
            lines += ["$$", f"{latex_name(gradient.name)} = {in_words}", "$$", ""]
    if steps:
        lines += [f"*Checked at {escaped(derivation.tried)}.*", ""]
    lines += [escaped(left_out_sentence(network, [g.tensor.name for g in gradients]))]
    return "\n".join(lines).rstrip() + "\n"


def block(left: Expr, right: Expr) -> list[str]:
    """One displayed equation, and the empty line behind it."""
    return ["$$", f"{latex(left)} = {latex(right)}", "$$", ""]


def worked_list(lhs: Expr, steps: Iterable[Step]) -> Iterator[str]:
    """Steps as a numbered list, each with its rule, its reason and how it was verified."""
    for number, step in enumerate(steps, 1):
        yield f"{number}. **{step.rule}.** {escaped(step.reason)}"
        if step.condition:
            yield f"   Where {escaped(step.condition)}."
        yield ""
        left = f"{latex(lhs)} = " if number == 1 else "= "
        yield from ("   $$", f"   {left}{latex(step.after)}", "   $$", "")
        yield from (f"   *Verified: {escaped(step.checked)}.*", "")


def tensors_table(network: Network) -> Iterator[str]:
    """The tensors of a network, with role and shape."""
    yield "| tensor | role | shape |"
    yield "| --- | --- | --- |"
    for tensor in network.tensors.values():
        shape = " × ".join(escaped(text(a)) for a in tensor.axes) or "a number"
        yield f"| ${latex_name(tensor.name)}$ | {tensor.called} | {shape} |"


def escaped(words: str) -> str:
    """Text whose signs Markdown would take for its own."""
    words = visible(words)
    for sign in "\\*_[]|<>$`":
        words = words.replace(sign, "\\" + sign)
    return words
