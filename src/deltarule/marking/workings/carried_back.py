"""A forward mistake on the way back: the gradients of what somebody wrote, not of what is right.

Who forgets the mean in a loss, and differentiates that loss, makes one mistake and not two.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sympy import Expr

from deltarule.arithmetic.evaluate import evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.calculus import Gradient
from deltarule.calculus.plain_gradients import plain_derivation
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Max, Read, reads, tensor_name, walk
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.marking.mistakes import Mistake
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.reachability import reachable
from deltarule.tracing.computation import Computation

#: What a formula that is no gradient of ours may raise.
_NONE = (DeltaruleError, ValueError, TypeError, ZeroDivisionError, KeyError)


class _Circle(Exception):
    """Gradients that need each other at other times: no formula has them all written out."""


def carried_back(computation: Computation, mistake: Mistake) -> tuple[Mistake, ...]:
    """The backward lines as they are for who differentiates a forward line as it was written.

    Only those that the mistake changes by more than the values that they read; none for a mistake
    that is in no forward line, or in several.
    """
    network = computation.network
    own = [e for e in network.equations if e.name == mistake.line]
    if len(own) != 1 or mistake.also or _other_maximum(own[0], mistake.equation):
        return ()
    try:
        right = _gradients(network)
        wrong = _gradients(_with(network, own[0], mistake.equation), network)
    except _NONE:
        return ()
    other = {n for n in right.keys() | wrong.keys() if _formula(right, n) != _formula(wrong, n)}
    found = []
    for line in computation.lines:
        if line.phase != "backward" or line.quantity not in wrong:
            continue
        if other.isdisjoint(_written_into(line.equation, right)):
            continue
        formulas = [_inlined(line.equation, g[line.quantity], g) for g in (right, wrong)]
        if None not in formulas and _differ(line.equation, formulas, computation):
            changed = replace(line.equation, rhs=formulas[1])
            found.append(replace(mistake, line=line.quantity, equation=changed))
    return tuple(found)


def _other_maximum(right: Equation, wrong: Equation) -> bool:
    """Whether a wrong line takes another maximum than the right one: whose entry that is, which
    the gradient would go to, stands in no line."""
    known = set(walk(right.rhs))
    return any(isinstance(node, Max) and node not in known for node in walk(wrong.rhs))


def _with(network: Network, old: Equation, new: Equation) -> Network:
    """The network with one equation in the place of another."""
    return replace(network, equations=tuple(new if e == old else e for e in network.equations))


def _gradients(network: Network, alike: Network | None = None) -> dict[str, Gradient]:
    """All gradients of a network by name; of the same network again, or where another one is
    `alike`, they are known."""
    return {g.name: g for g in plain_derivation(network, alike).gradients.values()}


def _formula(gradients: dict[str, Gradient], name: str) -> Expr | None:
    return gradients[name].expr if name in gradients else None


def _written_into(line: Equation, gradients: dict[str, Gradient]) -> list[str]:
    """The gradients of which the formulas are put into a line's, its own the first."""
    kept = line.read_names()

    def inside(name: str) -> list[str]:
        read = map(tensor_name, reads(gradients[name].expr)) if name in gradients else ()
        return [n for n in read if n in gradients and n not in kept]

    return [line.name, *reachable([line.name], inside)]


def _inlined(line: Equation, gradient: Gradient, gradients: dict[str, Gradient]) -> Expr | None:
    """The formula at the line's indices, with the gradients that the line does not read put in;
    None where these go round in a circle, as through time."""
    if len(gradient.indices) != len(line.subscripts):
        return None
    table = dict(zip(gradient.indices, line.subscripts, strict=True))
    kept = line.read_names()
    inside: list[str] = []

    def written_out(access: Read) -> Expr:
        name = tensor_name(access)
        if name in kept or name not in gradients:
            return access
        if name in inside:
            raise _Circle
        other = gradients[name]
        inner = dict(zip(other.indices, access.indices, strict=True))
        inside.append(name)
        found = replace_reads(substitute(other.expr, inner), written_out)
        inside.pop()
        return found

    try:
        return replace_reads(substitute(gradient.expr, table), written_out)
    except _Circle:
        return None


def _differ(line: Equation, formulas: list[Expr | None], computation: Computation) -> bool:
    """Whether two formulas give other numbers from the same right values."""
    try:
        one, two = (evaluate(f, line.ranges, computation.floats, Float64()) for f in formulas)
    except _NONE:
        return False
    return not np.allclose(np.asarray(one, float), np.asarray(two, float), rtol=1e-9, atol=1e-12)
