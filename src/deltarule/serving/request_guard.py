"""What every request goes through: whose host it names, how large it is, how often it comes.

And what every answer says to the browser: nothing from elsewhere is loaded, no script runs but the
one of this server, no other page frames it or learns of it.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from deltarule.serving.refused_requests import refusal
from deltarule.serving.request_limits import (
    LARGEST_BODY,
    USUAL_BODY,
    TooLarge,
    too_large,
    too_often,
)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: So many seconds it may take to come, from its first byte on.
LONGEST_BODY = 60.0
#: So many requests at once of one bearer or address, and so many a second from then on.
BURST, PER_SECOND = 120.0, 12.0
#: So many wrong tokens of one address, and so many a second from then on.
WRONG_BURST, WRONG_PER_SECOND = 20.0, 0.2
#: So many bearers are remembered.
_REMEMBERED = 10_000
#: What is said to whoever came by another name.
NOT_OURS = "this server is not called so: use the address that it printed"
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
]


class Allowance:
    """So much at once, and so much a second from then on, for each of many (a token bucket)."""

    def __init__(self, burst: float, per_second: float):
        self._burst, self._rate = burst, per_second
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def takes(self, who: str, now: float | None = None, many: float = 1.0) -> bool:
        """Whether one more is allowed, or so `many`; it is counted then."""
        now = time.monotonic() if now is None else now
        left, then = self._left.pop(who, (self._burst, now))
        left = min(self._burst, left + (now - then) * self._rate)
        allowed = left >= many
        self._left[who] = (left - many if allowed else left, now)
        while len(self._left) > _REMEMBERED:
            self._left.popitem(last=False)
        return allowed

    def give_back(self, who: str) -> None:
        """What was counted last was no fault."""
        if who in self._left:
            left, then = self._left[who]
            self._left[who] = (min(self._burst, left + 1), then)


class Guard:
    """An application behind it sees only requests to one of `hosts`, and bodies that are small."""

    def __init__(self, app: App, hosts: Iterable[str], cookie: str):
        self._app, self._hosts = app, frozenset(hosts)
        self._cookie, self._allowance = f"{cookie}=".encode(), Allowance(BURST, PER_SECOND)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        send = _with_headers(send, scope["path"].startswith("/static/"))
        headers = dict(scope["headers"])
        accepted, length = headers.get(b"accept", b"").decode("latin-1"), _length(headers)
        many = max(length / USUAL_BODY, 1.0)
        if not self._is_ours(headers.get(b"host", b"")):
            await _refuse_in_a_line(send, 421, NOT_OURS)
        elif length > LARGEST_BODY:
            await refusal(too_large(), 413, accepted)(scope, receive, send)
        elif not self._allowance.takes(self._bearer(scope, headers), many=many):
            await refusal(too_often(), 429, accepted)(scope, receive, send)
        else:
            await self._app(scope, _limited(receive), send)

    def _is_ours(self, host: bytes) -> bool:
        try:
            return host.decode("ascii").lower() in self._hosts
        except UnicodeDecodeError:
            return False

    def _bearer(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        """Whoever is counted: the address, and behind it the cookie, as a class shares one."""
        given = [c for c in headers.get(b"cookie", b"").split(b"; ") if c.startswith(self._cookie)]
        address = (scope.get("client") or ("",))[0]
        return f"{address} {given[0][:80].decode('latin-1')}" if given else address


def _length(headers: dict[bytes, bytes]) -> int:
    said = headers.get(b"content-length", b"0")
    return int(said) if said.isdigit() and len(said) < 20 else LARGEST_BODY + 1


def _limited(receive: Receive) -> Receive:
    """Of a body whose length is not said, no more than is allowed."""
    read, until = 0, time.monotonic() + LONGEST_BODY

    async def limited() -> Message:
        nonlocal read
        left = until - time.monotonic()
        message = await asyncio.wait_for(receive(), left if read else None)
        read += len(message.get("body", b""))
        if read > LARGEST_BODY:
            raise TooLarge
        return message

    return limited


def _with_headers(send: Send, kept: bool) -> Send:
    """What is sent has our headers, and is not stored, unless it is alike for all."""
    stored = b"public, max-age=3600" if kept else b"no-store"

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [*_HEADERS, (b"cache-control", stored)]
            message["headers"] = [*message.get("headers", ()), *own]
        await send(message)

    return sending


async def _refuse_in_a_line(send: Send, status: int, words: str) -> None:
    """A refusal to whoever came by another name, for whom there is no page of ours."""
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{words}\n".encode()})
