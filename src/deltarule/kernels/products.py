"""Matrix products, recognised by the pattern of their indices, and written as calls of NumPy's.

In Σ_k A[…]·B[…] every index stands in A and B (summed), in A and the result (rows), in B and the
result (columns), or in all three (one product each). Whatever the order of the axes, that is a
product of matrices after transposition; NumPy hands it to BLAS. An index whose loop is around
already (a time) picks a slice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul

from deltarule.kernels.code import Code
from deltarule.notation import nodes
from deltarule.notation.equations import Equation
from deltarule.notation.nodes import Choose, Read, free_indices, tensor_name
from deltarule.notation.symbols import Index
from deltarule.notation.tensors import Tensor


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


def products_of(
    equation: Equation, tensors: Mapping[str, Tensor], held: Sequence[Index] = ()
) -> tuple[list[Product], Expr]:
    """The matrix products that an equation adds up, and the rest of it."""
    found: list[Product] = []
    rest: list[Expr] = []
    if all(isinstance(s, Index) for s in equation.subscripts):
        for term, conditions in _terms(equation.rhs, frozenset(held)):
            product = _product(term, conditions, equation, tensors, frozenset(held))
            if product is None:
                rest.append(nodes.Sum(term, (), conditions))
            else:
                found.append(product)
    return found, (Add(*rest) if found else equation.rhs)


def _terms(expression: Expr, held: frozenset) -> list[tuple[Expr, tuple]]:
    """The summands, each with the conditions under which it counts."""
    result: list[tuple[Expr, tuple]] = []
    for term in Add.make_args(expression):
        plain = isinstance(term, nodes.Sum) and not term.ranges
        if plain and all(free_indices(c) <= held for c in term.conditions):
            result += [(t, (*term.conditions, *c)) for t, c in _terms(term.body, held)]
        else:
            result.append((term, ()))
    return result


def _product(term: Expr, conditions: tuple, equation: Equation, tensors, held) -> Product | None:
    sums = [f for f in Mul.make_args(term) if isinstance(f, nodes.Sum) and f.ranges]
    if len(sums) != 1:
        return None
    total = sums[0]
    scale = Mul(*(f for f in Mul.make_args(term) if f is not total))
    if nodes.reads(scale) or free_indices(scale):
        return None
    if any(not free_indices(c) <= held for c in total.conditions):
        return None
    found = (_factor(f, held, total.indices) for f in Mul.make_args(total.body))
    factors = [f for f in found if f is not None]
    if len(factors) != 2 or len(Mul.make_args(total.body)) != 2:
        return None
    left, right = factors
    if any(tensors[tensor_name(f.read)].whole for f in factors):
        return None
    if not _is_matrix_product(left, right, total, equation, held):
        return None
    return Product(left, right, total.ranges, scale, (*conditions, *total.conditions))


def _factor(node: Expr, held: frozenset, summed: tuple) -> Factor | None:
    if isinstance(node, Read):
        return Factor(node) if _sliced(node, held) else None
    if not isinstance(node, Choose) or isinstance(node.args[0], nodes.Positive):
        return None
    condition, then, otherwise = node.args
    if not isinstance(then, Read) or not isinstance(otherwise, Read):
        return None
    if free_indices(condition) <= held and _sliced(then, held) and _sliced(otherwise, held):
        return Factor(then, condition, otherwise)
    return _shifted(condition, then, otherwise, summed)


def _shifted(condition, then: Read, otherwise: Read, summed: tuple) -> Factor | None:
    """h[t − 1, …], and h0[…] at t = 0, where t is summed: an array with h0 put in front."""
    first = then.indices[0] if then.indices else None
    for index in summed:
        if first is None or (first - index) != -1:
            continue
        alike = then.indices[1:] == otherwise.indices
        plain = all(isinstance(i, Index) for i in otherwise.indices)
        if alike and plain and condition == nodes.AtLeastZero(index - 1):
            return Factor(then, condition, otherwise, index)
    return None


def _sliced(read: Read, held: frozenset) -> bool:
    """Whether every subscript is an index of its own, or known from what is held."""
    own = [s for s in read.indices if isinstance(s, Index) and s not in held]
    return len(set(own)) == len(own) and all(
        isinstance(s, Index) or free_indices(s) <= held for s in read.indices
    )


def indices_of(factor: Factor, held) -> list[Index]:
    """The indices that are axes of what a factor is written as."""
    if factor.shifted is not None:
        return [factor.shifted, *factor.read.indices[1:]]
    return [s for s in factor.read.indices if isinstance(s, Index) and s not in held]


def _is_matrix_product(left, right, total: nodes.Sum, equation: Equation, held) -> bool:
    a, b = set(indices_of(left, held)), set(indices_of(right, held))
    out = {i for i in equation.indices if i not in held}
    summed = set(total.indices)
    if summed & set(equation.indices) or not summed <= a & b:
        return False
    return a | b == out | summed and bool((a - b) | (b - a))


class ProductWriter:
    """Writes products as lines of Python, at a place where `held` indices have a value."""

    def __init__(self, code: Code, equation: Equation, held: Sequence[Index] = ()):
        self.code, self.held = code, frozenset(held)
        self.equation = equation
        self.out = [i for i in equation.indices if i not in self.held]
        self.extents = dict(equation.ranges)

    def target(self) -> str:
        """What is written, as an array over the indices that are not held."""
        return self._sliced(self.equation.lhs)

    def lines(self, product: Product, first: bool) -> list[str]:
        """`first` puts the product in the place of what was there; else it is added."""
        a, b = (indices_of(f, self.held) for f in (product.left, product.right))
        left, right = product.left, product.right
        k = [i for i, _ in product.summed]
        g = [i for i in self.out if i in a and i in b]
        rows = [i for i in self.out if i in a and i not in b]
        if self.out and rows and self.out[-1] in rows:
            left, right, a, b = right, left, b, a
            rows = [i for i in self.out if i in a and i not in b]
        columns = [i for i in self.out if i in b and i not in a]
        extents = {**self.extents, **dict(product.summed)}
        one = self._matrix(left, [g, rows, k], a, extents)
        two = self._matrix(right, [g, k, columns], b, extents)
        order = [*g, *rows, *columns]
        if first and order == self.out and product.scale == 1:
            shape = self._shape([g, rows, columns], extents)
            target = self.target() + (f".reshape({shape})" if shape else "")
            return [f"np.matmul({one}, {two}, out={target})"]
        value = f"np.matmul({one}, {two})"
        shape = f"({', '.join(self.code.whole(extents[i]) for i in order)},)"
        if len(order) != 2 or not rows or not columns:
            value += f".reshape({shape})"
        if order != self.out:
            value += f".transpose({tuple(order.index(i) for i in self.out)})"
        if product.scale != 1:
            value += f" * {self.code.real(product.scale, 3)}"
        return [f"{self.target()}[...] {'=' if first else '+='} {value}"]

    def _matrix(self, factor: Factor, groups: list, have: list, extents) -> str:
        """A factor as a (stack of) matrices, its axes in the groups' order."""
        order = [i for group in groups for i in group]
        text = self._array(factor)
        if order != have:
            text += f".transpose({tuple(have.index(i) for i in order)})"
        shape = self._shape(groups, extents)
        return text + (f".reshape({shape})" if shape else "")

    def _shape(self, groups: list, extents) -> str:
        """The shape of matrices whose axes are groups of indices; "" if it is that already."""
        if len(groups[0]) <= 1 and all(len(group) == 1 for group in groups[1:]):
            return ""
        sizes = ["*".join(self.code.whole(extents[i], 3) for i in group) or "1" for group in groups]
        return f"({', '.join(sizes if groups[0] else sizes[1:])})"

    def _array(self, factor: Factor) -> str:
        if factor.shifted is not None:
            name = self.code.spelling.tensor(tensor_name(factor.read))
            start = self.code.spelling.tensor(tensor_name(factor.otherwise))
            return f"np.concatenate(({start}[None], {name}[:-1]))"
        text = self._sliced(factor.read)
        if factor.condition is None:
            return text
        test = self.code.condition(factor.condition)
        return f"({text} if {test} else {self._sliced(factor.otherwise)})"

    def _sliced(self, read: Read) -> str:
        name = self.code.spelling.tensor(tensor_name(read))
        picked = [
            ":" if isinstance(s, Index) and s not in self.held else self.code.whole(s)
            for s in read.indices
        ]
        while picked and picked[-1] == ":":
            picked.pop()
        return f"{name}[{', '.join(picked)}]" if picked else name


def points(equation: Equation, product: Product) -> Expr:
    """How many products are added up."""
    result: Expr = Integer(1)
    for _, extent in (*equation.ranges, *product.summed):
        result = result * extent
    return result
