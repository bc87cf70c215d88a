"""`deltarule guide`: a guide on the screen, the list of them, and all documentation as pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from deltarule.cli.arguments import one_name
from deltarule.cli.formats import show
from deltarule.cli.guide_command import ShowGuide
from deltarule.cli.page import Page
from deltarule.cli.progress import Progress
from deltarule.language.load import find
from deltarule.pages.documentation_site import Site, site_paths, write_site
from deltarule.pages.guide_html import READERS, Guide, guide_named, guides
from deltarule.spelling.counted import counted


def show_guide(asked: ShowGuide) -> int:
    """Show one guide, or which there are. Raises DeltaruleError for an unknown one."""
    words = asked.words or []
    if words:
        show(guide_named(one_name(words, "deltarule guide an_exam")), "a guide", asked.format)
    else:
        show([*guides().values()], "the list of guides", asked.format)
    return 0


def show_site(asked: ShowGuide) -> int:
    """Write the site, and say what is in it."""
    folder = asked.site or Path()
    only = [find(name).stem for name in asked.only or ()]
    paths = [*site_paths()]
    done = 0
    with Progress("writing pages") as bar:

        def tell(_path: str) -> None:
            nonlocal done
            bar.tell(done, len(paths))
            done += 1

        site = write_site(folder, only, tell, asked.force)
    show(site, "a written site", asked.format)
    return 0


def guides_page(page: Page, found: Sequence[Guide]) -> None:
    """The guides by their readers."""
    for reader, heading in READERS.items():
        page.heading(heading)
        for guide in found:
            if guide.reader == reader:
                page.item(guide.name, guide.title, column=28)
    page.blank()
    page.prose("deltarule guide NAME shows one.")


def guide_page(page: Page, guide: Guide) -> None:
    """A guide: what is Markdown's own becomes titles, lists and examples."""
    tokens = MarkdownIt("commonmark").enable("table").parse(guide.text)
    deep = 0
    for k, token in enumerate(tokens):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            deep += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            deep -= 1
        elif token.type in ("fence", "code_block"):
            page.blank()
            (page.python if token.info == "python" else page.verbatim)(token.content.rstrip("\n"))
            page.blank()
        elif token.type == "inline":
            _said(page, _plain(token), tokens[k - 1], deep)


def _said(page: Page, words: str, before: Token, deep: int) -> None:
    """The text of a heading, a paragraph, a point of a list or a cell."""
    if before.type == "heading_open":
        page.title(words) if before.tag == "h1" else page.heading(words)
    elif deep:
        page.item("–", words, column=4)
    else:
        page.prose(words)
        page.blank()


def _plain(token: Token) -> str:
    """The words of a line, with what is code as it is; links are their texts."""
    parts: Iterable[Token] = token.children or ()
    texts = {"softbreak": " ", "hardbreak": " "}
    return "".join(texts.get(part.type, part.content) for part in parts)


def site_page(page: Page, site: Site) -> None:
    """What was written, and where to begin."""
    pages = counted(site.layers, "derivation"), counted(site.rules, "rule")
    page.prose(f"{', '.join(pages)} and {counted(site.guides, 'guide')} are in {site.folder}")
    page.prose(f"{site.folder / 'index.html'} is where to begin")


def guide_text(guide: Guide) -> str:
    """The Markdown as it was written."""
    return guide.text


def guide_values(guide: Guide) -> dict:
    """One guide as plain values for JSON."""
    return {"guide": guide.name, "for": guide.reader, "title": guide.title, "markdown": guide.text}


def guides_values(found: Sequence[Guide]) -> dict:
    """The list as plain values for JSON."""
    return {"guides": [{"guide": g.name, "for": g.reader, "title": g.title} for g in found]}


def site_values(site: Site) -> dict:
    """What was written, as plain values for JSON."""
    return {
        "folder": str(site.folder),
        "derivations": site.layers,
        "rules": site.rules,
        "guides": site.guides,
    }
