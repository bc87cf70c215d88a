"""Inverses and log-determinants in kernels: the entries are laid out, then eliminated."""

from __future__ import annotations

from sympy import Dummy, Expr

from deltarule.expressions.matrices import Inverse, LogDet, matrix_indices
from deltarule.expressions.symbols import Index
from deltarule.kernels.passes.program import Pass
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code


def laid_out(body: Expr, indices: tuple[Index, Index], extent: Expr, code: Code, lines: Lines):
    """Lines that make an array of a matrix's entries; its name."""
    name = code.spelling.fresh("matrix")
    size = code.integer(extent)
    i, j = (code.spelling.symbol(index) for index in indices)
    lines.add(f"{name} = np.empty(({size}, {size}), {code.real_kind})")
    with lines.block(f"for {i} in range({size}):"), lines.block(f"for {j} in range({size}):"):
        lines.add(f"{code.entry(name, (i, j))} = {code.real(body)}")
    return name


def write_inverse(node: Inverse, code: Code, lines: Lines) -> Expr:
    """Lines that invert a matrix; its entry as an expression."""
    name = laid_out(node.args[0], matrix_indices(node), node.args[3], code, lines)
    lines.add(f"invert({name})")
    i, j = (code.spelling.symbol(index) for index in matrix_indices(node))
    result = Dummy("entry", real=True)
    code.locals[result] = code.entry(name, (i, j))
    return result


def write_log_determinant(node: LogDet, code: Code, lines: Lines) -> Expr:
    """Lines that eliminate a matrix; the logarithm of its determinant as an expression."""
    name = laid_out(node.body, node.indices, node.ranges[0][1], code, lines)
    result = Dummy("total", real=True)
    total = code.locals[result] = code.spelling.fresh("total")
    lines.add(f"{total} = log_determinant({name})")
    return result


def with_determinants(one: Pass) -> dict[str, int]:
    """The tensors that are computed with log-determinants, and their places among the arrays."""
    places = {name: k for k, name in enumerate((*one.reads, *one.writes))}
    return {e.name: places[e.name] for e in one.equations if e.rhs.has(LogDet)}
