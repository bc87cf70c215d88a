"""Entries of matrices that are symmetric, by declaration or by their lines: A[j, i] is A[i, j]."""

from __future__ import annotations

from dataclasses import replace

from sympy import Basic, Expr

from deltarule.calculus.rules.rule import EMPTY, Example, Given, Rewrite, Rule
from deltarule.expressions.nodes import Read, Sum, free_indices, read, size_of, tensor_name
from deltarule.expressions.rebuild import read_at, rebuild
from deltarule.expressions.rewrites import rewrite
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import text


def symmetric(expression: Expr, given: Given) -> Rewrite | None:
    """The expression with the free index first in symmetric matrices, where that is shorter."""
    if not any(t.symmetric or t.definite for t in given.network.tensors.values()):
        return None
    after = _named_alike(_in_order(expression, free_indices(expression), given.network), {})
    return Rewrite(after) if size_of(after) < size_of(expression) else None


@rewrite
def _in_order(node: Basic, free: frozenset[Index], network: Network) -> Basic:
    if not isinstance(node, Read):
        return rebuild(node, lambda part: _in_order(part, free, network))
    tensor = network.tensors.get(tensor_name(node))
    if tensor is None or not (tensor.symmetric or tensor.definite):
        return node
    *first, row, column = node.indices
    pair = sorted((row, column), key=lambda s: (not free_indices(s) <= free, text(s)))
    return read_at(node, (*first, *pair))


@rewrite
def _named_alike(node: Basic, known: dict[tuple, tuple[Index, ...]]) -> Basic:
    """The expression with the indices of its sums called as in the first over the same range."""
    if not isinstance(node, Sum):
        return rebuild(node, lambda part: _named_alike(part, known))
    extents = tuple(n for _, n in node.ranges)
    names = known.setdefault(extents, node.indices)
    if names == node.indices or set(names) & free_indices(node):
        return node
    table = dict(zip(node.indices, names, strict=True))
    conditions = (substitute(c, table) for c in node.conditions)
    return Sum(substitute(node.body, table), zip(names, extents, strict=True), conditions)


def _example() -> Example:
    i, j, k, N = Index("i"), Index("j"), Index("k"), Size("N")
    matrix = Tensor("A", (N, N), "input", symmetric=True)
    given = Given(replace(EMPTY, tensors={"A": matrix}), {i: N})
    one = Sum(read("A", i, j) * read("x", j), [(j, N)])
    other = Sum(read("A", k, i) * read("x", k), [(k, N)])
    return Example(one + other, 2 * one, given)


SYMMETRIC = Rule(
    "symmetric",
    "A[j, i] = A[i, j]",
    "The matrix is its own transpose: it is declared so, or its lines make it so.",
    symmetric,
    _example,
    seen="derive quadratic_form --steps",
)
