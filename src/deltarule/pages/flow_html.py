"""The flow of a gradient as a page: the curve, the sentence, and the numbers at every place."""

from __future__ import annotations

from collections.abc import Iterator

from deltarule.arithmetic.magnitude import as_magnitude
from deltarule.pages.blocks_html import STYLES, begun, paragraph, table_html
from deltarule.pages.flow_svg import flow_svg
from deltarule.pages.html_page import page_html, text_html
from deltarule.reports.things import ShownFlow


def flow_html(shown: ShownFlow) -> str:
    """The whole page."""
    return page_html(f"Flow: {shown.flow.title}", _body(shown), STYLES)


def _body(shown: ShownFlow) -> Iterator[str]:
    yield f"<h1>How the gradient flows through {text_html(shown.flow.title)}</h1>"
    yield paragraph(f"{begun(shown.flow.sentence)}.")
    for said in (shown.flow.copy, shown.flow.ends):
        if said:
            yield paragraph(f"{begun(said)}.")
    yield f'<div class="wide" tabindex="0">{flow_svg(shown.flow, shown.beside)}</div>'
    if len(shown.flow.places) > 1 and as_magnitude(shown.flow.rate).is_finite:
        yield paragraph(f"On average it is multiplied by {_brief(shown.flow.rate)} a place.")
    if shown.beside:
        yield "<h2>Beside it</h2><ul>"
        for other in shown.beside:
            yield f"<li>{text_html(other.title)}: {text_html(other.sentence)}</li>"
        yield "</ul>"
    yield "<details><summary>the numbers</summary>"
    rows = [
        (text_html(p.label), _brief(p.size), "" if p.factor is None else _brief(p.factor))
        for p in shown.flow.places
    ]
    yield table_html(("place", "size of the gradient", "factor"), rows, (1, 2)) + "</details>"


def _brief(number: float) -> str:
    return as_magnitude(number).text()
