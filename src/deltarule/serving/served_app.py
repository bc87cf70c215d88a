"""The application: who asks, what for, and what they get."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from deltarule.errors import DeltaruleError
from deltarule.serving import equations_page, student_pages, teacher_pages
from deltarule.serving.entry_page import entry_body
from deltarule.serving.refused_requests import refusal
from deltarule.serving.request_guard import Guard
from deltarule.serving.request_limits import (
    TooLarge,
    superseded,
    too_large,
    too_many_wait,
    too_slow,
)
from deltarule.serving.sent_forms import sent_fields
from deltarule.serving.served_page import (
    SCRIPT,
    STYLE,
    error_html,
    icon,
    script,
    served_page,
    style_sheet,
)
from deltarule.serving.served_state import Handler, Served
from deltarule.serving.worker_processes import Busy, Superseded


def served_app(served: Served) -> Guard:
    """The whole application, behind its guard."""

    @asynccontextmanager
    async def running(_app: Starlette) -> AsyncIterator[None]:
        opening = asyncio.create_task(_opened(served))
        yield
        opening.cancel()
        served.workers.close()

    routes = [
        Route("/enter", _entering(served), methods=["GET", "POST"]),
        Route("/leave", _leaving(served), methods=["GET"]),
        Route(STYLE, _kept(style_sheet, "text/css")),
        Route(SCRIPT, _kept(script, "text/javascript")),
        Route("/favicon.ico", _kept(icon, "image/svg+xml")),
        *(_route(served, *row) for row in (*student_pages.ROUTES, *equations_page.ROUTES)),
        *(_route(served, *row, teacher=True) for row in teacher_pages.ROUTES),
    ]
    app = Starlette(
        routes=routes,
        lifespan=running,
        exception_handlers={
            HTTPException: _said(served),
            DeltaruleError: _refused(served),
            Busy: _limited(too_many_wait, 503, {"retry-after": "5"}),
            Superseded: _limited(superseded, 409),
            TooLarge: _limited(too_large, 413),
            TimeoutError: _limited(too_slow, 408),
        },
    )
    return Guard(app, served.settings.hosts, served.settings.cookie)


async def _opened(served: Served) -> None:
    """The first exam, opened in every process before anybody comes."""
    job = {"do": "layout", "exam": next(iter(served.exams)), "paper": ""}
    with suppress(Busy):
        await asyncio.gather(*(served.workers.ask(job) for _ in range(served.settings.jobs)))


def _route(
    served: Served, path: str, methods: list[str], does: Handler, teacher: bool = False
) -> Route:
    """A page for whoever has a token; others are asked for it."""

    async def answered(request: Request) -> Response:
        visit = served.visit(request)
        if visit is None:
            if request.method != "GET":
                raise HTTPException(403, "nobody is known here: open your link again")
            return RedirectResponse("/enter", 303)
        if teacher and not visit.person.teacher:
            raise HTTPException(404, "there is no such page here")
        return await does(served, request, visit)

    return Route(path, answered, methods=methods)


def _entering(served: Served) -> Callable[[Request], Awaitable[Response]]:
    """A token becomes a cookie, so that no address on the screen has it."""

    async def enter(request: Request) -> Response:
        fields = await sent_fields(request) if request.method == "POST" else request.query_params
        token = fields.get("token", "").strip().upper()
        if not token:
            return HTMLResponse(served_page("Your token", entry_body(), None))
        address = request.client.host if request.client else ""
        if not served.wrong.takes(address):
            raise HTTPException(429, "too many tokens were tried: wait some minutes")
        if served.tokens.person(token) is None:
            page = served_page("Your token", entry_body(wrong=True), None)
            return HTMLResponse(page, 403)
        served.wrong.give_back(address)
        response = RedirectResponse("/", 303)
        kept = {"httponly": True, "samesite": "lax", "secure": served.settings.secure}
        response.set_cookie(served.settings.cookie, token, max_age=180 * 86_400, **kept)
        return response

    return enter


def _leaving(served: Served) -> Callable[[Request], Awaitable[Response]]:
    async def leave(_request: Request) -> Response:
        response = RedirectResponse("/enter", 303)
        response.delete_cookie(served.settings.cookie)
        return response

    return leave


def _kept(text: Callable[[], str], kind: str) -> Callable[[Request], Awaitable[Response]]:
    async def sent(_request: Request) -> Response:
        return PlainTextResponse(text(), media_type=kind)

    return sent


def _said(served: Served) -> Callable[[Request, Exception], Awaitable[Response]]:
    """A refusal as a page, or in a line for the script."""

    async def said(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        words = str(error.detail) if isinstance(error, HTTPException) else ""
        if status in (404, 405) and not words[:1].islower():
            words = "there is no such page here"
        return _page(served, request, DeltaruleError(words), status)

    return said


def _refused(served: Served) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def refused(request: Request, error: Exception) -> Response:
        found = error if isinstance(error, DeltaruleError) else DeltaruleError(str(error))
        return _page(served, request, found, 400)

    return refused


def _page(served: Served, request: Request, error: DeltaruleError, status: int) -> Response:
    page = served_page("Refused", [error_html(error)], served.visit(request))
    return HTMLResponse(page, status)


def _limited(
    error: Callable[[], DeltaruleError], status: int, headers: dict[str, str] | None = None
) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What is said where a limit is reached."""

    async def limited(request: Request, _error: Exception) -> Response:
        accepted = request.headers.get("accept", "")
        return refusal(error(), status, accepted, headers=headers)

    return limited
