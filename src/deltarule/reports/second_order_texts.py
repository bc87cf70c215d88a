"""Second derivatives and tangents as LaTeX and as Markdown, and what all formats say of them."""

from __future__ import annotations

from collections.abc import Iterator

from deltarule.calculus.jacobians import Entries
from deltarule.networks.network import Network
from deltarule.reports.latex import aligned, worked_lines
from deltarule.reports.latex_alphabet import latex
from deltarule.reports.latex_matrix_forms import in_matrices
from deltarule.reports.left_out import left_out_sentence
from deltarule.reports.markdown import block, escaped, tensors_table, worked_list
from deltarule.reports.prose import prose
from deltarule.reports.read_gradients import called_in_steps, outside_of_entries, read_by_entries
from deltarule.reports.things import ShownEntries, ShownTangents
from deltarule.spelling.text import text


def heading(shown: ShownEntries) -> str:
    """What the entries are."""
    if shown.gauss_newton:
        return "Gauss–Newton matrix"
    return "Second derivatives" if shown.entries[0].of else "Jacobian"


def zeros(shown: ShownEntries) -> str:
    """A sentence on the blocks of which all entries are 0; empty where there are none."""
    names = [text(e.bare) for e in shown.entries if e.expr == 0]
    return f"All entries are 0 of {', '.join(names)}." if names else ""


def moved_by(shown: ShownTangents) -> list[str]:
    """The tensors that move along a vector, and their directions."""
    names = shown.network.tensors
    return [each for n in names if f"v_{n}" in names for each in (n, f"v_{n}")]


def _lines(shown: ShownEntries) -> Iterator[Entries]:
    return (e for e in shown.entries if e.expr != 0)


def entries_latex(shown: ShownEntries) -> str:
    """The forward equations and the entries, or their steps, as a fragment."""
    lines = _forward_latex(shown.network)
    read, given = read_by_entries(shown), outside_of_entries(shown)
    lines += [r"\paragraph{Backward}", ""] if read or given else []
    names = ", ".join(f"${latex.name(name)}$" for name in given)
    lines += [rf"Given from outside: {names}.", ""] if given else []
    lines += [*aligned(line for g in read for line in g.lines), ""]
    lines += [rf"\paragraph{{{prose(heading(shown))}}}", ""]
    for entries in _lines(shown):
        if shown.steps and entries.all_steps:
            first = entries.derivation.gradients[entries.tensor.name].lhs
            lines += [prose(called_in_steps(entries)), ""]
            lines += worked_lines(entries.lhs, entries.all_steps, first)
        lines += aligned([(entries.lhs, entries.expr)])
        if words := in_matrices(entries):
            lines += [r"\[", words, r"\]"]
    by = [e.tensor.name for e in shown.entries]
    lines += [prose(zeros(shown)), "", prose(left_out_sentence(shown.network, by)), ""]
    return "\n".join(lines).rstrip() + "\n"


def tangents_latex(shown: ShownTangents) -> str:
    """A network and its tangents as one forward pass."""
    lines = _forward_latex(shown.network)
    checked = rf"\textit{{Checked at {prose(shown.derivation.tried)}.}}"
    sentence = prose(left_out_sentence(shown.network, moved_by(shown)))
    return "\n".join([*lines, checked, "", sentence]).rstrip() + "\n"


def _forward_latex(network: Network) -> list[str]:
    lines = [rf"\section*{{{prose(network.title)}}}", "", r"\paragraph{Forward}", ""]
    pairs = (*network.definitions.items(), *((e.lhs, e.rhs) for e in network.equations))
    return [*lines, *aligned(pairs), ""]


def entries_markdown(shown: ShownEntries) -> str:
    """The forward equations and the entries, or their steps."""
    lines = _forward_markdown(shown.network)
    read, given = read_by_entries(shown), outside_of_entries(shown)
    lines += ["## Backward", ""] if read or given else []
    names = ", ".join(f"${latex.name(name)}$" for name in given)
    lines += [f"Given from outside: {names}.", ""] if given else []
    for gradient in read:
        for left, right in gradient.lines:
            lines += block(left, right)
    lines += [f"## {heading(shown)}", ""]
    for entries in _lines(shown):
        if shown.steps and entries.all_steps:
            first = entries.derivation.gradients[entries.tensor.name].lhs
            lines += [f"### ${latex(entries.lhs)}$", "", escaped(called_in_steps(entries)), ""]
            lines += [*worked_list(first, entries.all_steps)]
        lines += block(entries.lhs, entries.expr)
        if words := in_matrices(entries):
            lines += ["As a matrix:", "", "$$", words, "$$", ""]
    by = [e.tensor.name for e in shown.entries]
    lines += [escaped(zeros(shown)), "", escaped(left_out_sentence(shown.network, by)), ""]
    return "\n".join(lines).rstrip() + "\n"


def tangents_markdown(shown: ShownTangents) -> str:
    """A network and its tangents as one forward pass."""
    lines = _forward_markdown(shown.network)
    sentence = escaped(left_out_sentence(shown.network, moved_by(shown)))
    checked = f"*Checked at {escaped(shown.derivation.tried)}.*"
    return "\n".join([*lines, checked, "", sentence]).rstrip() + "\n"


def _forward_markdown(network: Network) -> list[str]:
    lines = [f"# {network.title}", "", "## Forward", ""]
    for left, right in network.definitions.items():
        lines += block(left, right)
    for equation in network.equations:
        lines += block(equation.lhs, equation.rhs)
    return [*lines, *tensors_table(network), ""]
