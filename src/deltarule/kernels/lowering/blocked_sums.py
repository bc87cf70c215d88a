"""Long sums in single precision: added up in blocks, and the blocks in double precision.

Ten million numbers added up one after the other lose three of seven digits. In blocks they lose
none to speak of, and the loop inside a block is as fast as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr

from deltarule.expressions.bounds import Span, tight
from deltarule.expressions.nodes import Reduction, Sum
from deltarule.expressions.symbols import Index

if TYPE_CHECKING:
    from deltarule.kernels.lowering.loop_writer import LoopWriter
    from deltarule.kernels.python_text.real_text import Code

#: So many numbers are added up in single precision, in several sums side by side.
BLOCK = 4096
#: Of columns so many rows, one after the other; up to `FEW` rows are no matter.
ROWS, FEW = 128, 1024


def is_long(spans: list[Span], tests: list) -> bool:
    """Whether a sum may be long: its last range is not a small number, and is not tested."""
    if not spans or all(s.extent.is_Integer and s.extent <= BLOCK for s in spans):
        return False
    last = spans[-1].index
    return not any(last in t.free_symbols for t in tests)


def write_long_sum(
    loops: LoopWriter, body: Expr, spans: list[Span], tests: list, known: list[Index], name: str
) -> None:
    """The loops of a sum that is then called `name`."""
    spelling, lines = loops.code.spelling, loops.lines
    whole, part, start = (spelling.fresh(stem) for stem in ("whole", "part", "start"))
    *outer, last = spans
    inside = [*known, *(s.index for s in outer)]

    def blocks(body: Expr) -> list[str]:
        low, high = loops.ends(last)
        with lines.block(f"for {start} in range({low}, {high}, {BLOCK}):"):
            lines.add(f"{part} = real(0)")
            with loops.loop(last.index, f"{start}, min({start} + {BLOCK}, {high})"):
                ready = loops.ready(body, [*inside, last.index])
                lines.add(f"{part} += {loops.code.real(ready)}")
            lines.add(f"{whole} += np.float64({part})")
        return []

    lines.add(f"{whole} = 0.0")
    loops.nest(body, outer, tests, known, blocks)
    lines.add(f"{name} = real({whole})")


def is_many(code: Code, total: Reduction) -> str:
    """The test that a sum has few terms; empty where it never has many, or is no plain sum."""
    ranges = total.ranges
    if (
        not code.single
        or type(total) is not Sum
        or total.conditions
        or (all(n.is_Integer for _, n in ranges))
    ):
        return ""
    return f"{' * '.join(code.integer(n, 3) for _, n in ranges)} <= {FEW}"


def write_long_columns(
    loops: LoopWriter, total: Reduction, outer: tuple, last: tuple, known: list[Index], target: str
) -> None:
    """The loops of target += total, with the range `last` of the target innermost.

    A row is added up for each block, and added to a row in double precision when that is full.
    """
    lines, code = loops.lines, loops.code
    index, length = last[0], code.integer(last[1])
    around = [*known, *(i for i, _ in outer)]
    whole, part, count = (code.spelling.fresh(stem) for stem in ("whole", "part", "count"))
    here = f"U({code.spelling.symbol(index)})"

    def row(body: Expr) -> list[str]:
        with loops.loop(index, length):
            ready = loops.ready(body, [*around, *total.indices, index])
            lines.add(f"{part}[{here}] += {code.real(ready)}")
        lines.add(f"{count} += 1")
        with lines.block(f"if {count} == {ROWS}:"):
            lines.add(f"{count} = 0")
            with loops.loop(index, length):
                lines.add(f"{whole}[{here}] += np.float64({part}[{here}])")
                lines.add(f"{part}[{here}] = real(0)")
        return []

    def columns(body: Expr) -> list[str]:
        lines.add(f"{whole} = np.zeros({length}, np.float64)", f"{part} = np.zeros({length}, real)")
        lines.add(f"{count} = 0")
        loops.nest(body, tight(total.ranges, ())[0], [], around, row)
        with loops.loop(index, length):
            lines.add(f"{target} += real({whole}[{here}] + np.float64({part}[{here}]))")
        return []

    loops.nest(total.body, tight(outer, ())[0], [], known, columns, outer=not known)
