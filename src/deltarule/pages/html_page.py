"""A page of HTML that needs nothing else: no picture, no other file, nothing from a network.

Light and dark as the reader's system is, readable from 320 pixels on, and printed in black. What
somebody wrote is text, and stands apart from the direction of writing around it. A page may have a
script of ours, which it names by its hash, so that no other runs.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from importlib.resources import files

from deltarule.spelling.visible import visible, visible_json

#: The page may load nothing, and run nothing but what `script-src` names.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def text_html(text: str) -> str:
    """Somebody's text: every sign stands for itself."""
    return html.escape(visible(text), quote=True)


#: What stands lower in a sentence with formulas: h_{t−1}, W_xh, but no name of several letters.
_LOWER = re.compile(r"_\{([^{}]*)\}|(?<=\b[^\W\d_])_([A-Za-z0-9\u0370-\u03ff]+)")


def sentence_html(text: str) -> str:
    """Somebody's sentence, in which subscripts are set lower."""
    return _LOWER.sub(lambda found: f"<sub>{found[1] or found[2]}</sub>", text_html(text))


def quoted_html(text: str, tag: str = "bdi") -> str:
    """Somebody's text in an element of its own, by default one apart in direction."""
    return f"<{tag}>{text_html(text)}</{tag}>"


def page_html(
    title: str,
    body: Iterable[str],
    styles: Sequence[str] = ("page_colours.css", "page_style.css"),
    script: str | Sequence[str] = "",
    data: object = None,
) -> str:
    """A whole page; `title` is a text, `body` are lines of HTML.

    `styles` and `script` are files of this room; `data` are values that the scripts read.
    """
    scripts = [script] if isinstance(script, str) and script else script
    style = "\n".join(map(own_file, styles))
    code = "".join(f"\n{own_file(name)}" for name in scripts)
    policy = f"{_POLICY}; script-src '{_hash(code)}'" if script else _POLICY
    head = (
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{text_html(' '.join(title.split()))}</title>",
        f"<style>\n{style}</style>",
        "</head>",
        "<body>",
        "<main>",
    )
    tail = [] if data is None else [f'<script type="application/json" id="data">{_json(data)}']
    tail += ["</script>"] if tail else []
    tail += [f"<script>{code}</script>"] if script else []
    return "\n".join((*head, *body, "</main>", *tail, "</body>", "</html>", ""))


def own_file(name: str) -> str:
    """A file of this room, such as a style sheet."""
    return files("deltarule.pages").joinpath(name).read_text(encoding="utf-8")


def _hash(code: str) -> str:
    """A script as a content security policy names it (W3C, CSP level 3)."""
    return f"sha256-{b64encode(sha256(code.encode()).digest()).decode()}"


def _json(data: object) -> str:
    """Values inside an element: no sign in them ends it, or begins another."""
    text = visible_json(
        json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    )
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
