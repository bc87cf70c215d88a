"""Equations and tensors with other names and sizes, as those of a layer stand in a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sympy import Basic, Expr

from deltarule.expressions.nodes import Read, read, tensor_name
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.rewrites import rewrite
from deltarule.expressions.substitution import substitute
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


def put_in(equation: Equation, names: Mapping[str, str], sizes: Mapping[Any, Expr]) -> Equation:
    """An equation with its tensors renamed, and other expressions for its sizes."""
    named = replace(
        equation,
        name=names[equation.name],
        subscripts=tuple(respelled(s, names) for s in equation.subscripts),
        rhs=respelled(equation.rhs, names),
    )
    return with_sizes(named, sizes)


def with_sizes(equation: Equation, sizes: Mapping[Any, Expr]) -> Equation:
    """An equation with other expressions for its sizes."""
    return replace(
        equation,
        subscripts=tuple(substitute(s, sizes) for s in equation.subscripts),
        rhs=substitute(equation.rhs, sizes),
        ranges=tuple((i, substitute(n, sizes)) for i, n in equation.ranges),
    )


def resized(tensor: Tensor, sizes: Mapping[Any, Expr]) -> Tensor:
    """A tensor with other expressions for its sizes."""
    limit = tensor.integers_below
    return replace(
        tensor,
        axes=tuple(substitute(a, sizes) for a in tensor.axes),
        integers_below=None if limit is None else substitute(limit, sizes),
    )


@rewrite
def respelled(node: Basic, names: Mapping[str, str]) -> Basic:
    """An expression with its tensors renamed; those that `names` does not know keep theirs."""
    if isinstance(node, Read):
        name = tensor_name(node)
        return read(names.get(name, name), *(respelled(i, names) for i in node.indices))
    return rebuild(node, lambda part: respelled(part, names), conditions=True)
