"""Arrays of numbers in LaTeX: a matrix where it fits the line, else its rows in lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from deltarule.reports.broken import WIDTH, visible

#: amsmath's matrices have at most so many columns.
MOST_COLUMNS = 10
#: Of more numbers than this, only the shape is said.
MOST_NUMBERS = 96
_GAP = 2.0


def plain(to_text: Callable[[object], str]) -> Callable[[object], str]:
    """Numbers with the minus sign of LaTeX."""
    return lambda value: to_text(value).replace("−", "-").replace("∞", r"\infty")


def array_lines(array, to_text: Callable[[object], str], width: float = WIDTH) -> list[str]:
    """An array in lines of at most `width`: one matrix, or each row behind its place.

    A vector is a row; axes of length 1 are left out.
    """
    array, write = np.squeeze(np.asarray(array)), plain(to_text)
    if not array.ndim:
        return [write(array[()])]
    if array.size > MOST_NUMBERS:
        sizes = r" \times ".join(map(str, array.shape))
        return [rf"{sizes}\text{{ numbers}}"]
    texts = [[write(value) for value in row] for row in array.reshape(-1, array.shape[-1])]
    if array.ndim < 3 and fits(texts, width):
        rows = r" \\ ".join(" & ".join(row) for row in texts)
        return [rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"]
    lines: list[str] = []
    for place, row in zip(np.ndindex(array.shape[:-1]), texts):
        at = f"[{','.join(map(str, place))}]\\colon\\ " if place else ""
        lines += packed(row, at, width)
    return lines


def fits(texts: list[list[str]], width: float) -> bool:
    """Whether rows of numbers fit a line as a matrix."""
    columns = [max(map(visible, column)) for column in zip(*texts)]
    return len(columns) <= MOST_COLUMNS and sum(columns) + _GAP * (len(columns) + 1) <= width


def packed(texts: Iterable[str], lead: str, width: float) -> Iterator[str]:
    """Numbers behind commas, as many on each line as fit; `lead` before the first."""
    line = lead
    for number, piece in enumerate(texts):
        if number and visible(line) + visible(piece) + 2 > width:
            yield line + ","
            line = rf"\quad {piece}"
        else:
            line += (r",\ " if number else "") + piece
    yield line
