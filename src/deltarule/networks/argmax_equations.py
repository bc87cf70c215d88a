"""Maxima as equations of their own, each with the equation of the selection that it makes.

    y[n, i] = max_k x[n, 2·i + k]
    y_chosen[n, i, k] = [x[n, 2·i + k] is the largest, the first of several]

The selection is computed in the forward pass. It says which entries the gradient goes to, and
so which convention holds where several are the largest.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr

from deltarule.expressions.nodes import Max, Reduction, Selection, free_indices, read, walk
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor

CHOSEN = "_chosen"


def with_selections(
    equations: list[Equation], tensors: dict[str, Tensor]
) -> tuple[list[Equation], dict[str, Tensor]]:
    """The equations with every maximum taken out into an equation of its own, and its selection."""
    if not any(isinstance(node, Max) for e in equations for node in walk(e.rhs)):
        return equations, tensors
    tensors = dict(tensors)
    result: list[Equation] = []
    selected = {e.rhs.args[1] for e in equations if isinstance(e.rhs, Selection)}
    for equation in equations:
        if isinstance(equation.rhs, Selection):
            result.append(equation)
            continue
        for part in _taken_apart(equation, tensors):
            result.append(part)
            if isinstance(part.rhs, Max) and part.lhs not in selected:
                result.append(selection_equation(part, part.rhs, tensors))
    return result, tensors


def _taken_apart(equation: Equation, tensors: dict[str, Tensor]) -> list[Equation]:
    """The equation, behind those of the maxima that stand inside it."""
    if isinstance(equation.rhs, Max):
        inside = dict(equation.ranges + equation.rhs.ranges)
        inner = _without_maxima(equation.rhs.body, equation, inside, tensors)
        rhs = with_body(equation.rhs, inner[0])
    else:
        inner = _without_maxima(equation.rhs, equation, dict(equation.ranges), tensors)
        rhs = inner[0]
    return [*inner[1], replace(equation, rhs=rhs)]


def _without_maxima(
    node: Expr, equation: Equation, ranges: dict[Index, Expr], tensors: dict[str, Tensor]
) -> tuple[Expr, list[Equation]]:
    """A node with its maxima replaced by tensors, and the equations of those."""
    found: list[Equation] = []
    inside = {**ranges, **dict(node.ranges)} if isinstance(node, Reduction) else ranges

    def without(part: Expr) -> Expr:
        kept, made = _without_maxima(part, equation, inside, tensors)
        found.extend(made)
        return kept

    node = rebuild(node, without)
    if not isinstance(node, Max):
        return node, found
    over = tuple((i, n) for i, n in ranges.items() if i in free_indices(node))
    name = unused_name(f"{equation.name}_max", tensors)
    tensors[name] = Tensor(name, tuple(n for _, n in over), "intermediate")
    own = Equation(name, tuple(i for i, _ in over), node, over, equation.place)
    return own.lhs, [*found, own]


def selection_equation(equation: Equation, maximum: Max, tensors: dict[str, Tensor]) -> Equation:
    """The equation of the selection that a maximum makes, whose tensor it declares."""
    ranges = equation.ranges + maximum.ranges
    name = unused_name(equation.name + CHOSEN, tensors)
    tensors[name] = Tensor(name, tuple(n for _, n in ranges), "intermediate")
    rhs = Selection(maximum, equation.lhs)
    return Equation(name, tuple(i for i, _ in ranges), rhs, ranges, equation.place)


def unused_name(name: str, tensors: dict[str, Tensor]) -> str:
    """The name itself, or with the first number behind it that no tensor bears."""
    found, count = name, 1
    while found in tensors:
        count += 1
        found = f"{name}{count}"
    return found


def selection_of(equation: Equation, equations: tuple[Equation, ...]) -> Expr:
    """The entry of the selection that belongs to a maximum's equation, at its own indices."""
    for other in equations:
        if isinstance(other.rhs, Selection) and other.rhs.args[1] == equation.lhs:
            return read(other.name, *other.subscripts)
    raise KeyError(equation.name)
