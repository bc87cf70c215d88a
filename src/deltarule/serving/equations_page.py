"""The page on which equations are typed, and their gradients and steps appear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from deltarule.errors import DeltaruleError
from deltarule.pages.html_page import text_html
from deltarule.serving.served_page import Visit, error_html, served_page
from deltarule.serving.served_state import Served
from deltarule.serving.worker_processes import refused

#: So many characters are read.
LONGEST = 2000
_ASKED = ("equations", "wrt", "shapes")
_EXAMPLE = "y = tanh(W x + b)\nE = ½‖y − t‖²"
_TITLE = "Equations"


async def show(served: Served, _request: Request, visit: Visit) -> Response:
    """An empty page, with an example in its field."""
    page = served_page(_TITLE, _body(visit, {"equations": _EXAMPLE}), visit, "/equations")
    return HTMLResponse(page)


async def derive(served: Served, request: Request, visit: Visit) -> Response:
    """The gradients of what was typed: a whole page, or a piece for the script."""
    fields = await served.sent_form(request)
    asked = {name: fields.get(name, "") for name in _ASKED}
    result, status = await _derived(served, asked, visit)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"html": result})
    return HTMLResponse(
        served_page(_TITLE, _body(visit, asked, result), visit, "/equations"), status
    )


async def _derived(served: Served, asked: dict[str, str], visit: Visit) -> tuple[str, int]:
    """The result as HTML, and the status."""
    error: DeltaruleError | None = None
    if max(map(len, asked.values())) > LONGEST:
        error = DeltaruleError(
            f"more than {LONGEST} characters in a field",
            "the equations",
            "shorten it, or save it as a derivation and derive the file on the command line",
        )
    elif not asked["equations"].strip():
        error = DeltaruleError("nothing is written", "the equations", "write y = tanh(W x + b)")
    if error is None:
        lines = "; ".join(line for line in asked["equations"].splitlines() if line.strip())
        job = {"do": "derive", **asked, "equations": lines}
        answer = await served.workers.aside(job, visit.person.key)
        error = refused(answer)
        if error is None:
            return answer["html"].replace("<h1>", "<h2>").replace("</h1>", "</h2>"), 200
    return error_html(error), 400


def _body(visit: Visit, asked: Mapping[str, str], result: str = "") -> Iterator[str]:
    yield "<h1>Equations</h1>"
    yield (
        "<p>Write forward equations, one a line; the gradients and every step appear below. "
        "Capitals are matrices, other Latin letters vectors; with indices, as in "
        "<code>y[n,m] = Sum[d](x[n,d]*W[d,m])</code>, any shape.</p>"
    )
    yield '<form method="post" action="/equations" class="equations" autocomplete="off">'
    yield visit.hidden
    yield '<label class="above" for="equations">Equations</label>'
    text = text_html(asked["equations"])
    # A browser drops one line break behind the tag.
    yield (
        f'<textarea id="equations" name="equations" rows="4" spellcheck="false">\n{text}</textarea>'
    )
    for name, label in (
        ("wrt", "Only by these tensors (W b; empty: all)"),
        ("shapes", "Shapes (W=2x3, w=scalar; empty: inferred)"),
    ):
        value = text_html(asked.get(name, ""))
        yield f'<label class="above" for="{name}">{label}</label>'
        yield f'<input id="{name}" name="{name}" value="{value}" class="long">'
    yield '<p><button type="submit">Derive</button></p></form>'
    yield '<p class="soft" id="deriving" role="status"></p>'
    yield f'<div id="derived" aria-live="polite">{result}</div>'


ROUTES = (("/equations", ["GET"], show), ("/equations", ["POST"], derive))
