"""How long gradients will be, by the equations that read each tensor.

∂L/∂X collects a term from every place that reads X: ∂L/∂Y[…], what X is multiplied by there, and
the slope of the function around it.
"""

from __future__ import annotations

from sympy import Add, Expr

from deltarule.expressions.elementwise import Elementwise, derivative
from deltarule.expressions.nodes import Reduction, reads
from deltarule.expressions.terms_counted import count_terms
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network

#: Above so many terms, the functions that a gradient goes through get lines of their own.
MOST_TERMS = 10


def long_sums(network: Network) -> frozenset[str]:
    """The tensors f(…) whose slopes would make some gradient long."""
    readers: dict[str, list[Equation]] = {}
    for equation in network.equations:
        for name in equation.read_names():
            readers.setdefault(name, []).append(equation)
    found: set[str] = set()
    for name, consumers in readers.items():
        functions = {e.name for e in consumers if _is_function(e)} - found
        if not functions or len(consumers) < 2 or network.tensors[name].integral:
            continue
        if sum(_terms(e.rhs, name) for e in consumers) > MOST_TERMS:
            found |= functions
    return frozenset(found)


def _is_function(equation: Equation) -> bool:
    rhs = equation.rhs
    return isinstance(rhs, Elementwise) and len(rhs.args) == 1 and not rhs.func.row.kink


def _terms(rhs: Expr, name: str) -> int:
    """How many terms an equation adds to the gradient of a tensor that it reads."""
    if not reads(rhs, name):
        return 0
    if isinstance(rhs, Elementwise) and len(rhs.args) == 1:
        slope = count_terms(derivative(type(rhs))(*rhs.args).xreplace({rhs: reads(rhs)[0]}))
        return sum(count_terms(t) + slope for t in _added(rhs.args[0]) if reads(t, name))
    return sum(count_terms(t) for t in _added(rhs) if reads(t, name))


def _added(formula: Expr) -> list[Expr]:
    """The terms of a sum, those inside of reductions too."""
    found = []
    for term in Add.make_args(formula):
        found += _added(term.body) if isinstance(term, Reduction) else [term]
    return found
