"""Rows of large results, written block by block past the cache (`prelude/streams`).

A result that nothing in the pass reads again only pushes out of the cache what is read again, and
is fetched before it is overwritten. The loop along a row stands there twice: for whole blocks, if
the array is large, and for what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sympy import Expr

from deltarule.expressions.elementwise import Elementwise
from deltarule.expressions.matrices import Inverse
from deltarule.expressions.nodes import Max, Read, Reduction, tensor_name, walk
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.row_patterns import Row
from deltarule.kernels.prelude.stream_sizes import AT_ONCE

#: What sets an entry of the row: it takes which of the entries of a step, and the value.
Store = Callable[[int, str], str]


def streams(out: Emitter, lhs: Read, values: Iterable[Expr]) -> bool:
    """Whether rows of a result may be written so: entry by entry, from values soon computed."""
    name = tensor_name(lhs)
    if out.code.plain or out.code.complex:
        return False
    plain = all(isinstance(s, Index) for s in lhs.indices) and not out.code.tensors[name].integral
    slow = (Elementwise, Reduction, Inverse)
    return plain and not any(isinstance(n, slow) for v in values for n in walk(v))


def streamed(out: Emitter, row: Row) -> StreamedRows | None:
    """The rows of sums of one term each, if they may be written so, all their entries at once."""
    values = [body for taps in row.windows.phases for body, _ in taps]
    values += [row.start if row.finish is None else row.finish]
    stride, many = row.windows.stride, max(map(len, row.windows.phases))
    whole = stride == len(row.windows.phases) and AT_ONCE % stride == 0 and many == 1
    if isinstance(row.total, Max) or not whole or not streams(out, row.equation.lhs, values):
        return None
    return StreamedRows(out, row.equation.lhs)


def exceeds(out: Emitter, array: str, limit: str, threads: str) -> str:
    """The test whether an array is larger than so many bytes, named in the prelude, a thread."""
    out.prelude |= {"stream_sizes", "streams"}
    return f"exceeds({array}, {limit}, {threads if out.parallel else '1'})"


class StreamedRows:
    """Writes the rows of the result `lhs`, contiguous along its last index, to an emitter."""

    def __init__(self, out: Emitter, lhs: Read):
        self.code, self.lines, self.lhs = out.code, out.lines, lhs
        fresh = out.code.spelling.fresh
        self.large, self.row, self.done, self.left = map(fresh, ("large", "row", "done", "left"))
        self.block, self.start, self.entry = map(fresh, ("block", "start", "entry"))
        self.array = out.code.spelling.tensor(tensor_name(lhs))
        # Both loops may round differently: which one runs must not depend on how many threads do.
        self.lines.add(f"{self.large} = {exceeds(out, self.array, 'STREAMED', 'USUAL_THREADS')}")

    def write(
        self, index: Index, low: str, high: str, stride: int, step: Callable[[Store], None]
    ) -> None:
        """The loops over an index, of which each `step` sets `stride` entries of the row."""
        name, lines = self.code.spelling.symbol(index), self.lines
        each = f"{stride} * " if stride > 1 else ""
        begin = "" if low == "0" else f"{low} + "
        many = f"{high} - {low}" if begin else high
        many = f"{each}({many})" if each else many
        lines.add(f"{self.left} = {low}")
        with lines.block(f"if {self.large}:"):
            lines.add(f"{self.row} = row_at({self.array}, {self._place(each, low)})")
            lines.add(f"{self.done} = whole_blocks({self.row}, {many})")
            lines.add(f"{self.block} = registers_for({self.row})")
            with lines.block(f"for {self.start} in range(0, {self.done}, AT_ONCE):"):
                with lines.block(f"for {self.entry} in range({AT_ONCE // stride}):"):
                    lines.add(f"{name} = {begin}{self._steps(self.start, stride)} + {self.entry}")
                    step(lambda k, value: self._put(f"{each}{self.entry}", k, value))
                lines.add(f"stream({self.block}, {self.row}, {self.start})")
            lines.add(f"{self.left} = {begin}{self._steps(self.done, stride)}")
        with lines.block(f"for {name} in range({self.left}, {high}):"):
            step(lambda k, value: self._set(stride * index + k, value))

    def settle(self, here: bool) -> None:
        """Behind the rows of a thread, if that is `here`: what it wrote is there for others."""
        if here:
            with self.lines.block(f"if {self.large}:"):
                self.lines.add("arrived()")

    def _steps(self, entries: str, stride: int) -> str:
        return f"{entries} // {stride}" if stride > 1 else entries

    def _place(self, each: str, low: str) -> str:
        """Where a row begins among the entries of the array."""
        *outer, last = zip(self.lhs.indices, self.code.tensors[tensor_name(self.lhs)].axes)
        place = ""
        for subscript, size in outer:
            before = f"{_bound(place)} * {self.code.integer(size, 3)} + " if place else ""
            place = f"{before}{self.code.integer(subscript)}"
        begin = low if low == "0" else f"{each}{low}"
        row = f"{_bound(place)} * {self.code.integer(last[1], 3)}" if place else ""
        return " + ".join(part for part in (row, begin) if part and part != "0") or "0"

    def _put(self, entry: str, k: int, value: str) -> str:
        return f"put({self.block}, U({f'{entry} + {k}' if k else entry}), {value})"

    def _set(self, at: Expr, value: str) -> str:
        lhs = type(self.lhs)(self.lhs.base, *self.lhs.indices[:-1], at)
        return f"{self.code.access(lhs)} = {value}"


def _bound(text: str) -> str:
    return f"({text})" if " " in text else text
