"""Σ over the axis along which a tensor is declared to add up to 1."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer

from deltarule.calculus.rules.everywhere import everywhere
from deltarule.calculus.rules.rule import EMPTY, Example, Given, Rewrite, Rule
from deltarule.expressions.nodes import Read, Reduction, Sum, read, tensor_name
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import text


def sums_to_one(expression: Expr, given: Given) -> Rewrite | None:
    """Σ over the declared axis of a target is 1."""
    used: list[str] = []

    def one(node: Reduction) -> Expr:
        if isinstance(node, Sum) and isinstance(node.body, Read) and not node.conditions:
            tensor = given.network.tensors.get(tensor_name(node.body))
            axis = tensor.sums_to_one if tensor is not None else None
            if axis is not None and node.indices == (node.body.indices[axis],):
                used.append(f"{text(node)} = 1")
                return Integer(1)
        return node

    after = everywhere(expression, one)
    return Rewrite(after, "", ", ".join(used)) if used else None


def _example() -> Example:
    c, k, C = Index("c"), Index("k"), Size("C")
    p, y = read("p", c), read("y", c)
    target = Tensor("y", (C,), "target", sums_to_one=0)
    given = Given(replace(EMPTY, tensors={"y": target}), {c: C})
    return Example(p * Sum(read("y", k), [(k, C)]) - y, p - y, given)


SUMS_TO_ONE = Rule(
    "sums to one",
    "Σ_c y[c] = 1",
    "The target is declared to add up to 1: it is one-hot, or a distribution.",
    sums_to_one,
    _example,
    seen="derive softmax_cross_entropy --steps",
)
