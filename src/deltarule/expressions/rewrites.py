"""What the checker is said of functions that rewrite: an expression stays an expression.

SymPy's annotations say only that some node comes out of `xreplace` and of `node.func(*args)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from sympy import Basic, Expr

from deltarule.expressions.conditions import Condition

#: What comes out is what went in: an expression of an expression, a condition of a condition.
Node = TypeVar("Node", Expr, Condition, Basic)
Others = ParamSpec("Others")


class Rewrite(Protocol[Others]):
    """A function that makes a node of the same sort of a node, by some other arguments."""

    def __call__(self, node: Node, /, *args: Others.args, **kwargs: Others.kwargs) -> Node: ...


def rewrite(function: Callable[Concatenate[Any, Others], Basic]) -> Rewrite[Others]:
    """The function itself, declared to be a `Rewrite`."""
    return cast(Rewrite[Others], function)


@rewrite
def replaced(expression: Basic, table: Mapping[Any, Basic]) -> Basic:
    """The expression with whole parts replaced by others, as SymPy's `xreplace` does it.

    For what binds no index; else see `substitution`.
    """
    return cast(Basic, expression.xreplace(table))
