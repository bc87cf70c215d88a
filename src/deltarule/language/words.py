"""The words of a derivation file: `from deltarule.language import *`.

    N, D, M = sizes("N D M")
    n, d, m = indices("n d m")
    x = input("x", N, D)
    W, b = parameter("W", D, M), parameter("b", M)
    y = output("y", N, M)

    y[n, m] = b[m] + Sum[d](x[n, d] * W[d, m])

There is no word for a gradient: gradients are derived.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from sympy import Expr, Integer, oo, pi

from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.functions import (
    FUNCTIONS,
    RELU_AT_ZERO,
    absolute,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    cos,
    cosh,
    digamma,
    erf,
    exp,
    expm1,
    floor,
    gelu,
    gelu_tanh,
    lgamma,
    log,
    log1p,
    relu,
    rsqrt,
    sigmoid,
    sign,
    silu,
    sin,
    sinh,
    softplus,
    sqrt,
    square,
    tan,
    tanh,
    trigamma,
)
from deltarule.expressions.symbols import Attribute, Index, Scalar, Size
from deltarule.language.comparisons import cases, delta, differ, equal, indicator
from deltarule.language.concatenation import concatenate
from deltarule.language.declarations import current
from deltarule.language.derived_lines import gradient
from deltarule.language.given_expressions import checked_name, expression
from deltarule.language.layers import layer, takes
from deltarule.language.layouts import layout
from deltarule.language.literals import constant
from deltarule.language.moving_windows import along_axes, behind_stamps, number_or_name, windows
from deltarule.language.options import option
from deltarule.language.orientations import weights
from deltarule.language.reductions import (
    TIES,
    ArgMax,
    ArgMin,
    Inverse,
    LogDet,
    LogSumExp,
    Max,
    Mean,
    Min,
    Product,
    Sum,
    TopK,
)
from deltarule.language.softmax_shares import Softmax, softmax
from deltarule.language.sorted_entries import Sort
from deltarule.language.tensor_words import (
    input,
    intermediate,
    loss,
    output,
    parameter,
    state,
    target,
)
from deltarule.language.updates import memory, new, rate
from deltarule.language.values import (
    ceil,
    celu,
    clip,
    elementwise,
    elu,
    exp2,
    leaky_relu,
    log2,
    log10,
    max,
    maximum,
    min,
    minimum,
    round,
    stop_gradient,
    straight_through,
)
from deltarule.networks.constant_ranges import between, check_constant
from deltarule.networks.network import Option

__all__ = [
    "ACTIVATIONS", "ArgMax", "ArgMin", "Inverse", "LogDet", "LogSumExp", "Max", "Mean", "Min",
    "Product", "Softmax", "Sort", "Sum", "TIES", "TopK",
    "abs", "absolute", "acos", "acosh", "activation", "aliases", "along_axes", "arccos",
    "arcsin", "arctan", "asin", "asinh", "atan", "atanh", "attribute", "behind_stamps", "ceil",
    "celu", "clip",
    "concatenate", "cos", "cosh", "delta", "differ", "digamma", "elementwise", "elu", "equal",
    "erf", "exp", "exp2", "expm1", "fits", "floor", "gelu", "gradient", "identity", "index",
    "indicator", "indices", "initially", "input", "intermediate", "layer", "layout",
    "leaky_relu", "lgamma",
    "ln", "log", "log10", "log1p", "log2", "loss", "max", "maximum", "memory", "min", "minimum",
    "new", "number_or_name", "oo",
    "option", "output", "parameter", "pi", "rate", "relu", "round", "rsqrt", "scalar",
    "sigmoid", "sign", "silu", "sin", "sinh", "size", "sizes", "softmax", "softplus", "sqrt",
    "square", "state", "stop_gradient", "straight_through", "swish", "takes", "tan", "tanh",
    "target", "trigamma", "weights", "where", "windows",
]  # fmt: skip


def size(name: str, definition=None) -> Size:
    """One extent, such as N; `definition` where it follows from others."""
    symbol = Size(checked_name(name, current(), "size"))
    if definition is not None:
        current().definitions[symbol] = expression(definition, current())
    return symbol


def sizes(names: str) -> tuple[Size, ...] | Size:
    """Several extents: `N, D = sizes("N D")`; of one name, that size."""
    found = tuple(size(name) for name in checked_name(names, current(), "sizes").split())
    return found if len(found) != 1 else found[0]


def index(name: str, extent=None) -> Index:
    """One index; `extent` says how far it runs where it stands alone on no axis."""
    named = Index(checked_name(name, current(), "index"))
    if extent is not None:
        current().extents[named] = expression(extent, current())
    return named


def indices(names: str) -> tuple[Index, ...] | Index:
    """Several indices: `n, d = indices("n d")`; of one name, that index."""
    found = tuple(Index(n) for n in checked_name(names, current(), "indices").split())
    return found if len(found) != 1 else found[0]


def attribute(name: str, default: int | None = None, **word: int) -> Expr:
    """An integer that the layer is built with, symbolic unless the reader gives a number.

    `S = attribute("S", stride=1)` lets it be given as `stride`. With a usual value of 0, as for a
    padding P, it may be 0; else, as for a stride S, it is at least 1.
    """
    page = current()
    spoken, default = next(iter(word.items())) if word else (name, default)
    if default is None or default != int(default):
        raise DeltaruleError(
            f"the usual value of {spoken}, {default}, is no whole number",
            page.place(),
            "give a whole number; a constant such as 0.5 is a scalar",
        )
    default = int(default)
    least = 1 if default > 1 else default
    page.options[spoken] = Option(spoken, None, default, f"{name}: a symbol unless given")
    if spoken in page.asked:
        return Integer(option(spoken, default, f"given for {name}", at_least=least))
    symbol = Attribute(name, positive=least > 0)
    page.attributes[symbol] = default
    return symbol


def scalar(name: str, default, within: str = "(-oo, oo)") -> Scalar:
    """A real constant with a usual value, such as a slope or an ε: 0.5, "1e-8", "1/3".

    It may lie `within` a range, as "(0, oo)" or "[0, 1)". Raises DeltaruleError for a value that
    is no finite number or is out of range, and for what is no range.
    """
    page = current()
    symbol = Scalar(checked_name(name, page, "scalar"))
    page.scalars[symbol] = constant(name, default, page.place())
    page.ranges[symbol] = between(within, name, page.place())
    check_constant(name, Fraction(str(page.scalars[symbol])), page.ranges[symbol], page.place())
    return symbol


def fits(span, stride) -> Expr:
    """⌊span / stride⌋: how many steps of a stride fit into a span."""
    return nodes.FloorQuotient(expression(span, current()), expression(stride, current()))


def aliases(*names: str) -> None:
    """Other names by which the derivation may be called."""
    current().aliases = names


def initially(time: Index, first, later) -> Expr:
    """`first` at time 0, `later` at every time after it."""
    return where(time >= 1, later, first)


def where(condition, then, otherwise) -> Expr:
    """`then` where a statement holds, `otherwise` elsewhere: `where(j <= i, a, 0)`.

    It may be about indices, or about real numbers: `where(x[n] >= 0.5, 1, x[n])`; equality is
    `equal(a, b)` and `differ(a, b)`; statements are joined by & and |, each in parentheses, and
    denied by ~. Raises DeltaruleError for what is no statement.
    """
    page = current()
    return cases(condition, expression(then, page), expression(otherwise, page), page)


def activation(name: str, default: str, help: str = "elementwise function") -> Callable:
    """An option that names an elementwise function of one argument, or `identity`."""
    chosen = option(name, default, help, choices=ACTIVATIONS)
    if chosen == "identity":
        return identity
    if chosen == "leaky_relu":
        slope = scalar("alpha", "0.01")
        return lambda z: leaky_relu(z, slope)
    if chosen == "relu":
        at_zero = option("at_zero", "0", "the derivative of ReLU at 0", choices=("0", "half", "1"))
        return RELU_AT_ZERO[at_zero]
    if chosen == "gelu_tanh":
        cubic = scalar("kappa", "0.044715")
        return lambda z: gelu_tanh(z, cubic)
    if chosen == "elu":
        steepness = scalar("alpha", 1, within="(0, oo)")
        return lambda z: elu(z, steepness)
    return FUNCTIONS[chosen]


#: swish is SiLU under the name that it was published with, and the others are known by both names.
swish, abs, ln = silu, absolute, log
arctan, arcsin, arccos = atan, asin, acos


def identity(z):
    """z itself."""
    return z


ACTIVATIONS = (
    "identity", "sigmoid", "tanh", "relu", "leaky_relu", "exp", "softplus", "elu", "gelu",
    "gelu_tanh", "silu",
)  # fmt: skip
