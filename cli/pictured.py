"""Pages of HTML that have pictures beside what their page of text says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deltarule.cli.count import count_page
from deltarule.cli.html_document import HtmlPage
from deltarule.counting.counts import Count
from deltarule.errors import DeltaruleError
from deltarule.pages.field_svg import fields_svg


def count_html(counted: Count) -> str:
    """The table of counts, and the receptive fields where windows move."""
    page = _filled(count_page, counted)
    try:
        drawn = fields_svg(counted)
    except DeltaruleError:
        return str(page)
    page.heading("Receptive fields")
    page.picture(drawn)
    return str(page)


def _filled(fill: Callable[[Any, Any], None], thing: object) -> HtmlPage:
    page = HtmlPage()
    fill(page, thing)
    return page
