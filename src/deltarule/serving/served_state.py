"""What all requests to a server share, and who it is that asks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from deltarule.classes.revealing import CAUSES, RIGHT_VALUES
from deltarule.serving.class_tokens import ClassTokens, Person
from deltarule.serving.kept_attempts import KeptAttempts
from deltarule.serving.request_guard import WRONG_BURST, WRONG_PER_SECOND, Allowance
from deltarule.serving.sent_forms import sent_form
from deltarule.serving.serve_settings import ServeSettings
from deltarule.serving.served_exams import ServedExam, served_exams
from deltarule.serving.served_page import Visit
from deltarule.serving.worker_processes import Busy, Workers, refused

#: So many requests of one person wait at most.
MOST_OF_ONE = 8
#: A page: it takes what is shared, the request, and who looks at it.
Handler = Callable[["Served", Request, Visit], Awaitable[Response]]


class Served:
    """What all requests share: settings, exams, tokens, attempts, and who does the jobs."""

    def __init__(self, settings: ServeSettings, attempts: KeptAttempts, workers: Workers):
        self.settings, self.attempts, self.workers = settings, attempts, workers
        self.exams = served_exams(settings.exams, settings.students)
        self.tokens = ClassTokens(attempts.secret("tokens"), settings.students)
        self.reveal = settings.reveal or (RIGHT_VALUES if self.tokens.alone else CAUSES)
        self.layouts: dict[tuple[str, str], dict[str, Any]] = {}
        self.tables: dict[str, dict[str, Any]] = {}
        self._turns: dict[str, tuple[asyncio.Lock, int]] = {}
        self.wrong = Allowance(WRONG_BURST, WRONG_PER_SECOND)

    async def ask(self, job: Mapping[str, Any], who: Person) -> dict[str, Any]:
        """What comes of a job that somebody asks for: one at a time, so that nobody who sends what
        takes long keeps all others waiting.

        Raises DeltaruleError for a refusal, and Busy where too much waits.
        """
        lock, waiting = self._turns.get(who.key, (asyncio.Lock(), 0))
        if waiting >= MOST_OF_ONE:
            raise Busy
        self._turns[who.key] = lock, waiting + 1
        try:
            async with lock:
                answer = await self.workers.ask(job)
        finally:
            lock, waiting = self._turns.pop(who.key)
            if waiting > 1:
                self._turns[who.key] = lock, waiting - 1
        error = refused(answer)
        if error is not None:
            raise error
        return answer

    def visit(self, request: Request) -> Visit | None:
        """Whoever asks, and what the forms of their pages bring along; None for nobody."""
        token = request.cookies.get(self.settings.cookie, "")
        person = self.tokens.person(token) if token else None
        if person is None:
            return None
        return Visit(person, self.tokens.form_token(token), self.tokens.alone)

    async def sent_form(self, request: Request) -> dict[str, str]:
        """The fields of a form of ours. Raises HTTPException for one from elsewhere."""
        token = request.cookies.get(self.settings.cookie, "")
        return await sent_form(request, self.tokens, token, self.settings.secure)

    def exam(self, request: Request) -> ServedExam:
        """The exam that an address names. Raises HTTPException for one that is not served."""
        found = self.exams.get(request.path_params["slug"])
        if found is None:
            raise HTTPException(404, "there is no such sheet here")
        return found

    def name(self, who: str) -> str:
        """What somebody is called."""
        found = next((p for p in self.tokens.people if p.id == who), None)
        return (found.name or "you") if found is not None else who

    def link(self, person: Person) -> str:
        """The address that lets somebody in."""
        return f"{self.settings.address}/enter?token={self.tokens.token(person)}"
