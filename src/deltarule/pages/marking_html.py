"""A marking as a page: a card for each verdict, in the colour of its sign, and the points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deltarule.marking.verdicts import MISSING, Marking, Verdict
from deltarule.pages.blocks_html import STYLES, name_html, paragraph
from deltarule.pages.html_page import page_html, quoted_html, text_html
from deltarule.pages.verdict_kinds import verdict_kind
from deltarule.reports.marks import named
from deltarule.reports.points_in_words import (
    in_a_line,
    in_all,
    is_shown,
    of_score,
    total,
    with_scores,
)
from deltarule.reports.things import MarkedFile


def marking_html(marking: Marking) -> str:
    """The whole page of one marking."""
    return page_html(marking.sheet, marking_body(marking), STYLES)


def files_html(files: Sequence[MarkedFile]) -> str:
    """The totals of several files, and the verdicts on each."""
    return page_html("Together", _files(files), STYLES)


def _files(files: Sequence[MarkedFile]) -> Iterator[str]:
    yield "<h1>Together</h1>"
    yield paragraph(in_all(files), "total")
    for file in files:
        yield f"<h2>{quoted_html(file.path)}</h2>"
        yield paragraph(f"{file.sign} {in_a_line(file)}")
        if file.marking is not None:
            yield from _verdicts(file.marking, "h3")
        elif file.error is not None:
            fault = file.error.fact, file.error.place, file.error.remedy
            yield from (paragraph(text) for text in fault if text)


def marking_body(marking: Marking) -> Iterator[str]:
    """The title, who it is, the total, and all verdicts."""
    yield quoted_html(marking.sheet, "h1")
    if marking.who:
        yield f'<p class="who">{quoted_html(marking.who)}</p>'
    yield paragraph(total(marking), "total")
    yield from (paragraph(note, "soft") for note in marking.notes)
    yield from _verdicts(marking, "h2")


def _verdicts(marking: Marking, level: str) -> Iterator[str]:
    """The verdicts in the order of the sheet, under the heading of their run if it has several."""
    runs = {verdict.run for verdict in marking.verdicts}
    run = 0
    for verdict, score in with_scores(marking):
        if len(runs) > 1 and verdict.run != run:
            yield f"<{level}>Run {verdict.run}</{level}>"
        run = verdict.run
        points = of_score(score) if score is not None and is_shown(score, marking) else ""
        yield from _card(verdict, points)


def _card(verdict: Verdict, points: str) -> Iterator[str]:
    """What was written, the verdict, and why."""
    kind = verdict_kind(verdict.verdict)
    said = f'<span class="verdict {kind}">{text_html(verdict.verdict)}</span>'
    given = f" = {quoted_html(verdict.given)}" if verdict.given else ""
    yield f'<section class="{kind}"><p>{name_html(named(verdict))}{given}: {said}'
    yield f' <span class="points">({text_html(points)})</span></p>' if points else "</p>"
    if verdict.finding and verdict.verdict != MISSING:
        yield paragraph(verdict.finding)
    if not verdict.right and verdict.expected:
        yield f"<p>right is {quoted_html(verdict.expected)}</p>"
    yield from (paragraph(f"or: {other}", "soft") for other in verdict.alternatives)
    yield "</section>"
