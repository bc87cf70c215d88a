"""Functions along rows of few entries: tanh(s[n]·x[n, c]) where C is 3.

A loop over so few is no vector, and a function takes several times as long then. Their arguments
are written first, as an array of which each entry stands in its own place: the functions of all
of them are one long loop, over what the axes are together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from sympy import Basic, Expr

from deltarule.expressions.elementwise import Elementwise
from deltarule.expressions.nodes import Choose, Read, Reduction, free_symbols, reads, walk
from deltarule.expressions.symbols import Index
from deltarule.kernels.passes.program import Pass, Program, only
from deltarule.kernels.passes.working_arrays import WorkingArrays
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence, blocks

#: Functions that take no longer than a product.
_CHEAP = frozenset(
    "relu absolute sign maximum minimum difference peak finite weighted quotient".split()
)


def short_rows(
    program: Program, collapsed: Callable[[Equation], Equation]
) -> tuple[frozenset, ...]:
    """The sizes whose product is the length of rows along which functions are computed, where
    their arguments could stand apart; equations have loops over what they are `collapsed` to.
    """
    passes = program.forward, program.backward
    if any(isinstance(b, Recurrence) for one in passes for b in blocks(one.equations)):
        return ()
    found: dict[frozenset, None] = {}
    for equation in (e for one in passes for e in one.equations):
        if _arguments(equation):
            ranges = collapsed(equation).ranges
            sizes = free_symbols(ranges[-1][1]) if len(ranges) > 1 else frozenset()
            names = frozenset(s.name for s in sizes)
            if names:
                found[names] = None
    return tuple(found)


def arguments_apart(program: Program, names: Collection[str]) -> Program:
    """The program with arrays of arguments, for rows whose length sizes of these names tell."""
    if not names:
        return program
    forward, backward = program.forward, program.backward
    taken = {*forward.tensors, *backward.tensors}
    forward = _apart(forward, names, taken, (*forward.results, *program.kept))
    backward = _apart(backward, names, {*taken, *forward.tensors}, backward.results)
    return replace(program, forward=forward, backward=backward)


def _apart(one: Pass, names: Collection[str], taken: set[str], wanted: Collection[str]) -> Pass:
    """A pass with arrays of arguments, named otherwise than those `taken`."""
    made, equations = WorkingArrays(taken=taken), []
    for equation in one.equations:
        last = free_symbols(equation.ranges[-1][1]) if equation.ranges else ()
        table = {}
        if {s.name for s in last} & {*names}:
            for argument in _arguments(equation):
                table[argument] = made.holding(argument, equation.ranges, equation.place)
        equations += [*made.equations, replace(equation, rhs=equation.rhs.xreplace(table))]
        made.equations.clear()
    tensors = {**one.tensors, **made.tensors}
    more = replace(one, equations=tuple(equations), tensors=tensors)
    return only(replace(more, working=(*one.working, *made.tensors)), wanted)


def _arguments(equation: Equation) -> list[Expr]:
    """The arguments of functions that are made of arrays with fewer axes too, if an equation is
    entry by entry.
    """
    own = equation.indices
    if equation.subscripts != own or len(own) < 2:
        return []
    if any(isinstance(n, Reduction | Choose) for n in walk(equation.rhs)):
        return []
    accesses = reads(equation.rhs)
    if not all(isinstance(s, Index) for a in accesses for s in a.indices):
        return []
    functions = [n for n in walk(equation.rhs) if _slow(n)]
    arguments = dict.fromkeys(a for f in functions for a in f.args if not isinstance(a, Read))
    return [a for a in arguments if _mixed(a, own)]


def _slow(node: Basic) -> bool:
    return isinstance(node, Elementwise) and type(node).row.name not in _CHEAP


def _mixed(argument: Expr, own: tuple[Index, ...]) -> bool:
    """Whether an expression without functions reads entries at all indices, and at some."""
    whole = {set(r.indices) == {*own} for r in reads(argument)}
    return whole == {True, False} and not any(map(_slow, walk(argument)))
