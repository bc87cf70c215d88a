"""A page of HTML that needs nothing else: no script, no picture, no other file.

Light and dark as the reader's system is, readable from 320 pixels on, and printed in black. What
somebody wrote is text, and stands apart from the direction of writing around it.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from importlib.resources import files

from deltarule.spelling.visible import visible

#: The page may load nothing and run nothing, whatever it holds.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def text_html(text: str) -> str:
    """Somebody's text: every sign stands for itself."""
    return html.escape(visible(text), quote=True)


def quoted_html(text: str, tag: str = "bdi") -> str:
    """Somebody's text in an element of its own, by default one apart in direction."""
    return f"<{tag}>{text_html(text)}</{tag}>"


def page_html(title: str, body: Iterable[str]) -> str:
    """A whole page; `title` is a text, `body` are lines of HTML."""
    style = files("deltarule.classes").joinpath("page_style.css").read_text(encoding="utf-8")
    head = (
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{text_html(' '.join(title.split()))}</title>",
        f"<style>\n{style}</style>",
        "</head>",
        "<body>",
        "<main>",
    )
    return "\n".join((*head, *body, "</main>", "</body>", "</html>", ""))
