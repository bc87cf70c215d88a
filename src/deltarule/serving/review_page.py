"""A sheet as its teacher looks at it: remarks, and the table of what its numbers let one see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deltarule.pages.blocks_html import table_html
from deltarule.pages.html_page import quoted_html, text_html
from deltarule.spelling.counted import counted

#: So many mistakes of a list are shown at once.
_MOST = 12


def review_body(
    title: str, said: Mapping[str, Any], found: Mapping[str, Any] | None, address: str
) -> Iterator[str]:
    """The body of the page; `found` is what the numbers let one see, where that is known already,
    else `address` finds it out.
    """
    yield quoted_html(title, "h1")
    yield "<h2>Remarks</h2>"
    yield from _remarks(said)
    yield "<h2>Identifiability</h2>"
    if found is None:
        yield (
            "<p>Which mistakes the printed digits tell from right working. It is worked out when "
            "it is first asked for, which takes up to a minute: "
            f'<a href="{address}">the table</a>.</p>'
        )
        return
    yield from _table(found)


def pasted_body(hidden: str, text: str, found: Mapping[str, Any] | None) -> Iterator[str]:
    """A field for a sheet, and what is said of the one in it; `hidden` is the form's own field."""
    yield "<h1>A sheet</h1>"
    yield (
        "<p>Write or paste a sheet: errors and warnings appear below, and what its numbers let a "
        "marker see. Nothing of it is kept, and no file that it names is opened.</p>"
        f'<form method="post" action="/teacher/paste">{hidden}'
        '<label class="above" for="sheet">The sheet, as TOML</label>'
        '<textarea id="sheet" name="sheet" rows="18" spellcheck="false">'
        f'\n{text_html(text)}</textarea><p><button type="submit">Look at it</button></p></form>'
    )
    if found is not None:
        yield "<h2>Remarks</h2>"
        yield from _remarks(found)
        yield from _table(found)


def _table(found: Mapping[str, Any]) -> Iterator[str]:
    """What the numbers let one see: of each run, then mistake by mistake."""
    for audit in found["audits"]:
        yield from _audit(audit)
    if found["distances"]:
        table = found["distances"].partition("</h1>")[2]
        yield "<h2>Every mistake in every quantity</h2>"
        yield f"<details><summary>the distances</summary>{table}</details>"


def _remarks(found: Mapping[str, Any]) -> Iterator[str]:
    """The remarks, errors first."""
    if not found["remarks"]:
        yield '<section class="good"><p>Nothing is wrong.</p></section>'
    for remark in found["remarks"]:
        kind, sign = ("bad", "✗ error") if remark["error"] else ("follows", "! warning")
        yield f'<section class="{kind}"><p><span class="verdict {kind}">{sign}</span> '
        yield f"{quoted_html(remark['fact'])}</p>"
        if remark["place"]:
            yield f'<p class="soft">{quoted_html(remark["place"])}</p>'
        if remark["remedy"]:
            yield f"<p>{quoted_html(remark['remedy'])}</p>"
        yield "</section>"


def _audit(audit: Mapping[str, Any]) -> Iterator[str]:
    yield f"<p>{quoted_html(audit['title'])}</p>"
    if "why_not" in audit:
        yield f'<p class="soft">{quoted_html(audit["why_not"])}</p>'
        return
    seen = f"{audit['seen']} of {counted(audit['mistakes'], 'mistake')} show"
    yield f"<p>Answers with {text_html(audit['digits'])}: {seen}.</p>"
    rows = [
        (f'<i class="name">{text_html(line)}</i>', str(count), str(shown), text_html(nearest), far)
        for line, count, shown, nearest, far in audit["lines"]
    ]
    heads = ("line", "mistakes", "seen", "the nearest that is seen", "units of the last digit")
    yield table_html(heads, rows, {1, 2, 4})
    yield from (f'<p class="soft">{quoted_html(note)}</p>' for note in audit["notes"])
    yield from _listed("Hidden by these numbers", audit["hidden"])
    if audit["changes"]:
        yield "<h3>After this change they show</h3>"
        for words, shown in audit["changes"]:
            each = "".join(f"<li>{quoted_html(one)}</li>" for one in shown)
            said = f"{quoted_html(words)}: {counted(len(shown), 'mistake')}"
            yield f"<details><summary>{said}</summary><ul>{each}</ul></details>"
    yield from _listed("What other numbers with more digits show", audit["finer"])
    yield from _listed("What no numbers show at these sizes and settings", audit["never"])


def _listed(heading: str, words: Sequence[str]) -> Iterator[str]:
    if not words:
        return
    first = "".join(f"<li>{quoted_html(one)}</li>" for one in words[:_MOST])
    yield f"<h3>{heading}</h3><ul>{first}</ul>"
    if more := words[_MOST:]:
        rest = "".join(f"<li>{quoted_html(one)}</li>" for one in more)
        yield f"<details><summary>{len(more)} more</summary><ul>{rest}</ul></details>"
