"""Second derivatives and tangents as pages: equations, matrices, steps to be unfolded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import starmap

from deltarule.calculus.jacobians import Entries
from deltarule.pages.blocks_html import (
    STYLES,
    equation_html,
    inline_name,
    name_html,
    paragraph,
    tensors_html,
)
from deltarule.pages.derivation_html import forward_html, step_list
from deltarule.pages.html_page import page_html, sentence_html
from deltarule.reports.left_out import left_out_sentence
from deltarule.reports.read_gradients import called_in_steps, outside_of_entries, read_by_entries
from deltarule.reports.second_order_texts import heading, moved_by, zeros
from deltarule.reports.things import ShownEntries, ShownTangents
from deltarule.spelling.counted import counted
from deltarule.spelling.text import text


def entries_html(shown: ShownEntries) -> str:
    """The whole page; where steps are asked for, they are open from the start."""
    return page_html(shown.network.title, _entries_body(shown), STYLES)


def _entries_body(shown: ShownEntries) -> Iterator[str]:
    yield f"<h1>{sentence_html(shown.network.title)}</h1><h2>Forward</h2>"
    yield from forward_html(shown.network)
    yield from tensors_html(shown.network)
    read, given = read_by_entries(shown), outside_of_entries(shown)
    if read or given:
        yield "<h2>Backward</h2>"
    if given:
        come = "comes" if len(given) == 1 else "come"
        yield f"<p>{', '.join(map(inline_name, given))} {come} from outside.</p>"
    yield from starmap(equation_html, (line for g in read for line in g.lines))
    yield f"<h2>{heading(shown)}</h2>"
    for entries in shown.entries:
        if entries.expr != 0:
            yield from _entries(entries, shown.steps)
    if nothing := zeros(shown):
        yield paragraph(nothing, "soft")
    tried = dict.fromkeys(e.derivation.tried for e in shown.entries)
    checked = f"Every step was checked when it was made, at {next(iter(tried))}."
    yield paragraph(checked, "soft")
    if sentence := left_out_sentence(shown.network, [e.tensor.name for e in shown.entries]):
        yield paragraph(sentence, "soft")


def _entries(entries: Entries, opened: bool) -> Iterator[str]:
    yield f"<section><h3>{name_html(text(entries.bare))}</h3>"
    yield equation_html(entries.lhs, entries.expr)
    if entries.words:
        yield paragraph(entries.words, "words")
    if entries.all_steps:
        if sentence := called_in_steps(entries):
            yield paragraph(sentence, "soft")
        count = counted(len(entries.all_steps), "step")
        first = entries.derivation.gradients[entries.tensor.name].lhs
        yield from step_list(first, entries.all_steps, count, opened=opened)
    yield "</section>"


def tangents_html(shown: ShownTangents) -> str:
    """The network and its tangents as one forward pass."""
    return page_html(shown.network.title, _tangents_body(shown), STYLES)


def _tangents_body(shown: ShownTangents) -> Iterator[str]:
    yield f"<h1>{sentence_html(shown.network.title)}</h1>"
    yield paragraph(shown.network.text, "soft")
    yield "<h2>Forward</h2>"
    yield from forward_html(shown.network)
    yield from tensors_html(shown.network)
    tried = shown.derivation.tried
    yield paragraph(f"Every step was checked when it was made, at {tried}.", "soft")
    if sentence := left_out_sentence(shown.network, moved_by(shown)):
        yield paragraph(sentence, "soft")
