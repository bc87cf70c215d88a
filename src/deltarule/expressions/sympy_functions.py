"""What Python's operators and SymPy's functions make of expressions, as our own nodes.

i // 2, (i - j) % N      floor(i/2), Mod(i - j, N)     ⌊i/2⌋, (i − j) mod N
abs(x), sympy.sin(x)     Abs(x), sin(x)                functions that have slopes and kernels
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import sympy
from sympy import Basic, Expr, Integer

from deltarule.expressions import functions
from deltarule.expressions.conditions import Positive
from deltarule.expressions.elementwise import LEAVES
from deltarule.expressions.nodes import Choose, Read, reads, tensor_name
from deltarule.expressions.quotients import CeilingQuotient, FloorQuotient, Remainder
from deltarule.expressions.symbols import Scalar

#: SymPy's functions of one or more numbers that are written in terms of ours.
_WRITTEN: dict[type[Basic], Callable[..., Expr]] = {
    sympy.Abs: functions.absolute,
    sympy.sign: functions.sign,
    sympy.loggamma: functions.lgamma,
    sympy.digamma: functions.digamma,
    sympy.trigamma: functions.trigamma,
    sympy.Heaviside: lambda z, at_zero=sympy.S.Zero: Choose(
        Positive(z), Integer(1), Choose(Positive(-z), Integer(0), at_zero)
    ),
}
_HYPERBOLIC = (sympy.coth, sympy.sech, sympy.csch)
_CIRCULAR = (sympy.sec, sympy.csc, sympy.cot)
FOREIGN = (
    *_WRITTEN, sympy.floor, sympy.ceiling, sympy.Mod, sympy.Max, sympy.Min, sympy.exp, sympy.log,
    sympy.tanh, sympy.erf, sympy.sin, sympy.cos, sympy.tan, sympy.atan, sympy.asin,
    sympy.acos, sympy.sinh, sympy.cosh, sympy.asinh, sympy.acosh, sympy.atanh, *_HYPERBOLIC,
    *_CIRCULAR,
)  # fmt: skip


def own(expression: Expr, real: frozenset[str] = frozenset()) -> Expr:
    """The expression with our own nodes for what SymPy's functions and Python's // and % make.

    `real` names the tensors that hold real numbers.
    """
    if not holds(expression, FOREIGN):
        return expression
    if expression.has(*_HYPERBOLIC):
        expression = _replaced(expression, _HYPERBOLIC, lambda z: z.rewrite(sympy.exp))
    if expression.has(*_CIRCULAR):
        expression = _replaced(expression, _CIRCULAR, lambda z: z.rewrite(sympy.cos))
    for theirs, ours in _WRITTEN.items():
        expression = cast(Expr, expression.replace(theirs, ours))
    expression = _replaced(expression, (sympy.floor, sympy.ceiling), lambda n: _floor(n, real))
    expression = _replaced(expression, (sympy.Mod,), lambda n: _remainder(n, real))
    expression = _replaced(expression, (sympy.Max, sympy.Min), _extreme)
    for function in LEAVES:
        expression = cast(Expr, expression.replace(function.row.formula, function))
    return expression


def holds(expression: Basic, kinds: tuple[type, ...]) -> bool:
    """Whether a node of one of some kinds is in an expression."""
    return any(isinstance(node, kinds) for node in sympy.preorder_traversal(expression))


def _replaced(expression: Expr, kinds: tuple, made: Callable[[Expr], Expr]) -> Expr:
    """The expression with each node of some kinds made anew, the innermost first."""
    return cast(Expr, expression.replace(lambda n: isinstance(n, kinds), made))


def _floor(node: Expr, real: frozenset[str]) -> Expr:
    """⌊a/b⌋ of integers as a quotient of them, of others as a function."""
    up = isinstance(node, sympy.ceiling)
    value = cast(Expr, node.args[0])
    if _whole(value, real):
        top, bottom = sympy.fraction(sympy.together(value))
        if up:
            return CeilingQuotient(top.expand(), bottom)
        return FloorQuotient(top.expand(), bottom)
    return -functions.floor(-value) if up else functions.floor(value)


def _remainder(node: Expr, real: frozenset[str]) -> Expr:
    """a mod N of integers, without mod N of parts of a; of others a − N·⌊a/N⌋."""
    value, divisor = (cast(Expr, a) for a in node.args)
    if not (_whole(value, real) and _whole(divisor, real)):
        return value - divisor * functions.floor(value / divisor)
    inner = {n: n.args[0] for n in value.atoms(Remainder) if n.args[1] == divisor}
    return Remainder(cast(Expr, value.xreplace(inner)).expand(), divisor)


def _extreme(node: Expr) -> Expr:
    pick = functions.larger if isinstance(node, sympy.Max) else functions.smaller
    values = [cast(Expr, a) for a in node.args]
    constants = [a for a in values if not a.has(Read)]
    first, *others = (*constants, *(a for a in values if a not in constants))
    for other in others:
        first = pick(first, other)
    return first


def _whole(value: Basic, real: frozenset[str]) -> bool:
    """Whether it is made of indices, sizes and whole data alone, by sums, products, quotients."""
    floats = any(number.is_Float for number in value.atoms(sympy.Number))
    names = {tensor_name(access) for access in reads(value)}
    return not (floats or names & real or value.has(Scalar, sympy.Function))
