"""Statistics and softmaxes over another axis: over the batch, over the whole array, over one part.

Axes are taken in blocks: the first one, the second one, and all others (the places) together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from sympy import Add, Dummy, Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.gradient_names import GradientName, is_gradient, tensor_of
from deltarule.expressions.nodes import LogSumExp, Read, Reduction, Sum, reads, tensor_name
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import Index, fresh
from deltarule.marking.mistakes.changed import consumers, through
from deltarule.marking.mistakes.context import Context, Wrong, over_the_wrong_axis
from deltarule.marking.mistakes.positions import reductions_in
from deltarule.spelling.text import text
from deltarule.tracing.lines import Line

Ranges = tuple[tuple[Index, Expr], ...]


@dataclass(frozen=True)
class Statistic:
    """One number for each entry of some axes of an array, from a sum over the other axes.

    `place` are the indices by which the sum reads the array.
    """

    formula: Expr
    inner: Reduction
    place: tuple[Index, ...]
    extents: tuple[Expr, ...]

    @property
    def summed(self) -> frozenset[int]:
        """The axes over which it is summed."""
        return frozenset(p for p, i in enumerate(self.place) if i in self.inner.indices)

    def divided_by_as_many(self) -> bool:
        """Whether it is a mean."""
        factor = self.formula.xreplace({self.inner: Integer(1)})
        return (factor * self.number(self.summed)).is_number

    def number(self, axes: frozenset[int]) -> Expr:
        """How many entries some axes have together."""
        return nodes.multiply(self.extents[p] for p in sorted(axes))


def other_axis(context: Context) -> Iterator[Wrong]:
    """Statistics over the batch where they belong over the units, and the like."""
    found = statistics_of(context)
    if not found:
        return
    first = next(iter(found.values()))
    if tuple(n for _, n in context.equation.ranges) != first.extents:
        return
    for cost, axes in other_axes(context, first):
        formula = over_axes(context, context.line, found, axes)
        if formula is None:
            return
        also = (
            tuple(
                (name, turned)
                for name, line in context.lines.items()
                if line.phase == "forward"
                and name != context.line.quantity
                and (turned := over_axes(context, line, found, axes)) is not None
            )
            if context.line.phase == "backward"
            else ()
        )
        over = ", ".join(text(first.place[p]) for p in sorted(axes))
        rightly = ", ".join(text(first.place[p]) for p in sorted(first.summed))
        for lines in dict.fromkeys((also, ())):
            yield Wrong(
                "another axis",
                cost if lines == also else cost + 0.2,
                formula,
                over_the_wrong_axis("the statistics run", "they belong", over, rightly),
                lines,
            )


def statistics_of(context: Context) -> dict[str, Statistic]:
    """The statistics of the forward equations, and the gradients of these, of one array."""
    forward = {
        e.name: s
        for e in context.network.equations
        if (s := _statistic(context, e.rhs, e.ranges)) is not None
    }
    first = next(iter(forward.values()), None)
    if first is None:
        return {}
    found: dict[str, Statistic] = {}
    for name, line in context.lines.items():
        if tensor_of(name) in forward:
            own = _of_line(context, line, forward)
            if own and (own.extents, own.summed) == (first.extents, first.summed):
                found[name] = own
    return found


def _of_line(context: Context, line: Line, forward: Mapping[str, object]) -> Statistic | None:
    """A line as a statistic, or its gradient without the path through other statistics.

    That path adds nothing: the entries less their mean come to 0.
    """
    own = _statistic(context, line.equation.rhs, line.equation.ranges)
    if own is not None or line.phase != "backward":
        return own
    there = replace(context, line=line)
    formula = through(there, consumers(there))
    direct = (
        []
        if formula is None
        else [
            term
            for term in Add.make_args(formula)
            if not any(
                (found := GradientName.parse(tensor_name(r))) and found.wrt in forward
                for r in reads(term)
            )
        ]
    )
    return _statistic(context, Add(*direct), line.equation.ranges) if direct else None


def _statistic(context: Context, formula: Expr, ranges: Ranges) -> Statistic | None:
    sums = [node for node in reductions_in(formula) if isinstance(node, (Sum, LogSumExp))]
    tensors = context.network.tensors
    if (
        len(sums) != 1
        or not ranges
        or not sums[0].ranges
        or sums[0].conditions
        or any(
            tensors[t].role == "parameter" for t in map(tensor_name, reads(formula)) if t in tensors
        )
    ):
        return None
    known = dict((*ranges, *sums[0].ranges))
    for access in reads(sums[0].body):
        if set(access.indices) == set(known) and len(access.indices) == len(known):
            extents = tuple(known[i] for i in access.indices)
            return Statistic(formula, sums[0], tuple(access.indices), extents)
    return None


def other_axes(context: Context, statistic: Statistic) -> Iterator[tuple[float, frozenset[int]]]:
    """Other axes to sum over, blocks of them, that come to another number."""
    rank = len(statistic.extents)
    blocks = [b for b in ((0,), (1,), tuple(range(2, rank))) if b]
    long = {p for p in range(rank) if context.extent(statistic.extents[p]) > 1}
    seen = {statistic.summed & long}
    for few in range(1, len(blocks) + 1):
        for chosen in combinations(blocks, few):
            axes = frozenset(p for b in chosen for p in b) & long
            if axes and axes not in seen:
                seen.add(axes)
                yield (4.2 if few < len(blocks) else 4.5), axes


def over_axes(
    context: Context, line: Line, found: dict[str, Statistic], axes: frozenset[int]
) -> Expr | None:
    """A line with its statistics taken over these axes; None if it reads none.

    Each statistic is put in as what it would be.
    """
    first = next(iter(found.values()))
    means = {n for n, s in found.items() if not is_gradient(n) and s.divided_by_as_many()}
    formula = _plain(context, line)
    if formula is None or tuple(n for _, n in line.equation.ranges) != first.extents:
        return None
    if not any(tensor_name(r) in found for r in reads(formula)):
        return None
    ratio = first.number(first.summed) / first.number(axes)
    taken = {i.name for i in line.equation.indices} | nodes.index_names(formula)

    def put_in(expression: Expr, at: tuple[Index, ...]) -> Expr:
        def value(access: Read) -> Expr:
            statistic = found.get(tensor_name(access))
            if statistic is None:
                return access
            mean = tensor_of(tensor_name(access)) in means
            return over(statistic, at) * (ratio if mean else 1)

        return replace_reads(expression, value)

    def over(statistic: Statistic, at: tuple[Index, ...]) -> Expr:
        new = list(at)
        for p in sorted(axes):
            new[p] = fresh(statistic.place[p].name, taken)
            taken.add(new[p].name)
        ranges = [(new[p], statistic.extents[p]) for p in sorted(axes)]
        body = substitute(statistic.inner.body, dict(zip(statistic.place, new, strict=True)))
        inner, stands = type(statistic.inner)(put_in(body, tuple(new)), ranges), Dummy()
        around = statistic.formula.xreplace({statistic.inner: stands})
        placed = substitute(around, dict(zip(statistic.place, at, strict=True)))
        return put_in(placed, at).xreplace({stands: inner})

    return put_in(formula, line.equation.indices)


def _plain(context: Context, line: Line) -> Expr | None:
    """A forward formula, or a gradient by the chain rule alone, which reads all statistics."""
    if line.quantity != context.line.quantity or line.phase != "backward":
        return line.equation.rhs
    return through(context, consumers(context))
