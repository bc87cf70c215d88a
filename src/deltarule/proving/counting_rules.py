"""The rules by which claims about weights and receptive fields are examined."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer

from deltarule.calculus.rules.rule import EMPTY, Example, Given, Rewrite, Rule
from deltarule.counting.receptive_fields import fields_of
from deltarule.expressions.nodes import Read, Sum, multiply, read, tensor_name
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


def count_weights(expression: Expr, given: Given) -> Rewrite | None:
    """How many numbers a parameter holds."""
    if not isinstance(expression, Read):
        return None
    tensor = given.network.tensors.get(tensor_name(expression))
    if tensor is None or tensor.role != "parameter":
        return None
    return Rewrite(multiply(tensor.axes))


def _dense() -> Example:
    D, M = Size("D"), Size("M")
    weights = Tensor("W", (D, M), "parameter")
    given = Given(replace(EMPTY, tensors={"W": weights}))
    return Example(read("W"), D * M, given, "W holds D·M weights.")


COUNT_WEIGHTS = Rule(
    "count the weights",
    "X[n, m] with n < N and m < M holds N·M numbers",
    "A parameter holds as many numbers as the product of its axes.",
    count_weights,
    _dense,
    seen="derive --prove 5x5",
)


def receptive_field(expression: Expr, given: Given) -> Rewrite | None:
    """How many entries of the input an entry depends on, in the window that it sees."""
    if not isinstance(expression, Read):
        return None
    fields = fields_of(given.network).get(tensor_name(expression), ())
    rows = [f.rows for f in fields if f.rows is not None]
    return Rewrite(multiply(rows)) if rows and len(rows) == len(fields) else None


def _two_windows() -> Example:
    n, c, i, k = map(Index, "ncik")
    N, C, H = map(Size, "NCH")
    axes, three = ((n, N), (c, C), (i, H)), ((k, Integer(3)),)
    image = Tensor("x", (N, C, H), "input")
    layers = tuple(
        Equation(y, (n, c, i), Sum(read(w, k) * read(x, n, c, i + k), three), axes)
        for y, w, x in (("y", "w", "x"), ("z", "v", "y"))
    )
    given = Given(replace(EMPTY, tensors={"x": image}, equations=layers))
    note = "An entry of z sees 5 entries of x: 3 of y, of which each sees 3."
    return Example(read("z", n, c, i), Integer(5), given, note)


RECEPTIVE_FIELD = Rule(
    "receptive field",
    "r + (K − 1)·j, where a window of K reads what sees r entries, each j after the last",
    "A window of K rows of a tensor widens the field by K − 1 of that tensor's steps.",
    receptive_field,
    _two_windows,
    seen="derive --prove 5x5",
)
