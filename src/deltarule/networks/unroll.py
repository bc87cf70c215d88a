"""Unrolled networks: every time written out, as lectures draw them.

h[t, n, m] becomes h_t0[n, m], h_t1[n, m] and so on; sums over time are written out; what comes in
over time stays one array, read at 0, 1, ….
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from sympy import Add, Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Read, Reduction, Sum, read, reads, tensor_name
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Size
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network, ordered
from deltarule.networks.recurrences import sequence_lengths
from deltarule.networks.specialise import specialise
from deltarule.networks.tensors import Tensor

#: More times than anybody reads, and than memory holds for long.
MOST_TIMES = 1000


def unrolled(network: Network, times: int) -> Network:
    """The network over `times` times, each written out.

    Raises DeltaruleError for a network without a recurrence and for less than one time.
    """
    spans = sequence_lengths(network.equations)
    if not spans:
        raise DeltaruleError(
            f"{network.name} has no recurrence, so there is nothing to unroll",
            network.name,
            "leave unroll out",
        )
    if int(times) < 1:
        raise DeltaruleError(f"unroll = {times} is too small", network.name, "unroll is at least 1")
    if times > MOST_TIMES:
        raise DeltaruleError(
            f"unroll = {times} is too large", network.name, f"unroll is at most {MOST_TIMES}"
        )
    axes = {
        name: [k for k, axis in enumerate(t.axes) if axis in spans]
        for name, t in network.tensors.items()
        if not t.given
    }
    number = {s.name: int(times) for s in spans if isinstance(s, Size)}
    network = specialise(network, number)
    writer = _Writer(network, {n: k for n, k in axes.items() if k}, Integer(times))
    tensors = {t.name: t for old in network.tensors.values() for t in writer.tensors(old)}
    equations = [e for old in network.equations for e in writer.equations(old)]
    return replace(network, tensors=tensors, equations=ordered(equations, tensors))


class _Writer:
    """Writes out the axes of time, `axes` by tensor, of `times` times each."""

    def __init__(self, network: Network, axes: dict[str, list[int]], times: Integer):
        self.network, self.axes, self.times = network, axes, times

    def tensors(self, tensor: Tensor) -> Iterator[Tensor]:
        """A tensor for each time, or the tensor itself."""
        along = self.axes.get(tensor.name, [])
        rest = tuple(a for k, a in enumerate(tensor.axes) if k not in along)
        for at in product(range(int(self.times)), repeat=len(along)):
            yield replace(tensor, name=_at(tensor.name, at), axes=rest)

    def equations(self, equation: Equation) -> Iterator[Equation]:
        """The equation for each time."""
        along = self.axes.get(equation.name, [])
        indices = [
            i
            for i in equation.indices
            if any(i in equation.subscripts[k].free_symbols for k in along)
        ]
        counts = [int(dict(equation.ranges)[i]) for i in indices]
        for at in product(*map(range, counts)):
            table = dict(zip(indices, map(Integer, at), strict=True))
            written = [substitute(s, table) for s in equation.subscripts]
            yield Equation(
                _at(equation.name, [written[k] for k in along]),
                tuple(s for k, s in enumerate(written) if k not in along),
                self._written_out(substitute(equation.rhs, table)),
                tuple(r for r in equation.ranges if r[0] not in indices),
                equation.place,
            )

    def _written_out(self, node: Expr) -> Expr:
        """Reads at the name of their time, sums over time as sums of terms."""
        if isinstance(node, Read):
            return self._read(node)
        if isinstance(node, Reduction):
            times = [i for i, n in node.ranges if n == self.times and self._is_time(node, i)]
            if times and isinstance(node, Sum):
                return self._added_up(node, times)
        return rebuild(node, self._written_out, conditions=True)

    def _added_up(self, node: Sum, times: list) -> Expr:
        ranges = [r for r in node.ranges if r[0] not in times]
        terms = []
        for at in product(range(int(self.times)), repeat=len(times)):
            table = dict(zip(times, map(Integer, at), strict=True))
            conditions = tuple(substitute(c, table) for c in node.conditions)
            terms.append(self._written_out(Sum(substitute(node.body, table), ranges, conditions)))
        return Add(*terms)

    def _is_time(self, node: Reduction, index) -> bool:
        return any(
            index in access.indices[k].free_symbols
            for access in reads(node.body)
            for k in self.axes.get(tensor_name(access), [])
        )

    def _read(self, access: Read) -> Expr:
        along = self.axes.get(tensor_name(access), [])
        if not along:
            return access
        at = [access.indices[k] for k in along]
        if not all(i.is_Integer for i in at):
            raise DeltaruleError(
                f"{access} is read at a time that is no number, so it cannot be unrolled",
                self.network.name,
                "leave unroll out",
            )
        rest = [i for k, i in enumerate(access.indices) if k not in along]
        return read(_at(tensor_name(access), at), *rest)


def _at(name: str, at) -> str:
    """The name of a tensor at some times: h at 0 is h_t0, E_t is E_t0."""
    return (name.removesuffix("_t") if at else name) + "".join(f"_t{int(i)}" for i in at)
