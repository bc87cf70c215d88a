"""Verification of steps, made when a step is made: exact values at small random sizes.

Formulas are compared modulo a prime; where functions, roots or an order keep that from
deciding, in balls. Derivatives themselves are compared with dual numbers along a random
direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from sympy import Expr

from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.dual import Dual, DualArray
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.exact import Ball, Rational
from deltarule.arithmetic.modular import Modular
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.calculus.sampling import FAST, SLOW, entries, told
from deltarule.notation.equations import Equation
from deltarule.notation.errors import DeltaruleError
from deltarule.notation.networks import Network
from deltarule.notation.nodes import Read, free_symbols, read, tensor_name, walk
from deltarule.notation.symbols import Index, Size
from deltarule.notation.tensors import Tensor
from deltarule.notation.text import text

#: The arithmetics, in the order in which they are tried.
KINDS = ("modular", "rational", "ball")


class Unverified(DeltaruleError):
    """A step whose two sides differ: a fault of the engine, which is never passed over."""


class Verifier:
    """Compares formulas over one network, at values that all its steps share."""

    def __init__(self, network: Network, upstream: dict[str, Tensor], seed: int = 0):
        self._network, self._upstream, self._seed = network, upstream, seed
        self._gradients: list[Equation] = []
        self._assumed: dict[str, Tensor] = {}
        self._probes: dict[str, Probe | None] = {}

    def assume(self, gradients: dict[str, Tensor]) -> None:
        """Give gradients that depend on each other generic values, until they are learnt."""
        self._assumed = gradients
        for probe in self._probes.values():
            self._draw(gradients, probe)

    def learn(self, gradients: list[Equation]) -> None:
        """Give the gradients found so far their values, for later steps to read."""
        self._gradients += gradients
        self._assumed = {}
        for probe in self._probes.values():
            if probe is not None:
                run(gradients, probe.values, probe.arithmetic)

    @staticmethod
    def _draw(gradients: dict[str, Tensor], probe: Probe | None) -> None:
        if probe is None:
            return
        for name, tensor in gradients.items():
            probe.values.arrays[name] = probe.noise(tensor.axes)

    def same_beside_kinks(self, before: Expr, after: Expr, ranges) -> str:
        """As `same`, at values that meet no kink and no tie."""
        return self.same(before, after, ranges, ("ball",))

    def same(
        self, before: Expr, after: Expr, ranges: Sequence[tuple[Index, Expr]],
        kinds: Sequence[str] = KINDS,
    ) -> str:  # fmt: skip
        """How it was checked that two formulas are equal. Raises Unverified if they are not."""

        def gap(probe: Probe):
            chosen = self._entries([before, after], ranges, probe)
            one, two = (_at_entries(side, ranges, probe, chosen) for side in (before, after))
            return one, two, told(chosen, ranges, probe.values)

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
            found = _at_entries(gradient, ranges, probe, chosen)
            one = _sum(arithmetic, arithmetic.multiply(found, along))
            two = arithmetic.zeros(())
            for equation in consumers:
                change = _change(equation, name, direction, probe)
                upstream = evaluate(
                    read(f"d{of}/d{equation.name}", *equation.subscripts),
                    equation.ranges, probe.values, arithmetic,
                )
                two = arithmetic.add(two, _sum(arithmetic, arithmetic.multiply(upstream, change)))
            return np.asarray(one), np.asarray(two), told(chosen, ranges, probe.values)

        return "dual numbers, " + self._decide(gap, gradient, None)

    def _decide(self, gap, before: Expr, after: Expr | None, kinds: Sequence[str] = KINDS) -> str:
        for kind in kinds:
            probe = self._probe(kind)
            if probe is None:
                continue
            try:
                with probe.arithmetic.context():
                    one, two, part = gap(probe)
            except Undecided:
                continue
            if kind == "modular" and np.array_equal(one, two):
                return f"exact modulo 2³¹−1{self._at(probe, before)}{part}"
            if kind == "rational" and _equal(one, two):
                return f"exact in fractions{self._at(probe, before)}{part}"
            if kind == "ball" and _balls_agree(one, two):
                return f"in balls of {probe.arithmetic.bits} bits{self._at(probe, before)}{part}"
        raise Unverified(
            f"a step could not be verified: {text(before)}"
            + (f" is not {text(after)}" if after is not None else " differs from dual numbers"),
            self._network.name,
            "this is a fault of deltarule: please report it with the derivation",
        )

    def _entries(self, formulas: list[Expr], ranges, probe: Probe) -> list | None:
        budget = SLOW if np.dtype(probe.arithmetic.dtype) == object else FAST
        return entries(formulas, ranges, probe.values, budget, self._seed)

    def _at(self, probe: Probe, expression: Expr) -> str:
        """The sizes that matter to an expression."""
        seen = {s for s in free_symbols(expression) if isinstance(s, Size)}
        for node in walk(expression):
            name = tensor_name(node).rpartition("/d")[2] if isinstance(node, Read) else ""
            tensor = self._network.tensors.get(name)
            for axis in tensor.axes if tensor else ():
                seen |= {s for s in free_symbols(axis) if isinstance(s, Size)}
        sizes = [f"{s}={probe.sizes[s]}" for s in sorted(seen, key=str) if s in probe.sizes]
        return " at " + ", ".join(sizes) if sizes else ""

    def _probe(self, kind: str) -> Probe | None:
        if kind not in self._probes:
            self._probes[kind] = self._made(kind)
        return self._probes[kind]

    def _made(self, kind: str) -> Probe | None:
        arithmetic = {"modular": Modular, "rational": Rational, "ball": lambda: Ball(160)}[kind]()
        try:
            probe = Probe(self._network, arithmetic, self._seed)
        except Undecided:
            return None
        self._draw(self._upstream, probe)
        run(self._gradients, probe.values, arithmetic)
        self._draw(self._assumed, probe)
        return probe


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
        if probe.network.tensors[other].whole:
            arrays[other] = array
        else:
            arrays[other] = DualArray(array, probe.arithmetic.zeros(array.shape))
    arrays[name] = DualArray(probe.values.arrays[name], direction)
    values = Values(arrays, probe.values.sizes, probe.values.scalars, probe.values.tensors)
    return evaluate(equation.rhs, equation.ranges, values, dual).tangent


def _sum(arithmetic, array):
    array = np.asarray(array, dtype=arithmetic.dtype)
    return arithmetic.total(array, tuple(range(array.ndim))) if array.ndim else array


def _equal(one, two) -> bool:
    """Whether all pairs of fractions are equal."""
    return all(a == b for a, b in zip(np.ravel(one), np.ravel(two), strict=True))


def _balls_agree(one, two) -> bool:
    """Whether all pairs of balls overlap and are small enough to mean something.

    Beyond 1 that is meant in proportion: 1/p is huge where p is the share of an unlikely class.
    """
    pairs = zip(np.ravel(one), np.ravel(two), strict=True)
    return all(
        a.overlaps(b) and (a - b).abs_upper() < 1e-12 * max(a.abs_upper(), 1) for a, b in pairs
    )
