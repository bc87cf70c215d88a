"""The blocks that pages are made of: formulas, tables, names of tensors in lines of text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from sympy import Expr

from deltarule.networks.network import Network
from deltarule.pages.formula_width import pieces_of_line
from deltarule.pages.html_page import text_html
from deltarule.pages.mathml import (
    MarkedNoting,
    MathmlNoting,
    marked_row,
    mathml,
    mathml_piece,
    mathml_row,
)
from deltarule.pages.mathml_names import sign
from deltarule.spelling.names import pretty
from deltarule.spelling.noting import noted

#: The files of style of a page with formulas and pictures.
STYLES = ("page_colours.css", "page_style.css", "formula_style.css", "graph_style.css")
_LOW = re.compile(r"_(\w+)")


def displayed(elements: str, kind: str = "eq") -> str:
    """A row of MathML as a line of its own, which can be moved where it is wider than the page; one
    that is wider than a sheet of paper may be broken."""
    pieces = pieces_of_line(elements)
    if len(pieces) == 1 and not pieces[0][1]:
        return f'<div class="{kind}" tabindex="0">{mathml(elements)}</div>'
    shown = "<wbr>".join(mathml_piece(piece, smaller) for piece, smaller in pieces)
    return f'<div class="{kind} long" tabindex="0">{shown}</div>'


def equation_html(left: Expr | None, right: Expr, marked: bool = False) -> str:
    """A displayed equation, with what limits its sums on lines of their own below it.

    Without a left-hand side it goes on from the equation above. Where a script shows the numbers
    of tensors, their names are `marked`.
    """
    write, noting = (marked_row, MarkedNoting) if marked else (mathml_row, MathmlNoting)
    (shown,), notes = noted(right, writer=noting)
    lines = [f"{write(left) if left is not None else ''}{sign('=')}{shown}"]
    return "".join((displayed(lines[0]), *(displayed(note, "eq note") for note in notes)))


def inline_name(name: str) -> str:
    """The name of a quantity in a line of text."""
    return name_html(pretty(name))


def name_html(shown: str) -> str:
    """A name as it is shown, with what follows a _ as a subscript; the _ stays in what is copied
    or read aloud."""
    low = _LOW.sub(r'<span class="low">_</span><sub>\1</sub>', text_html(shown))
    return f'<i class="name">{low}</i>'


def paragraph(words: str, kind: str = "") -> str:
    """A sentence, with `names of programs` as such; of a kind that has a style of its own."""
    pieces = (
        f"<code>{text_html(piece)}</code>" if k % 2 else text_html(piece)
        for k, piece in enumerate(words.split("`"))
    )
    opened = f'<p class="{kind}">' if kind else "<p>"
    return f"{opened}{''.join(pieces)}</p>"


def begun(words: str) -> str:
    """Words as the beginning of a sentence; those behind the first stay as they are."""
    return words[:1].upper() + words[1:]


def table_html(
    heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int] = ()
) -> str:
    """A table of HTML cells, its columns of `numbers` to the right; "" heads no column."""
    kinds = [' class="number"' if k in numbers else "" for k in range(len(heads))]
    head = "".join(
        f'<th scope="col"{k}>{h}</th>' if h else f"<td{k}></td>"
        for k, h in zip(kinds, heads, strict=True)
    )
    body = "\n".join(
        f"<tr>{''.join(f'<td{k}>{c}</td>' for k, c in zip(kinds, cells, strict=True))}</tr>"
        for cells in rows
    )
    return (
        f'<div class="wide" tabindex="0"><table class="list"><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def tensors_html(network: Network) -> Iterator[str]:
    """The tensors of a network with their roles and shapes."""
    rows = []
    for tensor in network.tensors.values():
        shape = sign("×").join(mathml_row(a) for a in tensor.axes)
        shown = mathml(shape, block=False) if tensor.axes else "a number"
        rows.append((inline_name(tensor.name), text_html(tensor.called), shown))
    yield table_html(("tensor", "role", "shape"), rows)
