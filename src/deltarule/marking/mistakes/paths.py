"""Paths: a value that is used in several places, and gradients that come back by some of them."""

from __future__ import annotations

from collections.abc import Iterator

from deltarule.marking.mistakes.changed import consumers, through
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.spelling.names import pretty


def path(context: Context) -> Iterator[Wrong]:
    """One of the ways back left out, or one of them taken alone."""
    used = consumers(context)
    if len(used) < 2 or _through_time(context, used):
        return
    for equation in used:
        rest = [e for e in used if e is not equation]
        formula = through(context, rest)
        if formula is not None:
            yield Wrong(
                "path frozen",
                4.2,
                formula,
                f"{pretty(equation.name)} is taken as a constant: no gradient comes back "
                "through it",
            )
        alone = through(context, [equation])
        if alone is not None and len(used) > 2:
            others = " and ".join(pretty(e.name) for e in rest)
            yield Wrong(
                "path frozen",
                4.2,
                alone,
                f"{others} are taken as constants: the gradient comes back through "
                f"{pretty(equation.name)} alone",
            )


def _through_time(context: Context, used: list[Equation]) -> bool:
    """Whether the paths run between times; what is cut there has generators of its own."""
    names = {e.name for e in used}
    return any(
        names & set(b.names) for b in blocks(context.network.equations) if isinstance(b, Recurrence)
    )


ROWS = (path,)
