"""Nested loops over ranges that are as tight as conditions allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sympy import Expr

from deltarule.expressions import nodes
from deltarule.expressions.bounds import Span
from deltarule.expressions.nodes import free_indices, reads
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter


class LoopWriter:
    """Writes loops to an emitter, within loops over `loop_indices` if there are any.

    The outermost loop of all runs in threads where the emitter says so.
    """

    def __init__(self, out: Emitter, loop_indices: tuple[Index, ...] = ()):
        self.code, self.lines, self.prelude = out.code, out.lines, out.prelude
        self.parallel = out.parallel and not loop_indices

    def loop(self, index: Index, bounds: str, outermost: bool = False):
        """The loop over an index, as a block of lines."""
        word = "prange" if self.parallel and outermost else "range"
        return self.lines.block(f"for {self.code.spelling.symbol(index)} in {word}({bounds}):")

    def ready(self, node: Expr, known: list[Index]) -> Expr:
        """What is left of an expression when all has been computed that depends on `known`."""
        return node

    def nest(
        self,
        body: Expr,
        spans: list[Span],
        tests: list,
        known: list[Index],
        step: Callable[[Expr], Iterable[str]],
        outer: bool = False,
    ) -> None:
        """Loops over spans, each test as soon as its indices are known, and a step inside."""
        now = [t for t in tests if free_indices(t) <= frozenset(known)]
        if now:
            later = [t for t in tests if t not in now]
            # What reads data comes last: it may lie inside only where the others hold.
            now.sort(key=lambda t: bool(reads(t)))
            with self.lines.block("if " + " and ".join(map(self.code.condition, now)) + ":"):
                self.nest(body, spans, later, known, step)
            return
        if not tests:
            body = self.ready(body, known)
        if not spans:
            self.lines.extend(step(body))
            return
        index = spans[0].index
        pin = next((t for t in tests if _pinned(t, index, known) is not None), None)
        if pin is not None:
            name = self.code.spelling.symbol(index)
            self.lines.add(f"{name} = {self.code.integer(_pinned(pin, index, known))}")
            with self.lines.block(f"if 0 <= {name} < {self.code.integer(spans[0].extent, 1)}:"):
                rest = [t for t in tests if t is not pin]
                self.nest(body, spans[1:], rest, [*known, index], step)
            return
        with self.loop(index, self.bounds(spans[0]), outermost=outer):
            self.nest(body, spans[1:], tests, [*known, index], step)

    def bounds(self, span: Span) -> str:
        """The arguments of range() for a span."""
        low, end = self.ends(span)
        return end if low == "0" else f"{low}, {end}"

    def ends(self, span: Span) -> tuple[str, str]:
        """The first number of a span, and the first that lies behind it."""
        low = [self.code.integer(e) for e in span.lower]
        high = [
            self.code.integer(e + 1 if not e.has(nodes.FloorQuotient) else e)
            + (" + 1" if e.has(nodes.FloorQuotient) else "")
            for e in span.upper
        ]
        end = high[0] if len(high) == 1 else f"min({', '.join(high)})"
        return low[0] if len(low) == 1 else f"max({', '.join(low)})", end


def _pinned(test, index: Index, known: list[Index]) -> Expr | None:
    """What an index must be by a test `index = e`, where all of e is known."""
    if not isinstance(test, nodes.Equal) or index not in test.args:
        return None
    value = test.args[1] if test.args[0] == index else test.args[0]
    return value if free_indices(value) <= frozenset(known) - {index} else None
