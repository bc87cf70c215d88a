"""Nested loops over ranges that are as tight as conditions allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack

from sympy import Expr

from deltarule.expressions import nodes
from deltarule.expressions.bounds import Span
from deltarule.expressions.nodes import free_indices, reads
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.supported_spans import real_ends


class LoopWriter:
    """Writes loops to an emitter, within loops over `loop_indices` if there are any.

    The outermost loop of all runs in threads where the emitter says so.
    What is `unread` is neither read nor added to by what follows.
    """

    def __init__(self, out: Emitter, loop_indices: tuple[Index, ...] = (), unread: bool = False):
        self.out, self.loop_indices, self.unread = out, loop_indices, unread
        self.code, self.lines, self.prelude = out.code, out.lines, out.prelude
        self.parallel = out.parallel and not loop_indices
        #: Of the loops around, how far they run.
        self.extents: dict[Index, Expr] = {}

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
            with self.lines.block(f"if {self._within(name, spans[0])}:"):
                rest = [t for t in tests if t is not pin]
                self.nest(body, spans[1:], rest, [*known, index], step)
            return
        listed = ((t, self._listed(t, index, known)) for t in tests)
        pointing, places = next(((t, p) for t, p in listed if p is not None), (None, None))
        if places is not None:
            first, following = places
            name = self.code.spelling.symbol(index)
            rest = [t for t in tests if t is not pointing]
            self.lines.add(f"{name} = {first}")
            with self.lines.block(f"while {name} >= 0:"):
                with ExitStack() as inside:
                    if spans[0].cut:
                        test = f"if {self._within(name, spans[0])}:"
                        inside.enter_context(self.lines.block(test))
                    self.nest(body, spans[1:], rest, [*known, index], step)
                self.lines.add(f"{name} = {following}")
            return
        with self.loop(index, self._bounds_named(spans[0]), outermost=outer):
            self.nest(body, spans[1:], tests, [*known, index], step)

    def _within(self, name: str, span: Span) -> str:
        """The test that an index of which one value is asked lies where its span does."""
        if not span.cut:
            return f"0 <= {name} < {self.code.integer(span.extent, 1)}"
        self.prelude |= real_ends(span)
        low, end = self.ends(span)
        return f"{low} <= {name} < {end}"

    def _listed(self, test, index: Index, known: list[Index]) -> tuple[str, str] | None:
        """The first place of an index that meets a test `p[k] = e` on positions that point to
        earlier or later places, and the next; None where it is no such test, or e is not known.
        """
        if not isinstance(test, nodes.Equal):
            return None
        for at, value in (test.args, test.args[::-1]):
            if not isinstance(at, nodes.Read) or not free_indices(value) <= frozenset(known):
                continue
            points = self.code.tensors[nodes.tensor_name(at)].points
            others = frozenset().union(*map(free_indices, at.indices)) - {index}
            if points is None or at.indices[points[0]] != index or not others <= frozenset(known):
                continue
            self.prelude.add("listed_places")
            first, following = self.code.listed(nodes.tensor_name(at), points[0])
            here = list(at.indices)
            here[points[0]] = value
            return (
                self.code.entry(first, [self.code.integer(s) for s in here]),
                self.code.entry(following, [self.code.integer(s) for s in at.indices]),
            )
        return None

    def _bounds_named(self, span: Span) -> str:
        """The arguments of range(); ends that real numbers set are long, and have names."""
        if not real_ends(span):
            return self.bounds(span)
        names = [self.code.spelling.fresh(stem) for stem in ("first", "behind")]
        self.name_ends(span, names)
        return ", ".join(names)

    def name_ends(self, span: Span, names: Sequence[str]) -> None:
        """Set names to where a span begins, and to what lies behind it."""
        self.prelude |= real_ends(span)
        self.lines.add(*map(" = ".join, zip(names, self.ends(span), strict=True)))

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
