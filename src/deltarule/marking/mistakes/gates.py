"""Gates: one number for a whole vector of them, and a gate where what it leaves belongs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, permutations

from sympy import Expr, Integer, Mul

from deltarule.expressions.functions import Elementwise
from deltarule.expressions.gradient_names import GradientName
from deltarule.expressions.nodes import Read, Sum, reads, tensor_name, walk
from deltarule.expressions.rebuild import read_at
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import fresh
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.spelling.names import pretty


def scalar_gate(context: Context) -> Iterator[Wrong]:
    """A gate of a recurrence as a single number: its first entry, or one gradient for all."""
    gates = _gates(context)
    rhs = context.equation.rhs
    for access in dict.fromkeys(reads(rhs)):
        name = tensor_name(access)
        if name in gates and access.indices[-1] != 0:
            first = read_at(access, (*access.indices[:-1], Integer(0)))
            formula = replace_reads(rhs, lambda a, o=access, n=first: n if a == o else a)
            yield Wrong(
                "scalar gate",
                5.0,
                formula,
                f"{pretty(name)} is taken as a single number, its first one, for all units",
            )
    own = GradientName.parse(context.line.quantity)
    if own is not None and own.wrt in gates and context.equation.ranges:
        unit, extent = context.equation.ranges[-1]
        other = fresh(unit.name, {i.name for i in context.equation.indices})
        summed = Sum(substitute(rhs, {unit: other}), ((other, extent),), ())
        yield Wrong(
            "scalar gate",
            5.0,
            summed,
            f"{pretty(own.wrt)} is taken as a single number: its gradient is summed over all units",
        )


def gates_exchanged(context: Context) -> Iterator[Wrong]:
    """z and 1 − z exchanged, where a network mixes two values by them; two gates exchanged."""
    rhs, shared = context.equation.rhs, _shared(context.network)
    for name in dict.fromkeys(tensor_name(r) for r in reads(rhs)):
        if name in shared:
            yield Wrong(
                "gates exchanged",
                4.4,
                replace_reads(rhs, lambda a: 1 - a, name),
                f"{pretty(name)} and 1 − {pretty(name)} are exchanged",
            )
    gates = _gates(context)
    found = dict.fromkeys(a for a in reads(rhs) if tensor_name(a) in gates)
    for one, two in combinations(found, 2):
        if one.indices == two.indices:
            table = {one: two, two: one}
            yield Wrong(
                "gates exchanged",
                4.4,
                replace_reads(rhs, lambda a, t=table: t.get(a, a)),
                f"{pretty(tensor_name(one))} and {pretty(tensor_name(two))} are exchanged",
            )


def _shared(network: Network) -> frozenset[str]:
    """The tensors of which equations read their rest as a factor: (1 − z)·h."""
    return frozenset().union(*(_rests(e.rhs) for e in network.equations))


@lru_cache(maxsize=1024)
def _rests(formula: Expr) -> frozenset[str]:
    return frozenset(
        tensor_name(access)
        for product in formula.atoms(Mul)
        for factor in product.args
        for access in reads(factor)
        if factor == 1 - access
    )


def _gates(context: Context) -> set[str]:
    """The gates that are more than one number at a time."""
    shapes = {n: context.shapes.get(n, ()) for n in gates(context.network)}
    return {n for n, shape in shapes.items() if shape and shape[-1] > 1}


def gates(network: Network) -> frozenset[str]:
    """Tensors between 0 and 1 that another value is multiplied by, unit by unit.

    A state h = σ(s) is none: weights alone stand beside it.
    """
    parameters = frozenset(n for n, t in network.tensors.items() if t.role == "parameter")
    found = _multiplying(network.equations, parameters)
    return found - {n for n, t in network.tensors.items() if t.role != "intermediate"}


@lru_cache(maxsize=64)
def _multiplying(equations: tuple[Equation, ...], parameters: frozenset[str]) -> frozenset[str]:
    """Sigmoids that something else than parameters is multiplied by, at the same last index."""
    sigmoids = {
        e.name
        for e in equations
        if isinstance(e.rhs, Elementwise)
        and e.rhs.row.name == "sigmoid"
        and isinstance(e.rhs.args[0], Read)
    }
    found: set[str] = set()
    for product in (p for e in equations for p in walk(e.rhs) if isinstance(p, Mul)):
        for factor, other in permutations(product.args, 2):
            if isinstance(factor, Read) and tensor_name(factor) in sigmoids:
                last = factor.indices[-1:]
                values = [r for r in reads(other) if tensor_name(r) not in parameters]
                if any(r.indices[-1:] == last for r in values):
                    found.add(tensor_name(factor))
    return frozenset(found)


ROWS = (scalar_gate, gates_exchanged)
