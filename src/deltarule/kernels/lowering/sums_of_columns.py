"""Sums of the columns of a matrix, as gradients of biases are: y[m] = Σ_n a[n, m].

They are taken by a function that all kernels share (`prelude.column_sums`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr

from deltarule.expressions.nodes import Read, Sum, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.site import Site


@dataclass(frozen=True)
class Columns:
    """A tensor that holds so many rows of so many numbers, and the tensor of their sums."""

    result: str
    tensor: str
    rows: Expr
    columns: Expr


def match(site: Site) -> Columns | None:
    """The columns that an equation adds up; None where it does something else."""
    total, found = site.alone(Sum), site.collapsed
    if not isinstance(total, Sum) or total.conditions or site.code.plain:
        return None
    result, summed, body = found.equation.subscripts, total.indices, total.body
    if not isinstance(body, Read) or not all(isinstance(s, Index) for s in body.indices):
        return None
    if len(result) != 1 or len(summed) != 1 or body.indices != (*summed, *result):
        return None
    name = tensor_name(body)
    tensor = found.tensors.get(name) or site.code.tensors[name]
    rows, columns = total.ranges[0][1], found.equation.ranges[0][1]
    whole = all((a - n).expand() == 0 for a, n in zip(tensor.axes, (rows, columns), strict=True))
    base = found.views.get(name, name)
    if not whole or tensor.integral or base in site.code.numbers:
        return None
    return Columns(found.views.get(found.equation.name, found.equation.name), base, rows, columns)


def emit(plan: Columns, site: Site, out: Emitter) -> None:
    """The call of the function."""
    code = out.code
    out.prelude.add("strided_products")
    result, summed = code.pointer(plan.result), code.pointer(plan.tensor)
    sizes = f"{code.integer(plan.rows.expand())}, {code.integer(plan.columns.expand())}"
    out.lines.add(f"column_sums({result}, {summed}, {sizes}, {code.alone})")
