"""One row of results at a time: the loop along the last index is innermost, so that it is
vectorised.

Reductions whose indices know nothing of the last index run outside that loop and add to the row.
Those that form windows along it are written out tap by tap where all taps lie inside, and run as
loops of their own for the few entries at both ends.
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Dummy, Expr, Integer, Mul

from deltarule.expressions import nodes
from deltarule.expressions.bounds import tight
from deltarule.expressions.nodes import FloorQuotient
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.blocked_sums import is_many, write_long_columns
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.loop_nest import Loops
from deltarule.kernels.lowering.loop_writer import LoopWriter
from deltarule.kernels.lowering.polyphase_windows import subscripts
from deltarule.kernels.lowering.row_patterns import Row, whole_rows
from deltarule.kernels.lowering.rows_ahead import rows_ahead
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.lowering.streamed_rows import Store, streamed
from deltarule.kernels.passes.argmax_indices import number
from deltarule.networks.equations import Equation

#: How many entries of a single row a thread works on at a time.
PIECE = 256
#: Rows of so many entries up to, but not with, so many are vectors only if LLVM cannot count them:
#: those that it can, it writes out one by one.
SHORT, LONG = 8, 64


def emit(plan: Row, site: Site, out: Emitter) -> None:
    """An equation row by row; a plain sum of many terms in blocks."""
    out.collapsed(site)
    equation, ranges, known = plan.equation, site.waiting, list(site.loop_indices)

    def by_rows() -> None:
        selection = out.code.numbers.get(equation.name)
        out.short_loops |= bool(plan.windows.stride > 1 or plan.windows.columns[0])
        rows = Rows(out, site.loop_indices, site.equation in out.matcher.unread)
        rows.write(plan, site.loop_indices, selection)

    test = is_many(out.code, plan.total) if plan.windows.plain else ""
    if not test or ranges[-1:] != [r for r in ranges if r[0] == equation.subscripts[-1]]:
        by_rows()
        return
    with out.lines.block(f"if {test}:"):
        by_rows()
    with out.lines.block("else:"):
        loops, target = Loops(out, site.loop_indices), out.code.access(equation.lhs)
        loops.assign(plan.start, equation, ranges, known)
        write_long_columns(loops, plan.total, tuple(ranges[:-1]), ranges[-1], known, target)
        if plan.finish is not None:
            finish = plan.finish.xreplace({plan.result: equation.lhs})
            loops.assign(finish, equation, ranges, known)


class Rows(LoopWriter):
    """Writes equations row by row, and with a maximum the selection that belongs to it."""

    def write(
        self, row: Row, loop_indices: tuple[Index, ...], selection: Equation | None = None
    ) -> None:
        """The loops of one equation, and of the selection that belongs to it."""
        self.row, self.seen, self.selection = row, row.windows, selection
        self.maximum = isinstance(row.total, nodes.Max)
        if selection is not None:
            self.code.selected.add(selection.name)
        self.piece, self.phases = self.code.integer(self.seen.extent), self.seen.phases
        self._ends()
        outer = [r for r in row.equation.ranges if r[0] not in (*loop_indices, self.seen.last)]
        around = bool(outer) and not loop_indices
        self.rows = streamed(self.out, row) if around and self.unread else None
        self.ahead = rows_ahead(self.out, row, outer[-1][0]) if around else None
        alone = self.parallel and not outer and not loop_indices
        if alone and self.seen.everywhere and row.in_steps:
            self._in_pieces()
        else:
            self._outer(outer, list(loop_indices))
        if self.rows is not None:
            self.rows.settle(not self.parallel)

    def _in_pieces(self) -> None:
        """A single row in pieces, which threads share; their number is not that of the threads."""
        extent = self.piece
        with self.lines.block(f"for piece in prange(({extent} + {PIECE - 1}) // {PIECE}):"):
            self.lines.add(f"start = {PIECE} * piece", f"stop = min({extent}, start + {PIECE})")
            self.piece = self.count = "start, stop"
            self._outer([], [])

    def _ends(self) -> None:
        """The first and last place where the taps are written out, found before all loops."""
        seen, whole = self.seen, self.code.integer
        count = FloorQuotient(seen.extent, Integer(seen.stride))
        self.count = whole(count)
        if count.is_Integer and SHORT <= count < LONG:
            self.count = self.code.spelling.fresh("count")
            self.lines.add(f"{self.count} = unknown({whole(count)})")
            self.prelude.add("views")
        if seen.everywhere:
            return
        self.low = self.code.spelling.fresh("low")
        self.high = self.code.spelling.fresh("high")
        lower = ", ".join(map(whole, seen.lower))
        least = lower if len(seen.lower) == 1 else f"max({lower})"
        upper = ", ".join(map(whole, seen.upper))
        most = upper if len(seen.upper) == 1 else f"min({upper})"
        self.lines.add(f"{self.low} = min({least}, {self.count})")
        most = most if self.count == whole(count) else f"min({self.count}, {most})"
        self.lines.add(f"{self.high} = max({self.low}, {most})")

    def _outer(self, waiting: list, known: list[Index]) -> None:
        if waiting:
            (index, extent), *waiting = waiting
            with self.loop(index, self.code.integer(extent), outermost=not known):
                self._outer(waiting, [*known, index])
                if self.rows is not None and not known:
                    self.rows.settle(self.parallel)
            return
        self.in_steps = self.row.in_steps
        if not self.in_steps:
            self._along(known)
            return
        whole = whole_rows(self.row)
        if whole is None:
            self._in_steps(known)
            return
        # Where all rows of the window lie inside, they are taken at once.
        tests, phases = whole
        if not tests:
            self._at_once(phases, known)
            return
        with self.lines.block(f"if {' and '.join(map(self.code.condition, tests))}:"):
            self._at_once(phases, known)
        with self.lines.block("else:"):
            self._in_steps(known, nothing=not self.seen.rows[0])

    def _at_once(self, phases: tuple, known: list[Index]) -> None:
        """A row that is written once, from all taps of all rows."""
        self.in_steps, self.phases = False, phases
        if self.ahead is not None:
            self.ahead.write()
        self._along(known)
        self.in_steps, self.phases = True, self.seen.phases

    def _in_steps(self, known: list[Index], nothing: bool = False) -> None:
        """A row that is added to several times, or to which `nothing` is added."""
        self._each(self._begin())
        ranges, tests = self.seen.rows
        spans, left = tight(ranges, tests)

        def step(_body: Expr) -> list[str]:
            self._along(known)
            return []

        if not nothing:
            self.nest(Integer(0), spans, list(left), known, step)
        if self.row.finish is not None:
            self._each([f"{self._out()} = {self._finished(self._out())}"])

    def _each(self, lines: list[str]) -> None:
        with self.loop(self.seen.last, self.piece):
            self.lines.add(*lines)

    def _along(self, known: list[Index]) -> None:
        """The loop along the row, and those at its ends."""
        seen = self.seen
        rows = () if self.in_steps else self.seen.rows[0]
        low, high = ("0", self.count) if seen.everywhere else (self.low, self.high)
        if self.rows is not None and not self.in_steps:
            self.rows.write(seen.inner, low, high, seen.stride, self._step)
        else:
            with self.loop(seen.inner, high if seen.everywhere else f"{low}, {high}"):
                self._step(None)
        if seen.everywhere:
            return
        step = f"{seen.stride} * " if seen.stride > 1 else ""
        ends = f"((0, {step}{self.low}), ({step}{self.high}, {self.code.integer(seen.extent)}))"
        with self.lines.block(f"for first, end in {ends}:"), self.loop(seen.last, "first, end"):
            self._single(known, rows)

    # ---- the inside -------------------------------------------------------------------------
    def _step(self, store: Store | None) -> None:
        """The entries of a row that belong to one place of the loop along it."""
        for phase, taps in enumerate(self.phases):
            at = {self.seen.last: self.seen.stride * self.seen.inner + phase}
            if self.maximum:
                self._largest(taps, at)
            else:
                self._added(taps, at, store and (lambda value, k=phase: store(k, value)))

    def _out(self, at: dict | None = None) -> str:
        return self.code.access(substitute(self.row.equation.lhs, at or {}))

    def _chosen(self, at: dict | None = None) -> str:
        lhs = self.row.equation.lhs if self.selection is None else self.selection.lhs
        return self.code.access(substitute(lhs, at or {}))

    def _finished(self, total: str, at: dict | None = None) -> str:
        self.code.locals[self.row.result] = total
        return self.code.real(substitute(self.row.finish, at or {}))

    def _added(self, taps: tuple, at: dict, store: Callable[[str], str] | None) -> None:
        """The sum of the taps, added to the row or written into it, by `store` if there is one."""
        text = " + ".join(map(self._term, (body for body, _ in taps)))
        if self.in_steps:
            if text:
                self.lines.add(f"{self._out(at)} += {text}")
            return
        text = text or "real(0)"
        if self.row.finish is not None:
            self.lines.add(f"total = {text}")
            text = self._finished("total", at)
        self.lines.add(store(text) if store else f"{self._out(at)} = {text}")

    def _term(self, body: Expr) -> str:
        """A tap's term. What a test of data may leave out is read before it: then nothing jumps."""
        tests = [f for f in Mul.make_args(body) if isinstance(f, nodes.Choose)]
        rest = Mul(*(f for f in Mul.make_args(body) if f not in tests))
        if not tests or rest.is_number or any(nodes.reads(s) for s in subscripts(rest)):
            return self.code.real(body)
        value, name = Dummy("value", real=True), self.code.spelling.fresh("value")
        self.lines.add(f"{name} = {self.code.real(rest)}")
        self.code.locals[value] = name
        return self.code.real(Mul(value, *tests))

    def _largest(self, taps: tuple, at: dict) -> None:
        """The largest of the row's entry and the taps; of several the first, and what is NaN."""
        known = self.in_steps
        if known:
            self.lines.add(f"most = {self._out(at)}")
            if self.selection is not None:
                self.lines.add(f"entry = {self._chosen(at)}")
        for k, (body, values) in enumerate(taps):
            entry = self._entry(values)
            if k == 0 and not known:
                self.lines.add(f"most = {self.code.real(body)}")
                self.lines.add(*([f"entry = {entry}"] if entry else []))
                continue
            self.lines.add(f"value = {self.code.real(body)}")
            unset = "entry < 0 or " if entry and k == 0 else ""
            self.lines.add(f"larger = {unset}most == most and not value <= most")
            self.lines.add("most = value if larger else most")
            self.lines.add(*([f"entry = {entry} if larger else entry"] if entry else []))
        most = "most" if taps or known else "real(-np.inf)"
        finished = not known and self.row.finish is not None
        self.lines.add(f"{self._out(at)} = {self._finished(most, at) if finished else most}")
        if self.selection is not None:
            self.lines.add(f"{self._chosen(at)} = {'entry' if taps or known else '-1'}")

    def _entry(self, values: dict) -> str:
        """The number of an entry of the window; empty where none is kept."""
        if self.selection is None:
            return ""
        at = [substitute(i, values) for i in self.row.total.indices]
        kind = self.code.kind(self.code.tensors[self.selection.name])
        return f"{kind}({self.code.integer(number(at, self.row.total.ranges))})"

    # ---- the ends ---------------------------------------------------------------------------
    def _begin(self) -> list[str]:
        """What a row holds before anything is added."""
        if not self.maximum:
            return [f"{self._out()} = {self.code.real(self.row.start)}"]
        lines = [f"{self._out()} = real(-np.inf)"]
        return lines if self.selection is None else [*lines, f"{self._chosen()} = -1"]

    def _single(self, known: list[Index], rows: tuple) -> None:
        """One entry, with loops over the taps that lie inside, of some rows all."""
        row, (ranges, tests) = self.row, self.seen.columns
        ranges = (*rows, *ranges)
        own = not self.maximum and not self.in_steps and row.finish is not None
        out = "total" if own else self._out()
        if own:
            self.lines.add("total = real(0)")
        elif not self.in_steps:
            self.lines.add(*self._begin())
        spans, left = tight(ranges, tests)
        more = [i for i, _ in self.seen.rows[0]] if self.in_steps else []

        def step(body: Expr) -> list[str]:
            value = self.code.real(body)
            if not self.maximum:
                return [f"{out} += {value}"]
            entry = self._entry({})
            unset = f"{self._chosen()} < 0 or " if entry else ""
            lines = [f"value = {value}", f"most = {out}"]
            lines += [f"if {unset}most == most and not value <= most:", f"    {out} = value"]
            return [*lines, f"    {self._chosen()} = {entry}"] if entry else lines

        inside = [*known, *more, self.seen.last]
        self.nest(row.total.body, spans, list(left), inside, step)
        if own or self.maximum and not self.in_steps and row.finish is not None:
            self.lines.add(f"{self._out()} = {self._finished(out)}")
