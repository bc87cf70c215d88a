"""A selection as one integer for each maximum: which entry it was taken from.

y_chosen[n, i, k, l] is 1 at one k, l alone where the first of several largest passes the
gradient, so that it says no more than the number k·L + l does, or −1 where there is no entry at
all. Reading it becomes the test whether that number is k·L + l.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sympy import Basic, Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.nodes import Choose, Equal, Max, Positive, Selection, read, tensor_name
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.rewrites import rewrite
from deltarule.expressions.substitution import replace_reads
from deltarule.kernels.passes.draft import Draft
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


@dataclass(frozen=True)
class Numbered:
    """The selections that are kept as numbers, by name: the maxima that they belong to."""

    maxima: Mapping[str, Max]

    def tensor(self, tensor: Tensor) -> Tensor:
        """A selection without the axes of the window; others as they are."""
        if tensor.name not in self.maxima:
            return tensor
        ranges = self.maxima[tensor.name].ranges
        axes = tensor.axes[: len(tensor.axes) - len(ranges)]
        return replace(tensor, axes=axes, integers_below=nodes.multiply(n for _, n in ranges))

    def equation(self, equation: Equation) -> Equation:
        """The equation of a selection without the window's indices; others with their reads."""
        if equation.read_names() & self.maxima.keys():
            equation = replace(equation, rhs=_tested(replace_reads(equation.rhs, self._compared)))
        if equation.name not in self.maxima:
            return equation
        inner = self.maxima[equation.name].indices
        return replace(
            equation,
            subscripts=tuple(s for s in equation.subscripts if s not in inner),
            ranges=tuple(r for r in equation.ranges if r[0] not in inner),
        )

    def _compared(self, access: Expr) -> Expr:
        name = tensor_name(access)
        if name not in self.maxima:
            return access
        ranges = self.maxima[name].ranges
        outer = access.indices[: len(access.indices) - len(ranges)]
        entry = number(access.indices[len(outer) :], ranges)
        return Choose(Equal(read(name, *outer), entry), Integer(1), Integer(0))


@rewrite
def _tested(node: Basic) -> Basic:
    """The expression with a test itself in place of the one whether it gives 1."""
    node = rebuild(node, _tested)
    if isinstance(node, Choose) and isinstance(node.args[0], Positive):
        inner = node.args[0].args[0]
        if isinstance(inner, Choose) and inner.args[1:] == (1, 0):
            return Choose(inner.args[0], *node.args[1:])
    return node


def argmax_indices(draft: Draft) -> Draft:
    """Selections as numbers, and tests of these where they are read."""
    chosen = numbered(draft.network)
    return replace(
        draft,
        equations=tuple(map(chosen.equation, draft.equations)),
        tensors={n: chosen.tensor(t) for n, t in draft.tensors.items()},
    )


def numbered(equations: Iterable[Equation]) -> Numbered:
    """What can be kept as numbers: selections of the first of several largest."""
    found = {e.name: e.rhs.maximum for e in equations if isinstance(e.rhs, Selection)}
    return Numbered({n: m for n, m in found.items() if m.ties == "first"})


def selections(equations: Iterable[Equation]) -> dict[str, Equation]:
    """The equations of numbered selections, by the names of their maxima."""
    return {
        tensor_name(e.rhs.args[1]): e
        for e in equations
        if isinstance(e.rhs, Selection) and not set(e.rhs.maximum.indices) & set(e.subscripts)
    }


def number(values: Iterable[Expr], ranges: tuple) -> Expr:
    """k·L + l for the values (k, l) of the window's indices."""
    result: Expr = Integer(0)
    for value, (_, extent) in zip(values, ranges, strict=True):
        result = result * extent + value
    return result.expand()
