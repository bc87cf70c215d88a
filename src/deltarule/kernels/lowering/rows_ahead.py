"""Rows of windows, asked for before they are needed, where an array comes from memory.

A window of several rows in steps of several reads them side by side, each once: the processor,
which fetches one row ahead by itself, falls behind.
"""

from __future__ import annotations

from sympy import Expr, Integer

from deltarule.expressions.nodes import Read, reads, tensor_name
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.row_patterns import Row, whole_rows
from deltarule.kernels.lowering.streamed_rows import exceeds


def rows_ahead(out: Emitter, row: Row, outer: Index) -> RowsAhead | None:
    """What asks for the rows that windows read in steps along the index `outer`, if they do."""
    whole = None if out.code.plain else whole_rows(row)
    if whole is None:
        return None
    found: dict[str, tuple[Read, Expr]] = {}
    for access in (r for taps in whole[1] for body, _ in taps for r in reads(body)):
        if len(access.indices) < 2 or tensor_name(access) in found:
            continue
        step = access.indices[-2].expand().coeff(outer)
        steps = step is not None and step.is_Integer and step > 1
        if steps and access.indices[-1].has(row.windows.inner):
            found[tensor_name(access)] = access, step
    return RowsAhead(out, row.windows.inner, found) if found else None


class RowsAhead:
    """Asks for rows of the arrays that are `read` so, with how many rows a step is long.

    `last` is the index along the rows.
    """

    def __init__(self, out: Emitter, last: Index, read: dict[str, tuple[Read, Expr]]):
        self.out, self.last, self.read = out, last, read
        self.far = {name: out.code.spelling.fresh("far") for name in read}
        for name, far in self.far.items():
            out.prelude |= {"thread_count"} if out.parallel else set()
            larger = exceeds(out, out.code.spelling.tensor(name), "FAR", "threads()")
            out.lines.add(f"{far} = {larger}")

    def write(self) -> None:
        """The lines before a row is computed."""
        code, lines = self.out.code, self.out.lines
        for name, (access, step) in self.read.items():
            place: Expr = Integer(0)
            for subscript, size in zip(access.indices, code.tensors[name].axes):
                place = place * size + substitute(subscript, {self.last: Integer(0)})
            with lines.block(f"if {self.far[name]}:"):
                count = code.integer(step * code.tensors[name].axes[-1])
                array = code.spelling.tensor(name)
                lines.add(f"read_ahead({array}, {code.integer(place)}, {count})")
