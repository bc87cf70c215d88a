"""Refusals as answers: a page that says what is wrong, where, and what to do; for a script a line,
which it shows beside what is typed."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import HTMLResponse, PlainTextResponse, Response

from deltarule.errors import DeltaruleError
from deltarule.serving.request_limits import in_a_line
from deltarule.serving.served_page import Visit, error_html, served_page


def refusal(
    error: DeltaruleError,
    status: int,
    accepted: str,
    visit: Visit | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer to whoever reads what is `accepted`, as the header of the request says."""
    own = dict(headers or {})
    if "application/json" in accepted:
        return PlainTextResponse(in_a_line(error), status, own)
    return HTMLResponse(served_page("Refused", [error_html(error)], visit), status, own)
