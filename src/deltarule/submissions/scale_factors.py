"""Factors by which a whole array is too large: signs, 2 and ½, numbers of examples and the like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from math import log

from sympy import Pow, preorder_traversal

from deltarule.expressions.gradient_names import is_gradient
from deltarule.networks.equations import Equation
from deltarule.networks.reachability import reachable
from deltarule.submissions.course_conventions import Task, Value
from deltarule.submissions.explanations import Seen
from deltarule.submissions.right_values import RightValues

#: 1/ln 10: what logarithms to base 10 come to.
_BASE_10 = 1 / log(10)
_CONSTANTS = (1.0, -1.0, 2.0, 0.5, -2.0, -0.5, 4.0, 0.25, _BASE_10)
_POWERS = (1, -1, 2, -2)


@dataclass(frozen=True)
class Factor:
    """A constant times powers of sizes and scalars, and what is said of it."""

    constant: float
    powers: tuple[tuple[str, int], ...]
    words: str
    kind: str
    cost: float

    @property
    def plain(self) -> bool:
        """Whether it is a plain number, and not only a sign."""
        return abs(self.constant) != 1.0

    def number(self, right: RightValues) -> float:
        """The factor at a setting."""
        found = self.constant
        for name, power in self.powers:
            found *= float(right.number(name) or 1) ** power
        return found


def sizes_vary(task: Task, seen: Sequence[Seen]) -> bool:
    """Whether each size that may vary has two values or more where numbers were seen.

    Else ½ may as well be 1/N.
    """
    usual = [s.setting.sizes for s in seen if s.setting.numbers != "edges"]
    return all(
        len({sizes[name] for sizes in usual}) > 1 for name in usual[0] if name not in task.fixed
    )


def factors(task: Task, value: Value, right: RightValues, ratio: float) -> Iterator[Factor]:
    """The factors that come to a ratio at a setting, simple ones first."""
    own = (s.name for s in right.network.scalars)
    names = dict.fromkeys((*right.setting.sizes, *own, *right.setting.scalars))
    names = [n for n in names if right.number(n) not in (None, 0, 1)]
    singles = [((n, p),) for n in names for p in _POWERS]
    doubles = [
        ((a, p), (b, q)) for a, b in combinations(names, 2) for p, q in product((1, -1), repeat=2)
    ]
    divisors, shown = _divisors(value, right), task.shown_names
    for powers in ((), *singles, *doubles):
        for constant in _CONSTANTS:
            if constant == 1.0 and not powers:
                continue
            factor = _factor(constant, powers, divisors, shown)
            number = factor.number(right)
            if abs(number - ratio) <= 1e-6 * abs(number):
                yield factor


def _factor(constant: float, powers: tuple, divisors: set[str], shown: Mapping[str, str]) -> Factor:
    parts = [_CONSTANT_WORDS[constant]] if constant != 1.0 else []
    for name, power in powers:
        parts.append(_of_power(name, power, divisors, shown.get(name, name)))
    kind = "sign" if constant == -1.0 and not powers else "constant factor"
    cost = 3.9 + 0.8 * len(powers) + 0.3 * (constant not in (1.0, -1.0))
    cost += 0.6 * any(abs(p) > 1 for _, p in powers) + 0.4 * bool(powers and constant != 1.0)
    return Factor(constant, powers, ", and ".join(parts), kind, cost)


_CONSTANT_WORDS = {
    -1.0: "right but for its sign",
    2.0: "twice too large: a factor 2 too much",
    0.5: "half as large as it should be: a factor ½ too much",
    -2.0: "of the wrong sign and twice too large",
    -0.5: "of the wrong sign and half as large as it should be",
    4.0: "four times too large",
    0.25: "a quarter of what it should be",
    _BASE_10: "in logarithms to base 10, not in natural ones",
}


def _of_power(name: str, power: int, divisors: set[str], shown: str) -> str:
    many = "" if abs(power) == 1 else " twice"
    if power > 0:
        missing = name in divisors and power == 1
        return f"not divided by {shown}" if missing else f"multiplied by {shown}{many} too much"
    again = " a second time" if name in divisors and power == -1 else many
    return f"divided by {shown}{again}, which it should not be"


def _divisors(value: Value, right: RightValues) -> set[str]:
    """The sizes by which the right value is divided, in its own line or before."""
    found = {n for n in value.over if isinstance(n, str)}
    lines = {line.quantity: line.equation for line in right.computation.lines}

    def read(name: str) -> Iterable[str]:
        known = is_gradient(name) and name in lines
        return lines[name].read_names() if known else ()

    start = right.names(value.parts[0])
    for name in {start, *reachable([start], read)} & lines.keys():
        found |= _divided_by(lines[name])
    return found


@lru_cache(maxsize=1024)
def _divided_by(equation: Equation) -> frozenset[str]:
    return frozenset(
        str(s)
        for node in preorder_traversal(equation.rhs)
        if isinstance(node, Pow) and node.args[1] == -1
        for s in node.args[0].free_symbols
    )
