"""Guards become bounds: sums that read beyond an edge are cut to where something is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import sympy
from sympy import Expr, Mul

from deltarule.calculus.terms import holds
from deltarule.expressions import nodes
from deltarule.expressions.nodes import AtLeastZero, Divides, Read, Reduction
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.symbols import Index
from deltarule.kernels.passes.draft import Draft
from deltarule.networks.tensors import Tensor


class Inside(Read):
    """A read that is known to lie inside its tensor, so that no test is needed."""


def infer_bounds(draft: Draft) -> Draft:
    """Sums and maxima that run no further than to where something is read."""
    return draft.rewritten(
        replace(e, rhs=clip(e.rhs, dict(e.ranges), draft.tensors)) for e in draft.equations
    )


def clip(node: Expr, ranges: Mapping[Index, Expr], tensors: Mapping[str, Tensor]) -> Expr:
    """The expression with every sum (and maximum) cut to where its reads lie inside."""
    if not isinstance(node, Reduction):
        return rebuild(node, lambda part: clip(part, ranges, tensors))
    inner = {**ranges, **dict(node.ranges)}
    body = clip(node.body, inner, tensors)
    conditions = [c for c in node.conditions if not _always(c)]
    factors = list(Mul.make_args(body)) if isinstance(node, nodes.Sum) else [body]
    for k, factor in enumerate(factors):
        if isinstance(factor, Read) and _idle(factor, node, tensors):
            conditions += within(factor, tensors, conditions, inner)
            factors[k] = Inside(factor.base, *factor.indices)
    return with_body(node, Mul(*factors), conditions)


def _always(condition) -> bool:
    return isinstance(condition, Divides) and condition.args[0] == 1


def _idle(factor: Read, node: Reduction, tensors: Mapping[str, Tensor]) -> bool:
    """Whether what lies outside the tensor adds nothing to the reduction."""
    tensor = tensors.get(nodes.tensor_name(factor))
    outside = None if tensor is None else tensor.outside
    if isinstance(node, nodes.Max):
        return outside is sympy.S.NegativeInfinity
    return isinstance(node, nodes.Sum) and outside == 0


def within(factor: Read, tensors, conditions: list, ranges: Mapping[Index, Expr]) -> list:
    """The guards that keep a read inside its tensor and that no other condition says."""
    added: list = []
    axes = tensors[nodes.tensor_name(factor)].axes
    for subscript, extent in zip(factor.indices, axes, strict=True):
        if isinstance(subscript, Index):
            continue
        for statement in (subscript, (extent - 1 - subscript).expand()):
            wanted = AtLeastZero(statement)
            if not holds(wanted, [*conditions, *added], ranges):
                added.append(wanted)
    return added
