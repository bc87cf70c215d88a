"""Lines that the language made itself, under the names that a file gives them.

`v[n, d] = Sort[d](x[n, d])` makes the line x_sorted[n, d] = Σ…, of which v would be a copy: the
line is v's own, and what reads x_sorted reads v.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from deltarule.expressions.nodes import Read, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.layer_numbers import respelled
from deltarule.networks.tensors import Tensor


def without_copies(
    equations: list[Equation], tensors: dict[str, Tensor], made: Collection[str]
) -> tuple[list[Equation], dict[str, Tensor]]:
    """The equations and tensors; whole copies of tensors that were `made` take their place."""
    names: dict[str, str] = {}
    kept: list[Equation] = []
    for equation in equations:
        source = _copied(equation, tensors)
        if source is not None and source in made and source not in names:
            names[source] = equation.name
        else:
            kept.append(equation)
    if not names:
        return equations, tensors
    rest = {name: tensor for name, tensor in tensors.items() if name not in names}

    def named(name: str) -> str:
        return names.get(name, name)

    return [replace(e, name=named(e.name), rhs=respelled(e.rhs, named)) for e in kept], rest


def _copied(equation: Equation, tensors: dict[str, Tensor]) -> str | None:
    """The tensor that an equation is a whole copy of, entry by entry; None for another one."""
    rhs, at = equation.rhs, equation.subscripts
    if not isinstance(rhs, Read) or rhs.indices != at or len({*at}) < len(at):
        return None
    source = tensor_name(rhs)
    whole = all(isinstance(i, Index) for i in at)
    return source if whole and tensors[source].axes == tensors[equation.name].axes else None
