"""What each line of a computation reads, and which lines are computed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.tracing.computation import Computation


def equations_by_line(computation: Computation) -> dict[str, tuple[Equation, ...]]:
    """The equations of each line: several where a sequence starts with one of its own."""
    found: dict[str, tuple[Equation, ...]] = {}
    for line in computation.lines:
        found[line.quantity] = (*found.get(line.quantity, ()), line.equation)
    return found


def reads(equations: Mapping[str, Sequence[Equation]]) -> dict[str, frozenset[str]]:
    """The names that each line reads."""
    return {
        name: frozenset().union(*(e.read_names() for e in several))
        for name, several in equations.items()
    }


def computed_together(computation: Computation) -> dict[str, frozenset[str]]:
    """The lines that are computed together, time by time, for each line of a recurrence."""
    found = {}
    for block in blocks(tuple(line.equation for line in computation.lines)):
        if isinstance(block, Recurrence):
            found |= dict.fromkeys(block.names, frozenset(block.names))
    return found
