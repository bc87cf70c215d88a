"""What mistakes are made of: the context that a person has before them, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from sympy import Expr

from deltarule.expressions.functions import Elementwise
from deltarule.expressions.nodes import Read, tensor_name
from deltarule.marking.mistakes.reread import Reread
from deltarule.networks.argmax_equations import CHOSEN
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.spelling.names import pretty
from deltarule.tracing.lines import Line


@dataclass(frozen=True)
class Wrong:
    """A rewritten formula: the kind of the mistake, its cost, and the words for it.

    `formula` is the right-hand side, or tells what is read instead, for it to be written later.
    `also` holds further lines with the formulas that the same mistake makes of them.
    """

    kind: str
    cost: float
    formula: Expr | Reread
    words: str
    also: tuple[tuple[str, Expr], ...] = ()


@dataclass(frozen=True)
class Mistake:
    """One line evaluated wrongly. The lower the cost, the simpler the explanation.

    `also` holds further lines that go wrong by the same mistake, as where nothing is carried
    between times.
    """

    kind: str
    cost: float
    line: str
    equation: Equation
    words: str
    also: tuple[tuple[str, Equation], ...] = ()

    @property
    def equations(self) -> tuple[tuple[str, Equation], ...]:
        """Every line that is evaluated wrongly, with its wrong equation."""
        return ((self.line, self.equation), *self.also)

    @property
    def lines(self) -> frozenset[str]:
        """The names of those lines."""
        return frozenset(line for line, _ in self.equations)


@dataclass(frozen=True)
class Context:
    """What a person has in front of them: the line, all tensors with their shapes, the givens
    and the decimals with which these are printed."""

    network: Network
    line: Line
    lines: Mapping[str, Line]
    shapes: Mapping[str, tuple[int, ...]]
    extent: Callable[[Expr], int]
    givens: Mapping[str, np.ndarray] = field(default_factory=dict)
    decimals: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def equation(self) -> Equation:
        """The line's correct equation."""
        return self.line.equation

    def decimals_of(self, name: str, entry: tuple[int, ...]) -> int:
        """With how many decimals an entry of a given is printed; 0 where that is not known."""
        found = self.decimals.get(name)
        if found is None or found.shape != np.shape(self.givens[name]):
            return 0
        return int(found[entry])

    def by(self, equation: Equation) -> Context:
        """The same line evaluated by another right formula."""
        return replace(self, line=replace(self.line, equation=equation))

    @cached_property
    def known(self) -> set[str]:
        """The names of all that a formula may read."""
        return {*self.shapes, *self.lines, *self.givens, *self.network.tensors}

    @cached_property
    def activated(self) -> set[tuple[str, str]]:
        """The sums and outputs of all activations."""
        return {
            (tensor_name(e.rhs.args[0]), e.name)
            for e in self.network.equations
            if isinstance(e.rhs, Elementwise) and isinstance(e.rhs.args[0], Read)
        }


def in_line(line: str) -> str:
    """Where a mistake is that is made in another line than the one that is looked at."""
    return f"in {choice_of(line) or pretty(line)}"


def choice_of(name: str) -> str:
    """What a tensor that holds the place of the largest is called; empty for every other one."""
    stem, chosen, layer = name.partition(CHOSEN)
    return f"the choice of the largest for {pretty(stem + layer)}" if chosen else ""


def over_the_wrong_axis(runs: str, belongs: str, over: object, rightly: object) -> str:
    """The one sentence for what runs over another axis than its own."""
    return f"{runs} over {over} where {belongs} over {rightly}: over the wrong axis"
