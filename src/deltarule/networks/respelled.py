"""Equations under other names and with other sizes, as those of a layer stand in a network."""

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


def put_in(equation: Equation, names: Mapping[str, str], sizes: Mapping[Any, Expr]) -> Equation:
    """An equation with its tensors renamed, and other expressions for its sizes."""
    return replace(
        equation,
        name=names[equation.name],
        subscripts=tuple(substitute(respelled(s, names), sizes) for s in equation.subscripts),
        rhs=substitute(respelled(equation.rhs, names), sizes),
        ranges=tuple((i, substitute(n, sizes)) for i, n in equation.ranges),
    )


@rewrite
def respelled(node: Basic, names: Mapping[str, str]) -> Basic:
    """An expression with its tensors renamed; those that `names` does not know keep theirs."""
    if isinstance(node, Read):
        name = tensor_name(node)
        return read(names.get(name, name), *(respelled(i, names) for i in node.indices))
    return rebuild(node, lambda part: respelled(part, names), conditions=True)
