"""The teacher's pages: how a class does, whose links are whose, and what a sheet lets one see."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from deltarule.classes.feedback.feedback_html import feedback_body
from deltarule.classes.feedback.student_feedback import feedback_of
from deltarule.classes.revealing import RIGHT_VALUES
from deltarule.pages.blocks_html import table_html
from deltarule.pages.html_page import quoted_html, text_html
from deltarule.serving.class_table import class_table
from deltarule.serving.review_page import pasted_body, review_body
from deltarule.serving.served_exams import listed_title
from deltarule.serving.served_page import Visit, error_html, served_page
from deltarule.serving.served_state import Served
from deltarule.serving.worker_processes import refused
from deltarule.spelling.counted import counted


async def overview(served: Served, _request: Request, visit: Visit) -> Response:
    """The exams, and the ways to what is known of each."""
    return HTMLResponse(served_page("Teacher", _overview(served, visit), visit, "/teacher"))


def _overview(served: Served, visit: Visit) -> Iterator[str]:
    yield '<h1>Teacher</h1><ul class="cards">'
    for exam in served.exams.values():
        counts = served.attempts.counts(exam.slug)
        sent = counted(len(counts), "student") if counts else "nobody yet"
        title = quoted_html(listed_title(exam, served.exams))
        yield (
            f'<li>{title}<br><span class="soft">answered by {sent}</span><br>'
            f'<a href="/teacher/class/{exam.slug}">the class</a> · '
            f'<a href="/teacher/sheet/{exam.slug}">remarks and identifiability</a></li>'
        )
    yield "</ul>"
    yield '<p><a href="/teacher/paste">Look at a sheet that you are writing</a></p>'
    if not visit.alone:
        yield "<p><a href='/teacher/links'>The students' links</a></p>"


async def links(served: Served, _request: Request, visit: Visit) -> Response:
    """A link for each student."""
    return HTMLResponse(served_page("Links", _links(served), visit, "/teacher"))


def _links(served: Served) -> Iterator[str]:
    yield "<h1>Links</h1><p>Whoever has a link is taken for its student.</p>"
    rows = [
        (
            quoted_html(person.id),
            quoted_html(person.name),
            f"<code>{text_html(served.link(person))}</code>",
        )
        for person in served.tokens.students()
    ]
    yield table_html(("student", "name", "link"), rows)


async def sheet(served: Served, request: Request, visit: Visit) -> Response:
    """Remarks on a sheet, and what its numbers let a marker see where that is known."""
    exam = served.exam(request)
    said = await served.ask({"do": "remarks", "exam": exam.slug}, visit.person)
    found = served.tables.get(exam.slug)
    body = review_body(exam.title, said, found, f"/teacher/sheet/{exam.slug}/identifiability")
    return HTMLResponse(served_page(exam.title, body, visit, "/teacher"))


async def identifiability(served: Served, request: Request, visit: Visit) -> Response:
    """What the numbers of a sheet let a marker see, worked out once."""
    exam = served.exam(request)
    if exam.slug not in served.tables:
        job = {"do": "identifiability", "exam": exam.slug}
        answer = await served.workers.aside(job, visit.person.key)
        if (error := refused(answer)) is not None:
            raise error
        served.tables[exam.slug] = answer
    return RedirectResponse(f"/teacher/sheet/{exam.slug}", 303)


async def paste(served: Served, request: Request, visit: Visit) -> Response:
    """A sheet that is written here, and what there is to say of it."""
    text, found = "", None
    if request.method == "POST":
        text = (await served.sent_form(request)).get("sheet", "")
        job = {"do": "pasted", "text": text}
        found = await served.workers.aside(job, visit.person.key)
        if (error := refused(found)) is not None:
            body = (*pasted_body(visit.hidden, text, None), error_html(error))
            return HTMLResponse(served_page("A sheet", body, visit, "/teacher"), 400)
    body = pasted_body(visit.hidden, text, found)
    return HTMLResponse(served_page("A sheet", body, visit, "/teacher"))


async def marked_class(served: Served, request: Request, visit: Visit) -> Response:
    """How everybody does, and how each question went."""
    exam = served.exam(request)
    latest = list(served.attempts.last_of_each(exam.slug))
    body = class_table(served, exam, latest, served.attempts.last_of_each(exam.slug, marked=True))
    return HTMLResponse(served_page(exam.title, body, visit, "/teacher"))


async def attempt(served: Served, request: Request, visit: Visit) -> Response:
    """One attempt with everything that is known of it."""
    exam = served.exam(request)
    number = request.path_params["number"]
    found = served.attempts.attempt(number) if number < 1 << 53 else None
    if found is None or found.exam != exam.slug or found.marking is None:
        raise HTTPException(404, "there is no such attempt")
    name = served.name(found.who)
    feedback = feedback_of(found.marking, exam.of_class.texts(found.paper), RIGHT_VALUES, name)
    body = (
        *feedback_body(feedback),
        f'<p><a href="/teacher/class/{exam.slug}">back to the class</a></p>',
    )
    return HTMLResponse(served_page(f"{exam.title}: {name}", body, visit, "/teacher"))


ROUTES = (
    ("/teacher", ["GET"], overview),
    ("/teacher/links", ["GET"], links),
    ("/teacher/paste", ["GET", "POST"], paste),
    ("/teacher/sheet/{slug}", ["GET"], sheet),
    ("/teacher/sheet/{slug}/identifiability", ["GET"], identifiability),
    ("/teacher/class/{slug}", ["GET"], marked_class),
    ("/teacher/class/{slug}/{number:int}", ["GET"], attempt),
)
