"""`deltarule serve`: what it needs, where it listens, and what it says on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from deltarule.cli.arguments import no_option, split
from deltarule.cli.formats import FORMATS, refuse, show
from deltarule.cli.page import Page
from deltarule.cli.serve_command import Serve
from deltarule.errors import DeltaruleError
from deltarule.processors import processes

#: What the extra installs.
_NEEDS = ("starlette", "uvicorn")
_STATE = "deltarule-serve.sqlite"


@dataclass(frozen=True)
class ServerLinks:
    """Where a server is, and the links of those whom it lets in, by what they are called.

    `readable`: others in the network can read what is sent.
    """

    address: str
    links: Sequence[tuple[str, str, str]]
    sheets: Sequence[tuple[str, str]]
    readable: bool = False


def serve_pages(asked: Serve) -> int:
    """Serve until somebody ends it; the exit status is 0."""
    if asked.format not in ("text", "json"):
        raise DeltaruleError(
            f"a server is not shown as {FORMATS[asked.format].title}",
            f"--{asked.format}",
            f"leave --{asked.format} out for text, or write --json",
        )
    _refuse_without_extra()
    from deltarule.serving.running_server import RunningServer

    with RunningServer(_settings(asked)) as server:
        show(_links_of(server.served, everybody=False), "a server", asked.format)
        server.run()
    return 0


def show_links(asked: Serve) -> int:
    """All links, without a server."""
    refuse("links to a server", asked.format)
    _refuse_without_extra()
    from deltarule.serving.running_server import not_running

    with not_running(_settings(asked)) as served:
        show(_links_of(served, everybody=True), "links to a server", asked.format)
    return 0


def _refuse_without_extra() -> None:
    missing = [name for name in _NEEDS if find_spec(name) is None]
    if missing:
        raise DeltaruleError(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed",
            "deltarule serve",
            "pip install 'deltarule[serve]', in a checkout: pip install '.[serve]'",
        )


def _settings(asked: Serve) -> Any:
    from deltarule.classes.revealing import revealed
    from deltarule.classes.roster import Roster, read_roster
    from deltarule.marking.sheet_files.sheets import sheet_names
    from deltarule.serving.serve_settings import ServeSettings

    bare, options = split(asked.words or ())
    if options:
        raise no_option(options, "see deltarule serve --help")
    local = asked.host in ("127.0.0.1", "localhost", "::1")
    if not local and not asked.name:
        raise DeltaruleError(
            f"nobody knows what browsers call a server at {asked.host}",
            "--host",
            "say it, as --name marking.example.org: requests that name another host are refused",
        )
    return ServeSettings(
        tuple(bare or sheet_names()),
        str(asked.state or _STATE),
        read_roster(asked.students) if asked.students is not None else Roster(),
        revealed(asked.reveal) if asked.reveal is not None else "",
        asked.host,
        asked.port,
        tuple(asked.name or ()),
        processes(asked.jobs, "--jobs"),
        asked.sandbox,
        asked.https,
    )


def _links_of(served: Any, everybody: bool) -> ServerLinks:
    people = served.tokens.people if everybody else served.tokens.people[:1]
    links = [(p.id, p.name, served.link(p)) for p in people]
    settings, sheets = served.settings, [(e.slug, e.title) for e in served.exams.values()]
    return ServerLinks(
        settings.address, links, sheets, bool(settings.names) and not settings.secure
    )


def server_page(page: Page, found: ServerLinks) -> None:
    """The link to open, and how to end it."""
    page.prose(
        "deltarule serves " + ", ".join(title for _, title in found.sheets[:4]) + _more(found)
    )
    for who, _, link in found.links:
        page.prose(f"open {link}" if who == "me" else f"your link ({who}): {link}")
    if found.readable:
        page.prose(
            "links and answers go through the network as they are: put HTTPS before it, and "
            "say --https",
            style="yellow",
        )
    page.prose("Ctrl-C ends it; what was sent is kept", style="dim")


def _more(found: ServerLinks) -> str:
    more = len(found.sheets) - 4
    return f" and {more} more" if more > 0 else ""


def links_page(page: Page, found: ServerLinks) -> None:
    """A line for each link."""
    for who, name, link in found.links:
        page.prose(f"{name or who}: {link}")


def links_values(found: ServerLinks) -> dict[str, Any]:
    """The address, the sheets, and a link for each."""
    return {
        "address": found.address,
        "sheets": [{"name": slug, "title": title} for slug, title in found.sheets],
        "links": [{"id": id, "name": name, "link": link} for id, name, link in found.links],
    }
