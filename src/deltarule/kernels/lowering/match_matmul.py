"""Matrix products, recognised by the pattern of their indices.

In Σ_k A[…]·B[…] every index stands in A and B (summed), in A and the result (rows), in B and the
result (columns), or in all three (one product each). Whatever the order of the axes, that is a
product of matrices with suitable strides. An index whose loop is around already (a time) picks a
slice.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Expr, Mul

from deltarule.expressions import nodes
from deltarule.expressions.nodes import Choose, Read, free_indices, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.passes.products_apart import scaled_sum
from deltarule.networks.equations import Equation


@dataclass(frozen=True)
class Factor:
    """A tensor in a product: a read, or one of two by a condition on the time that is held."""

    read: Read
    condition: nodes.Condition | None = None
    otherwise: Read | None = None
    shifted: Index | None = None


@dataclass(frozen=True)
class Product:
    """scale·Σ left·right, where all `conditions` hold."""

    left: Factor
    right: Factor
    summed: tuple[tuple[Index, Expr], ...]
    scale: Expr
    conditions: tuple


@dataclass(frozen=True)
class Products:
    """The matrix products that are added up, those without conditions first, and the rest."""

    products: tuple[Product, ...]
    rest: Expr


def match(site: Site) -> Products | None:
    """The matrix products of an equation; None where there are none, and in complex numbers."""
    equation, tensors, loop_indices = site.equation, site.code.tensors, site.loop_indices
    if site.code.complex:
        return None
    found: list[Product] = []
    rest: list[Expr] = []
    if all(isinstance(s, Index) for s in equation.subscripts):
        for term, conditions in _terms(equation.rhs, frozenset(loop_indices)):
            product = _product(term, conditions, equation, tensors, frozenset(loop_indices))
            if product is None:
                rest.append(nodes.Sum(term, (), conditions))
            else:
                found.append(product)
    found.sort(key=lambda p: bool(p.conditions))
    return Products(tuple(found), Add(*rest)) if found else None


def _terms(expression: Expr, loop_indices: frozenset) -> list[tuple[Expr, tuple]]:
    """The summands, each with the conditions under which it counts."""
    result: list[tuple[Expr, tuple]] = []
    for term in Add.make_args(expression):
        plain = isinstance(term, nodes.Sum) and not term.ranges
        if plain and all(free_indices(c) <= loop_indices for c in term.conditions):
            result += [(t, (*term.conditions, *c)) for t, c in _terms(term.body, loop_indices)]
        else:
            result.append((term, ()))
    return result


def _product(
    term: Expr, conditions: tuple, equation: Equation, tensors, loop_indices
) -> Product | None:
    scaled = scaled_sum(term)
    if scaled is None:
        return None
    scale, total = scaled
    if any(not free_indices(c) <= loop_indices for c in total.conditions):
        return None
    every = (*total.indices, *(i for i in equation.indices if i not in loop_indices))
    found = (_factor(f, loop_indices, every) for f in Mul.make_args(total.body))
    factors = [f for f in found if f is not None]
    if len(factors) != 2 or len(Mul.make_args(total.body)) != 2:
        return None
    left, right = factors
    if any(tensors[tensor_name(f.read)].integral for f in factors):
        return None
    if not _is_matrix_product(left, right, total, equation, loop_indices):
        return None
    if _side_by_side(equation.lhs, left, right, loop_indices):
        return None
    return Product(left, right, total.ranges, scale, (*conditions, *total.conditions))


def _factor(node: Expr, loop_indices: frozenset, indices: tuple) -> Factor | None:
    if isinstance(node, Read):
        return Factor(node) if _sliced(node, loop_indices) else None
    if not isinstance(node, Choose) or isinstance(node.args[0], nodes.Positive):
        return None
    condition, then, otherwise = node.args
    if not isinstance(then, Read) or not isinstance(otherwise, Read):
        return None
    if (
        free_indices(condition) <= loop_indices
        and _sliced(then, loop_indices)
        and _sliced(otherwise, loop_indices)
    ):
        return Factor(then, condition, otherwise)
    return _shifted(condition, then, otherwise, indices)


def _shifted(condition, then: Read, otherwise: Read, indices: tuple) -> Factor | None:
    """h[t − 1, …], and h0[…] at t = 0, for all t at once: an array with h0 put in front."""
    first = then.indices[0] if then.indices else None
    for index in indices:
        if first is None or (first - index) != -1:
            continue
        alike = then.indices[1:] == otherwise.indices
        plain = all(isinstance(i, Index) for i in otherwise.indices)
        if alike and plain and condition == nodes.AtLeastZero(index - 1):
            return Factor(then, condition, otherwise, index)
    return None


def _sliced(read: Read, loop_indices: frozenset) -> bool:
    """Whether every subscript is an index of its own, or known from what is held."""
    own = [s for s in read.indices if isinstance(s, Index) and s not in loop_indices]
    return len(set(own)) == len(own) and all(
        isinstance(s, Index) or free_indices(s) <= loop_indices for s in read.indices
    )


def indices_of(factor: Factor, loop_indices) -> list[Index]:
    """The indices that are axes of what a factor is written as."""
    if factor.shifted is not None:
        return [factor.shifted, *factor.read.indices[1:]]
    return [s for s in factor.read.indices if isinstance(s, Index) and s not in loop_indices]


def _is_matrix_product(left, right, total: nodes.Sum, equation: Equation, loop_indices) -> bool:
    a, b = set(indices_of(left, loop_indices)), set(indices_of(right, loop_indices))
    out = {i for i in equation.indices if i not in loop_indices}
    summed = set(total.indices)
    if summed & set(equation.indices) or not summed <= a & b:
        return False
    return a | b == out | summed and bool((a - b) | (b - a))


def _side_by_side(out: Read, left: Factor, right: Factor, loop_indices) -> bool:
    """Whether many products lie side by side in all three tensors.

    Loops with that index innermost then read and write long runs, and products would read and
    write single numbers far apart.
    """
    lasts = {r.indices[-1] if r.indices else None for r in (out, left.read, right.read)}
    return len(lasts) == 1 and not lasts & set(loop_indices) and isinstance(lasts.pop(), Index)
