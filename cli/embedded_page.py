"""Pages as text and as HTML, for what is shown elsewhere than on a terminal, as in a notebook."""

from __future__ import annotations

import io
from collections.abc import Callable

from deltarule.cli.page import Page

WIDTH = 100

#: A ground of its own, whatever a notebook's theme is, and colours that can be read on it.
_INK, _SOFT, _RED, _GREEN = (26, 29, 33), (87, 96, 106), (179, 38, 30), (17, 99, 41)
_BROWN, _BLUE, _VIOLET, _TEAL = (122, 82, 0), (5, 80, 174), (102, 57, 186), (11, 107, 117)
_COLOURS = [_INK, _RED, _GREEN, _BROWN, _BLUE, _VIOLET, _TEAL, _SOFT]
_PAPER = (255, 255, 255)
_PRE = (
    '<pre style="white-space:pre;overflow-x:auto;line-height:1.3;padding:.5rem;'
    'background:#fff;color:#1a1d21" tabindex="0">{code}</pre>'
)


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
    from rich.color import blend_rgb
    from rich.color_triplet import ColorTriplet
    from rich.console import Console
    from rich.terminal_theme import TerminalTheme
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
        force_jupyter=False,
    )
    console.print(Text("\n").join(page.lines), soft_wrap=True)
    theme = TerminalTheme(_PAPER, _INK, _COLOURS, [_SOFT, *_COLOURS[1:-1], _INK])
    text = console.export_html(theme=theme, inline_styles=True, code_format=_PRE)
    # What is dim is halfway to the ground, which is too pale to be read.
    pale = blend_rgb(ColorTriplet(*_INK), ColorTriplet(*_PAPER), 0.5)
    return text.replace(pale.hex, ColorTriplet(*_SOFT).hex)
