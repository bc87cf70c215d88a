"""A course of computation: a network with numbers, from the givens through as many updates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from sympy import Rational, Symbol

from deltarule.arithmetic.base import Arithmetic, Undecided
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Ball, Carried
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.prepared import Unprepared
from deltarule.arithmetic.prepared_program import program
from deltarule.arithmetic.run import run
from deltarule.arithmetic.unrolled import Unrolled
from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Scalar
from deltarule.language.optimisers import memories, rates
from deltarule.networks.equations import Equation
from deltarule.networks.reachability import needed_for
from deltarule.networks.recurrences import blocks, equations_of
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import parse_reference
from deltarule.tracing.lines import Line, lines
from deltarule.tracing.quantities import extra_lines, locate
from deltarule.tracing.sharpened import BITS, poor_lines, sharpen

#: Above this many updates the repetition runs in float64 whatever the arithmetic.
MOST_EXACT_UPDATES = 3


@dataclass(frozen=True)
class Computation:
    """A derivation with its givens (exact fractions), sizes, and how it is updated."""

    derivation: Derivation
    givens: Mapping[str, np.ndarray]
    sizes: Mapping[Symbol, int]
    optimiser: str | None = None
    rate: Fraction | None = None
    parameters: tuple[str, ...] = ()
    scalars: Mapping[Scalar, Fraction | Rational] = field(default_factory=dict)
    extra: tuple[str, ...] = ()

    @property
    def network(self):
        """The network that is computed."""
        return self.derivation.network

    @cached_property
    def lines(self) -> list[Line]:
        """All lines, the asked-for extra ones behind the usual backward ones."""
        usual = lines(self.derivation, self.optimiser, self.parameters)
        known = {line.quantity for line in usual}
        added: list[Line] = []
        others: dict[str, Derivation] = {}
        for reference in self.extra:
            for line in extra_lines(reference, self.derivation, others):
                if line.quantity not in known:
                    known.add(line.quantity)
                    added.append(line)
        split = next((k for k, l in enumerate(usual) if l.phase == "update"), len(usual))
        return usual[:split] + added + usual[split:]

    @cached_property
    def memories(self) -> dict[str, Tensor]:
        """What the optimiser keeps from update to update, such as velocities."""
        if self.optimiser is None:
            return {}
        return memories(self.optimiser, self.network, self.parameters)

    @property
    def kept(self) -> tuple[str, ...]:
        """What an update hands on to the next: the parameters, and the optimiser's memories."""
        return (*self.parameters, *self.memories)

    def start(self, arithmetic: Arithmetic) -> Values:
        """The givens, in an arithmetic."""
        arrays = {}
        for name, array in self.givens.items():
            tensor = self.network.tensors.get(name)
            if tensor is not None and tensor.integral:
                arrays[name] = array.astype(np.int64)
            else:
                arrays[name] = arithmetic.array(array)
        for name, tensor in self.memories.items():
            if name not in arrays:
                shape = Values({}, self.sizes, {}, {})
                first = np.full([shape.extent(a) for a in tensor.axes], tensor.start, object)
                arrays[name] = arithmetic.array(first)
        return Values(arrays, self.sizes, self.symbols, self.network.tensors)

    @cached_property
    def symbols(self) -> dict[Scalar, Fraction | Rational]:
        """The scalars that have a value, those of the optimiser too."""
        of_optimiser = {} if self.optimiser is None else rates(self.optimiser, self.rate)
        return {**self.network.scalars, **of_optimiser, **self.scalars}

    def compute(self, arithmetic: Arithmetic) -> Values:
        """Every line's value, in an arithmetic, for one update."""
        values = self.start(arithmetic)
        run([line.equation for line in self.lines], values, arithmetic)
        return values

    @property
    def exact(self) -> Values:
        """Every line's value, carried exactly: in balls, with as many bits as its digits need."""
        return self._exactly[0]

    @property
    def exact_arithmetic(self) -> Arithmetic:
        """The arithmetic of `exact`."""
        return self._exactly[1]

    @cached_property
    def _exactly(self) -> tuple[Values, Arithmetic]:
        """In balls; in rationals where balls cannot tell, as at a tie of 0.3 and 0.3."""
        ball = Ball(BITS)
        try:
            values = self.compute(ball)
        except Undecided:
            return self.carried, Carried()
        poor = poor_lines(values, [line.quantity for line in self.lines])
        if poor:
            equations = [line.equation for line in self.needed(poor)]
            of_fractions = all(
                isinstance(entry, Fraction | int)
                for array in self.givens.values()
                for entry in np.ravel(array).tolist()
            )
            sharpen(values, self.start, equations, of_fractions)
        return values, ball

    @cached_property
    def in_more_bits(self) -> dict[int, Values]:
        """Every line's value in balls of more bits, for those numbers of bits that were asked."""
        return {}

    def with_bits(self, bits: int) -> Values:
        """Every line's value in balls of so many bits."""
        if bits not in self.in_more_bits:
            self.in_more_bits[bits] = self.compute(Ball(bits))
        return self.in_more_bits[bits]

    @cached_property
    def carried(self) -> Values:
        """Every line's value, carried exactly, in rationals that decide ties."""
        return self.compute(Carried())

    @cached_property
    def floats(self) -> Values:
        """Every line's value in float64."""
        return self.compute(Float64())

    def updated(self, times: int) -> Computation:
        """The computation that starts from the parameters after some updates.

        A line that is evaluated otherwise is so in every one of the updates, and right in what
        starts from them.
        """
        if times <= MOST_EXACT_UPDATES:
            computation = self
            for _ in range(times):
                computation.__dict__["lines"] = self.lines
                computation = computation.with_givens(computation._after(computation.exact))
            return computation
        return repeated(self, [times])[times]

    def updated_each(self, counts: Sequence[int]) -> dict[int, Computation]:
        """The same after each of some numbers of updates; every update is made once."""
        found, step = {}, self
        exactly = [n for n in counts if n <= MOST_EXACT_UPDATES]
        for n in range(max(exactly, default=-1) + 1):
            if n:
                step = step.updated(1)
                step.__dict__["lines"] = self.lines
            if n in counts:
                found[n] = replace(step) if n else self
        return {n: found[n] if n in found else self.updated(n) for n in counts}

    def _after(self, values: Values) -> dict[str, np.ndarray]:
        return {name: values.arrays[f"{name} after"] for name in self.kept}

    def with_givens(self, changed: Mapping[str, np.ndarray]) -> Computation:
        """The same computation with other numbers for some givens; all its lines are right."""
        return replace(self, givens={**self.givens, **changed})

    def has_lines_of(self, other: Computation) -> bool:
        """Whether another computation has the same lines and sizes, whatever its givens are."""
        return self.derivation is other.derivation and all(
            getattr(self, name) == getattr(other, name)
            for name in ("sizes", "optimiser", "rate", "parameters", "scalars", "extra")
        )

    def with_same_lines(self, givens: Mapping[str, np.ndarray]) -> Computation:
        """The same with other numbers, in the same shapes, for all givens, and the very lines of
        this one."""
        other = replace(self, givens=givens)
        other.__dict__["lines"] = self.lines
        return other

    def with_equation(self, quantity: str, equation: Equation) -> Computation:
        """The same computation with one line evaluated otherwise, in an order that allows it."""
        other = replace(self)
        changed = [
            replace(line, equation=equation) if line.quantity == quantity else line
            for line in self.lines
        ]
        other.__dict__["lines"] = in_order(changed)
        return other

    def needed(self, names: Iterable[str] | None = None) -> list[Line]:
        """The lines that some lines need, themselves included; those that the update needs."""
        wanted = {f"{name} after" for name in self.kept} if names is None else set(names)
        wanted = needed_for((line.equation for line in self.lines), wanted)
        return [line for line in self.lines if line.quantity in wanted]

    def memory(self, reference) -> tuple[str, tuple[int, ...]] | None:
        """The line and entry of what an optimiser keeps, which the network itself does not know."""
        own = parse_reference(str(reference))
        memory = own.name.removesuffix(" after") in self.memories
        return (own.name, own.entry) if memory and own.after else None

    def locate(self, reference) -> tuple[str, tuple[int, ...]]:
        """The line and entry of a quantity. Raises DeltaruleError if no line computes it."""
        kept = self.memory(reference)
        if kept is not None:
            return kept
        name, entry = locate(reference, self.derivation)
        if name in self.givens or any(line.quantity == name for line in self.lines):
            return name, entry
        raise DeltaruleError(
            f"{name} is not computed here",
            f"{self.network.name}",
            "ask for an update (a rate) if a value after the update is meant",
        )


def repeated(computation: Computation, counts: Sequence[int]) -> dict[int, Computation]:
    """The computations that start from the parameters after some numbers of updates, in float64."""
    values = computation.start(Float64())
    equations = [line.equation for line in computation.needed()]
    most = max(counts)
    try:
        updates = _number_by_number(equations, values, computation.kept, most)
        return _those(computation, counts, updates)
    except (Unprepared, OverflowError, ValueError):
        return _those(
            computation, counts, _array_by_array(equations, values, computation.kept, most)
        )


#: After each update its number, and what gives the updated values.
Updates = Iterator[tuple[int, Callable[[], dict[str, np.ndarray]]]]


def _those(
    computation: Computation, counts: Sequence[int], updates: Updates
) -> dict[int, Computation]:
    found = {0: computation} if 0 in counts else {}
    for count, kept in updates:
        if count in counts:
            found[count] = computation.with_givens(kept())
    return found


def _number_by_number(equations, values: Values, kept: Sequence[str], most: int) -> Updates:
    unrolled = Unrolled(equations, values, kept)
    for count in range(1, most + 1):
        unrolled.step()
        yield count, unrolled.arrays


def _array_by_array(equations, values: Values, kept: Sequence[str], most: int) -> Updates:
    once = program(equations, values)
    for count in range(1, most + 1):
        once()
        for name in kept:
            values.arrays[name] = values.arrays[f"{name} after"]
        yield count, lambda: {n: values.arrays[n] for n in kept}


def in_order(lines: list[Line]) -> list[Line]:
    """The lines, each behind those that it reads. Raises DeltaruleError for a circle."""
    of = {line.equation: line for line in lines}
    return [of[e] for block in blocks(tuple(of)) for e in equations_of(block)]
