"""How the axes of tensors lie: batch first or time first, channels first or last, as an option.

    layout("layout", "time_first", batch_first=(0, 1))
    x = input("x", T, N, D)         [N, T, D] in memory where batch_first is asked for
    … x[t, n, d] …                  is read in the order of the declaration, however it lies

The equations of a file do not change: what is declared is moved once, and so is what is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deltarule.language.axis_orders import Moves
from deltarule.language.declarations import current
from deltarule.language.options import option


def layout(name: str, usual: str, of: str = "data", **moved: Any) -> str:
    """An option that says how the axes of all tensors of the file lie that have at least three.

    `usual` is the order of their declarations; each other choice moves one axis to another place,
    `channels_last=(1, -1)`, or several one after another. It is about data, or `of="parameter"`
    about parameters. The choice is returned, to be handed on to layers.
    """
    page = current()
    moves = {choice: _moves(way) for choice, way in moved.items()}
    kind = "filters" if of == "parameter" else "tensors"
    said = f"the order of the axes of {kind}: {usual.replace('_', ' ')}, "
    said += " or ".join(choice.replace("_", " ") for choice in moves)
    choice = option(name, usual, said, choices=(usual, *moves))
    page.layouts[of] = moves.get(choice, ())
    return choice


def _moves(way: Any) -> Moves:
    return tuple(way) if isinstance(way[0], Sequence) else (tuple(way),)
