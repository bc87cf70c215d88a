"""A pass as the body of one compiled function: loops, matrix products and window sums.

Every equation becomes what its lowering emits. A recurrence is a loop over its times; what its
equations add up without need of another time is computed before, for all times at once, where a
call of the prelude does that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sympy import Add

from deltarule.expressions.nodes import reads, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.lowering import Match
from deltarule.kernels.lowering.matcher import Matcher
from deltarule.kernels.lowering.packed_panels import Packed
from deltarule.kernels.lowering.patterns import product_of
from deltarule.kernels.lowering.scan import Scan
from deltarule.kernels.lowering.shared_rooms import Rooms, begins
from deltarule.kernels.lowering.strip_loop import StripLoop
from deltarule.kernels.lowering.thread_bodies import bodies_apart
from deltarule.kernels.lowering.time_loop import Times, time_span
from deltarule.kernels.passes.strip_groups import Strips
from deltarule.kernels.python_text.indented import Lines
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Block, Recurrence, equations_of

LoopIndices = Mapping[int, tuple[Index, ...]]


@dataclass(frozen=True)
class Begun:
    """An equation of a recurrence in two: `whole` for all times at once, `later` at each time."""

    whole: Equation
    later: Equation


class Schedule:
    """Writes blocks of equations into `lines`, and `functions` that they call.

    `prelude` collects what is called of it. `private` are tensors that only the block which
    computes them reads: they need not be in memory; others share it, as `rooms` tells.
    """

    def __init__(
        self,
        matcher: Matcher,
        lines: Lines,
        parallel: bool = False,
        private: frozenset[str] = frozenset(),
        rooms: Rooms | None = None,
    ):
        self.private, self._rooms = private, rooms or Rooms()
        self.out = Emitter(matcher, lines, parallel)
        self.code, self.lines, self.prelude = matcher.code, lines, self.out.prelude
        self.functions = Lines()
        self._begun: dict[int, Equation] = {}

    def blocks(self, parts: Iterable[Block]) -> None:
        """All blocks of a pass; neighbours that share their loops are written together."""
        waiting: list[Match] = []
        for part in parts:
            found = self.out.matcher.match(part) if isinstance(part, Equation) else None
            if waiting and (found is None or not found.joins(waiting)):
                self._write(waiting)
                waiting = []
            if not waiting:
                self._turn(part)
            if found is not None:
                waiting.append(found)
            else:
                self.block(part)
        self._write(waiting)

    def _turn(self, part: Block) -> None:
        """Say which arrays are done with, or begin, where others lie in the same memory."""
        for name in self._rooms.turns.get(begins(part), ()):
            self.lines.add(f"hand_over({self.code.spelling.tensor(name)})")

    def _write(self, found: Sequence[Match]) -> None:
        """Equations of which the later ones, if any, join the first."""
        if not found:
            return
        for match in found:
            self.lines.about(match.site.equation)
        *others, last = found
        last.emit_with(others, self.out)

    def block(self, block: Block, loop_indices: LoopIndices | None = None) -> None:
        """One equation, or one recurrence; `loop_indices` are set by the loops around it."""
        loop_indices = loop_indices or {}
        if isinstance(block, Recurrence):
            self._scan(block, loop_indices)
            return
        if isinstance(block, Strips):
            self._strips(block)
            return
        known = loop_indices.get(id(block), ())
        self._write([self.out.matcher.match(self._begun.get(id(block), block), known)])

    # ---- strips -----------------------------------------------------------------------------
    def _strips(self, group: Strips) -> None:
        """A function that computes one strip, and the loop that calls it."""
        code, loop = self.code, StripLoop(group, self.code, self.out.parallel)
        seen, around = loop.tensors(), (code.tensors, code.pointers, code.lists)
        code.alone = loop.alone
        code.tensors = {**code.tensors, **seen}
        code.forget()
        body = Lines(1)
        inside = Schedule(Matcher(code, self.out.matcher.lowerings), body, self.out.parallel)
        inside.out.packed = loop.panels
        equations, again = loop.equations(), code.spelling.fresh("again")
        if group.again:
            loop.panels.again = True
            with body.block(f"if {again}:"):
                for equation in equations[: group.again]:
                    inside.block(equation)
            loop.panels.again = False
        for equation in equations[group.again :]:
            inside.block(equation)
        lines = [*(f"    {line}" for line in code.said_before()), *str(body).splitlines()]
        code.tensors, code.pointers, code.lists = around
        code.alone = "0"
        self.prelude |= {*inside.prelude, "strided_products", "views"}
        self.prelude |= {"thread_count"} if loop.apart else set()
        text_ = "\n".join(lines)
        tensors, sizes = loop.arguments(text_)
        names = [loop.alone] * loop.apart + [again] * bool(group.again) + loop.panels.names
        names += [*map(code.spelling.tensor, tensors), *map(code.spelling.symbol, sizes)]
        lines, bodies = bodies_apart(text_, names, code.spelling.fresh, alone=loop.alone)
        self.functions.add(*bodies, "", "", *loop.function(names, lines))
        loop.write(self.lines, tensors, sizes)

    # ---- recurrences ------------------------------------------------------------------------
    def _scan(self, block: Recurrence, loop_indices: LoopIndices) -> None:
        head, times = time_span(block, self.code)
        if self._as_one_loop(block, loop_indices, (head, times)):
            return
        if not self.code.complex:
            for equation in block.equations:
                begun = self._begin(equation, block)
                if begun is not None:
                    self.block(begun.whole)
                    self._begun[id(equation)] = begun.later
        outer = self.out.packed
        self.out.packed = outer or Packed(self.code, self.lines, block.names)
        with self.lines.block(head):
            if times.alike and times.one_index:
                self.lines.add(*times.settings(block.equations))
            for part in self._products_first(block, self._begun):
                self._at(part, block, times, loop_indices)
        self.out.packed = outer

    def _as_one_loop(self, block: Recurrence, around: LoopIndices, times: tuple) -> bool:
        """The recurrence in a function of its own, if that is made for it."""
        if self.code.complex or self.code.plain or around:
            return False
        if any(isinstance(part, Recurrence) for part in block.parts):
            return False
        begun = {id(e): self._begin(e, block, products=True) for e in block.equations}
        later = {key: b.later for key, b in begun.items() if b is not None}
        parts = [later.get(id(p), p) for p in self._products_first(block, set(later))]
        scan = Scan(self.out, block, parts, times, self.private)
        if not scan.fits:
            return False
        for b in begun.values():
            if b is not None:
                self.block(b.whole)
        scan.write(self.functions)
        return True

    def _at(self, part: Block, block: Recurrence, times: Times, loop_indices: LoopIndices) -> None:
        """A part at one time, if all its equations are written there."""
        members = equations_of(part)
        index_of = {id(e): i for e, i, _ in block.times}
        now = dict(loop_indices)
        for equation in members:
            index = index_of[id(equation)]
            now[id(equation)] = (*loop_indices.get(id(equation), ()), *([index] if index else []))
        if times.alike:
            if not times.one_index:  # a sum may run over what is another equation's time
                self.lines.add(*times.settings(members))
            self.block(part, now)
            return
        with self.lines.block(times.test(members)):
            self.lines.add(*times.settings(members))
            self.block(part, now)

    def _begin(self, equation: Equation, block: Recurrence, products=False) -> Begun | None:
        """What an equation adds up that needs no other time, for all times at once.

        Of that only the products, if asked for; None where there is nothing.
        """
        writers = [e for e in block.equations if e.name == equation.name]
        now = [
            t
            for t in Add.make_args(equation.rhs)
            if not {tensor_name(r) for r in reads(t)} & block.names
        ]
        if products:
            now = [t for t in now if self._calls(replace(equation, rhs=t))]
        later = [t for t in Add.make_args(equation.rhs) if t not in now]
        plain = all(isinstance(s, Index) for s in equation.subscripts)
        if not now or not later or not plain or len(writers) > 1:
            return None
        whole = replace(equation, rhs=Add(*now))
        if not self._calls(whole):
            return None
        return Begun(whole, replace(equation, rhs=Add(equation.lhs, *later)))

    def _calls(self, equation: Equation) -> bool:
        return self.out.matcher.match(equation).lowering.calls

    def _products_first(self, block: Recurrence, begun: Collection[int]) -> list[Any]:
        """The parts of one time, sums of products as early as what they read then allows.

        `begun` are those (by their ids) to which products were added before.
        """
        index_of = {id(e): i for e, i, _ in block.times}

        def waits_for(part: Block, other: Block) -> bool:
            written = {e.name for e in equations_of(other)}
            now = [
                (index_of[id(e)], r)
                for e in equations_of(part)
                for r in reads(e.rhs)
                if tensor_name(r) in written
            ]
            return any(t is None or t in r.indices for t, r in now)

        waiting, result = list(block.parts), []
        while waiting:
            ready = [
                p for p in waiting if not any(waits_for(p, q) for q in waiting if q is not p)
            ] or waiting
            chosen = next((p for p in ready if self._sums_products(p, begun)), ready[0])
            waiting.remove(chosen)
            result.append(chosen)
        return result

    def _sums_products(self, part: Block, begun: Collection[int]) -> bool:
        """Whether a part of one time sums products: they come early, whatever they are lowered to.

        A criterion of order alone, which does not depend on the type of numbers.
        """
        if isinstance(part, Recurrence):
            return False
        return id(part) in begun or product_of(part) is not None
