"""A pass as the body of one compiled function: loops, matrix products and window sums.

Every equation becomes what its lowering emits. A recurrence is a loop over its times; what its
equations add up without need of another time is computed before, for all times at once, where a
call of the prelude does that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Add

from deltarule.expressions.nodes import reads, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.matcher import Matcher
from deltarule.kernels.lowering.packed_panels import Packed
from deltarule.kernels.lowering.patterns import product_of
from deltarule.kernels.lowering.time_loop import Times, time_span
from deltarule.kernels.python_text.indented import Lines
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Block, Recurrence, equations_of
from deltarule.spelling.text import text

LoopIndices = Mapping[int, tuple[Index, ...]]


class Schedule:
    """Writes blocks of equations into `lines`; `prelude` collects what is called of it."""

    def __init__(self, matcher: Matcher, lines: Lines, parallel: bool = False):
        self.out = Emitter(matcher, lines, parallel)
        self.code, self.lines, self.prelude = matcher.code, lines, self.out.prelude
        self._begun: dict[int, Equation] = {}

    def block(self, block: Block, loop_indices: LoopIndices | None = None) -> None:
        """One equation, or one recurrence; `loop_indices` are set by the loops around it."""
        loop_indices = loop_indices or {}
        if isinstance(block, Recurrence):
            self._scan(block, loop_indices)
            return
        known = loop_indices.get(id(block), ())
        block = self._begun.get(id(block), block)
        self.code.spelling.begin()
        self.lines.comment(f"{text(block.lhs)} = {text(block.rhs)}")
        self.out.lower(block, known)

    # ---- recurrences ------------------------------------------------------------------------
    def _scan(self, block: Recurrence, loop_indices: LoopIndices) -> None:
        if not self.code.complex:
            for equation in block.equations:
                self._begin(equation, block)
        head, times = time_span(block, self.code)
        outer = self.out.packed
        self.out.packed = outer or Packed(self.code, self.lines, block.names)
        with self.lines.block(head):
            if times.alike:
                self.lines.add(*times.settings(block.equations))
            for part in self._products_first(block):
                self._at(part, block, times, loop_indices)
        self.out.packed = outer

    def _at(self, part: Block, block: Recurrence, times: Times, loop_indices: LoopIndices) -> None:
        """A part at one time, if all its equations are written there."""
        members = equations_of(part)
        index_of = {id(e): i for e, i, _ in block.times}
        now = dict(loop_indices)
        for equation in members:
            index = index_of[id(equation)]
            now[id(equation)] = (*loop_indices.get(id(equation), ()), *([index] if index else []))
        if times.alike:
            self.block(part, now)
            return
        with self.lines.block(times.test(members)):
            self.lines.add(*times.settings(members))
            self.block(part, now)

    def _begin(self, equation: Equation, block: Recurrence) -> None:
        """Compute, for all times at once, what an equation adds up that needs no other time."""
        writers = [e for e in block.equations if e.name == equation.name]
        now = [
            t
            for t in Add.make_args(equation.rhs)
            if not {tensor_name(r) for r in reads(t)} & block.names
        ]
        later = [t for t in Add.make_args(equation.rhs) if t not in now]
        plain = all(isinstance(s, Index) for s in equation.subscripts)
        if not later or not plain or len(writers) > 1:
            return
        whole = replace(equation, rhs=Add(*now))
        if self.out.matcher.match(whole).lowering.calls:
            self.block(whole)
            self._begun[id(equation)] = replace(equation, rhs=Add(equation.lhs, *later))

    def _products_first(self, block: Recurrence) -> list[Block]:
        """The parts of one time, sums of products as early as what they read then allows."""
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
            chosen = next((p for p in ready if self._sums_products(p)), ready[0])
            waiting.remove(chosen)
            result.append(chosen)
        return result

    def _sums_products(self, part: Block) -> bool:
        """Whether a part of one time sums products: they come early, whatever they are lowered to.

        A criterion of order alone, which does not depend on the type of numbers.
        """
        if isinstance(part, Recurrence):
            return False
        return id(part) in self._begun or product_of(part) is not None
