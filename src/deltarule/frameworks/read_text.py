"""Where formulas read and what they ask of places, as texts of arrays.

What is read at other places than an axis's own is gathered first, into an array of its own. Times
of a recurrence are Python's numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import sympy
from sympy import Basic, Expr, Symbol

from deltarule.expressions import nodes
from deltarule.expressions.affine import never_negative
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

    def within(self, subscript: Expr, axis: Expr) -> bool:
        """Whether a subscript certainly lies on its axis."""
        known = self.extents
        return never_negative(subscript, known) and never_negative(axis - 1 - subscript, known)

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
        self._loops: Collection[str] = ()
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
        self.lines, self.times, self._loops = lines, dict(times), loops
        self.extents = self.integers.extents = dict(ranges)
        self.order = tuple(i for i, _ in ranges if i not in times)
        self.integers.locals = {**times}
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
        self.lines.add(line)

    def read(self, node: nodes.Read) -> Labelled:
        tensor = self.tensors[nodes.tensor_name(node)]
        name = self.spelling.tensor(tensor.name)
        found = Labelled(name)
        if node.indices:
            plain = self._plain(node, tensor)
            found = self._gathered(node, tensor, name) if plain is None else self._cut(name, plain)
        return self.typed(found) if tensor.integral else found

    def _plain(self, node: nodes.Read, tensor: Tensor) -> list[Index | str] | None:
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
                found.append(self.integers.integer(subscript))
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
            inside = self.array(condition.args[0])
            return Labelled(f"{inside.bound(ADD)} > 0", inside.labels, 0, inside.number)
        labels = self.labels_of(condition.args)
        if labels:
            self.grid(labels)
        text = self._condition(condition)
        number = not labels and not nodes.reads(condition)
        return Labelled(text, labels, 0, number)

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
        return self.where(holds, self.array(then), self.array(otherwise))
