"""A page of the server: what stands around its contents, and the forms in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from deltarule.errors import DeltaruleError
from deltarule.pages.blocks_html import STYLES
from deltarule.pages.html_page import own_file, quoted_html, text_html
from deltarule.serving.class_tokens import Person
from deltarule.serving.request_limits import LARGEST_BODY
from deltarule.serving.sent_forms import FORM_TOKEN

#: Where the style and the script are, which every page has.
STYLE, SCRIPT = "/static/serve.css", "/static/serve.js"


@dataclass(frozen=True)
class Visit:
    """Who looks at a page, and what its forms bring along. `alone`: there is no class."""

    person: Person
    form_token: str
    alone: bool

    @property
    def hidden(self) -> str:
        """The field of every form."""
        return (
            f'<input type="hidden" name="{FORM_TOKEN}" value="{self.form_token}" '
            f'data-largest="{LARGEST_BODY}">'
        )


def served_page(title: str, body: Iterable[str], visit: Visit | None, here: str = "") -> str:
    """A whole page; `title` is a text, `body` are pieces of HTML, `here` is the address."""
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{text_html(' '.join(title.split()))}</title>",
        '<link rel="icon" href="/favicon.ico">'
        f'<link rel="stylesheet" href="{STYLE}"><script src="{SCRIPT}" defer></script>',
        "</head><body>",
        _navigation(visit, here) if visit is not None else "",
        "<main>",
    )
    return "".join((*head, *body, "</main></body></html>\n"))


def _navigation(visit: Visit, here: str) -> str:
    """The way to the other pages, and who is looking."""
    places = [("/", "Sheets"), ("/equations", "Equations")]
    places += [("/teacher", "Teacher")] if visit.person.teacher else []
    links = "".join(
        f'<a href="{address}"{_current(address, here)}>{name}</a>' for address, name in places
    )
    name = quoted_html(visit.person.name) if visit.person.name else ""
    name += "" if visit.alone else ' · <a href="/leave">leave</a>'
    return f'<nav class="top" aria-label="Pages">{links}<span class="soft">{name}</span></nav>'


def _current(address: str, here: str) -> str:
    own = here == address if address == "/" else here.startswith(address)
    return ' aria-current="page"' if own else ""


def error_html(error: DeltaruleError) -> str:
    """What is wrong, where, and what to do about it."""
    said = [f"<p><b>{text_html(error.fact)}</b></p>"]
    if error.place:
        said.append(f'<p class="soft">{text_html(error.place)}</p>')
    if error.remedy:
        said.append(f"<p>{text_html(error.remedy)}</p>")
    return f'<section class="bad" role="alert">{"".join(said)}</section>'


@cache
def style_sheet() -> str:
    """The style of all pages: that of the pages which are files, and what forms need."""
    return "\n".join((*map(own_file, (*STYLES, "class_style.css")), _file("serve.css")))


@cache
def script() -> str:
    """The script of all pages, without which they work."""
    return own_file("tab_stops.js") + _file("serve.js")


def icon() -> str:
    """A nabla, as a picture beside the title."""
    shape = '<path d="M2 3h12L8 14z" fill="none" stroke="#1b4fa8" stroke-width="2"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{shape}</svg>'


def _file(name: str) -> str:
    return files("deltarule.serving").joinpath(name).read_text(encoding="utf-8")
