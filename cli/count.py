"""`derive NAME --count`: shapes, parameters, multiply–adds, memory, receptive fields."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sympy import Expr

from deltarule.cli.arguments import one_name, split
from deltarule.cli.derive_command import Derive
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.cli.screen import busy
from deltarule.cli.typed_formula import network_named
from deltarule.counting.counts import Count, LayerCount, count
from deltarule.spelling.folding import cells
from deltarule.spelling.text import text

EXAMPLE = "derive vgg16 --count"
_HEADS = ("layer", "of", "output", "parameters", "multiply–adds", "memory", "field")
_NAMES = 3  # so many columns are words; the others are numbers, and stand to the right
_LONG_NUMBER = re.compile(r"(?<![\w.])\d{4,}")


def show_count(asked: Derive) -> int:
    """Count, and show it."""
    bare, options = split(asked.words or ())
    name = one_name(bare, EXAMPLE, options)
    with busy(f"counting {name}"):
        network = network_named(name, options, asked)
        counted = count(network, asked.strict)
    show(counted, "a table of counts", asked.format)
    return 0


def count_page(page: Page, counted: Count) -> None:
    """The layers, the totals, what is never read, and which sizes have no number."""
    page.title(counted.network.title)
    page.blank()
    rows = [_cells_of(line) for line in counted.layers]
    _table(page, rows, _totals(counted))
    _notes(page, counted)


def _cells_of(line: LayerCount) -> tuple[str, ...]:
    sees = "×".join("all" if f.rows is None else _factor(f.rows) for f in line.field)
    kind = "" if line.kind == line.name else line.kind
    return (text.name(line.name), kind, _shape(line.shape), *map(grouped, _amounts(line)), sees)


def _amounts(of: LayerCount | Count) -> tuple[Expr, Expr, Expr]:
    return of.parameters, of.multiply_adds, of.memory


def _totals(counted: Count) -> tuple[str, ...]:
    return ("total", "", "", *map(grouped, _amounts(counted)), "")


def _shape(shape: Sequence[Expr]) -> str:
    return "×".join(_factor(n) for n in shape) or "a number"


def _factor(size: Expr) -> str:
    """A size as a factor of a product: sums in brackets."""
    return f"({text(size)})" if size.is_Add else text(size)


def grouped(value: Expr) -> str:
    """A count with its digits in groups of three: 61,706·N."""
    return _LONG_NUMBER.sub(lambda digits: f"{int(digits[0]):,}", text(value))


def _table(page: Page, rows: Sequence[tuple[str, ...]], totals: tuple[str, ...]) -> None:
    """A table; without the kinds of layers, or a block a layer, where there is no room for it."""
    everything = [_HEADS, *rows, totals]
    used = [k for k in range(len(_HEADS)) if any(row[k] for row in everything[1:])]
    heads, *body = [[row[k] for k in used] for row in everything]
    if page.table(heads, body, {place for place, k in enumerate(used) if k >= _NAMES}):
        return
    for columns in (used, [k for k in used if k != 1]):
        widths = {k: max(cells(row[k]) for row in everything) for k in columns}
        if sum(widths.values()) + 2 * (len(widths) - 1) <= page.width:
            for row in everything:
                style = "dim" if row is _HEADS else "bold" if row is totals else ""
                page.prose_line(_line(row, widths), style)
            return
    for row in (*rows, totals):
        page.formula(row[0] + (f" ({row[1]})" if row[1] else ""), indent=0, style="bold")
        for k in used[1:]:
            if k != 1 and row[k] not in ("", "0"):
                page.labelled(_HEADS[k], row[k], indent=2, column=15, math=True)


def _line(row: tuple[str, ...], widths: dict[int, int]) -> str:
    padded = []
    for k, width in widths.items():
        room = " " * (width - cells(row[k]))
        padded.append(row[k] + room if k < _NAMES else room + row[k])
    return "  ".join(padded).rstrip()


def _notes(page: Page, counted: Count) -> None:
    """What the table leaves to be said."""
    network = counted.network
    shown = {str(s) for line in counted.layers for n in line.shape for s in n.free_symbols}
    defined = [(s, d) for s, d in network.definitions.items() if str(s) in shown]
    if defined:
        page.heading("Sizes that follow")
        for symbol, definition in defined:
            page.formula(f"{text(symbol)} = {text(definition)}")
    if counted.unread:
        page.heading("Rounded down")
        for line in counted.layers:
            for unread in dict.fromkeys(map(str, line.unread)):
                page.labelled(text.name(line.name), unread, indent=2)
        page.prose("--strict refuses such windows, and names what fits.", indent=2, style="dim")
    page.blank()
    page.prose(
        "Multiply–adds are those of sums of products; memory is the number of values put out.",
        style="dim",
    )
    if counted.symbols:
        names = ", ".join(counted.symbols)
        page.prose(f"Without a number: {names}. --set gives them one.", style="dim")
