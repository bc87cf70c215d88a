"""A server without a port: an application whose jobs are done in this process, and its visitors."""

import asyncio
import json
import re
from dataclasses import dataclass
from urllib.parse import unquote, urlencode

from parsed_html import Whole

from deltarule.classes.roster import Roster, roster_of
from deltarule.serving.kept_attempts import KeptAttempts
from deltarule.serving.serve_settings import ServeSettings
from deltarule.serving.served_app import served_app
from deltarule.serving.served_state import Served
from deltarule.serving.worker_processes import InThisProcess

HOST = "127.0.0.1:8765"


def served_here(path, *exams, students="", **more):
    """What a server of these exams shares; `students` is a list as a CSV text."""
    roster = roster_of(students) if students else Roster()
    settings = ServeSettings(exams or ("slide",), str(path), roster, **more)
    served = Served(settings, KeptAttempts(path), InThisProcess([]))
    shelf = [(e.slug, e.path) for e in served.exams.values()]
    served.workers = InThisProcess(shelf, settings.sandbox)
    return served


@dataclass
class Answered:
    """What came back of a request: the text of its body, the headers, and its address."""

    status: int
    headers: dict[str, str]
    text: str
    path: str

    def json(self):
        return json.loads(self.text)


class Visitor:
    """Somebody with a browser that runs no script; `who` has a token, None has not."""

    def __init__(self, served, who="me", host=HOST):
        self.served, self.host, self.cookie = served, host, ""
        self.app = served_app(served)
        self.page = None
        if who is not None:
            person = next(p for p in served.tokens.people if p.id == who)
            self.get(f"/enter?token={served.tokens.token(person)}")

    @property
    def form_token(self):
        return re.search(r'name="form_token" value="(\w+)"', self.page.text)[1]

    def get(self, address, **headers):
        return self.ask("GET", address, b"", headers)

    def post(self, address, fields, token=None, **headers):
        """Send a form; with the token of the page that is open, unless another is given."""
        own = {"form_token": self.form_token if token is None else token}
        form = {"content_type": "application/x-www-form-urlencoded"}
        return self.ask("POST", address, urlencode({**own, **fields}).encode(), {**form, **headers})

    def ask(self, method, address, body, headers):
        """One request, and those that it is sent on to; the page is open then."""
        page = asyncio.run(self._asked(method, address, body, headers))
        if "set-cookie" in page.headers:
            self.cookie = page.headers["set-cookie"].partition(";")[0]
        if page.status == 303:
            return self.get(page.headers["location"].partition("#")[0])
        self.page = page
        return page

    async def _asked(self, method, address, body, headers):
        """An application is called as a server calls it (ASGI 3)."""
        path, _, query = address.partition("?")
        said = {"host": self.host, "cookie": self.cookie, "content-length": str(len(body))}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 1),
            "headers": [(n.encode(), v.encode()) for n, v in said.items() if v],
        }
        sent = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            sent.append(message)

        await self.app(scope, receive, send)
        begun, *rest = sent
        found = {n.decode(): v.decode() for n, v in begun["headers"]}
        text = b"".join(m.get("body", b"") for m in rest).decode()
        return Answered(begun["status"], found, text, path)


class OfServer(Whole):
    """A page of the server: whatever it asks for is asked of the server itself."""

    allowed = frozenset({"href", "src", "action"})
    refused = Whole.refused - {"link", "form"}

    def handle_starttag(self, tag, attrs):
        own = [(n, v) for n, v in attrs if n in self.allowed and v.startswith(("/", "#"))]
        assert not any(v.startswith("//") for _, v in own)
        super().handle_starttag(tag, [a for a in attrs if a not in own])
