"""The words about single values: `max(a, b)`, `clip(r, 0.8, 1.2)`, `stop_gradient(z)`.

`max`, `min` and `round` are Python's own where all that they are given are Python's numbers.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from functools import reduce
from inspect import signature

from sympy import Dummy, Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions import functions, nodes
from deltarule.expressions.elementwise import Elementwise, of_one_file
from deltarule.expressions.operands import Operand
from deltarule.language.declarations import current
from deltarule.language.given_expressions import expression

#: How many arguments show that one was forgotten.
_TWO = 2


def maximum(*values) -> Expr:
    """The largest of several values, as max(0, z); of two equal ones the first passes the gradient.

    Constants stand first: where z is 0, max(z, 0) has the derivative 0, as ReLU has. Raises
    DeltaruleError for a single value; Max[k](…) is the largest entry along an axis.
    """
    return _folded("max", functions.larger, values)


def minimum(*values) -> Expr:
    """The smallest of several values; of two equal ones the first passes the gradient."""
    return _folded("min", functions.smaller, values)


def max(*values, **how):
    """`maximum` of expressions; of Python's own numbers Python's own."""
    return maximum(*values) if _of_expressions(values) else builtins.max(*values, **how)


def min(*values, **how):
    """`minimum` of expressions; of Python's own numbers Python's own."""
    return minimum(*values) if _of_expressions(values) else builtins.min(*values, **how)


def log2(value) -> Expr:
    """The logarithm to base 2, ln(value)/ln(2)."""
    return functions.log(expression(value, current())) / functions.log(Integer(2))


def log10(value) -> Expr:
    """The logarithm to base 10, ln(value)/ln(10)."""
    return functions.log(expression(value, current())) / functions.log(Integer(10))


def exp2(value) -> Expr:
    """2 to the power of a value."""
    return functions.exp(expression(value, current()) * functions.log(Integer(2)))


def ceil(value) -> Expr:
    """The smallest integer that is not below; its derivative is 0, as that of floor."""
    return -functions.floor(-expression(value, current()))


def celu(value, alpha: Expr | float = 1) -> Expr:
    """z where z > 0, α·(exp(z/α) − 1) elsewhere, whose slope at 0 is 1 for each α."""
    page = current()
    z, a = expression(value, page), expression(alpha, page)
    return functions.choose(nodes.Positive(z), z, a * (functions.exp(z / a) - 1))


def round(value, *digits):
    """The nearest integer, of two the even one; its derivative is declared 0."""
    if not _of_expressions((value,)):
        return builtins.round(value, *digits)
    return functions.nearest(expression(value, current()))


def clip(value, low, high) -> Expr:
    """A value cut off below and above; at both bounds its derivative is 0."""
    page = current()
    return functions.clipped(*(expression(v, page) for v in (value, low, high)))


def elu(value, alpha: Expr | float = 1) -> Expr:
    """The exponential linear unit: z where z > 0, α·(exp(z) − 1) elsewhere."""
    page = current()
    return functions.elu(expression(value, page), expression(alpha, page))


def leaky_relu(value, slope: Expr | float = 0.01) -> Expr:
    """z where z > 0, slope·z elsewhere."""
    page = current()
    return functions.leaky_relu(expression(value, page), expression(slope, page))


def stop_gradient(value) -> Expr:
    """The value itself, through which no gradient flows."""
    return nodes.Frozen(expression(value, current()))


def straight_through(value, instead) -> Expr:
    """`value` forward; backward its gradient goes to `instead` as if that had been there.

    `straight_through(sign(w[d]), w[d])` is a binary weight whose gradient is that of w.
    """
    page = current()
    there = expression(instead, page)
    return nodes.Frozen(expression(value, page) - there) + there


def elementwise(name: str, formula: Callable[..., Expr], title: str = "") -> type[Elementwise]:
    """Declare an elementwise function by its formula: `elementwise("square", lambda z: z**2)`.

    The formula may hold scalars of the file and SymPy's functions. Its derivative is derived. No
    other file knows the function.
    Raises DeltaruleError for a formula that is no expression, and for the name of a function of
    the library that has another formula.
    """
    page = current()

    def exact(*arguments: Expr) -> Expr:
        return expression(formula(*arguments), page)

    exact.__wrapped__ = formula  # its arguments are counted
    # What is wrong is said at this line, and declared is only what can be derived.
    arguments = [Dummy(real=True) for _ in signature(formula).parameters]
    made, known = exact(*arguments), functions.FUNCTIONS | functions.OF_KERNELS
    if name not in known:
        return of_one_file(name, exact, title)
    # Its numbers, kernels and mistakes are known by its name.
    row = known[name].row
    if row.arity != len(arguments) or row.formula(*arguments) != made:
        raise DeltaruleError(
            f"{name} is a function of the library, with another formula than this",
            page.place(),
            f'leave this line out where that one is meant, or call yours "my_{name}"',
        )
    return known[name]


def _folded(word: str, pick: type[Elementwise], values: tuple) -> Expr:
    page = current()
    if len(values) < _TWO:
        raise DeltaruleError(
            f"{word} is given one value alone",
            page.place(),
            f"write {word}(a, b); along an axis Max[k](x[n, k]) or -Max[k](-x[n, k])",
        )
    found = [expression(v, page) for v in values]
    constant = [v for v in found if not nodes.reads(v)]
    return reduce(pick, (*constant, *(v for v in found if v not in constant)))


def _of_expressions(values: tuple) -> bool:
    return any(isinstance(v, Expr | Operand) for v in values)
