"""Sums that are added up in what they are assigned to, with a free index innermost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Add, Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.bounds import tight
from deltarule.expressions.nodes import free_indices, read
from deltarule.expressions.substitution import rename_bound
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.blocked_sums import is_many, write_long_columns
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.loop_nest import Loops
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.lowering.strides import along
from deltarule.networks.equations import Equation


@dataclass(frozen=True)
class InPlace:
    """A sum, what is added to it, and the free index that should be innermost."""

    total: nodes.Sum
    rest: Expr
    innermost: Index


def match(site: Site) -> InPlace | None:
    """A sum whose numbers lie closer together along a free index than along its own."""
    equation = site.collapsed.equation
    terms = Add.make_args(equation.rhs)
    sums = [t for t in terms if isinstance(t, nodes.Sum) and t.ranges]
    if len(sums) != 1 or not equation.subscripts or equation.rhs.has(nodes.Max):
        return None
    total = rename_bound(sums[0], {i.name for i in equation.indices})
    last = equation.subscripts[-1]
    if any(
        isinstance(c, nodes.Equal) and i in c.args
        for c in total.conditions
        for i in equation.indices
    ):
        rest = Add(*(t for t in terms if t is not sums[0]))
        return InPlace(total, rest, last)
    if site.code.plain:
        return None
    own = max(along(total.body, i) for i in total.indices)
    if not isinstance(last, Index) or along(total.body * equation.lhs, last) <= own + 1:
        return None
    rest = Add(*(t for t in terms if t is not sums[0]))
    if any(read(equation.name).base == r.base for r in nodes.reads(equation.rhs)):
        return None
    return InPlace(total, rest if rest != 0 else Integer(0), last)


def emit(plan: InPlace, site: Site, out: Emitter) -> None:
    """What is added to the sum, and then the sum."""
    equation = out.collapsed(site)
    loops = SumsInPlace(out, site.loop_indices)
    loops.assign(plan.rest, equation, site.waiting, list(site.loop_indices))
    loops.accumulate(plan, equation, site.waiting, list(site.loop_indices))


class SumsInPlace(Loops):
    """Writes sums as lhs += body."""

    def accumulate(self, plan: InPlace, equation: Equation, ranges: list, known: list) -> None:
        """The loops over all indices, the innermost one last."""
        total, innermost = plan.total, plan.innermost
        outer = [r for r in ranges if r[0] != innermost]
        last = [r for r in ranges if r[0] == innermost]
        inner = {i for i, _ in total.ranges}
        late = [r for r in outer if any(_names(c, r[0]) & inner for c in total.conditions)]
        outer = [r for r in outer if r not in late]
        spans, tests = tight((*outer, *total.ranges, *late, *last), total.conditions)
        target = self.code.access(equation.lhs)

        def in_place() -> None:
            self.nest(
                total.body,
                spans,
                list(tests),
                known,
                lambda body: [f"{target} += {self.code.real(body)}"],
                outer=bool(outer) and not known,
            )

        self._few_or_many(total, ranges, known, equation, in_place)

    def _few_or_many(self, total, ranges, known, equation: Equation, few: Callable) -> None:
        """A sum in place: of few terms as they come, of many in blocks where that matters."""
        test, last = is_many(self.code, total), ranges[-1:]
        if not test or [i for i, _ in last] != list(equation.subscripts[-1:]):
            few()
            return
        with self.lines.block(f"if {test}:"):
            few()
        with self.lines.block("else:"):
            target = self.code.access(equation.lhs)
            write_long_columns(self, total, tuple(ranges[:-1]), last[0], known, target)


def _names(condition, index: Index) -> set[Index]:
    """The indices that a condition `index = e` sets it by."""
    if not isinstance(condition, nodes.Equal) or index not in condition.args:
        return set()
    return set(free_indices(condition)) - {index}
