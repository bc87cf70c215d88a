"""The loop over the times of a recurrence: its bounds, and which equations a time writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Expr

from deltarule.expressions.symbols import Index
from deltarule.kernels.python_text.real_text import Code
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence


@dataclass(frozen=True)
class Times:
    """When the equations of a recurrence are written: `time` is the loop's variable."""

    time: str
    spans: dict[int, tuple[str, str]]
    indices: dict[int, str | None]
    alike: bool

    @property
    def one_index(self) -> bool:
        """Whether all equations call their time the same."""
        return len(set(self.indices.values()) - {None}) == 1

    def test(self, members: Sequence[Equation]) -> str:
        """The test that a time is one that all of some equations write."""
        spans = dict.fromkeys(self.spans[id(e)] for e in members)
        return "if " + " and ".join(f"{a} <= {self.time} < {b}" for a, b in spans) + ":"

    def settings(self, members: Sequence[Equation]) -> list[str]:
        """Lines that give each equation its own index of time."""
        lines = []
        for e in members:
            index, first = self.indices[id(e)], self.spans[id(e)][0]
            if index is not None:
                shift = "" if first == "0" else f" - {first}"
                lines.append(f"{index} = {self.time}{shift}")
        return [line for line in dict.fromkeys(lines) if line != f"{self.time} = {self.time}"]


def time_span(block: Recurrence, code: Code) -> tuple[str, Times]:
    """The head of the loop over the times of a recurrence, and when each equation is written."""
    spans = {id(e): _span(e, i, offset, code) for e, i, offset in block.times}
    firsts = list(dict.fromkeys(first for first, _ in spans.values()))
    ends = list(dict.fromkeys(end for _, end in spans.values()))
    start = firsts[0] if len(firsts) == 1 else f"min({', '.join(firsts)})"
    end = ends[0] if len(ends) == 1 else f"max({', '.join(ends)})"
    ahead = end if code.plain and start == "0" else f"{start}, {end}"
    last = "-1" if code.plain and start == "0" else f"{start} - 1"
    bounds = ahead if block.direction > 0 else f"{end} - 1, {last}, -1"
    names = {id(e): None if i is None else code.spelling.symbol(i) for e, i, _ in block.times}
    alike = len(firsts) == len(ends) == 1
    own = set(names.values())
    # One index for all, which begins at 0, is the loop's own variable where people read it.
    shared = own.pop() if code.plain and alike and len(own) == 1 and start == "0" else None
    time = shared or code.spelling.fresh("time")
    return f"for {time} in range({bounds}):", Times(time, spans, names, alike)


def _span(equation: Equation, index: Index | None, offset: Expr, code: Code) -> tuple[str, str]:
    """The first time that an equation writes, and the one behind the last."""
    count = 1 if index is None else dict(equation.ranges)[index]
    return code.integer(offset), code.integer(offset + count)
