"""Which equations are computed row by row, and what a row is made of."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Dummy, Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.nodes import AtLeastZero, Reduction, walk
from deltarule.expressions.substitution import rename_bound, substitute
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.polyphase_windows import Windows, subscripts, windows
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.lowering.strides import along
from deltarule.networks.equations import Equation

#: With more taps a window's rows are gone through one after the other.
TAPS = 9


@dataclass(frozen=True)
class Row:
    """An equation lhs = finish(total), its windows, and what the row holds before any is added.

    `finish` is None where the row holds the result when the last term has been added.
    """

    equation: Equation
    total: Reduction
    windows: Windows
    start: Expr
    result: Dummy
    finish: Expr | None

    @property
    def in_steps(self) -> bool:
        """Whether the row is added to several times."""
        ranges, tests = self.windows.rows
        return bool(ranges or tests)


def match(site: Site) -> Row | None:
    """How an equation is computed by rows; None where other loops do better."""
    if site.code.complex:
        return None
    equation, loop_indices = site.collapsed.equation, site.loop_indices
    written = equation.subscripts
    if not written or any(not isinstance(s, Index) for s in written):
        return None
    last = written[-1]
    found = _total(equation)
    if last in loop_indices or found is None or equation.name in equation.read_names():
        return None
    total = rename_bound(found, {i.name for i in equation.indices})
    seen = windows(total, last, dict(equation.ranges)[last])
    if seen is None or not _worth(total, seen, equation):
        return None
    result = Dummy("total", real=True)
    alone = found in (equation.rhs, nodes.Sum(equation.rhs, [], found.conditions))
    finish = result if alone else equation.rhs.xreplace({found: result})
    start: Expr = Integer(0)
    rest = finish - result
    if isinstance(total, nodes.Sum) and result not in rest.free_symbols and seen.rows != ((), ()):
        start, finish = rest, result
    return Row(equation, total, seen, start, result, None if finish == result else finish)


def _total(equation: Equation) -> Reduction | None:
    """The only reduction of an equation, a sum or a maximum; or what is read in steps without one,
    as a sum of it alone."""
    if any(isinstance(n, (nodes.Selection, nodes.Carried)) for n in walk(equation.rhs)):
        return None
    found = [n for n in walk(equation.rhs) if isinstance(n, Reduction)]
    if not found and _in_steps(equation):
        return nodes.Sum(equation.rhs, [], [AtLeastZero(equation.subscripts[-1])])
    if len(set(found)) != 1:
        return None
    known = type(found[0]) is nodes.Sum or isinstance(found[0], nodes.Max)
    return found[0] if known else None


def _in_steps(equation: Equation) -> bool:
    """Whether a subscript is a quotient of the last index: ⌊j/2⌋ where windows lie side by side."""
    last = equation.subscripts[-1]
    found = subscripts(equation.rhs)
    return any(isinstance(s, nodes.FloorQuotient) and last in s.free_symbols for s in found)


def _worth(total: Reduction, seen: Windows, equation: Equation) -> bool:
    """Whether the last index should be innermost."""
    if any(isinstance(c, nodes.Equal) for c in total.conditions):
        return False
    if seen.stride > 1 or seen.columns[0]:
        return True
    if not total.ranges:
        return False
    own = max(along(total.body, i) for i in total.indices)
    return along(total.body * equation.lhs, equation.subscripts[-1]) > own + 1


def whole_rows(row: Row) -> tuple[list, tuple] | None:
    """The tests that all rows of a window lie inside, and its phases with the taps of all rows.

    None where the rows are not few and known beforehand.
    """
    seen = row.windows
    ranges, tests = seen.rows
    if any(not n.is_Integer for _, n in ranges) or not (seen.columns[0] or seen.stride > 1):
        return None
    if any(not isinstance(t, AtLeastZero) for t in tests):
        return None
    tables = [{}]
    for index, extent in ranges:
        tables = [{**t, index: Integer(k)} for t in tables for k in range(int(extent))]
    if len(tables) * max(map(len, seen.phases)) > TAPS:
        return None
    needed: dict[Expr, Expr] = {}
    for test in (substitute(t, table) for t in tests for table in tables):
        number, rest = test.args[0].expand().as_coeff_Add()
        needed[rest] = min(number, needed.get(rest, number))
    phases = tuple(
        tuple((substitute(b, t), {**v, **t}) for t in tables for b, v in taps)
        for taps in seen.phases
    )
    start_is_kept = row.finish is None and row.start != 0
    return None if start_is_kept else ([AtLeastZero(n + r) for r, n in needed.items()], phases)
