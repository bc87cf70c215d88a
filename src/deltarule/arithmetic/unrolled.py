"""Small programs number by number: for a few dozen numbers NumPy's calls cost more than they do.

All entries and all sums are written out once as a list of single operations, which is then gone
through as often as asked.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from itertools import product

import numpy as np
from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol

from deltarule.arithmetic import gamma_floats
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.function_formulas import line_of, written_out
from deltarule.arithmetic.prepared import Unprepared
from deltarule.expressions import nodes
from deltarule.expressions.functions import Elementwise
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.symbols import Index, Scalar, Size
from deltarule.networks.equations import Equation

#: Programs of more operations are left to NumPy.
MOST_OPERATIONS = 1000

_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "log": math.log,
    "tanh": math.tanh,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "atan": math.atan,
    "asin": math.asin,
    "acos": math.acos,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "asinh": math.asinh,
    "acosh": math.acosh,
    "atanh": math.atanh,
    "floor": math.floor,
    "round": round,
    "log1p": math.log1p,
    "expm1": math.expm1,
    "erf": math.erf,
    "erfc": math.erfc,
    "lgamma": gamma_floats.lgamma,
    "digamma": gamma_floats.digamma,
    "trigamma": gamma_floats.trigamma,
}


class Unrolled:
    """Equations as single operations on numbers. Raises Unprepared where they are too many.

    What no update changes is evaluated once. `step` runs the rest; both raise
    OverflowError or ValueError where NumPy gives ∞ or NaN.
    """

    def __init__(self, equations: Iterable[Equation], values: Values, kept: Sequence[str]):
        self.values = values
        self.numbers: list[float] = []
        self.places: dict[tuple, int] = {}
        self.tape: list[tuple[Callable, int, int, int]] = []
        self._known: dict[tuple, int] = {}
        self._fixed: set[int] = set()
        self.kept = tuple(kept)
        self.shapes = {n: np.shape(a) for n, a in values.arrays.items()}
        for name in kept:
            for entry in np.ndindex(*self.shapes[name]):
                self._given(name, entry)
        for equation in equations:
            self._line(equation)
        self._handed_on = [
            (self.places[f"{name} after", entry], self.places[name, entry])
            for name in kept
            for entry in np.ndindex(*self.shapes[name])
        ]

    def step(self) -> None:
        """Run once, and hand the updated values on to the next time."""
        numbers = self.numbers
        for function, a, b, to in self.tape:
            numbers[to] = function(numbers[a], numbers[b])
        moved = [numbers[source] for source, _ in self._handed_on]
        for number, (_, to) in zip(moved, self._handed_on, strict=True):
            numbers[to] = number

    def arrays(self) -> dict[str, np.ndarray]:
        """What is handed on, as arrays."""
        return {
            name: np.array(
                [self.numbers[self.places[name, e]] for e in np.ndindex(*self.shapes[name])]
            ).reshape(self.shapes[name])
            for name in self.kept
        }

    def _slot(self, number: float = 0.0) -> int:
        self.numbers.append(number)
        return len(self.numbers) - 1

    def _given(self, name: str, entry: tuple) -> int:
        if (name, entry) not in self.places:
            array = self.values.arrays.get(name)
            inside = (
                array is not None
                and len(entry) == array.ndim
                and all(0 <= k < n for k, n in zip(entry, array.shape, strict=True))
            )
            if array is None or not inside:
                raise Unprepared
            self.places[name, entry] = self._slot(float(array[entry]))
            if name not in self.kept:
                self._fixed.add(self.places[name, entry])
        return self.places[name, entry]

    def _line(self, equation: Equation) -> None:
        if equation.subscripts != equation.indices:
            raise Unprepared
        shape = tuple(self.values.extent(n) for _, n in equation.ranges)
        self.shapes[equation.name] = shape
        formula = line_of(equation)
        for entry in np.ndindex(*shape):
            at = {i: Integer(k) for i, k in zip(equation.indices, entry, strict=True)}
            self.places[equation.name, entry] = self._number(formula, at, {})

    def _operation(self, function: Callable, a: int, b: int) -> int:
        key = (function, a, b)
        if key not in self._known:
            if len(self.tape) >= MOST_OPERATIONS:
                raise Unprepared
            self._known[key] = self._slot()
            if a in self._fixed and b in self._fixed:
                self._fixed.add(self._known[key])
                self.numbers[self._known[key]] = function(self.numbers[a], self.numbers[b])
            else:
                self.tape.append((function, a, b, self._known[key]))
        return self._known[key]

    def _constant(self, number: float) -> int:
        key = ("constant", number)
        if key not in self._known:
            self._known[key] = self._slot(number)
            self._fixed.add(self._known[key])
        return self._known[key]

    def _number(self, node: Expr, at: dict[Index, Integer], letters: dict) -> int:
        """The place of a formula's value at some entry."""
        if isinstance(node, Rational):
            return self._constant(float(node))
        if isinstance(node, Size):
            return self._constant(float(self.values.extent(node)))
        if isinstance(node, nodes.Read):
            entry = tuple(self.values.extent(replaced(s, at)) for s in node.indices)
            return self._given(nodes.tensor_name(node), entry)
        if isinstance(node, Symbol) and node in letters:
            return letters[node]
        if isinstance(node, Scalar) and node in self.values.scalars:
            return self._constant(float(self.values.scalars[node]))
        if isinstance(node, Add | Mul):
            function = operator.add if isinstance(node, Add) else operator.mul
            return self._chained(function, [self._number(a, at, letters) for a in node.args])
        if isinstance(node, Pow) and node.exp.is_Rational:
            power = self._constant(float(node.exp))
            return self._operation(math.pow, self._number(node.base, at, letters), power)
        if isinstance(node, Elementwise):
            return self._applied(node, at, letters)
        if isinstance(node, nodes.Sum) and not node.conditions:
            ranges = [range(self.values.extent(n)) for _, n in node.ranges]
            terms = [
                self._number(node.body, {**at, **_at(node.indices, entry)}, letters)
                for entry in product(*ranges)
            ]
            return self._chained(operator.add, terms) if terms else self._constant(0.0)
        raise Unprepared

    def _chained(self, function: Callable, places: list[int]) -> int:
        result = places[0]
        for place in places[1:]:
            result = self._operation(function, result, place)
        return result

    def _applied(self, node, at: dict, letters: dict) -> int:
        inside = [self._number(a, at, letters) for a in node.args]
        function = _FUNCTIONS.get(node.row.name)
        if function is not None:
            return self._operation(_of_one(function), inside[0], inside[0])
        if node.row.leaf or node.row.native:
            raise Unprepared
        formula, names = written_out(type(node), len(inside), stable=True)
        return self._number(formula, at, dict(zip(names, inside, strict=True)))


def _at(indices: Iterable[Index], entry: Iterable[int]) -> dict[Index, Integer]:
    return {i: Integer(k) for i, k in zip(indices, entry, strict=True)}


def _of_one(function: Callable[[float], float]) -> Callable[[float, float], float]:
    """A function of one number in the form of one of two; the same each time."""
    return _OF_ONE[function]


_OF_ONE = {f: (lambda a, b, f=f: f(a)) for f in _FUNCTIONS.values()}
