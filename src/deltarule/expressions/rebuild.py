"""The one traversal that all passes share: a node with its parts changed.

A pass says what it makes of the nodes that concern it, and leaves the others to `rebuild`, which
hands it their parts:

    def without_relu(node):
        if isinstance(node, relu):
            return without_relu(node.args[0])
        return rebuild(node, without_relu)

A node none of whose parts changes stays the same object, so that a pass without effect costs no
memory, and `after is before` says that it had none. What is called a part:

    of a read           its subscripts, if asked for; never the name of its tensor
    of a reduction      its body; its conditions and extents, if asked for; never its indices
    of any other node   its arguments

The indices of a reduction are bound in its body and conditions. A pass that needs to know of them
takes reductions itself and uses `with_body`; one that puts in expressions from elsewhere uses
`substitution.substitute`, which keeps bound indices apart from those that come in. (After
Halide's `IRMutator`: https://github.com/halide/Halide/blob/main/src/IRMutator.h.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sympy import Basic, Expr

from deltarule.expressions.nodes import Read, Reduction
from deltarule.expressions.rewrites import rewrite
from deltarule.expressions.symbols import Index

#: What a pass makes of an expression is one; it may take expressions alone, or all nodes.
Change = Callable[[Any], Any]


@rewrite
def rebuild(
    node: Basic,
    change: Change,
    *,
    subscripts: bool = False,
    conditions: bool = False,
    extents: bool = False,
) -> Basic:
    """The node with `change` applied to each of its parts; itself if none of them changes."""
    args = node.args
    if not args:
        return node
    if isinstance(node, Read):
        return read_at(node, map(change, args[1:])) if subscripts else node
    if isinstance(node, Reduction):
        body = change(node.body)
        kept = tuple(map(change, node.conditions)) if conditions else node.conditions
        if not extents:
            return with_body(node, body, kept)
        return node.func(body, tuple((i, change(n)) for i, n in node.ranges), kept)
    new = tuple([change(a) if isinstance(a, Basic) else a for a in args])
    return node if new == args else node.func(*new)


@rewrite
def outermost(node: Basic, change: Callable[[Any], Basic | None]) -> Basic:
    """The outermost nodes of which `change` makes something replaced by that; conditions too.

    Where it gives None the parts are tried. What was put in is not looked at again, nor are the
    subscripts of reads.
    """
    found = change(node)
    if found is not None:
        return found
    return rebuild(node, lambda part: outermost(part, change), conditions=True)


def with_body(node: Reduction, body: Expr, conditions: Iterable[Basic] | None = None) -> Expr:
    """The reduction over the same ranges of another body, under other conditions if given."""
    kept = node.conditions if conditions is None else tuple(conditions)
    if body == node.body and kept == node.conditions:
        return node
    return node.func(body, node.ranges, kept)


@rewrite
def with_extents(node: Basic, extents: Mapping[Index, Expr]) -> Basic:
    """The expression with other extents for the indices of its reductions, by index."""
    if not isinstance(node, Reduction):
        return rebuild(node, lambda part: with_extents(part, extents))
    conditions = tuple(with_extents(c, extents) for c in node.conditions)
    ranges = tuple((i, extents.get(i, n)) for i, n in node.ranges)
    return node.func(with_extents(node.body, extents), ranges, conditions)


@rewrite
def with_part(node: Basic, position: int, part: Basic) -> Basic:
    """The node with another argument at a position."""
    return node.func(*node.args[:position], part, *node.args[position + 1 :])


@rewrite
def with_parts(node: Basic, parts: Iterable[Basic]) -> Basic:
    """The node with other arguments, all of them."""
    return node.func(*parts)


def read_at(access: Read, subscripts: Iterable[Expr]) -> Read:
    """A read of the same tensor at other subscripts; itself if they are the same."""
    new = tuple(subscripts)
    return access if new == access.indices else access.func(access.base, *new)
