"""Axes: a sum over some of its indices only, sums and statistics over another axis."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from sympy import Expr, Integer

from deltarule.checking.lines import Line
from deltarule.marking.mistakes.changed import consumers, through
from deltarule.marking.mistakes.scene import Scene, Wrong
from deltarule.marking.mistakes.sites import sites
from deltarule.notation import nodes
from deltarule.notation.equations import Equation
from deltarule.notation.nodes import (
    Read,
    Reduction,
    Sum,
    free_indices,
    read,
    reads,
    tensor_name,
)
from deltarule.notation.substitution import replace_reads, substitute
from deltarule.notation.symbols import Index
from deltarule.notation.text import text


def some_of_the_sum(scene: Scene) -> Iterator[Wrong]:
    """Summed over the batch but not over the places, and the like; or a mean over some."""
    for site in sites(scene.equation.rhs):
        node = site.node
        if not isinstance(node, Sum):
            continue
        long = [i for i, n in node.ranges if scene.extent(n) > 1]
        for few in range(2, len(long) + 1):
            for fixed in combinations(long, few):
                kept = ", ".join(text(i) for i in long if i not in fixed)
                summed = f"summed over {kept} alone" if kept else "not summed at all"
                yield Wrong(
                    "one path only", 4.5, site.replaced(_first(node, fixed)),
                    f"{summed}: only the first of {_listed(fixed)} is taken",
                )
        for few in range(1, len(long)):
            for mean in combinations(long, few):
                number = nodes.multiply(n for i, n in node.ranges if i in mean)
                yield Wrong(
                    "mean for sum", 4.7, site.replaced(node / number),
                    f"the mean over {_listed(mean)} stands for the sum",
                )


def _listed(indices: tuple[Index, ...]) -> str:
    return ", ".join(text(i) for i in indices)


def _first(node: Sum, fixed: tuple[Index, ...]) -> Expr:
    table = dict.fromkeys(fixed, Integer(0))
    return Sum(
        substitute(node.body, table),
        [r for r in node.ranges if r[0] not in fixed],
        [substitute(c, table) for c in node.conditions],
    )


def along_another(scene: Scene) -> Iterator[Wrong]:
    """Softmax down the batch: what is summed over the places of a free index runs over another."""
    free = {i: scene.extent(n) for i, n in scene.equation.ranges}
    for site in sites(scene.equation.rhs):
        node = site.node
        if not isinstance(node, Reduction) or len(node.ranges) != 1 or node.conditions:
            continue
        ((bound, length),) = node.ranges
        inside = free_indices(node.body)
        own = [i for i, n in free.items() if n == scene.extent(length) and i not in inside]
        for there, other in product(own, (i for i in free if i in inside and free[i] > 1)):
            extent = dict(scene.equation.ranges)[other]
            turned = substitute(node.body, {bound: there, other: bound})
            yield Wrong(
                "another axis", 4.5, site.replaced(node.func(turned, [(bound, extent)])),
                f"it runs over {text(other)} where it belongs over {text(there)}",
            )


def other_axis(scene: Scene) -> Iterator[Wrong]:
    """Statistics over the batch where they belong over the units, or the other way round."""
    statistics = _statistics(scene)
    formula = _turned(scene, scene.line, statistics)
    if formula is None:
        return
    also = tuple(
        (name, turned) for name, line in scene.lines.items()
        if line.phase == "forward" and name != scene.line.quantity
        and (turned := _turned(scene, line, statistics)) is not None
    ) if scene.line.phase == "backward" else ()
    for lines in dict.fromkeys((also, ())):
        yield Wrong(
            "another axis", 4.2 if lines == also else 4.4, formula,
            "the statistics are taken over the wrong axis", lines,
        )


def _statistics(scene: Scene) -> dict[str, Equation]:
    """The lines that sum a matrix over one axis, one number for each entry of the other one.

    Those of the forward equations, and the gradients of these.
    """
    forward = {e.name for e in scene.network.equations if _sums_a_matrix(scene, e)}
    return {
        name: line.equation for name, line in scene.lines.items()
        if name.rpartition("/d")[2] in forward and _sums_a_matrix(scene, line.equation)
    }


def _sums_a_matrix(scene: Scene, equation: Equation) -> bool:
    sums = [s.node for s in sites(equation.rhs) if isinstance(s.node, Sum)]
    tensors = scene.network.tensors
    return (
        len(equation.indices) == 1 and len(sums) == 1 and len(sums[0].ranges) == 1
        and any(set(r.indices) == {*equation.indices, *sums[0].indices}
                for r in reads(sums[0].body))
        and all(t not in tensors or tensors[t].role != "parameter"
                for t in equation.read_names())
    )


def _turned(scene: Scene, line: Line, statistics: dict[str, Equation]) -> Expr | None:
    """A line with its statistics taken over the other axis; None if it has none.

    All is as if the matrices stood transposed: sums run over the other axis, and each statistic
    is put in as what it would be.
    """
    if len(line.equation.ranges) != 2:
        return None
    formula = _plain(scene, line)
    (row, rows), (column, columns) = line.equation.ranges
    used = [r for r in reads(formula) if tensor_name(r) in statistics] if formula else []
    if not used or any(r.indices != used[0].indices for r in used):
        return None
    exchange = {row: column, column: row, rows: columns, columns: rows}

    def back(access: Read) -> Expr:
        name = tensor_name(access)
        if name in statistics:
            return _over_the_other(statistics[name], access, exchange, back)
        if len(access.indices) == 2:
            return read(name, *access.indices[::-1])
        return access.func(access.base, *(exchange.get(s, s) for s in access.indices))

    return replace_reads(substitute(formula, exchange), back)


def _plain(scene: Scene, line: Line) -> Expr | None:
    """A forward formula, or a gradient by the chain rule alone, which reads all statistics."""
    if line.quantity != scene.line.quantity or line.phase != "backward":
        return line.equation.rhs
    return through(scene, consumers(scene))


def _over_the_other(equation: Equation, access: Read, exchange: dict, back) -> Expr:
    inner = next(s.node for s in sites(equation.rhs) if isinstance(s.node, Sum))
    ((index, extent),) = equation.ranges
    ((bound, length),) = inner.ranges
    stands = Index(f"{bound.name} of {equation.name}")
    renamed = Sum(substitute(inner.body, {bound: stands}), [(stands, length)])
    rhs = equation.rhs.xreplace({inner: renamed})
    table = {extent: length, length: extent, index: access.indices[0]}
    return replace_reads(substitute(rhs, table), back)
