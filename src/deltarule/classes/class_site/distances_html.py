"""The distances of an exam's own numbers as a page: which mistake shows where, and how clearly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deltarule.errors import DeltaruleError
from deltarule.exams.distance_table import all_distances, distance_cell
from deltarule.exams.exam import Exam
from deltarule.exams.own_distances import OwnDistances, own_distances
from deltarule.pages.blocks_html import inline_name, paragraph, table_html
from deltarule.pages.html_page import quoted_html, text_html


def distances_body(exam: Exam) -> Iterator[str]:
    """The table of each run that can be looked at; nothing where there is none."""
    runs = [
        (number, run)
        for number, run in enumerate(exam.sheet.runs, start=1)
        if run.at == "before" and run.updates <= 1
    ]
    found = []
    for number, run in runs:
        try:
            found.append(own_distances(run, number))
        except DeltaruleError:
            continue  # a run that asks for no number has none
    if found:
        yield f"<h1>Distances: {quoted_html(exam.title)}</h1>"
        yield paragraph(
            "How far each mistake takes a quantity, in units of the last digit asked, and in "
            "brackets how far rounding on the way may reach. What lies beyond that (bold) is seen "
            "whatever is rounded. A quantity that does not change is ·, and – is one that nobody "
            "can work out so.",
            "soft",
        )
    for one in found:
        yield from _run(one, len(found) > 1)


def _run(own: OwnDistances, several: bool) -> Iterator[str]:
    table, quantities = own.table, list(own.variants.asked.entries)
    if several:
        yield f"<h2>{quoted_html(own.variants.run.title)}</h2>"
    seen, all_ = sum(s.seen for s in table.lines), sum(s.mistakes for s in table.lines)
    yield paragraph(f"Answers with {table.digits}: {seen} of {all_} mistakes show.", "total")
    rows = [
        (inline_name(line), text_html(words), *(_cell(each.get(q)) for q in quantities))
        for line, words, each in all_distances(own.variants, own.variant)
    ]
    heads = ("line", "mistake", *map(inline_name, quantities))
    yield table_html(heads, rows, range(2, len(heads)))
    level = "h3" if several else "h2"
    yield from _listed(level, "What these numbers do not tell, and others would", table.hidden)
    yield from _listed(level, "What changes too little for these digits", table.slight)
    yield from _listed(level, "What no numbers can tell", table.never)


def _cell(found: tuple[float, float] | None) -> str:
    shown, seen = distance_cell(found)
    return f"<b>{text_html(shown)}</b>" if seen else text_html(shown)


def _listed(level: str, heading: str, words: Sequence[str]) -> Iterator[str]:
    if words:
        yield f"<{level}>{text_html(heading)}</{level}>"
        yield f"<ul>{''.join(f'<li>{text_html(one)}</li>' for one in words)}</ul>"
