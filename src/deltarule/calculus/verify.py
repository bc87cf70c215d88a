"""Verification of steps, made when a step is made: exact values at several small settings.

Formulas are compared modulo a prime; where functions, roots or an order keep that from
deciding, in balls. Derivatives themselves are compared with dual numbers along a random
direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np
from sympy import Add, Expr

from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.dual import Dual, DualArray
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.probe import Probe
from deltarule.calculus.probes import BITS, KINDS, Probes
from deltarule.calculus.sampling import FAST, SLOW, entries, entries_tried
from deltarule.errors import DeltaruleError
from deltarule.expressions.gradient_names import gradient_name
from deltarule.expressions.nodes import read
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.spelling.counted import counted
from deltarule.spelling.text import text

#: Of a longer formula an error shows the beginning and the end.
_MOST = 240


class Unverified(DeltaruleError):
    """A step whose two sides differ: a fault of the engine, which is never passed over."""


class Verifier:
    """Compares formulas over one network, at settings and values that all its steps share."""

    def __init__(self, network: Network, upstream: dict[str, Tensor], seed: int = 0):
        self._network, self._seed = network, seed
        self._probes = Probes(network, upstream, seed)
        self._sides: dict[tuple, np.ndarray] = {}

    @property
    def settings(self) -> tuple[dict[str, int], ...]:
        """The sizes and attributes at which steps are tried."""
        return self._probes.used()

    def assume(self, gradients: dict[str, Tensor]) -> None:
        """Give gradients that depend on each other generic values, until they are learnt."""
        self._sides.clear()
        self._probes.assume(gradients)

    def learn(self, gradients: list[Equation]) -> None:
        """Give the gradients found so far their values, for later steps to read."""
        self._sides.clear()
        self._probes.learn(gradients)

    def same_beside_kinks(self, before: Expr, after: Expr, ranges) -> str:
        """As `same`, at values that meet no kink and no tie."""
        return self.same(before, after, ranges, ("sharp ball",))

    def same(
        self,
        before: Expr,
        after: Expr,
        ranges: Sequence[tuple[Index, Expr]],
        kinds: Sequence[str] = KINDS,
        places: Sequence[tuple[Expr, Expr]] = (),
    ) -> str:
        """How it was checked that two formulas are equal. Raises Unverified if they are not.

        `places` are positions on axes, with their extents, that the formulas are about: settings
        at which an axis has no such position do not count.
        """

        def gap(probe: Probe):
            extent = probe.values.extent
            if not all(0 <= extent(at) < extent(axis) for at, axis in places):
                raise Undecided("there is no such entry")
            chosen = self._entries([before, after], ranges, probe)
            one, two = (self._side(e, ranges, probe, chosen) for e in (before, after))
            return one, two, entries_tried(chosen, ranges, probe.values)

        return self._decide(gap, before, after, kinds)

    def derivative(
        self, gradient: Expr, name: str, ranges, consumers: Iterable[Equation], of: str
    ) -> str:
        """Check Σ_u gradient[u]·v[u] against dual numbers sent through the consumers."""
        consumers = list(consumers)

        def gap(probe: Probe):
            arithmetic = probe.arithmetic
            direction = probe.noise([n for _, n in ranges])
            chosen = self._entries([gradient], ranges, probe)
            direction, along = _sparse(direction, ranges, chosen, arithmetic)
            found = self._side(gradient, ranges, probe, chosen)
            one = _sum(arithmetic, arithmetic.multiply(found, along))
            two = arithmetic.zeros(())
            for equation in consumers:
                change = _change(equation, name, direction, probe)
                upstream = evaluate(
                    read(gradient_name(of, equation.name), *equation.subscripts),
                    equation.ranges,
                    probe.values,
                    arithmetic,
                )
                two = arithmetic.add(two, _sum(arithmetic, arithmetic.multiply(upstream, change)))
            return np.asarray(one), np.asarray(two), entries_tried(chosen, ranges, probe.values)

        return "dual numbers, " + self._decide(gap, gradient, None)

    def _decide(self, gap, before: Expr, after: Expr | None, kinds: Sequence[str] = KINDS) -> str:
        """How it was checked, at every setting whose values tell."""
        ways: dict[str, None] = {}
        count, parts = 0, ""
        for setting in range(len(self._probes.settings)):
            settled, part = self._settled(gap, setting, kinds)
            if settled == "different":
                raise self._differ(before, after)
            if settled:
                kinds = kinds[kinds.index(settled) :]
                ways[_WAYS[settled]] = None
                count, parts = count + 1, parts or part
        if not count:
            raise self._nowhere(before)
        several = counted(count, "setting")
        return f"{' and '.join(ways)} at {several}{parts}"

    def _settled(self, gap, setting: int, kinds: Sequence[str]) -> tuple[str, str]:
        """The kind of numbers in which both sides are equal at a setting, and on which entries.

        Empty where no kind of numbers tells; "different" where one does and they differ.
        """
        differ = False
        for kind, probe in self._probes.at(setting, kinds):
            try:
                with probe.arithmetic.context():
                    one, two, part = gap(probe)
            except Undecided:
                continue
            equal = _AGREE[kind](one, two)
            if equal:
                return kind, part
            # Modulo a prime functions are names: what holds for functions is settled in balls.
            differ = equal is not None and (kind != "modular" or differ)
            if differ:
                return "different", ""
        return "", ""

    def _differ(self, before: Expr, after: Expr | None) -> Unverified:
        return Unverified(
            f"a step could not be verified: {_short(before)}"
            + (f" is not {_short(after)}" if after is not None else " differs from dual numbers"),
            self._network.name,
            "this is a fault of deltarule: please report it with the derivation",
        )

    def _nowhere(self, before: Expr) -> Unverified:
        return Unverified(
            f"a step could not be verified: no values were found at which {_short(before)} is a "
            "number",
            self._network.name,
            "say where values lie: input(…, within=(a, b)) for entries between a and b",
        )

    def _entries(self, formulas: list[Expr], ranges, probe: Probe) -> list | None:
        budget = SLOW if np.dtype(probe.arithmetic.dtype) == object else FAST
        return entries(formulas, ranges, probe.values, budget, self._seed)

    def _side(self, expression: Expr, ranges, probe: Probe, chosen: list | None):
        """The entries of one side. A step changes a few terms: the others are known."""
        if chosen is not None:
            return _at_entries(expression, ranges, probe, chosen)
        found = None
        for term in Add.make_args(expression):
            key = (term, tuple(ranges), id(probe))
            if key not in self._sides:
                self._sides[key] = _at_entries(term, ranges, probe, None)
            more = self._sides[key]
            found = more if found is None else probe.arithmetic.add(found, more)
        return found


def _at_entries(expression: Expr, ranges, probe: Probe, chosen: list[dict[Index, int]] | None):
    """The entries of an expression at some places; all of them for None."""
    if chosen is None:
        return evaluate(expression, ranges, probe.values, probe.arithmetic)
    found = [evaluate(expression, ranges, probe.values, probe.arithmetic, at) for at in chosen]
    return np.concatenate([np.reshape(f, -1) for f in found])


def _sparse(direction, ranges, chosen: list[dict[Index, int]] | None, arithmetic):
    """A direction that is 0 but at some places, and its entries there."""
    if chosen is None:
        return direction, direction
    places = tuple(np.array([at[i] for at in chosen]) for i, _ in ranges)
    result = arithmetic.zeros(np.shape(direction))
    result[places] = direction[places]
    return result, direction[places]


def _change(equation: Equation, name: str, direction, probe: Probe):
    """The change of an equation's value when `name` moves along a direction."""
    dual = Dual(probe.arithmetic)
    arrays = {}
    for other in equation.read_names():
        array = probe.values.arrays[other]
        if probe.network.tensors[other].integral:
            arrays[other] = array
        else:
            arrays[other] = DualArray(array, probe.arithmetic.zeros(array.shape))
    arrays[name] = DualArray(probe.values.arrays[name], direction)
    values = Values(arrays, probe.values.sizes, probe.values.scalars, probe.values.tensors)
    # An array of an arithmetic is NumPy's for all of them but this one.
    return cast(DualArray, evaluate(equation.rhs, equation.ranges, values, dual)).tangent


def _sum(arithmetic, array):
    array = np.asarray(array, dtype=arithmetic.dtype)
    return arithmetic.total(array, tuple(range(array.ndim))) if array.ndim else array


def _equal(one, two) -> bool:
    """Whether all pairs of fractions are equal."""
    return all(a == b for a, b in zip(np.ravel(one), np.ravel(two), strict=True))


def _balls_agree(one, two) -> bool | None:
    """Whether all pairs of balls overlap; None if they are too wide to mean something.

    Beyond 1 that is meant in proportion: 1/p is huge where p is the share of an unlikely class.
    """
    sure = True
    for a, b in zip(np.ravel(one), np.ravel(two), strict=True):
        if not (a.is_finite() and b.is_finite()):
            sure = sure and _infinite_alike(a, b)
        elif not a.overlaps(b):
            return False
        elif not (a - b).abs_upper() < 1e-12 * max(a.abs_upper(), 1):
            sure = False
    return True if sure else None


def _infinite_alike(a, b) -> bool:
    """Whether both are the same infinity, as the largest of nothing is −∞."""
    return bool(a == b)


_AGREE = {
    "modular": np.array_equal,
    "rational": _equal,
    "ball": _balls_agree,
    "sharp ball": _balls_agree,
}
_WAYS = {
    "modular": "exact modulo 2³¹−1",
    "rational": "exact in fractions",
    "ball": f"in balls of {BITS} bits",
    "sharp ball": f"in balls of {BITS} bits",
}


def _short(formula: Expr) -> str:
    """A formula as text, without its middle if it is long."""
    whole = text(formula)
    half = _MOST // 2
    return whole if len(whole) <= _MOST else f"{whole[:half]} … {whole[-half:]}"
