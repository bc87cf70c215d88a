"""Mistakes of code: what is made wrong in loops and in unpacking, not in one formula.

They rewrite lines as the mistakes of `marking.mistakes` do, for every derivation alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sympy import Expr

from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Carried, read, reads, tensor_name
from deltarule.marking.mistakes import Context, Mistake, Wrong
from deltarule.marking.mistakes.positions import sites
from deltarule.marking.mistakes.reread import Reread
from deltarule.networks.equations import Equation
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text
from deltarule.tracing.computation import Computation
from deltarule.tracing.lines import Line

#: Exchanges of cached values are tried up to so many.
MOST_EXCHANGES = 80


def initial_state(context: Context) -> Iterator[Wrong]:
    """h₀ at every time: the loop reads the initial state, not the one before."""
    for site in sites(context.equation.rhs):
        if isinstance(site.node, Carried):
            before, first = site.node.args[1], site.node.args[2]
            yield Wrong(
                "initial state at every step",
                4.0,
                site.replaced(first),
                f"{text(first)} is used at every step, where {text(before)} belongs: "
                "the state is not carried on",
            )


def everywhere(computation: Computation, name: str) -> Iterator[Mistake]:
    """Two cached values taken for each other in the whole backward pass.

    It is given for the first line that reads one of them, with all others beside.
    """
    backward = [line for line in computation.lines if is_gradient(line.quantity)]
    tensors = computation.network.tensors
    cached = dict.fromkeys(
        n for line in backward for n in _read(line) if n in tensors and not tensors[n].integral
    )
    pairs = [p for p in combinations(cached, 2) if tensors[p[0]].axes == tensors[p[1]].axes]
    for one, two in pairs[:MOST_EXCHANGES]:
        if not tensors[one].axes:
            continue
        lines = [line for line in backward if {one, two} & set(_read(line))]
        if not lines or lines[0].quantity != name or len(lines) < 2:
            continue
        first, *others = [(line.quantity, _exchanged(line.equation, one, two)) for line in lines]
        yield Mistake(
            "cache order",
            5.0,
            name,
            first[1],
            f"{pretty(one)} and {pretty(two)} are taken for each other in the whole backward "
            "pass, as where what is cached is unpacked in another order",
            tuple(others),
        )


def _read(line: Line) -> list[str]:
    return list(dict.fromkeys(tensor_name(a) for a in reads(line.equation.rhs)))


def _exchanged(equation: Equation, one: str, two: str) -> Equation:
    table: dict[Expr, Expr] = {}
    for access in reads(equation.rhs):
        name = tensor_name(access)
        if name in (one, two):
            other = two if name == one else one
            table[access] = read(other, *access.indices)
    return Reread(equation, table)


CODE_ROWS = (initial_state,)
