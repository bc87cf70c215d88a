"""A condition that reads data stands behind the guard that keeps it inside its tensor.

[l[s + 2] ≠ l[s]]·([s ≤ M − 3]·a + [s ≤ M − 3]·b) is a fine formula, whose outer bracket says
nothing where both inner ones are 0; a program would read behind l before it comes to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr

from deltarule.expressions.conditions import opposite
from deltarule.expressions.nodes import Choose, Condition, Reduction, reads, tensor_name
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.symbols import Index
from deltarule.kernels.passes.draft import Draft
from deltarule.kernels.passes.infer_bounds import within
from deltarule.networks.tensors import Tensor


def conditions_inside(draft: Draft) -> Draft:
    """Sums with the guards added that their conditions' reads need: s ≤ M − 3 for l[s + 2]."""
    return draft.rewritten(
        replace(e, rhs=guarded(e.rhs, [], dict(e.ranges), draft.tensors)) for e in draft.equations
    )


def guarded(
    node: Expr, given: list[Condition], ranges: Mapping[Index, Expr], tensors: Mapping[str, Tensor]
) -> Expr:
    """The expression with those guards, where `given` does not say them already."""
    if isinstance(node, Reduction):
        inner = {**ranges, **dict(node.ranges)}
        plain = [c for c in node.conditions if not reads(c)]
        added: list[Condition] = []
        for condition in node.conditions:
            for read in reads(condition):
                tensor = tensors.get(tensor_name(read))
                # What lies outside a tensor with values there is read by its own test.
                if tensor is not None and tensor.outside is None:
                    needed = within(read, tensors, [*given, *plain, *added], inner)
                    # That places which data give lie inside is checked where data come in.
                    added += [c for c in needed if not reads(c)]
        conditions = [*node.conditions, *added]
        body = guarded(node.body, [*given, *conditions], inner, tensors)
        return with_body(node, body, conditions)
    if isinstance(node, Choose):
        condition, then, otherwise = node.args
        fails = opposite(condition)
        known = {then: [*given, condition]}
        known[otherwise] = given if fails is None else [*given, fails]
        return rebuild(
            node,
            lambda part: part if part is condition else guarded(part, known[part], ranges, tensors),
        )
    return rebuild(node, lambda part: guarded(part, given, ranges, tensors))
