"""What no gradient flows through, at the values that it has: finite differences must not move it.

In y = frozen(sign(w) − w) + w the derivative by w is 1, and a difference of two values is 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sympy import Basic, Integer

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.expressions.nodes import Frozen, Reduction, free_indices, read
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.rewrites import rewrite
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


def with_frozen_values(
    equations: Iterable[Equation], values: Values, arithmetic: Arithmetic
) -> tuple[tuple[Equation, ...], Values]:
    """The equations reading, for what is frozen in them, its values, which are among the others."""
    held = _Held(values, arithmetic)
    changed = tuple(replace(e, rhs=held.of(e.rhs, e.ranges)) for e in equations)
    return changed, replace(values, arrays=held.arrays, tensors=held.tensors)


class _Held:
    """Values of frozen expressions as tensors of their own."""

    def __init__(self, values: Values, arithmetic: Arithmetic):
        self._arithmetic = arithmetic
        self.arrays, self.tensors = dict(values.arrays), dict(values.tensors)
        # What a condition around keeps from counting has some value: 0.
        padded = {
            n: replace(t, outside=Integer(0)) if t.outside is None else t
            for n, t in values.tensors.items()
        }
        self._values = replace(values, tensors=padded)

    def of(self, node, ranges: tuple):
        return _held(node, ranges, self)

    def read(self, node: Frozen, ranges: tuple):
        """The read of a tensor that holds what is frozen."""
        name = f"@frozen {len(self.arrays)}"
        own = tuple((i, n) for i, n in ranges if i in free_indices(node))
        self.arrays[name] = evaluate(node.args[0], own, self._values, self._arithmetic)
        self.tensors[name] = Tensor(name, tuple(n for _, n in own), "input")
        return read(name, *(i for i, _ in own))


@rewrite
def _held(node: Basic, ranges: tuple, held: _Held) -> Basic:
    if isinstance(node, Frozen):
        return held.read(node, ranges)
    if isinstance(node, Reduction):
        return with_body(node, _held(node.body, (*ranges, *node.ranges), held))
    return rebuild(node, lambda part: _held(part, ranges, held))
