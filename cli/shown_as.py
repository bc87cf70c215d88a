"""The ways out: how what the functions of a format give goes to the screen, or to a file."""

from __future__ import annotations

from collections.abc import Callable


def on_the_screen(fill: Callable, thing: object) -> None:
    """A page is filled with the thing, and shown."""
    from deltarule.cli.page import Page
    from deltarule.cli.screen import console

    screen = console()
    page = Page(screen.width, screen.is_terminal)
    fill(page, thing)
    page.show(screen)


def page_as_markdown(fill: Callable, thing: object, _called: str) -> None:
    """A page is filled with the thing, and written as Markdown."""
    from deltarule.cli.document import MarkdownPage
    from deltarule.cli.screen import write

    page = MarkdownPage()
    fill(page, thing)
    write(str(page))


def page_as_latex(fill: Callable, thing: object, _called: str) -> None:
    """A page is filled with the thing, and written as a fragment of LaTeX."""
    from deltarule.cli.screen import write

    write(_latex_page(fill, thing))


def page_as_document(fill: Callable, thing: object, _called: str) -> None:
    """A page is filled with the thing, and written as a document that compiles."""
    from deltarule.cli.screen import write
    from deltarule.reports.latex import document

    write(document(_latex_page(fill, thing)))


def _latex_page(fill: Callable, thing: object) -> str:
    from deltarule.cli.document import LatexPage

    page = LatexPage()
    fill(page, thing)
    return str(page)


def page_as_html(fill: Callable, thing: object, called: str) -> None:
    """A page is filled with the thing, and written as a page of HTML: without a title of its own
    it has what the thing is called, "The list of rules".
    """
    from deltarule.cli.html_document import HtmlPage
    from deltarule.cli.screen import write

    page = HtmlPage(called[:1].upper() + called[1:])
    fill(page, thing)
    write(str(page))


def as_values(values: Callable, thing: object) -> None:
    """Plain values are written as JSON."""
    from deltarule.cli.screen import write_json

    write_json(values(thing))


def as_it_is(text: Callable, thing: object) -> None:
    """A text is written as it is."""
    from deltarule.cli.screen import write

    write(text(thing))


def as_a_document(fragment: Callable, thing: object) -> None:
    """A fragment of LaTeX is written as a document that compiles."""
    from deltarule.cli.screen import write
    from deltarule.reports.latex import document

    write(document(fragment(thing)))


def as_files(files: Callable, thing: object) -> None:
    """Files are written into the folder that was asked for."""
    from deltarule.cli.output import written_into
    from deltarule.cli.screen import write

    write(written_into(files(thing)))


def as_bitmap(picture: Callable, thing: object) -> None:
    """A picture in SVG is drawn as PNG."""
    from deltarule.cli.screen import write_bytes
    from deltarule.pages.bitmap import bitmap

    write_bytes(bitmap(picture(thing)))


def bitmaps_ready() -> None:
    """Raises DeltaruleError where nothing is installed that draws bitmaps."""
    from deltarule.pages.bitmap import renderer

    renderer()
