"""One equation as nested loops: what any equation can be computed with, whatever its pattern.

Reductions run where all their indices are known, as far out as that is; their ranges are as tight
as the conditions allow, and what no range expresses is tested. A sum whose numbers lie closer
together along a free index than along its own is added up in place, with that index innermost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sympy import Dummy, Expr

from deltarule.expressions import functions, nodes
from deltarule.expressions.bounds import tight
from deltarule.expressions.matrices import Inverse, LogDet, matrix_indices
from deltarule.expressions.nodes import Choose, Read, Reduction, free_indices, tensor_name
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.substitution import rename_bound
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.added_in_place import added_in_place
from deltarule.kernels.lowering.argmax import Selections
from deltarule.kernels.lowering.determinants import write_inverse, write_log_determinant
from deltarule.kernels.lowering.loop_writer import Spans
from deltarule.kernels.lowering.row_patterns import Row, row_of
from deltarule.kernels.lowering.strides import along
from deltarule.kernels.lowering.vector_rows import Rows
from deltarule.kernels.passes.blocked_sums import (
    is_long,
    is_many,
    write_long_columns,
    write_long_sum,
)
from deltarule.kernels.passes.collapse_axes import merged
from deltarule.kernels.passes.shared_denominators import Shares, share_of
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code
from deltarule.networks.equations import Equation


class Loops(Spans):
    """Writes equations as loops into `lines`; `prelude` collects the helpers that they call."""

    def __init__(self, code: Code, lines: Lines, parallel: bool = False):
        super().__init__(code, lines, parallel)
        self.prelude: set[str] = set()

    def equation(self, equation: Equation, held: tuple[Index, ...] = ()) -> None:
        """The loops of one equation, within loops over the indices `held`."""
        equation = self._merged(equation, held)
        ranges = [r for r in equation.ranges if r[0] not in held]
        known = list(held)
        if isinstance(equation.rhs, nodes.Selection):
            Selections(self.code, self.lines, self.parallel).write(equation, ranges, known)
            return
        row = None if self.code.complex else row_of(equation, held)
        if row is not None:
            self._row(row, ranges, held)
            return
        shared = None if self.code.complex else share_of(equation, held)
        if shared is not None:
            Shares(self.code, self.lines, self.parallel).write(shared, ranges, known)
            return
        split = added_in_place(equation)
        if split is None:
            self._free(equation.rhs, equation, ranges, known)
            return
        total, rest, innermost = split
        self._free(rest, equation, ranges, known)
        self._accumulate(total, equation, ranges, known, innermost)

    def _row(self, row: Row, ranges: list, held: tuple[Index, ...]) -> None:
        """An equation row by row; a plain sum of many terms in blocks."""
        equation, known = row.equation, list(held)

        def by_rows() -> None:
            selection = self.code.numbers.get(equation.name)
            Rows(self.code, self.lines, self.parallel).write(row, held, selection)

        test = is_many(self.code, row.total) if row.windows.plain else ""
        if not test or ranges[-1:] != [r for r in ranges if r[0] == equation.subscripts[-1]]:
            by_rows()
            return
        with self.lines.block(f"if {test}:"):
            by_rows()
        with self.lines.block("else:"):
            self._free(row.start, equation, ranges, known)
            target = self.code.access(equation.lhs)
            write_long_columns(self, row.total, tuple(ranges[:-1]), ranges[-1], known, target)
            if row.finish is not None:
                finish = row.finish.xreplace({row.result: equation.lhs})
                self._free(finish, equation, ranges, known)

    def _merged(self, equation: Equation, held: tuple[Index, ...]) -> Equation:
        """The equation over as few indices as possible, and the views that it needs."""
        equation, made, views = merged(equation, self.code.tensors, held)
        self.code.tensors.update(made)
        for name, tensor in views.items():
            lengths = [self.code.whole(n) for n in made[name].axes]
            shape = f"({', '.join(lengths)}{',' if len(lengths) == 1 else ''})"
            spell = self.code.spelling.tensor
            line = f"{spell(name)} = seen_as({spell(tensor)}, {shape})"
            if not self.lines.ends_with(line):
                self.lines.add(line)
            self.prelude.add("views")
        return equation

    # ---- free indices ---------------------------------------------------------------------
    def _free(self, rhs: Expr, equation: Equation, waiting: list, known: list[Index]) -> None:
        """Loops over the indices of the left-hand side, what is known already going first."""
        rhs = self.ready(rhs, known)
        if isinstance(rhs, Inverse) and [i for i, _ in waiting] == list(matrix_indices(rhs)):
            self.prelude.add("gaussian_elimination")
            rhs = write_inverse(rhs, self.code, self.lines)
        if not waiting:
            self.lines.add(f"{self.code.access(equation.lhs)} = {self.code.real(rhs)}")
            return
        if len(waiting) == 1:
            rhs = self._taken_out(rhs, waiting[0][0], known)
        (index, extent), *waiting = waiting
        with self.loop(index, f"{self.code.whole(extent)}", outermost=not known):
            self._free(rhs, equation, waiting, [*known, index])

    def _taken_out(self, rhs: Expr, last: Index, known: list[Index]) -> Expr:
        """What the innermost loop need not read again and again is read before it."""
        if last not in free_indices(rhs):
            return rhs
        table = {}
        for access in _plain_reads(rhs):
            if last in access.indices or not set(access.indices) <= set(known):
                continue
            table[access] = Dummy("here", real=True)
            name = self.code.locals[table[access]] = self.code.spelling.fresh("here")
            whole = self.code.tensors[tensor_name(access)].whole
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
                return node
            body = self.ready(node.body, [i for i in known if i not in node.indices])
            return with_body(node, body)
        if isinstance(node, Choose) and not isinstance(node.args[0], nodes.Positive):
            return self._choice(node, known) if node.has(Reduction) else node
        return rebuild(node, lambda part: self.ready(part, known))

    def _choice(self, node: Choose, known: list[Index]) -> Expr:
        """One of two values, of which only that is computed which is wanted."""
        if not free_indices(node) <= frozenset(known):
            return node
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
        spans, tests = tight(_ordered(node), node.conditions)
        if self.code.single and type(node) is nodes.Sum and is_long(spans, list(tests)):
            write_long_sum(self, node.body, spans, list(tests), known, name)
            return result
        self.lines.add(f"{name} = {start}")
        if isinstance(node, nodes.Max) and not self.code.complex:
            self.prelude.add("maximum")
        self.spans(
            node.body,
            spans,
            list(tests),
            known,
            lambda body: _step(node, name, self.code.real(body), self.code.complex),
        )
        return result

    def _log_sum_exp(self, node: nodes.LogSumExp, known: list[Index]) -> Expr:
        """m + log Σ exp(body − m), where m is the largest body; ±∞ where that is."""
        most = self._reduce(nodes.Max(node.body, node.ranges, node.conditions), known)
        shift = Dummy("shift", real=True)
        name = self.code.locals[shift] = self.code.spelling.fresh("shift")
        largest = self.code.real(most)
        part = f"{largest}.real" if self.code.complex else largest
        self.lines.add(f"{name} = {largest} if -np.inf < {part} < np.inf else real(0)")
        rest = nodes.Sum(functions.exp(node.body - shift), node.ranges, node.conditions)
        return shift + functions.log(self._reduce(rest, known))

    # ---- sums added up in place -----------------------------------------------------------
    def _accumulate(self, total: nodes.Sum, equation: Equation, ranges, known, innermost) -> None:
        """lhs += body, over all indices, `innermost` last."""
        outer = [r for r in ranges if r[0] != innermost]
        last = [r for r in ranges if r[0] == innermost]
        inner = {i for i, _ in total.ranges}
        late = [r for r in outer if any(_names(c, r[0]) & inner for c in total.conditions)]
        outer = [r for r in outer if r not in late]
        spans, tests = tight((*outer, *total.ranges, *late, *last), total.conditions)
        target = self.code.access(equation.lhs)

        def in_place() -> None:
            self.spans(
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


def _plain_reads(node: Expr) -> list[Read]:
    """The reads of an expression that happen whatever the values are."""
    if isinstance(node, Read):
        return [node]
    if isinstance(node, Reduction) or not node.args:
        return []
    # What a choice reads may lie outside where the other case holds.
    parts = [node.args[0]] if isinstance(node, Choose) else node.args
    return list(dict.fromkeys(r for a in parts for r in _plain_reads(a)))


_STARTS = (
    (nodes.Sum, "total", "real(0)"),
    (nodes.Max, "most", "real(-np.inf)"),
    (nodes.Product, "product", "real(1)"),
)


def _names(condition, index: Index) -> set[Index]:
    """The indices that a condition `index = e` sets it by."""
    if not isinstance(condition, nodes.Equal) or index not in condition.args:
        return set()
    return set(free_indices(condition)) - {index}


def _step(node: Reduction, name: str, value: str, complex_: bool) -> Iterable[str]:
    if isinstance(node, nodes.Sum):
        return [f"{name} += {value}"]
    if isinstance(node, nodes.Product):
        return [f"{name} *= {value}"]
    if not complex_:
        return [f"{name} = larger_of({name}, {value})"]
    larger = f"value.real > {name}.real or value != value"
    return [f"value = {value}", f"if {larger}:", f"    {name} = value"]


def _ordered(node: Reduction) -> list:
    """The ranges with the one innermost along which the numbers lie closest together."""
    best = max(
        node.indices, key=lambda i: (along(node.body, i), node.indices.index(i)), default=None
    )
    return sorted(node.ranges, key=lambda r: r[0] == best)
