"""`trace landscape`: a slice of the loss, and the ways that optimisers take on it."""

from __future__ import annotations

import math

import numpy as np

from deltarule.cli.arguments import one_name, split
from deltarule.cli.formats import show
from deltarule.cli.html_document import HtmlPage
from deltarule.cli.landscape_command import Landscape as Asked
from deltarule.cli.page import Page
from deltarule.cli.screen import busy
from deltarule.expressions.given_arguments import known_rate
from deltarule.language.load import load
from deltarule.pages.landscape_svg import landscape_svg
from deltarule.tracing.loss_landscape import Landscape, landscape

_EXAMPLE = "trace landscape mlp --rate 0.1"
_USUAL = ("gradient_descent", "momentum", "adam")
#: Shades from the lowest losses on; a place is two characters wide.
_SHADES = " ░▒▓█"


def show_landscape(asked: Asked) -> int:
    """Walk, evaluate the slice, and show it."""
    bare, options = split(asked.words or ())
    name = one_name(bare, _EXAMPLE, options)
    rate = None if asked.rate is None else known_rate(asked.rate, "--rate")
    network = load(name, **options)
    with busy(f"walking down {name}"):
        found = landscape(
            network, asked.update or _USUAL, asked.steps or 60, asked.width or 4, asked.seed, rate
        )
    show(found, "a loss landscape", asked.format)
    return 0


def landscape_page(page: Page, found: Landscape) -> None:
    """The slice in shades with the ends of the ways in it, and what each way came to."""
    page.title(f"A slice of the loss of {found.title}")
    page.prose(found.sentence)
    page.blank()
    for line in shade_lines(found):
        page.prose_line(f"  {line}")
    page.blank()
    for number, way in enumerate(found.ways, start=1):
        first, last = found.text(way.losses[0]), found.text(way.losses[-1])
        said = f"{first} → {last} in {len(way.losses) - 1} steps"
        page.item(f"{number} {way.optimiser}", said, column=22)
    share = f"{100 * found.share:.0f} %"
    page.prose(
        f"Denser is higher; S is the start, a number where a way ends. Of {found.parameters} "
        f"parameters the slice is the plane that holds {share} of the ways.",
        style="dim",
    )


def shade_lines(found: Landscape) -> list[str]:
    """The slice as characters, the second direction upwards."""
    shades = (found.shares * len(_SHADES)).astype(int)
    signs = [[2 * _SHADES[s] for s in row] for row in shades]
    marks = [("S", found.ways[0].places[0])]
    marks += [(str(n), way.places[-1]) for n, way in enumerate(found.ways, start=1)]
    for mark, place in marks:
        if np.isfinite(place).all():
            at = (np.abs(axis - p).argmin() for axis, p in zip((found.along, found.up), place))
            j, i = map(int, at)
            signs[i][j] = f"{mark} "
    return ["".join(row).rstrip() for row in reversed(signs)]


def landscape_html(found: Landscape) -> str:
    """The picture, and what each way came to."""
    page = HtmlPage()
    page.title(f"A slice of the loss of {found.title}")
    page.prose(found.sentence)
    page.picture(landscape_svg(found))
    share = f"{100 * found.share:.0f} %"
    page.prose(
        "Warmer is higher; lines are of equal loss, which stands on them. A circle is the start, a "
        f"disc where a way ends. Of {found.parameters} parameters the slice is the plane that "
        f"holds {share} of the ways.",
        style="dim",
    )
    heads = ("optimiser", "loss before", "loss after", "steps")
    rows = [
        (w.optimiser, found.text(w.losses[0]), found.text(w.losses[-1]), str(len(w.losses) - 1))
        for w in found.ways
    ]
    page.table(heads, rows, {1, 2, 3})
    return str(page)


def landscape_picture(found: Landscape) -> str:
    """The picture by itself."""
    return landscape_svg(found, alone=True)


def landscape_values(found: Landscape) -> dict:
    """The slice and the ways; what is beyond float64 is null."""
    return {
        "network": found.network,
        "options": {name: str(value) for name, value in found.options.items()},
        "sentence": found.sentence,
        "parameters": found.parameters,
        "share": found.share,
        "along": found.along.tolist(),
        "up": found.up.tolist(),
        "losses": _finite(found.losses.tolist()),
        "ways": [
            {
                "optimiser": way.optimiser,
                "losses": _finite(way.losses.tolist()),
                "places": _finite(way.places.tolist()),
            }
            for way in found.ways
        ],
    }


def _finite(value):
    if isinstance(value, list):
        return [_finite(part) for part in value]
    return value if math.isfinite(value) else None
