"""A class as its teacher looks at it: the overview of a marked class, and who tried how often."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from deltarule.classes.class_result import ClassResult
from deltarule.classes.class_site.class_overview import overview_body, row_of
from deltarule.pages.blocks_html import table_html
from deltarule.pages.html_page import quoted_html, text_html
from deltarule.serving.kept_attempts import Attempt
from deltarule.serving.served_exams import ServedExam
from deltarule.serving.served_state import Served
from deltarule.spelling.counted import counted


def class_table(
    served: Served, exam: ServedExam, latest: Sequence[Attempt], counting: Iterable[Attempt]
) -> Iterator[str]:
    """The body of the page: of each the newest attempt that could be marked counts."""
    marked = [(a, a.marking) for a in counting if a.marking is not None]
    if marked:
        rows = [
            row_of(marking, served.name(a.who), f"/teacher/class/{exam.slug}/{a.id}")
            for a, marking in marked
        ]
        result = ClassResult(exam.title, [marking for _, marking in marked], 0, "")
        yield from overview_body(result, rows, "")
    else:
        yield quoted_html(exam.title, "h1")
    if not latest:
        yield "<p>Nobody has sent anything yet.</p>"
        return
    yield "<h2>Attempts</h2>"
    yield _attempts(served, exam, latest)
    newest = {a.id for a in latest}
    earlier = [served.name(a.who) for a, _ in marked if a.id not in newest]
    if earlier:
        names = ", ".join(map(quoted_html, earlier))
        yield f"<p>What was sent last is not marked, and what was sent before counts: {names}</p>"
    sent = {a.who for a in latest}
    silent = [p.name for p in served.tokens.students() if p.id not in sent]
    if silent:
        names = ", ".join(map(quoted_html, silent))
        yield f"<p>{counted(len(silent), 'student')} sent nothing: {names}</p>"


def _attempts(served: Served, exam: ServedExam, latest: Sequence[Attempt]) -> str:
    """How often each tried, how much help they were shown, and when they sent what counts."""
    counts, helped = served.attempts.counts(exam.slug), served.attempts.helped(exam.slug)
    rows = [
        (
            quoted_html(served.name(a.who)),
            str(counts[a.who]),
            str(helped.get(a.who, 0)),
            text_html(a.at.replace("T", " ").removesuffix("+00:00")),
            quoted_html(a.refused) if a.refused else "",
        )
        for a in latest
    ]
    heads = ("student", "attempts", "hints and other help", "sent (UTC)", "not marked")
    return table_html(heads, rows, {1, 2})
