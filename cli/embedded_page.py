"""Pages as text and as HTML, for what is shown elsewhere than on a terminal, as in a notebook."""

from __future__ import annotations

import io
from collections.abc import Callable

from deltarule.cli.page import Page

WIDTH = 100


def as_text(fill: Callable, thing: object) -> str:
    """A page without colours."""
    page = Page(WIDTH)
    fill(page, thing)
    return page.plain.rstrip("\n")


def derivation_text(derivation) -> str:
    """A derivation as `derive` shows it."""
    from deltarule.cli.derivation import derivation_page
    from deltarule.reports.things import ShownDerivation

    return as_text(derivation_page, ShownDerivation(derivation, [*derivation.gradients.values()]))


def trace_text(trace) -> str:
    """A trace as `trace` shows it."""
    from deltarule.cli.trace_page import trace_page
    from deltarule.reports.things import ShownTrace

    return as_text(trace_page, ShownTrace(trace, None))


def marking_text(marking) -> str:
    """A marking as `check` shows it."""
    from deltarule.cli.verdict_page import marking_page

    return as_text(marking_page, marking)


def kernel_text(kernel) -> str:
    """A kernel in a line."""
    return repr(kernel)


def as_html(fill: Callable, thing: object) -> str:
    """A page as HTML that stands by itself; whatever it says is text, and no markup."""
    from rich.console import Console
    from rich.text import Text

    page = Page(WIDTH, coloured=True)
    fill(page, thing)
    console = Console(
        file=io.StringIO(),
        record=True,
        width=10 * WIDTH,
        markup=False,
        emoji=False,
        highlight=False,
    )
    console.print(Text("\n").join(page.lines), soft_wrap=True)
    return console.export_html(
        inline_styles=True,
        code_format='<pre style="white-space:pre;overflow-x:auto;line-height:1.3">{code}</pre>',
    )
