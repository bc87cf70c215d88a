"""Inverses inside of formulas, and those that a log-determinant's derivative needs.

`w[i] = Sum[j](Inverse[i, j](G[i, j]) * r[j])` holds an inverse; it gets an equation of its own,
G_inv = G⁻¹, as every tensor has that is computed; so do a log-determinant inside of a formula, and
a matrix that is one. The derivative of `LogDet[i, j](G[i, j])` needs the inverse too, which is
added unless the file says it: ∂ log det G/∂G[i, j] = G⁻¹[j, i].
"""

from __future__ import annotations

from typing import Protocol, cast

from sympy import Expr

from deltarule.expressions.matrices import Inverse, LogDet, matrix_indices
from deltarule.expressions.nodes import Read, free_indices, read, tensor_name, walk
from deltarule.expressions.rebuild import outermost, with_part
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.networks.argmax_equations import unused_name
from deltarule.networks.equations import Equation, bind
from deltarule.networks.index_extents import extents
from deltarule.networks.tensors import Tensor


class Lines(Protocol):
    """The page of a file, as far as equations are added to it."""

    tensors: dict[str, Tensor]
    equations: list[Equation]
    extents: dict[Index, Expr]

    def place(self) -> str: ...


class Inverses:
    """The tensors that hold inverses and log-determinants, each matrix's once."""

    def __init__(self):
        self._known: dict[Inverse | LogDet, Read] = {}

    def taken(self, rhs: Expr, page: Lines, name: str) -> Expr:
        """A right-hand side that reads what is inverted in it; its equations go to the page.

        `name` is what the equation gives. One that is an inverse or a log-determinant itself is
        left as it is, of a tensor.
        """
        if not rhs.has(Inverse, LogDet):
            return rhs
        if isinstance(rhs, Inverse | LogDet):
            return _of_a_tensor(rhs, page, name)
        return outermost(
            rhs, lambda n: self.of(n, page, name) if isinstance(n, Inverse | LogDet) else None
        )

    def of(self, node: Inverse | LogDet, page: Lines, name: str) -> Read:
        """The entry of the tensor that holds it, in an equation of `name`."""
        if node not in self._known:
            self._known[node] = written(node, page, name)
        return self._known[node]


def written(node: Inverse | LogDet, page: Lines, name: str) -> Read:
    """The read of a new tensor that holds it, whose equation goes to the page."""
    node = _of_a_tensor(node, page, name)
    body = cast(Read, node.args[0])
    matrix = tensor_name(body)
    if isinstance(node, LogDet):
        return _line(f"{matrix}_logdet", body, node, node.indices, (), page)
    extent = node.args[3]
    return _line(f"{matrix}_inv", body, node, matrix_indices(node), (extent, extent), page)


def _of_a_tensor(node: Inverse | LogDet, page: Lines, name: str) -> Inverse | LogDet:
    """The same of a matrix that is a tensor, with an equation of its own."""
    body = node.args[0]
    if isinstance(body, Read):
        return node
    pair = matrix_indices(node) if isinstance(node, Inverse) else node.indices
    extent = node.args[3] if isinstance(node, Inverse) else node.ranges[0][1]
    own = f"{name}_matrix" if name else "matrix"
    matrix = _line(own, body, body, pair, (extent, extent), page)
    return cast(Inverse | LogDet, with_part(node, 0, matrix))


def _line(
    name: str, body: Expr, rhs: Expr, pair: tuple[Index, ...], square: tuple[Expr, ...], page: Lines
) -> Read:
    """The read of a new tensor of matrices, or of numbers if `square` is empty; its equation goes
    to the page.

    Its other axes are those of the indices that `body` has besides the pair of row and column.
    """
    around = {**extents(body, page.tensors, page.place(), known=page.extents), **page.extents}
    others = tuple(sorted(free_indices(body) - {*pair}, key=str))
    own = unused_name(name, page.tensors)
    tensor = Tensor(own, (*(around[i] for i in others), *square), "intermediate")
    page.tensors[own] = tensor
    at = (*others, *pair) if square else others
    page.equations.append(bind(at, rhs, tensor, page.tensors, page.place(), page.extents))
    return read(own, *at)


def with_inverses(page: Lines) -> None:
    """Adds the inverses that derivatives of log-determinants need, and that no equation gives."""
    known = [e for e in page.equations if isinstance(e.rhs, Inverse)]
    for equation in tuple(page.equations):
        for node in walk(equation.rhs):
            if isinstance(node, LogDet) and not any(_is_of(e, node) for e in known):
                row, column = node.indices
                extent = node.ranges[0][1]
                written(Inverse(node.body, row, column, extent), page, equation.name)
                known.append(page.equations[-1])


def _is_of(equation: Equation, node: LogDet) -> bool:
    """Whether an equation gives the inverse of a log-determinant's matrix."""
    body = equation.rhs.args[0]
    pairs = zip(getattr(body, "indices", ()), getattr(node.body, "indices", ()), strict=False)
    table = {k: v for k, v in pairs if k in equation.indices}
    return substitute(body, table) == node.body
