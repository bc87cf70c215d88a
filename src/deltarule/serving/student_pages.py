"""The student's pages: the sheets there are, one to be answered, and its marking."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from deltarule.classes.feedback.student_feedback import earned_text
from deltarule.errors import DeltaruleError, in_one_line
from deltarule.pages.html_page import quoted_html, text_html
from deltarule.serving.answer_form import Sitting, answer_form, in_page_words
from deltarule.serving.drawn_exercises import exam_kept, is_exercise, kept_under, new_exercise
from deltarule.serving.help_ladder import rungs
from deltarule.serving.kept_attempts import Attempt
from deltarule.serving.newer_answers import SAID, begun_with_newer, number_of, with_newer
from deltarule.serving.served_exams import ServedExam, listed_title
from deltarule.serving.served_page import Visit, error_html, served_page
from deltarule.serving.served_state import Served
from deltarule.serving.typed_fields import fields_of, kept_fields, not_too_long, typed_tables

#: What an address says where two pages' answers were put together.
MERGED = "merged"
#: So many papers are kept laid out.
MOST_LAYOUTS = 1000


async def sheets(served: Served, _request: Request, visit: Visit) -> Response:
    """All sheets, each with how much of it is right."""
    return HTMLResponse(served_page("Sheets", _listed(served, visit), visit, "/"))


def _listed(served: Served, visit: Visit) -> Iterator[str]:
    yield '<h1>Sheets</h1><ul class="cards">'
    for exam in served.exams.values():
        newest = served.attempts.newest(visit.person.id, exam.slug)
        link = f'<a href="/sheet/{exam.slug}">{quoted_html(listed_title(exam, served.exams))}</a>'
        yield f'<li>{link}<br><span class="soft">{_state(newest)}</span></li>'
    yield '</ul><p><a href="/equations">Type equations, and see their gradients</a></p>'


def _state(newest: Attempt | None) -> str:
    if newest is None:
        return "not begun"
    if newest.marking is None:
        return "sent, not marked"
    found = newest.marking
    return text_html(earned_text(found.points, found.of, found.open))


async def sheet(served: Served, request: Request, visit: Visit) -> Response:
    """A sheet to be answered, with the verdicts on what was sent last."""
    exam = served.exam(request)
    paper = _paper(request, exam, visit)
    layout = await layout_of(served, exam, paper, visit)
    kept = kept_under(exam.slug, paper)
    attempt = served.attempts.newest(visit.person.id, kept, paper)
    if attempt is not None and attempt.marking is None and not attempt.refused:
        attempt = await marked(served, attempt, visit)
    sitting = _sitting(served, visit, exam, attempt, paper)
    meanwhile = f'<p class="open" id="merged">{SAID}</p>' if MERGED in request.query_params else ""
    body = (*_choice(exam, paper, visit), meanwhile, *answer_form(layout, sitting))
    return HTMLResponse(served_page(layout["title"], body, visit, "/sheet"))


async def new_numbers(served: Served, request: Request, _visit: Visit) -> Response:
    """To an exercise like a sheet. Raises HTTPException for an exam that has none."""
    exam = served.exam(request)
    if not exam.has_exercises:
        raise HTTPException(404, "no numbers can be drawn for that")
    return RedirectResponse(_address(exam, new_exercise()), 303)


def _paper(request: Request, exam: ServedExam, visit: Visit) -> str:
    """An exercise that is picked, or a student's own paper; for a teacher, and for whoever is
    alone, the paper that is picked.

    Raises DeltaruleError for a student without one, where there should be one.
    """
    picked = request.query_params.get("paper", "")
    if is_exercise(picked) and exam.has_exercises:
        return picked
    if not visit.person.teacher:
        return exam.paper_of(visit.person.names)
    return picked if picked in exam.papers else ""


def _choice(exam: ServedExam, paper: str, visit: Visit) -> Iterator[str]:
    """The papers that there are, to pick one; and the way to an exercise."""
    if exam.has_exercises:
        again = "Other numbers" if is_exercise(paper) else "Practise it with other numbers"
        back = f' · <a href="/sheet/{exam.slug}">the sheet itself</a>' if is_exercise(paper) else ""
        yield f'<p><a href="/sheet/{exam.slug}/exercise">{again}</a>{back}</p>'
    if not (visit.person.teacher and exam.papers):
        return
    yield f'<form method="get" action="/sheet/{exam.slug}" class="pick">'
    yield '<label for="paper">Paper</label> <select id="paper" name="paper">'
    for name in ("", *exam.papers):
        chosen = " selected" if name == paper else ""
        shown = text_html(name) if name else "the specimen"
        yield f'<option value="{text_html(name)}"{chosen}>{shown}</option>'
    yield '</select> <button class="quiet" type="submit">Show</button></form>'


def _address(exam: ServedExam, paper: str, then: str = "", merged: bool = False) -> str:
    """The address of a paper, or of something below it; a student's own is not named in it."""
    asked = {"paper": paper} if paper else {}
    asked |= {MERGED: "1"} if merged else {}
    return f"/sheet/{exam.slug}{then}{'?' if asked else ''}{urlencode(asked)}"


def _onward(request: Request, address: str, part: str, number: str) -> Response:
    """The way to a part of the next page; for the script as a value, and numbered, as an address
    that differs in its part alone would load no page.
    """
    if "application/json" not in request.headers.get("accept", ""):
        return RedirectResponse(f"{address}#{part}", 303)
    numbered = f"{address}{'&' if '?' in address else '?'}{urlencode({'after': number})}"
    return JSONResponse({"to": f"{numbered}#{part}"})


def _named(paper: str, visit: Visit) -> str:
    """A paper as its address names it: a student's own is known by who asks."""
    return paper if visit.person.teacher or is_exercise(paper) else ""


def _sitting(
    served: Served, visit: Visit, exam: ServedExam, attempt: Attempt | None, paper: str
) -> Sitting:
    help = served.attempts.help(attempt.id) if attempt is not None else {}
    draft = served.attempts.draft(attempt) if attempt is not None else None
    named = _named(paper, visit)
    own, helped, read = (_address(exam, named, then) for then in ("", "/help", "/read"))
    return Sitting(
        visit, own, helped, read, served.reveal, attempt, help, draft, served.settings.sandbox
    )


async def send(served: Served, request: Request, visit: Visit) -> Response:
    """Keep what was typed, mark it, and go back to the sheet."""
    exam = served.exam(request)
    fields = await served.sent_form(request)
    paper = _paper(request, exam, visit)
    layout = await layout_of(served, exam, paper, visit)
    try:
        typed = kept_fields(layout, fields, served.settings.sandbox)
    except DeltaruleError as error:
        return _not_kept(served, visit, exam, paper, layout, fields, error)
    kept = kept_under(exam.slug, paper)
    of = visit.person.id, kept, paper
    id, newer = await asyncio.to_thread(begun_with_newer, served.attempts, of, fields, typed)
    if id is None:
        raise DeltaruleError("nothing is written", layout["title"], "go back, and answer something")
    attempt = served.attempts.attempt(id)
    if attempt is not None:
        await marked(served, attempt, visit)
    address = _address(exam, _named(paper, visit), merged=newer is not None)
    return _onward(request, address, "outcome", str(id))


def _not_kept(
    served: Served,
    visit: Visit,
    exam: ServedExam,
    paper: str,
    layout: Mapping[str, Any],
    fields: Mapping[str, str],
    error: DeltaruleError,
) -> Response:
    """The sheet again with all that was typed, and why nothing of it is kept."""
    attempt = served.attempts.newest(visit.person.id, kept_under(exam.slug, paper), paper)
    sitting = _sitting(served, visit, exam, attempt, paper)
    shown = {name: fields[name] for name in fields_of(layout) if name in fields}
    body = (error_html(error), *answer_form(layout, replace(sitting, draft=shown)))
    return HTMLResponse(served_page(layout["title"], body, visit, "/sheet"), 400)


async def marked(served: Served, attempt: Attempt, visit: Visit) -> Attempt:
    """An attempt with its marking, which is kept."""
    exam = served.exams[exam_kept(attempt.exam)]
    layout = await layout_of(served, exam, attempt.paper, visit)
    typed, code = typed_tables(layout, attempt.typed)
    job: dict[str, Any] = {
        "do": "mark",
        "exam": exam.slug,
        "paper": attempt.paper,
        "who": attempt.who,
    }
    marking, why = None, ""
    try:
        job |= {"typed": typed, "code": code}
        marking = (await served.ask(job, visit.person))["marking"]
    except DeltaruleError as error:
        why = in_one_line(error)
    await asyncio.to_thread(served.attempts.mark, attempt.id, marking, why)
    return served.attempts.attempt(attempt.id) or attempt


async def ask_help(served: Served, request: Request, visit: Visit) -> Response:
    """One rung more of help with an answer, and back to the sheet, with all that is typed there."""
    exam = served.exam(request)
    fields = await served.sent_form(request)
    id, _, place = fields.get("help", "").partition(".")
    number = number_of(id)
    attempt = served.attempts.attempt(number) if number is not None else None
    own = visit.person.id, exam.slug
    mine = attempt is not None and (attempt.who, exam_kept(attempt.exam)) == own
    if not mine or attempt is None or attempt.marking is None:
        raise HTTPException(404, "there is no such answer of yours")
    marks = attempt.marking.marks
    at = number_of(place)
    if at is None or at >= len(marks) or marks[at].right:
        raise HTTPException(404, "there is no help with that")
    layout = await layout_of(served, exam, attempt.paper, visit)
    try:
        typed = kept_fields(layout, fields, served.settings.sandbox)
    except DeltaruleError as error:
        return _not_kept(served, visit, exam, attempt.paper, layout, fields, error)
    shown = served.attempts.help(attempt.id).get(at, [])
    if len(shown) < len(rungs(marks[at].kind, served.reveal)):
        job = {"do": "help", "exam": exam.slug, "paper": attempt.paper, "reveal": served.reveal}
        job |= {"mark": marks[at].to_json(), "count": len(shown) + 1}
        answer = await served.ask(job, visit.person)
        served.attempts.give_help(attempt.id, at, answer["help"])
    of = attempt.who, attempt.exam, attempt.paper
    with served.attempts.at_once():
        typed, newer = with_newer(served.attempts, of, fields, typed)
        after = newer or attempt
        if typed != after.typed:
            served.attempts.keep_draft(after, typed)
    question = next(
        (k for k, q in enumerate(layout["questions"]) if q["id"] == marks[at].question), 0
    )
    address = _address(exam, _named(attempt.paper, visit), merged=newer is not None)
    return _onward(request, address, f"q{question}", f"{after.id}.{at}.{len(shown)}")


async def read(served: Served, request: Request, visit: Visit) -> Response:
    """How something is read that is being typed."""
    exam = served.exam(request)
    fields = await served.sent_form(request)
    paper = _paper(request, exam, visit)
    layout = await layout_of(served, exam, paper, visit)
    run, quantity = fields.get("run", ""), fields.get("quantity", "")
    if not any(
        quantity == asked["name"] and run == str(question["run"])
        for question in layout["questions"]
        for asked in question["quantities"]
    ):
        raise HTTPException(404, "that is not asked here")
    job: dict[str, Any] = {"do": "preview", "exam": exam.slug, "paper": paper, "run": int(run)}
    job |= {"as": "number" if fields.get("as") == "number" else "formula", "quantity": quantity}
    try:
        job["text"] = not_too_long(fields.get("text", ""))
        return JSONResponse({"html": (await served.ask(job, visit.person))["html"]})
    except DeltaruleError as error:
        said = f"{error.fact}{': ' if error.remedy else ''}{error.remedy or ''}"
        return JSONResponse({"unread": in_page_words(said)[:300]})


async def layout_of(served: Served, exam: ServedExam, paper: str, visit: Visit) -> dict[str, Any]:
    """How a paper is laid out, kept for the next time. Raises DeltaruleError where it cannot be
    evaluated.
    """
    key = exam.slug, paper
    found = served.layouts.pop(key, None)
    if found is None:
        found = await served.ask({"do": "layout", "exam": exam.slug, "paper": paper}, visit.person)
    served.layouts[key] = found  # the last one used stands last
    while len(served.layouts) > MOST_LAYOUTS:
        served.layouts.pop(next(iter(served.layouts)))
    return found


ROUTES = (
    ("/", ["GET"], sheets),
    ("/sheet/{slug}", ["GET"], sheet),
    ("/sheet/{slug}", ["POST"], send),
    ("/sheet/{slug}/exercise", ["GET"], new_numbers),
    ("/sheet/{slug}/help", ["POST"], ask_help),
    ("/sheet/{slug}/read", ["POST"], read),
)
