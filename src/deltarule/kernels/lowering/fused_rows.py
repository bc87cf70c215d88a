"""Equations entry by entry, over the same indices, as one nest of loops.

What one of them writes, the next has in a register; what they read of one time, or of h[t − 1] and
h₀ in its place, is one array that is picked before the loops, so that these have no branches.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack

from sympy import Basic, Dummy, Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.conditions import Condition
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.nodes import Choose, Read, free_indices, reads, tensor_name, walk
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.kernels.passes.infer_bounds import Inside
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code
from deltarule.networks.equations import Equation


def entrywise(equation: Equation, known: Sequence[Index]) -> bool:
    """Whether an equation within loops over `known` has entries that need no loop of their own."""
    own = [s for s in equation.subscripts if s not in known]
    if not own or any(not isinstance(s, Index) for s in equation.subscripts):
        return False
    if list(equation.subscripts) != [*equation.subscripts[: -len(own)], *own]:
        return False
    return all(_simple(n, frozenset(known)) for n in walk(equation.rhs))


def _simple(node: Expr, known: frozenset) -> bool:
    if isinstance(node, nodes.Reduction):
        plain = type(node) is nodes.Sum and not node.ranges
        return plain and all(free_indices(c) <= known for c in node.conditions)
    return not isinstance(node, Inverse | LogDet | nodes.Selection)


class FusedRows:
    """Equations that wait to be written as one nest, within loops over `known`.

    `part` is an axis, and the first and the last entry (exclusive) of it that are written.
    `unkept` are tensors that are not written where all that read them stand in the same nest.
    """

    def __init__(
        self,
        code: Code,
        lines: Lines,
        known: Sequence[Index],
        part: tuple[int, str, str] | None,
        unkept: Mapping[str, Collection[str]],
    ):
        self.unkept = unkept
        self.code, self.lines, self.known = code, lines, tuple(known)
        self.part = part
        self._members: list[Equation] = []

    def add(self, equation: Equation) -> None:
        """One more equation; what waits is written before where it has other loops, or is needed
        at other entries.
        """
        if self._members and not self._joins(equation):
            self.write()
        self._members.append(equation)

    def before(self, names: set[str]) -> None:
        """What follows needs some tensors, or writes them: what waits for them is written."""
        if any({e.name, *e.read_names()} & names for e in self._members):
            self.write()

    def write(self) -> None:
        """The nest; nothing where nothing waits."""
        members, self._members = self._members, []
        if members:
            _Nest(self, self._own(members[0])).write(members)

    def _own(self, equation: Equation) -> list[Index]:
        return [s for s in equation.subscripts if s not in self.known]

    def _joins(self, equation: Equation) -> bool:
        first = self._members[0]
        extents, others = dict(first.ranges), dict(equation.ranges)
        own, other = self._own(first), self._own(equation)
        if [extents[i] for i in own] != [others[i] for i in other]:
            return False
        if len(first.subscripts) - len(own) != len(equation.subscripts) - len(other):
            return False
        written = {e.name: e for e in self._members}
        for access in reads(equation.rhs):
            writer = written.get(tensor_name(access))
            if writer is None:
                continue
            count = len(self._own(writer))
            now = access.indices[:-count] == writer.subscripts[:-count]
            if now and list(access.indices[-count:]) != other:
                return False
        return equation.name not in written


class _Nest:
    """The text of one nest: picks before the loops, statements inside."""

    def __init__(self, rows: FusedRows, own: list[Index]):
        self.rows, self.code, self.own = rows, rows.code, own
        self.known = frozenset(rows.known)
        self.picks: list[str] = []
        self.inside: list[str] = []
        self._arrays: dict[tuple, str] = {}
        self._numbers: list[Expr] = []

    def write(self, members: Sequence[Equation]) -> None:
        fresh, names = self.code.spelling.fresh, {e.name for e in members}
        unkept = {n for n, readers in self.rows.unkept.items() if names.issuperset(readers)}
        for e in members:
            own = [s for s in e.subscripts if s not in self.known]
            table = dict(zip(own, self.own, strict=True))
            lhs, rhs = substitute(e.lhs, table), substitute(e.rhs, table)
            value = self.code.real(self._ready(rhs, ()))
            name = fresh("value")
            self.inside.append(f"{name} = {value}")
            if e.name not in unkept:
                self.inside.append(f"{self._place(lhs, ()) or self.code.access(lhs)} = {name}")
            self._called(lhs, name)
        lines, extents = self.rows.lines, dict(members[0].ranges)
        lines.add(*self.picks)
        with ExitStack() as stack:
            for k, index in enumerate(self.own, len(members[0].subscripts) - len(self.own)):
                bounds = self.code.integer(extents[index])
                if self.rows.part is not None and self.rows.part[0] == k:
                    bounds = ", ".join(self.rows.part[1:])
                head = f"for {self.code.spelling.symbol(index)} in range({bounds}):"
                stack.enter_context(lines.block(head))
            lines.add(*self.inside)
        for number in self._numbers:
            del self.code.locals[number]

    def _called(self, node: Expr, name: str) -> Expr:
        """The node, written from now on as a name."""
        self.code.locals[node] = name
        self._numbers.append(node)
        return node

    # ---- what is read -----------------------------------------------------------------------
    def _ready(self, node: Expr, guards: tuple) -> Expr:
        """The expression with what it reads of one time as entries of arrays that are picked.

        `guards` hold where its value counts; it is computed whether they do or not.
        """
        if node in self.code.locals or not node.args:
            return node
        if isinstance(node, Read):
            place = self._place(node, guards)
            return node if place is None else self._called(Dummy("entry", real=True), place)
        if isinstance(node, nodes.Sum):
            return self._guarded(node.body, Integer(0), node.conditions, guards)
        if isinstance(node, Choose) and not isinstance(node.args[0], nodes.Positive):
            condition, then, otherwise = node.args
            if free_indices(condition) <= self.known and not reads(condition):
                either = self._either(condition, then, otherwise)
                return either or self._guarded(then, otherwise, (condition,), guards)
            return self._guarded(then, otherwise, (condition,), guards, everywhere=True)
        return rebuild(node, lambda part: self._ready(part, guards), conditions=True)

    def _guarded(
        self, then: Expr, otherwise: Expr, conditions: tuple, guards: tuple, everywhere=False
    ) -> Expr:
        """One of two values, both computed: there is no branch in the loop then."""
        ahead = bool(guards) or not everywhere
        if not self._safe(then, ahead) or not self._safe(otherwise, bool(guards)):
            for condition in reversed(conditions):
                then = Choose(condition, then, otherwise)
            return then
        inner = guards if everywhere else (*guards, *conditions)
        value = self._value(self._ready(then, inner))
        other = self._value(self._ready(otherwise, guards))
        test = " and ".join(map(self.code.condition, conditions))
        return self._called(Dummy("choice", real=True), f"({value} if {test} else {other})")

    def _value(self, node: Expr) -> str:
        """The name of a value, or a number."""
        text = self.code.real(node)
        if node.is_number or text.isidentifier():
            return text
        name = self.code.spelling.fresh("value")
        self.inside.append(f"{name} = {text}")
        return name

    def _either(self, condition: Condition, then: Expr, otherwise: Expr) -> Expr | None:
        """An entry of one of two arrays, as h[t − 1, n, m] and h₀[n, m]."""
        if not isinstance(then, Read) or not isinstance(otherwise, Read):
            return None
        one, other = self._split(then), self._split(otherwise)
        if one is None or other is None or one[1] != other[1]:
            return None
        (early, own), late = one, other[0]
        arrays = [self._array(r, k, ()) for r, k in ((then, early), (otherwise, late))]
        key = (condition, *arrays)
        if key not in self._arrays:
            name = self._arrays[key] = self.code.spelling.fresh("array")
            test = self.code.condition(condition)
            self.picks.append(f"{name} = {arrays[0]} if {test} else {arrays[1]}")
        subscripts = [self.code.integer(i) for i in own]
        return self._called(
            Dummy("entry", real=True), self.code.entry(self._arrays[key], subscripts)
        )

    def _split(self, access: Read) -> tuple[tuple, tuple] | None:
        """The subscripts that are known before the loops, and the others behind them."""
        outside = self.code.tensors[tensor_name(access)].outside
        if outside is not None and not isinstance(access, Inside) and self.code.inside(access):
            return None
        count = next(
            (k for k, s in enumerate(access.indices) if not free_indices(s) <= self.known),
            len(access.indices),
        )
        early, own = access.indices[:count], access.indices[count:]
        if not own or any(i not in self.own for i in own) or any(map(reads, early)):
            return None
        return early, own

    def _array(self, access: Read, early: tuple, guards: tuple) -> str:
        """What holds the entries at known subscripts; where guards do not hold, any others."""
        name = self.code.spelling.tensor(tensor_name(access))
        if not early:
            return name
        whole = f"{name}[{', '.join(f'U({self.code.integer(s)})' for s in early)}]"
        if all(isinstance(s, Index) for s in early) or not guards:
            return whole
        test = " and ".join(map(self.code.condition, guards))
        first = ", ".join("0" for _ in early)
        return f"{whole} if {test} else {name}[{first}]"

    def _place(self, access: Read, guards: tuple) -> str | None:
        """An entry as text; None where the read is no entry of an array that can be picked."""
        if self.code.tensors[tensor_name(access)].integral:
            return None
        parts = self._split(access)
        if parts is None:
            return None
        text = self._array(access, parts[0], guards)
        if parts[0]:
            key = (text,)
            if key not in self._arrays:
                self._arrays[key] = self.code.spelling.fresh("array")
                self.picks.append(f"{self._arrays[key]} = {text}")
            text = self._arrays[key]
        return self.code.entry(text, [self.code.integer(i) for i in parts[1]])

    def _safe(self, node: Basic, guarded: bool) -> bool:
        """Whether all that is read may be read whether its guards hold or not."""
        if isinstance(node, Read):
            parts = self._split(node)
            if parts is None or self.code.tensors[tensor_name(node)].integral:
                return False
            return guarded or all(isinstance(s, Index) for s in parts[0])
        if isinstance(node, nodes.Sum):
            return self._safe(node.body, True)
        if isinstance(node, Choose) and not isinstance(node.args[0], nodes.Positive):
            condition, then, otherwise = node.args
            ahead = free_indices(condition) <= self.known and not reads(condition)
            either = ahead and isinstance(then, Read) and isinstance(otherwise, Read)
            return self._safe(then, guarded or ahead) and self._safe(otherwise, guarded or either)
        return all(self._safe(a, guarded) for a in node.args)
