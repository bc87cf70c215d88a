"""Mistakes of code: what is made wrong in loops and in unpacking, not in one formula.

They rewrite lines as the mistakes of `marking.mistakes` do, for every derivation alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations

from sympy import Expr, Integer

from deltarule.expressions.conditions import Unequal
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Carried, Delta, Sum, read, reads, tensor_name
from deltarule.expressions.substitution import substitute
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


def last_pass(context: Context) -> Iterator[Wrong]:
    """Assignment where a loop adds up: only its last pass counts, or its first going backwards."""
    rhs = context.equation.rhs
    for site in sites(rhs):
        node = site.node
        if not isinstance(node, Sum):
            continue
        long = [(i, n) for i, n in node.ranges if context.extent(n) > 1]
        for several in chain.from_iterable(combinations(long, k) for k in range(2, len(long) + 1)):
            table = {i: n - 1 for i, n in several}
            left = [r for r in node.ranges if r[0] not in table]
            conditions = [substitute(c, table) for c in node.conditions]
            one = Sum(substitute(node.body, table), left, conditions)
            named = ", ".join(text(i) for i in table)
            words = f"assigned, not added up: only the last {named} of the sum counts"
            yield Wrong("assignment for accumulation", 4.4, site.replaced(one), words)


def case_counted(context: Context) -> Iterator[Wrong]:
    """A case counted that is to be left out, as the correct class in a margin loss."""
    for site in sites(context.equation.rhs):
        node = site.node
        if isinstance(node, Delta):
            words = f"the case {text(node)} is treated as all others"
            yield Wrong("excluded case counted", 4.6, site.replaced(Integer(0)), words)
        if not isinstance(node, Sum):
            continue
        for left_out in (c for c in node.conditions if isinstance(c, Unequal)):
            rest = [c for c in node.conditions if c is not left_out]
            yield Wrong(
                "excluded case counted",
                4.0,
                site.replaced(Sum(node.body, node.ranges, rest)),
                f"{text(left_out)} is not observed: the case that is to be left out is counted too",
            )
        if node.body == 1:
            words = "1 stands where the number of terms belongs: they are not counted"
            yield Wrong("not counted", 4.5, site.replaced(Integer(1)), words)


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


CODE_ROWS = (initial_state, last_pass, case_counted)
