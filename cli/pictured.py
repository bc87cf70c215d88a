"""Pages of HTML that have pictures beside what their page of text says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from deltarule.cli.count import count_page
from deltarule.cli.html_document import HtmlPage
from deltarule.cli.page import Page
from deltarule.cli.train import training_page
from deltarule.counting.counts import Count
from deltarule.errors import DeltaruleError
from deltarule.pages.field_svg import fields_svg
from deltarule.pages.training_svg import training_pictures
from deltarule.reports.training_values import by_heart_text, held_out_text, seconds_text
from deltarule.training.training_record import Result


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


def training_html(result: Result) -> str:
    """How many are right, and the pictures; or why it stopped."""
    page = HtmlPage()
    page.title(f"{result.plan.network}, trained with {result.plan.update}")
    if result.by_heart is not None:
        page.prose(by_heart_text(result.by_heart))
    if result.stopped:
        training_page(cast(Page, page), result)
        return str(page)
    page.prose(held_out_text(result), style="bold")
    for heading, drawn in training_pictures(result):
        page.heading(heading)
        page.picture(drawn)
    page.prose(seconds_text(result), style="dim")
    return str(page)


def _filled(fill: Callable[[Any, Any], None], thing: object) -> HtmlPage:
    page = HtmlPage()
    fill(page, thing)
    return page
