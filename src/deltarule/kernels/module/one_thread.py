"""How long one thread takes for a program, roughly: what decides whether several are woken.

A sum, or a function, is counted once for each value of its free indices, as if it were computed
before the loops that do not change it; an index runs no further than any axis that it stands on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sympy import Expr, Function, Pow

from deltarule.expressions.nodes import Read, Reduction, free_indices, reads, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.kernels.passes.program import Program
from deltarule.kernels.python_text.real_text import Code
from deltarule.networks.equations import Equation

#: Nanoseconds, measured: for an entry that is written, for a function such as exp or a root, and
#: for a number that is added to a sum of products.
ENTRY, FUNCTION, ADDED = 0.25, 1.0, 0.03


def for_each_loop(program: Program, code: Code) -> str:
    """Nanoseconds of one thread for each loop that threads could share, as text in the sizes."""
    equations = [*program.forward.equations, *program.backward.equations]
    terms = [term for equation in equations for term in _terms(equation, code)]
    return f"({' + '.join(terms) or 0}) / {max(len(equations), 1)}"


def _terms(equation: Equation, code: Code) -> Iterator[str]:
    lengths = {index: [extent] for index, extent in equation.ranges}
    yield _term(ENTRY, equation.indices, lengths, code)
    stack = [(equation.rhs, lengths)]
    while stack:
        node, lengths = stack.pop()
        if isinstance(node, Reduction):
            lengths = {**lengths, **_bound(node, code)}
            yield _term(ADDED, (*free_indices(node), *node.indices), lengths, code)
            stack.append((node.body, lengths))
        elif not isinstance(node, Read):
            if isinstance(node, Function) or isinstance(node, Pow) and not node.exp.is_Integer:
                yield _term(FUNCTION, free_indices(node), lengths, code)
            stack += [(argument, lengths) for argument in node.args]


def _bound(node: Reduction, code: Code) -> dict[Index, list[Expr]]:
    """The lengths of the axes on which the indices of a reduction stand, and their own."""
    found = {index: [extent] for index, extent in node.ranges}
    for access in reads(node.body):
        axes = code.tensors[tensor_name(access)].axes
        for subscript, axis in zip(access.indices, axes, strict=False):
            for index in free_indices(subscript) & found.keys():
                found[index].append(axis)
    return found


def _term(
    cost: float, indices: Iterable[Index], lengths: Mapping[Index, list[Expr]], code: Code
) -> str:
    factors = [f"{cost:g}"]
    for index in sorted({*indices} & lengths.keys(), key=str):
        sizes = {code.integer(e, 3): None for e in lengths[index] if not free_indices(e)}
        factors += [f"min({', '.join(sizes)})" if len(sizes) > 1 else "".join(sizes)] * bool(sizes)
    return " * ".join(factors)
