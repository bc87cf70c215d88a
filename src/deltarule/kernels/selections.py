"""Selections: which entry a maximum is taken from, as a number or as weights of the entries."""

from __future__ import annotations

from sympy import Expr

from deltarule.kernels.chosen import number
from deltarule.kernels.rows import row_of
from deltarule.kernels.spans import Spans
from deltarule.notation import nodes
from deltarule.notation.bounds import tight
from deltarule.notation.equations import Equation
from deltarule.notation.nodes import tensor_name
from deltarule.notation.symbols import Index


class Selections(Spans):
    """Writes the equations of selections, behind those of their maxima."""

    def write(self, equation: Equation, waiting: list, known: list[Index]) -> None:
        """Which entries a maximum is taken from: as a number, or as weights."""
        maximum, largest = equation.rhs.args
        kept = self.code.numbers.get(tensor_name(largest))
        if kept is None or kept.name != equation.name:
            self._select(equation, waiting, known)
            return
        own = Equation(tensor_name(largest), largest.indices, maximum, equation.ranges)
        if not self.code.complex and row_of(own, tuple(known)) is not None:
            self.lines.comment("as a number, found with the maximum")
            return
        self.lines.comment("as a number")
        self._number(equation, waiting, known)

    def _number(self, equation: Equation, waiting: list, known: list[Index]) -> None:
        """The number of the first entry that equals the maximum, −1 where there is none."""
        if waiting:
            (index, extent), *waiting = waiting
            with self.loop(index, self.code.whole(extent), outermost=not known):
                self._number(equation, waiting, [*known, index])
            return
        maximum, largest = equation.rhs.args
        entry, top = self.code.spelling.fresh("entry"), self.code.real(largest)
        end = self.code.whole(nodes.multiply(n for _, n in maximum.ranges))
        own = self.code.whole(number(maximum.indices, maximum.ranges))
        self.lines.add(f"{entry} = {end}")

        def step(body: Expr) -> list[str]:
            value = "value"
            same = f"{value} == {top} or {value} != {value}"
            return [f"{value} = {self.code.real(body)}",
                    f"{entry} = min({entry}, {own} if {same} else {end})"]

        spans, tests = tight(maximum.ranges, maximum.conditions)
        self.spans(maximum.body, spans, list(tests), known, step)
        target = self.code.access(equation.lhs)
        self.lines.add(f"{target} = {entry} if {entry} < {end} else -1")

    def _select(self, equation: Equation, waiting: list, known: list[Index]) -> None:
        """1 where a maximum is taken from, else 0; `known` are the loops around."""
        maximum = equation.rhs.maximum
        outer = [r for r in waiting if r[0] not in maximum.indices]
        if outer:
            index, extent = outer[0]
            with self.loop(index, self.code.whole(extent), outermost=not known):
                rest = [r for r in waiting if r[0] != index]
                self._select(equation, rest, [*known, index])
            return
        target = self.code.access(equation.lhs)
        self._zeros(equation, waiting)
        count = self.code.spelling.fresh("chosen")
        self.lines.add(f"{count} = 0")
        largest = self.code.real(equation.rhs.args[1])
        spans, tests = tight(maximum.ranges, maximum.conditions)

        def chosen(body: Expr, then: list[str], also: str = "") -> list[str]:
            return [f"if {self.code.real(body)} == {largest}{also}:", *("    " + t for t in then)]

        def step(body: Expr) -> list[str]:
            also = f" and {count} == 0" if maximum.ties == "first" else ""
            return chosen(body, [f"{target} = real(1)", f"{count} += 1"], also)

        def share(body: Expr) -> list[str]:
            return chosen(body, [f"{target} /= real({count})"])

        self.spans(maximum.body, spans, list(tests), known, step)
        if maximum.ties == "split":
            self.spans(maximum.body, spans, list(tests), known, share)

    def _zeros(self, equation: Equation, waiting: list) -> None:
        """0 for the whole window."""
        if not waiting:
            self.lines.add(f"{self.code.access(equation.lhs)} = real(0)")
            return
        (index, extent), *waiting = waiting
        with self.loop(index, self.code.whole(extent)):
            self._zeros(equation, waiting)
