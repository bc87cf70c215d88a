"""Selections: which entry a maximum is taken from, as a number or as weights of the entries."""

from __future__ import annotations

from sympy import Expr

from deltarule.expressions.bounds import tight
from deltarule.expressions.nodes import Selection, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.loop_writer import LoopWriter
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.passes.argmax_indices import number
from deltarule.networks.equations import Equation


def match(site: Site) -> Equation | None:
    """An equation that says which entry a maximum is taken from."""
    return site.equation if isinstance(site.equation.rhs, Selection) else None


def emit(plan: Equation, site: Site, out: Emitter) -> None:
    """Its loops, if it was not found together with the maximum."""
    Selections(out, site.loop_indices).write(plan, site.waiting, list(site.loop_indices))


class Selections(LoopWriter):
    """Writes the equations of selections, behind those of their maxima."""

    def write(self, equation: Equation, waiting: list, known: list[Index]) -> None:
        """Which entries a maximum is taken from: as a number, or as weights."""
        largest = equation.rhs.args[1]
        kept = self.code.numbers.get(tensor_name(largest))
        if kept is None or kept.name != equation.name:
            self._select(equation, waiting, known)
            return
        if equation.name in self.code.selected:
            self.lines.comment("as a number, found with the maximum")
            return
        self.lines.comment("as a number")
        self._number(equation, waiting, known)

    def _number(self, equation: Equation, waiting: list, known: list[Index]) -> None:
        """The number of the first entry that equals the maximum, −1 where there is none."""
        if waiting:
            (index, extent), *waiting = waiting
            with self.loop(index, self.code.integer(extent), outermost=not known):
                self._number(equation, waiting, [*known, index])
            return
        maximum, largest = equation.rhs.args
        entry, top = self.code.spelling.fresh("entry"), self.code.spelling.fresh("top")
        own = self.code.integer(number(maximum.indices, maximum.ranges))
        spans, tests = tight(maximum.ranges, maximum.conditions)
        self.lines.add(f"{top} = {self.code.real(largest)}", f"{entry} = -1")

        def step(body: Expr) -> list[str]:
            value = self.code.spelling.fresh("value") if self.code.plain else "value"
            same = f"{value} == {top} or {top} != {top} and {value} != {value}"
            test = f"if {entry} < 0 and ({same}):"
            return [f"{value} = {self.code.real(body)}", test, f"    {entry} = {own}"]

        if len(spans) > 1 and not tests and not (self.code.complex or self.code.plain):
            self._by_rows(maximum.body, spans, known, step, (entry, top))
        else:
            self.nest(maximum.body, spans, list(tests), known, step)
        self.lines.add(f"{self.code.access(equation.lhs)} = {entry}")

    def _by_rows(self, body: Expr, spans: list, known: list[Index], step, names: tuple) -> None:
        """Look for the entry in the first row that has it: rows are compared many at once."""
        entry, top = names
        *outer, last = spans

        def along(_body: Expr) -> list[str]:
            inside = [*known, *(s.index for s in outer)]
            with self.lines.block(f"if {entry} < 0:"):
                self.lines.add("found = False")
                with self.loop(last.index, self.bounds(last)):
                    self.lines.add(f"value = {self.code.real(body)}")
                    self.lines.add(f"found = found | (value == {top}) | (value != value)")
                with self.lines.block("if found:"):
                    self.nest(body, [last], [], inside, step)
            return []

        self.nest(body, outer, [], known, along)

    def _select(self, equation: Equation, waiting: list, known: list[Index]) -> None:
        """1 where a maximum is taken from, else 0; `known` are the loops around."""
        maximum = equation.rhs.maximum
        outer = [r for r in waiting if r[0] not in maximum.indices]
        if outer:
            index, extent = outer[0]
            with self.loop(index, self.code.integer(extent), outermost=not known):
                rest = [r for r in waiting if r[0] != index]
                self._select(equation, rest, [*known, index])
            return
        target = self.code.access(equation.lhs)
        self._zeros(equation, waiting)
        count = self.code.spelling.fresh("chosen")
        self.lines.add(f"{count} = 0")
        largest = self.code.real(equation.rhs.args[1])
        spans, tests = tight(maximum.ranges, maximum.conditions)

        # Where the largest is NaN, it is taken from what is NaN.
        value = self.code.spelling.fresh("value")
        held = f"{value} == {largest} or {value} != {value}"

        def chosen(body: Expr, then: list[str], test: str = held) -> list[str]:
            lines = [f"{value} = {self.code.real(body)}", f"if {test}:"]
            return [*lines, *("    " + t for t in then)]

        def step(body: Expr) -> list[str]:
            test = f"{count} == 0 and ({held})" if maximum.ties == "first" else held
            return chosen(body, [f"{target} = {self.code.typed('1')}", f"{count} += 1"], test)

        def share(body: Expr) -> list[str]:
            return chosen(body, [f"{target} /= {self.code.typed(count)}"])

        self.nest(maximum.body, spans, list(tests), known, step)
        if maximum.ties == "split":
            self.nest(maximum.body, spans, list(tests), known, share)

    def _zeros(self, equation: Equation, waiting: list) -> None:
        """0 for the whole window."""
        if not waiting:
            self.lines.add(f"{self.code.access(equation.lhs)} = {self.code.typed('0')}")
            return
        (index, extent), *waiting = waiting
        with self.loop(index, self.code.integer(extent)):
            self._zeros(equation, waiting)
