"""Where formulas read and what they ask of places, as texts of arrays.

What is read at other places than an axis's own is gathered first, into an array of its own. Times
of a recurrence are Python's numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import sympy
from sympy import Basic, Expr, Symbol

from deltarule.expressions import nodes
from deltarule.expressions.affine import implied
from deltarule.expressions.conditions import opposite
from deltarule.expressions.symbols import Index
from deltarule.frameworks.dialect import Dialect
from deltarule.frameworks.labelled import Labelled, joined, laid_along, tupled
from deltarule.kernels.python_text.identifiers import Spelling
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.integer_text import ADD, ATOM, TIMES
from deltarule.kernels.python_text.plain_text import PlainCode
from deltarule.networks.tensors import Tensor


class Places(PlainCode):
    """Integers in which data are read: nothing beyond a tensor's shape, whose place is unknown."""

    def __init__(self, spelling: Spelling, tensors: dict[str, Tensor], scalars):
        super().__init__(spelling, tensors, scalars)
        self.extents: dict[Index, Expr] = {}
        #: Of numbers of Python's own, what holds where the text stands.
        self.given: tuple[nodes.Condition, ...] = ()

    def within(self, subscript: Expr, axis: Expr) -> bool:
        """Whether a subscript certainly lies on its axis."""
        return self.certain(subscript) and self.certain(axis - 1 - subscript)

    def certain(self, integer: Expr, guarded: bool = False) -> bool:
        """Whether an integer is certainly ≥ 0: whenever a line runs, or where its guard holds."""
        given = self.given if guarded else ()
        known = [c.args[0] for c in given if isinstance(c, nodes.AtLeastZero)]
        return implied(integer, known, self.extents)

    def nearest(self, subscript: Expr, axis: Expr) -> str:
        """A place on an axis, as an array's choice reads both of its cases, also beyond an end."""
        text = self.integer(subscript)
        if not self.certain(axis - 1 - subscript, guarded=True):
            text = f"min({text}, {self.integer(axis - 1)})"
        return text if self.certain(subscript, guarded=True) else f"max({text}, 0)"

    def access(self, read: nodes.Read) -> str:
        axes = self.tensors[nodes.tensor_name(read)].axes
        if all(map(self.within, read.indices, axes)):
            return super().access(read)
        at = [self.integer(s) for s in read.indices]
        return f"entries({self.spelling.tensor(nodes.tensor_name(read))}, {tupled(at)}, 0)"


class ReadText:
    """Writes reads, conditions and cases of one function; `lines` takes what stands before them."""

    def __init__(
        self, dialect: Dialect, spelling: Spelling, tensors: Mapping[str, Tensor], scalars: Mapping
    ):
        self.dialect, self.spelling = dialect, spelling
        self.tensors, self.scalars = dict(tensors), scalars
        self.integers = Places(spelling, self.tensors, scalars)
        self.lines = Lines()
        self.times: dict[Index, str] = {}
        self.extents: dict[Index, Expr] = {}
        self.order: tuple[Index, ...] = ()
        self.like = ""
        #: Whether what is written counts places in order, among which NaN comes last.
        self.counting = False
        #: The indices of the sum around.
        self.summed: tuple[Index, ...] = ()
        self._loops: Collection[str] = ()
        self._grid = ""
        self._dummies: dict[Symbol, Labelled] = {}

    # ---- one equation -------------------------------------------------------------------------
    def begin(
        self,
        lines: Lines,
        ranges: Sequence[tuple[Index, Expr]],
        times: Mapping[Index, str],
        loops: Collection[str] = (),
    ) -> None:
        """An equation over some ranges begins.

        `times` are the indices that stand for a number, `loops` the names that loops around use.
        """
        self.lines, self.times, self._loops, self._grid = lines, dict(times), loops, ""
        self.extents = self.integers.extents = dict(ranges)
        self.order = tuple(i for i, _ in ranges if i not in times)
        self.integers.locals, self.integers.given = {**times}, ()
        self.spelling.begin()
        self.spell_apart(self.order)

    def spell_apart(self, indices: Iterable[Index]) -> None:
        """Give indices that count along an axis other names than the loops around have."""
        for index in indices:
            name = self.spelling.symbol(index)
            if name in self._loops and index not in self.integers.locals:
                self.integers.locals[index] = self.spelling.fresh(name)

    def along(self, array: Labelled, labels: Sequence[Index]) -> str:
        """An array along these indices."""
        return laid_along(array, labels, self.dialect).text

    def array(self, node: Expr) -> Labelled:
        """A formula as an array."""
        raise NotImplementedError

    def typed(self, array: Labelled) -> Labelled:
        return Labelled(f"as_real({array.text}, {self.like})", array.labels)

    def labels_of(self, parts: Iterable[Basic]) -> tuple[Index, ...]:
        free = {s for p in parts for s in nodes.free_symbols(p)}
        return tuple(i for i in self.order if i in free)

    def grid(self, labels: Sequence[Index]) -> None:
        """The line that makes each index count along an axis of its own."""
        names = ", ".join(self.integers.integer(i) for i in labels)
        sizes = [self.integers.integer(self.extents[i]) for i in labels]
        if len(labels) == 1 and self.dialect.name != "torch":
            line = f"{names} = np.arange({sizes[0]})"
        else:
            text = self.dialect.grid.format(
                ranges=", ".join(f":{n}" for n in sizes), sizes=", ".join(sizes), like=self.like
            )
            line = f"{names}{',' if len(labels) == 1 else ''} = {text}"
        if line != self._grid:
            self.lines.add(line)
            self._grid = line

    def read(self, node: nodes.Read) -> Labelled:
        tensor = self.tensors[nodes.tensor_name(node)]
        name = self.spelling.tensor(tensor.name)
        found = Labelled(name)
        if node.indices:
            plain = self.plain_places(node, tensor)
            found = self._gathered(node, tensor, name) if plain is None else self._cut(name, plain)
        return self.typed(found) if tensor.integral else found

    def plain_places(self, node: nodes.Read, tensor: Tensor) -> list[Index | str] | None:
        """For each axis its own index, or the text of one place on it; None for other places."""
        found: list[Index | str] = []
        for subscript, axis in zip(node.indices, tensor.axes, strict=True):
            if isinstance(subscript, Index) and subscript not in self.times:
                if subscript in found or (self.extents[subscript] - axis).expand() != 0:
                    return None
                found.append(subscript)
            elif (
                self.labels_of([subscript])
                or tensor.outside is not None
                and not self.integers.within(subscript, axis)
            ):
                return None
            else:
                # Places that data give lie inside: that is checked where data come in.
                moves = nodes.free_symbols(subscript) & set(self.times)
                near = moves and not nodes.reads(subscript)
                found.append(
                    self.integers.nearest(subscript, axis)
                    if near
                    else self.integers.integer(subscript)
                )
        return found

    def _cut(self, name: str, places: Sequence[Index | str]) -> Labelled:
        labels = tuple(p for p in places if isinstance(p, Index))
        if len(labels) == len(places):
            return Labelled(name, labels)
        at = [":" if isinstance(p, Index) else p for p in places]
        while at[-1] == ":":
            at.pop()
        return Labelled(f"{name}[{', '.join(at)}]", labels)

    def _gathered(self, node: nodes.Read, tensor: Tensor, name: str) -> Labelled:
        """What is read at computed places, as an array of its own."""
        labels = self.labels_of(node.indices)
        if labels:
            self.grid(labels)
        at = [self.integers.integer(s) for s in node.indices]
        sure = all(map(self.integers.within, node.indices, tensor.axes))
        if sure:
            text = f"{name}[{', '.join(at)}]"
        else:
            outside = self._outside(tensor.outside)
            text = f"entries({name}, {tupled(at)}{outside})"
        if not labels:
            return Labelled(text)
        own = self.spelling.fresh(f"{name}_at")
        self.lines.add(f"{own} = {text}")
        return Labelled(own, labels)

    def _outside(self, value: Expr | None) -> str:
        if value in (None, 0):
            return ""
        text = "-math.inf" if value is sympy.S.NegativeInfinity else repr(float(value))
        return f", {text}"

    # ---- conditions ---------------------------------------------------------------------------
    def holds(self, condition: nodes.Condition) -> Labelled:
        """Where a condition holds; a truth of Python's own where it is about sizes and times."""
        if isinstance(condition, nodes.Positive):
            with self.under():
                inside = self.array(condition.args[0])
            return Labelled(f"{inside.bound(ADD)} > 0", inside.labels, 0, inside.number)
        labels = self.labels_of(condition.args)
        if labels:
            self.grid(labels)
        return Labelled(self._condition(condition), labels, 0, self.is_number(condition))

    def is_number(self, condition: nodes.Condition) -> bool:
        """Whether a condition is about sizes and times alone, so that Python decides it."""
        return not (
            isinstance(condition, nodes.Positive)
            or self.labels_of(condition.args)
            or nodes.reads(condition)
        )

    def _condition(self, condition: nodes.Condition) -> str:
        if isinstance(condition, nodes.Unequal):
            pairs = zip(*(side.args for side in condition.args), strict=True)
            integer = self.integers.integer
            return " | ".join(f"({integer(a)} != {integer(b)})" for a, b in pairs)
        return self.integers.condition(condition)

    def all_hold(self, conditions: Sequence[nodes.Condition]) -> Labelled | None:
        found = [self.named(self.holds(c)) for c in conditions]
        if not found:
            return None
        labels = joined(found, self.order)
        texts = [laid_along(f, labels, self.dialect).bound(ATOM) for f in found]
        if all(f.number for f in found):
            return Labelled(" and ".join(f.text for f in found), (), 0, number=True)
        return Labelled(" & ".join(texts), labels, ATOM if len(found) == 1 else 0)

    def named(self, array: Labelled, stem: str = "where") -> Labelled:
        """An array with a name of its own, as its indices are counted anew for the next one."""
        if not array.labels or array.text.isidentifier():
            return array
        name = self.spelling.fresh(stem)
        self.lines.add(f"{name} = {array.text}")
        return Labelled(name, array.labels)

    def where(self, condition: Labelled, then: Labelled, otherwise: Labelled) -> Labelled:
        if condition.number:
            labels, number = joined((then, otherwise), self.order), then.number and otherwise.number
            one, two = (self._full(p, labels, number) for p in (then, otherwise))
            text = f"{one.bound(1)} if {condition.text} else {two.bound(1)}"
            return Labelled(text, labels, 0, number)
        parts = (condition, then, otherwise)
        labels = joined(parts, self.order)
        texts = ", ".join(laid_along(p, labels, self.dialect).text for p in parts)
        found = Labelled(f"{self.dialect.module}.where({texts})", labels)
        return self.typed(found) if then.number and otherwise.number else found

    def _full(self, array: Labelled, labels: Sequence[Index], number: bool) -> Labelled:
        """An array along all of some indices: what is chosen by Python is not broadcast."""
        if array.labels == tuple(labels):
            return array if number or not array.number else self.typed(array)
        sizes = [self.integers.integer(self.extents[i]) for i in labels]
        zeros = self.dialect.zeros.format(shape=tupled(sizes), like=self.like)
        if array.number and float(array.text) == 0:
            return Labelled(zeros, tuple(labels))
        along = laid_along(array, labels, self.dialect)
        return Labelled(f"{zeros} + {along.bound(TIMES)}", tuple(labels), ADD)

    def choose(self, node: nodes.Choose) -> Labelled:
        condition, then, otherwise = node.args
        holds = self.named(self.holds(condition))
        fails = opposite(condition)
        known = [condition] if holds.number else []
        against = [fails] if holds.number and fails is not None else []
        with self.under(*self.integers.given, *known):
            one = self.array(then)
        with self.under(*self.integers.given, *against):
            other = self.array(otherwise)
        return self.where(holds, one, other)

    @contextmanager
    def under(self, *given: nodes.Condition) -> Iterator[None]:
        """Meanwhile these hold: texts within stand behind a test of Python's own."""
        around, self.integers.given = self.integers.given, given
        try:
            yield
        finally:
            self.integers.given = around
