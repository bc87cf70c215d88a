"""How one entry of a line changes with one of another: ∂p[n, k]/∂z[n, c], among indices.

    Σ_k ∂E/∂p[n, k]·∂p[n, k]/∂z[n, c]

∂A/∂B is the total derivative, in which all ways from B to A count, or the direct part, through A's
own equation alone: of normalised values sheets write both. Where a state is carried from time to
time, the ways between two times are followed, which are a number of steps apart; the direct part
goes through all lines of A's own time, with what is carried to it held.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sympy import Expr, Integer

from deltarule.calculus.partial_derivatives import Partial, partials
from deltarule.calculus.rules.local_derivative import selected_entry
from deltarule.expressions import nodes
from deltarule.expressions.conditions import Condition
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.nodes import AtLeastZero, Equal, Max, Sum, free_indices, tensor_name
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, fresh
from deltarule.formulas.named_states import time_extent
from deltarule.formulas.vocabulary import Vocabulary, time_shift
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.reachability import reachable
from deltarule.spelling.names import pretty

#: So many ways from one entry to another are followed, and so many times back.
MOST_WAYS, MOST_TIMES = 64, 4


class NotRead(Exception):
    """A derivative that has no formula here; its words say why."""


@dataclass(frozen=True)
class Entry:
    """An entry of a tensor: its name and subscripts."""

    name: str
    at: tuple[Expr, ...]


@dataclass(frozen=True)
class Way:
    """A part of a derivative: Σ over `ranges` of `factor`, where `conditions` hold, on the way to
    `end`, an entry that the line reads."""

    factor: Expr
    ranges: tuple[tuple[Index, Expr], ...]
    conditions: tuple[Condition, ...]
    end: Entry


def entry_derivative(vocabulary: Vocabulary, of: Entry, wrt: Entry, direct: bool) -> Expr:
    """∂A[i]/∂B[j], total or its direct part. Raises NotRead where it has no formula."""
    found = _Ways(vocabulary, of, wrt, direct)
    if of.name != wrt.name and not found.before.get(of.name):
        raise NotRead(f"{pretty(of.name)} does not depend on {pretty(wrt.name)}")
    total: Expr = Integer(0)
    for way in found.from_entry(Way(Integer(1), (), (), of)):
        total += _met(way, wrt)
    return total


def reads_directly(network: Network, of: str, wrt: str) -> bool:
    """Whether a line reads a tensor itself."""
    return any(wrt in e.read_names() for e in network.equation_of(of))


class _Ways:
    """The ways from a line back to an entry that is fixed."""

    def __init__(self, vocabulary: Vocabulary, of: Entry, wrt: Entry, direct: bool):
        self.network, self.wrt = vocabulary.network, wrt
        self.direct = direct and reads_directly(self.network, of.name, wrt.name)
        self.taken = {i.name for at in wrt.at for i in free_indices(at)}
        self.count = 0
        self.before = {
            e.name: wrt.name in reachable([e.name], self._read_by) for e in self.network.equations
        }
        through_time = any(self.before.get(name) for name in _carried(self.network))
        #: How many times there are, if states depend on the entry.
        self.times = time_extent(vocabulary) if through_time else None
        self.own_time = direct and self._time(wrt) is None

    def _read_by(self, name: str) -> list[str]:
        return [n for e in self.network.equation_of(name) for n in e.read_names()]

    def from_entry(self, way: Way) -> Iterator[Way]:
        """All ways on from the end of this one to the entry."""
        if self.direct:
            yield from (on for on in self._onward(way) if on.end.name == self.wrt.name)
            return
        if self.own_time and way.end.name != self.wrt.name:
            held = self._time(way.end)
            for on in self._onward(way):
                if self._time(on.end) in (None, held):
                    yield from self.from_entry(on)
            return
        steps = self._steps_back(way.end)
        if way.end.name == self.wrt.name and steps == 0:
            yield way
            return
        if steps is not None and steps < 0:
            return  # nothing depends on what comes later
        for on in self._onward(way):
            yield from self.from_entry(on)

    def _steps_back(self, end: Entry) -> int | None:
        """How many times later an entry is than the fixed one; 0 without times, None where the one
        of them has none."""
        if self.times is None:
            return 0
        own, fixed = self._time(end), self._time(self.wrt)
        if own is None or fixed is None:
            if fixed is None and end.name != self.wrt.name and own is not None:
                raise NotRead("it adds up what comes from all times before")
            return 0 if end.name == self.wrt.name else None
        apart = (own - fixed).expand()
        if not apart.is_Integer:
            raise NotRead("how many times lie between the two is not said")
        if apart > MOST_TIMES:
            raise NotRead(f"more than {MOST_TIMES} times lie between the two")
        return int(apart)

    def _time(self, entry: Entry) -> Expr | None:
        axes = self.network.tensors[entry.name].axes
        along = [at for at, n in zip(entry.at, axes, strict=True) if n == self.times]
        return along[0] if along else None

    def _onward(self, way: Way) -> Iterator[Way]:
        equation = self._equation(way.end.name)
        if equation is None:
            return
        table = dict(zip(equation.indices, way.end.at, strict=True))
        self.taken |= {i.name for at in way.end.at for i in free_indices(at)}
        for name in sorted(equation.read_names()):
            if name != self.wrt.name and (self.direct or not self.before.get(name)):
                continue
            selected = selected_entry(self.network, equation, equation)
            for part in partials(equation.rhs, name, equation.lhs, selected):
                self.count += 1
                if self.count > MOST_WAYS:
                    raise NotRead("very many ways lead from the one to the other")
                yield self._along(way, part, table, name)

    def _equation(self, name: str) -> Equation | None:
        """The line of a tensor; None for a given."""
        writers = self.network.equation_of(name)
        if not writers:
            return None
        equation = writers[0]
        if len(writers) > 1 or equation.subscripts != equation.indices:
            raise NotRead(f"{pretty(name)} is written in parts")
        inside = (node for node in nodes.walk(equation.rhs) if node is not equation.rhs)
        if any(isinstance(node, (Max, LogDet, Inverse)) for node in inside):
            raise NotRead(f"{pretty(name)} holds a maximum, an inverse or a determinant")
        return equation

    def _along(self, way: Way, part: Partial, table: dict, name: str) -> Way:
        """A way with one more part, whose own indices get new names."""
        own = dict(table)
        ranges = []
        for index, extent in part.ranges:
            new = fresh(f"{index.name}′", self.taken)
            self.taken.add(new.name)
            own[index] = new
            ranges.append((new, extent))
        end = Entry(name, tuple(substitute(s, own) for s in part.subscripts))
        conditions = tuple(substitute(c, own) for c in part.conditions)
        factor = way.factor * substitute(part.factor, own)
        return Way(factor, (*way.ranges, *ranges), (*way.conditions, *conditions), end)


def _carried(network: Network) -> set[str]:
    """The states that are read at another time."""
    return {
        tensor_name(node.args[1])
        for e in network.equations
        for node in nodes.walk(e.rhs)
        if isinstance(node, nodes.Carried)
    }


def _met(way: Way, wrt: Entry) -> Expr:
    """A way whose end is the entry: its subscripts are those of the entry."""
    for place, fixed in enumerate(wrt.at):
        own = way.end.at[place]
        if own == fixed:
            continue
        bound = dict(way.ranges)
        if isinstance(own, Index) and own in bound:
            way = _put(way, own, fixed, bound[own])
        else:
            way = replace(way, conditions=(*way.conditions, Equal(own, fixed)))
    return Sum(way.factor, way.ranges, way.conditions)


def _put(way: Way, index: Index, fixed: Expr, extent: Expr) -> Way:
    """A way with a subscript for one of its bound indices, where there is such an entry."""
    table = {index: fixed}
    inside: list[Condition] = []
    shift = time_shift(fixed)
    if shift is not None and shift[1]:
        inside = [AtLeastZero((extent - 1 - fixed).expand() if shift[1] > 0 else fixed)]
    end = Entry(way.end.name, tuple(substitute(s, table) for s in way.end.at))
    conditions = [substitute(c, table) for c in way.conditions]
    ranges = tuple(r for r in way.ranges if r[0] != index)
    return Way(substitute(way.factor, table), ranges, (*conditions, *inside), end)


def guarded(formula: Expr, entries: Sequence[Entry], vocabulary: Vocabulary) -> Expr:
    """The formula where all entries are ones that there are: h[t + 1] has no last time."""
    conditions: list[Condition] = []
    for entry in entries:
        for at, extent in zip(entry.at, vocabulary.tensors[entry.name].axes, strict=True):
            shift = time_shift(at)
            if shift is not None and shift[1]:
                conditions.append(AtLeastZero((extent - 1 - at).expand() if shift[1] > 0 else at))
    return Sum(formula, (), conditions) if conditions else formula
