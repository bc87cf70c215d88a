"""One equation as nested loops: what any equation can be computed with, whatever its pattern.

Reductions run where all their indices are known, as far out as that is; their ranges are as tight
as the conditions allow, and what no range expresses is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sympy import Dummy, Expr

from deltarule.expressions import functions, nodes
from deltarule.expressions.bounds import Span, tight
from deltarule.expressions.matrices import Inverse, LogDet, matrix_indices
from deltarule.expressions.nodes import (
    Choose,
    Condition,
    Read,
    Reduction,
    free_indices,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.substitution import rename_bound
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.blocked_sums import is_long, write_long_sum
from deltarule.kernels.lowering.determinants import write_inverse, write_log_determinant
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.loop_writer import LoopWriter
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.lowering.streamed_rows import StreamedRows, streams
from deltarule.kernels.lowering.strides import along
from deltarule.kernels.lowering.supported_spans import narrowed, ordered, real_ends, supports
from deltarule.kernels.python_text.real_text import Code
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


def match(site: Site) -> Equation:
    """Any equation."""
    return site.collapsed.equation


def emit(plan: Equation, site: Site, out: Emitter) -> None:
    """Loops over the indices of the left-hand side, and within them those of reductions."""
    out.collapsed(site)
    loops = Loops(out, site.loop_indices, site.equation in out.matcher.unread)
    loops.assign(plan.rhs, plan, site.waiting, list(site.loop_indices))


def lies_inside(
    node: Reduction, extents: Mapping[Index, Expr], tensors: Mapping[str, Tensor]
) -> bool:
    """Whether all that is read lies inside its tensor, without any condition: such a reduction
    need not wait behind one. `extents` are those of the indices around.
    """
    extents = {**extents, **dict(node.ranges)}
    return not any(isinstance(n, Reduction) for n in walk(node.body)) and all(
        extents.get(s) == axis
        for r in reads(node)
        for s, axis in zip(r.indices, tensors[tensor_name(r)].axes, strict=True)
    )


class Loops(LoopWriter):
    """Writes equations as loops."""

    #: The rows that are being written, where they may be written past the cache.
    rows: StreamedRows | None = None

    # ---- free indices ---------------------------------------------------------------------
    def assign(self, rhs: Expr, equation: Equation, waiting: list, known: list[Index]) -> None:
        """Loops over the indices of the left-hand side, what is known already going first."""
        self.extents.update(equation.ranges)
        rhs = self.ready(rhs, known)
        if isinstance(rhs, Inverse) and [i for i, _ in waiting] == list(matrix_indices(rhs)):
            self.prelude.add("gaussian_elimination")
            rhs = write_inverse(rhs, self.code, self.lines)
        if not waiting:
            self.lines.add(f"{self.code.access(equation.lhs)} = {self.code.real(rhs)}")
            return
        if not known and self._streams(rhs, equation, waiting):
            self.rows = StreamedRows(self.out, equation.lhs)
        self._over(rhs, equation, waiting, known)
        if self.rows is not None and not known:
            self.rows.settle(not self.parallel)
            self.rows = None

    def _over(self, rhs: Expr, equation: Equation, waiting: list, known: list[Index]) -> None:
        """The loop over the first index that is waiting."""
        (index, extent), *waiting = waiting
        if not waiting:
            rhs = self._taken_out(rhs, index, known)
        bounds = self.code.integer(extent)
        if self.rows is not None and not waiting:
            value = self.code.real(rhs)
            self.rows.write(index, "0", bounds, 1, lambda store: self.lines.add(store(0, value)))
            return
        with self.loop(index, bounds, outermost=not known):
            self.assign(rhs, equation, waiting, [*known, index])
            if self.rows is not None and not known:
                self.rows.settle(self.parallel)

    def _streams(self, rhs: Expr, equation: Equation, waiting: list) -> bool:
        """Whether the loop along the rows of a result may write past the cache."""
        if not self.unread or self.loop_indices or len(waiting) == 1 and self.parallel:
            return False  # one row alone is what threads share
        if isinstance(rhs, Read):
            return False  # a copy, for which there is a function of C's
        return equation.subscripts == equation.indices and streams(self.out, equation.lhs, [rhs])

    def _taken_out(self, rhs: Expr, last: Index, known: list[Index]) -> Expr:
        """What the innermost loop need not read again and again is read before it."""
        if last not in free_indices(rhs) or self.code.plain:
            return rhs
        table = {}
        ahead = set(known) - {last}
        for access in _plain_reads(rhs, lambda r: set(r.indices) <= ahead):
            table[access] = Dummy("here", real=True)
            name = self.code.locals[table[access]] = self.code.spelling.fresh("here")
            whole = self.code.tensors[tensor_name(access)].integral
            value = self.code.access(access) if whole else self.code.real(access)
            self.lines.add(f"{name} = {value}")
        return rhs.xreplace(table) if table else rhs

    def ready(self, node: Expr, known: list[Index]) -> Expr:
        """Run the reductions that depend on known indices alone; they become numbers."""
        if isinstance(node, Read) or not node.args:
            return node
        if isinstance(node, Reduction):
            if free_indices(node) <= frozenset(known):
                return self._reduce(node, known)
            if node.conditions:
                return self._ready_before_tests(node, node.conditions, known)
            body = self.ready(node.body, [i for i in known if i not in node.indices])
            return with_body(node, body)
        if isinstance(node, Choose) and not isinstance(node.args[0], nodes.Positive):
            return self._choice(node, known) if node.has(Reduction) else node
        return rebuild(node, lambda part: self.ready(part, known))

    def _ready_before_tests(self, node: Expr, tests: tuple, known: list[Index]) -> Expr:
        """A guarded expression with the reductions run that need not wait for its guard.

        Behind it they are run for each entry: Σ_l x[i, l] for each j that [j ≤ i] lets by.
        """
        if frozenset().union(*map(free_indices, tests)) <= frozenset(known):
            return node
        bound = node.indices if isinstance(node, Reduction) else ()
        free = frozenset(known) - frozenset(bound)

        def change(part: Expr) -> Expr:
            if isinstance(part, Reduction) and free_indices(part) <= free:
                ahead = lies_inside(part, self.extents, self.code.tensors)
                return self._reduce(part, known) if ahead else part
            return part if isinstance(part, Choose) else rebuild(part, change)

        return rebuild(node, change)

    def _choice(self, node: Choose, known: list[Index]) -> Expr:
        """One of two values, of which only that is computed which is wanted."""
        if not free_indices(node) <= frozenset(known):
            return self._ready_before_tests(node, node.args[:1], known)
        condition, then, otherwise = node.args
        result = Dummy("choice", real=True)
        name = self.code.spelling.fresh("choice")
        with self.lines.block(f"if {self.code.condition(condition)}:"):
            self.lines.add(f"{name} = {self.code.real(self.ready(then, known))}")
        with self.lines.block("else:"):
            self.lines.add(f"{name} = {self.code.real(self.ready(otherwise, known))}")
        self.code.locals[result] = name
        return result

    # ---- reductions -----------------------------------------------------------------------
    def _reduce(self, node: Reduction, known: list[Index]) -> Expr:
        node = rename_bound(node, {i.name for i in known})
        if isinstance(node, LogDet):
            self.prelude.add("gaussian_elimination")
            return write_log_determinant(node, self.code, self.lines)
        if isinstance(node, nodes.LogSumExp):
            return self._log_sum_exp(node, known)
        result = Dummy("total", real=True)
        stem, start = next(row[1:] for row in _STARTS if isinstance(node, row[0]))
        name = self.code.spelling.fresh(stem)
        self.code.locals[result] = name
        spans, tests = self._spans(node, known)
        if any(map(real_ends, spans)):
            self._few_terms(node, spans, list(tests), known, name)
            return result
        if self.code.single and type(node) is nodes.Sum and is_long(spans, list(tests)):
            write_long_sum(self, node.body, spans, list(tests), known, name)
            return result
        self.lines.add(f"{name} = {self.code.typed(start)}")
        if isinstance(node, nodes.Max) and not self.code.complex and not self.code.plain:
            self.prelude.add("maximum")
        self.nest(
            node.body,
            spans,
            list(tests),
            known,
            lambda body: _step(node, name, self.code.real(body), self.code),
        )
        return result

    def _spans(self, node: Reduction, known: list[Index]) -> tuple[list[Span], list[Condition]]:
        """The loops of a reduction, which leave out what adds nothing, and what is tested."""
        ranges = _ordered(node)
        if type(node) is not nodes.Sum or self.code.complex:
            return tight(ranges, node.conditions)
        found = supports(node.body, ranges)
        spans, tests = tight(ordered(ranges, found), node.conditions)
        return narrowed(spans, found, known), tests

    def _few_terms(self, node: Reduction, spans: list, tests: list, known: list, name: str) -> None:
        """A sum of few terms, whose places data set, in double precision."""
        start, term, end = (
            ("0.0", "np.float64({})", "real({})")
            if self.code.single
            else (self.code.typed("0"), "{}", "")
        )
        self.lines.add(f"{name} = {start}")
        self.nest(
            node.body,
            spans,
            tests,
            known,
            lambda body: [f"{name} += {term.format(self.code.real(body))}"],
        )
        if end:
            self.lines.add(f"{name} = {end.format(name)}")

    def _log_sum_exp(self, node: nodes.LogSumExp, known: list[Index]) -> Expr:
        """m + log Σ exp(body − m), where m is the largest body; ±∞ where that is."""
        most = self._reduce(nodes.Max(node.body, node.ranges, node.conditions), known)
        shift = Dummy("shift", real=True)
        name = self.code.locals[shift] = self.code.spelling.fresh("shift")
        largest = self.code.real(most)
        part = f"{largest}.real" if self.code.complex else largest
        self.lines.add(
            f"{name} = {largest} if -np.inf < {part} < np.inf else {self.code.typed('0')}"
        )
        rest = nodes.Sum(functions.exp(node.body - shift), node.ranges, node.conditions)
        return shift + functions.log(self._reduce(rest, known))


def _plain_reads(node: Expr, wanted: Callable[[Read], bool]) -> list[Read]:
    """The wanted reads of an expression, and in subscripts, that happen whatever the values are."""
    if isinstance(node, Read) and wanted(node):
        return [node]
    if isinstance(node, Reduction) or not node.args:
        return []
    # What a choice reads may lie outside where the other case holds.
    parts = [node.args[0]] if isinstance(node, Choose) else node.args
    return list(dict.fromkeys(r for a in parts for r in _plain_reads(a, wanted)))


_STARTS = (
    (nodes.Sum, "total", "0"),
    (nodes.Max, "most", "-np.inf"),
    (nodes.Product, "product", "1"),
)


def _step(node: Reduction, name: str, value: str, code: Code) -> Iterable[str]:
    if isinstance(node, nodes.Sum):
        return [f"{name} += {value}"]
    if isinstance(node, nodes.Product):
        return [f"{name} *= {value}"]
    if code.plain:
        return [f"{name} = np.maximum({name}, {value})"]
    if not code.complex:
        return [f"{name} = larger_of({name}, {value})"]
    larger = f"value.real > {name}.real or value != value"
    return [f"value = {value}", f"if {larger}:", f"    {name} = value"]


def _ordered(node: Reduction) -> list:
    """The ranges with the one innermost along which the numbers lie closest together."""
    best = max(
        node.indices, key=lambda i: (along(node.body, i), node.indices.index(i)), default=None
    )
    return sorted(node.ranges, key=lambda r: r[0] == best)
