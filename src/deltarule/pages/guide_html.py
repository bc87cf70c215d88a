"""A guide as a page: Markdown as CommonMark has it, with links to the other pages of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.token import Token

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.pages.blocks_html import STYLES
from deltarule.pages.html_page import page_html, text_html

#: Who a guide is for, by its folder, in the order in which they are listed.
READERS = {
    "students": "For students",
    "teachers": "For teachers and assistants",
    "engineers": "For engineers",
    "developers": "For developers of deltarule",
}


@dataclass(frozen=True)
class Guide:
    """One guide: its name (that of its file), whom it is for, its title and its Markdown."""

    name: str
    reader: str
    title: str
    text: str


@cache
def guides() -> Mapping[str, Guide]:
    """All guides by their names, in the order of their readers."""
    home = files("deltarule.guides")
    found = {}
    for reader in READERS:
        for path in sorted(home.joinpath(reader).iterdir(), key=lambda p: p.name):
            if path.name.endswith(".md"):
                text = path.read_text(encoding="utf-8")
                title = text.partition("\n")[0].lstrip("# ").strip()
                name = path.name.removesuffix(".md")
                found[name] = Guide(name, reader, title, text)
    return found


def guide_named(name: str) -> Guide:
    """A guide by its name. Raises DeltaruleError, with the nearest name, where there is none."""
    wanted = name.strip().lower().replace(" ", "_").replace("-", "_").removesuffix(".md")
    found = guides().get(wanted)
    if found is None:
        hint = did_you_mean(wanted, guides()) or f"there are {', '.join(guides())}"
        raise DeltaruleError(f"there is no guide {name}", "deltarule guide", hint)
    return found


def guide_html(guide: Guide) -> str:
    """A guide as a page of its own, whose links to others are their names."""
    return page_html(guide.title, guide_body(guide, alone=True), STYLES)


def guide_body(guide: Guide, alone: bool = False) -> Iterator[str]:
    """The elements of the page; one that stands `alone` has no links.

    Whatever stands in a guide is text or Markdown, never HTML.
    """
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = [*_linked(_anchored(reader.parse(guide.text)), alone)]
    yield reader.renderer.render(tokens, reader.options, {})


def _anchored(tokens: Sequence[Token]) -> Sequence[Token]:
    """Headings have the ids by which links to a part of a page name them: its words in small
    letters with hyphens, and a number where that stands twice, as where repositories are read."""
    seen: dict[str, int] = {}
    for k, token in enumerate(tokens):
        if token.type == "heading_open":
            words = "".join(part.content for part in tokens[k + 1].children or ())
            kept = re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-")
            count = seen.get(kept, 0)
            seen[kept] = count + 1
            token.attrSet("id", f"{kept}-{count}" if count else kept)
    return tokens


def _linked(tokens: Sequence[Token], alone: bool) -> Iterator[Token]:
    """Links to guides lead to their pages; those to files of the source are names alone."""
    for token in tokens:
        if token.children:
            inside: list[Token] = []
            bare = 0
            for child in token.children:
                page = None if alone else _page_of(str(child.attrs.get("href", "")))
                if child.type == "link_open" and page is None:
                    bare += 1
                elif child.type == "link_close" and bare:
                    bare -= 1
                else:
                    if child.type == "link_open":
                        child.attrs["href"] = page or ""
                    inside.append(child)
            token.children = inside
        if token.type in ("fence", "code_block"):
            token.attrSet("tabindex", "0")
        yield token


def _page_of(target: str) -> str | None:
    """The page of the site that a link leads to, or the part of its own; None for none."""
    path, _, anchor = target.partition("#")
    if anchor and not path:
        return target
    name = PurePosixPath(path).name.removesuffix(".md")
    if path.endswith(".md") and name in guides():
        return f"{name}.html" + (f"#{anchor}" if anchor else "")
    return None


def listed_guides(root: str = "") -> Iterator[str]:
    """The guides as lists of links, by their readers."""
    for reader, heading in READERS.items():
        mine = [guide for guide in guides().values() if guide.reader == reader]
        if mine:
            yield f"<h3>{heading}</h3><ul>"
            for guide in mine:
                where = f"{root}guides/{guide.name}.html"
                yield f'<li><a href="{where}">{text_html(guide.title)}</a></li>'
            yield "</ul>"
