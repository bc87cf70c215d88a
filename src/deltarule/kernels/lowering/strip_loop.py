"""A group of equations as one function that computes a strip, and the loop that calls it.

The function has views of what belongs to a strip as its arguments: for it, these are arrays
without the axes of the loops around, and its equations are lowered as any others are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

from sympy import Add, Expr, Mul

from deltarule.expressions.nodes import Read, Sum, read, reads, tensor_name, walk
from deltarule.expressions.rebuild import with_extents
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import Size
from deltarule.kernels.lowering.strip_panels import StripPanels
from deltarule.kernels.passes.strip_groups import Strips, outside_rows
from deltarule.kernels.passes.triangles import columns, is_triangular
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor

#: So many entries of the index make a strip, or more where a tile has no more than so many entries
#: then; up to so many entries are kept for another pass.
STRIP, UNCUT, STORED = 64, 1 << 15, 1 << 18


class StripLoop:
    """Writes one group of equations in the words of `code`.

    With `parallel`, threads share the rows where there are as many as threads; where there are
    fewer, they share what is done for each strip.
    """

    def __init__(self, group: Strips, code: Code, parallel: bool = False):
        self.group, self.code = group, code
        #: Whether threads may share the rows. No two of them write one array: all is over rows.
        self.apart = parallel and bool(group.rows)
        self.alone = code.spelling.fresh("alone") if self.apart else "0"
        fresh = code.spelling.fresh
        self.name, self.whole, self.most = fresh("strip"), fresh("whole"), fresh("most")
        self.first, self.count = Size(fresh("first")), Size(fresh("rows"))
        #: So many columns of the tiles are computed, if not all.
        self.columns = Size(fresh("columns")) if is_triangular(group) else None
        self.accesses: dict[str, Read] = {}
        for equation in group.equations:
            for access in (equation.lhs, *reads(equation.rhs)):
                self.accesses.setdefault(tensor_name(access), access)
        #: What the numbers of one strip are for all strips.
        self.all = {} if self.columns is None else {self.columns: next(self._wide())}
        own, written = (self.first, self.count), {e.name for e in group.equations}
        self.panels = StripPanels(code, own, self.all, written)

    # ---- the function -----------------------------------------------------------------------
    def tensors(self) -> dict[str, Tensor]:
        """What the function sees of each tensor."""
        return {n: replace(self.code.tensors[n], axes=self._axes(n)) for n in self.accesses}

    def equations(self) -> list[Equation]:
        """The equations of one strip."""
        return [self._one(e) for e in self.group.equations]

    def _axes(self, name: str) -> tuple[Expr, ...]:
        access, axes = self.accesses[name], self.code.tensors[name].axes
        left = outside_rows(access, self.group)
        axes = list(axes[len(axes) - len(left) :])
        if left[:1] == (self.group.index[0],):
            axes[0] = self.count
        for equation in self.group.equations if self.columns is not None else ():
            found = columns(equation, self.group)
            for one in (equation.lhs, *reads(equation.rhs, name)):
                if tensor_name(one) == name:
                    own = outside_rows(one, self.group)
                    axes = [self.columns if s in found else n for s, n in zip(own, axes)]
        return tuple(axes)

    def _one(self, equation: Equation) -> Equation:
        index, _ = self.group.index
        moved = replace_reads(self._moved(equation.rhs), self._seen)
        left = outside_rows(equation.lhs, self.group)
        extents: dict = {index: self.count}
        if self.columns is not None:
            extents |= dict.fromkeys(columns(equation, self.group), self.columns)
            moved = with_extents(moved, extents)
        ranges = tuple((i, extents.get(i, n)) for i, n in equation.ranges if i in left)
        if equation.name in self.group.added:
            moved = Add(read(equation.name, *left), moved)
        return Equation(equation.name, left, moved, ranges, equation.place)

    def _moved(self, node: Expr) -> Expr:
        """An expression in which the index counts from the first entry of the strip."""
        index = self.group.index[0]
        if isinstance(node, Sum) and node.indices == (index,):
            body = substitute(node.body, {index: index + self.first})
            return Sum(body, [(index, self.count)])
        if isinstance(node, Mul):
            return Mul(*map(self._moved, node.args))
        return substitute(node, {index: index + self.first})

    def _seen(self, access: Read) -> Read:
        index = self.group.index[0]
        left = outside_rows(access, self.group)
        if left[:1] == (index + self.first,):
            left = (index, *left[1:])
        return type(access)(access.base, *left)

    # ---- the calls --------------------------------------------------------------------------
    def arguments(self, body: str) -> tuple[list[str], list[Size]]:
        """The tensors and the sizes that occur in the function's text."""
        words = set(re.findall(r"[^\W\d]\w*", re.sub(r"#.*", "", body)))
        parts = [n for e in self.equations() for n in walk(e.rhs)]
        parts += [n for t in self.tensors().values() for a in t.axes for n in walk(a)]
        sizes = dict.fromkeys(p for p in parts if isinstance(p, Size))
        spelling = self.code.spelling
        return (
            [n for n in self.accesses if spelling.array(n) == n and spelling.tensor(n) in words],
            [s for s in sizes if spelling.symbol(s) in words],
        )

    def function(self, names: list[str], body: list[str]) -> list[str]:
        """The lines of the function."""
        head = f"def {self.name}({', '.join(names)}):"
        return ["@compiled", head, "    apart()", "    unaliased()", *body]

    def write(self, lines: Lines, tensors: list[str], sizes: list[Size]) -> None:
        """The room for tiles, the loops and the call."""
        group, symbol = self.group, self.code.spelling.symbol
        spell, fresh = self.code.spelling.tensor, self.code.spelling.fresh
        everything = {n: fresh(f"{spell(n)}_all") for n in tensors}
        for name in tensors:
            if name in group.kept:
                lines.add(f"{self.whole} = min(1, {spell(name)}.size)")
            if name not in group.tiles:
                lines.add(f"{everything[name]} = seen_as({spell(name)}, ({spell(name)}.size,))")
            if name in group.added:
                lines.add(f"{everything[name]}[:] = real(0)")
        self._most(lines)
        self.panels.depths(lines, (self.code.integer(group.index[1]), self.most), self.whole)
        calls = (lines, tensors, sizes, everything)
        if not self.apart:
            self._rooms(lines, tensors, everything)
            self._in_turn(*calls, False)
            return
        many, row = fresh("rows"), fresh("row")
        extents = [self.code.integer(n, 3) for _, n in group.rows]
        lines.add(f"{many} = {' * '.join(extents)}")
        with ExitStack() as stack:
            stack.enter_context(lines.block(f"if {many} >= threads():"))
            stack.enter_context(lines.block(f"for {row} in prange({many}):"))
            for k, (index, _) in enumerate(group.rows):
                behind = " * ".join(extents[k + 1 :])
                whole = f"{row} // ({behind})" if behind else row
                lines.add(f"{symbol(index)} = {f'{whole} % {extents[k]}' if k else whole}")
            self._rooms(lines, tensors, everything)
            self._strips_of_row(*calls, True)
        with lines.block("else:"):
            self._rooms(lines, tensors, everything)
            self._in_turn(*calls, False)

    def _most(self, lines: Lines) -> None:
        """How many entries make a strip: small tiles stay whole, unless half is left out anyway."""
        extent, wide = self.code.integer(self.group.index[1]), next(self._wide(), None)
        if wide is None or self.columns is not None:
            lines.add(f"{self.most} = STRIP")
            return
        columns = self.code.integer(wide)
        lines.add(f"{self.most} = max(STRIP, min({extent}, UNCUT // max({columns}, 1)))")

    def _rooms(self, lines: Lines, tensors: list[str], everything: dict[str, str]) -> None:
        """Room for one strip of each tile, or the whole array where it is kept; and for panels."""
        code, group, spell = self.code, self.group, self.code.spelling.tensor
        self.panels.rooms(lines)
        for name in tensors:
            if name not in group.tiles:
                continue
            wide = code.tensors[name].axes[len(group.rows) + 1 :]
            room = f"aligned({self.most} * {code.integer(Mul(*wide).expand(), 3)})"
            if name in group.kept:
                whole = f"seen_as({spell(name)}, ({spell(name)}.size,))"
                room = f"{whole} if {self.whole} else {room}"
            lines.add(f"{everything[name]} = {room}")

    def _in_turn(self, lines: Lines, *what) -> None:
        """The rows, one after the other."""
        with ExitStack() as stack:
            for row, size in self.group.rows:
                head = f"for {self.code.spelling.symbol(row)} in range({self.code.integer(size)}):"
                stack.enter_context(lines.block(head))
            self._strips_of_row(lines, *what)

    def _strips_of_row(
        self, lines: Lines, tensors: list[str], sizes: list[Size], everything: dict, alone: bool
    ) -> None:
        """The strips of one row, and the call of the function for each."""
        code, group, own = self.code, self.group, self.tensors()
        symbol, (_, extent) = code.spelling.symbol, group.index
        first, count = symbol(self.first), symbol(self.count)
        self.panels.pack(lines, lambda n: self._view(n, everything[n], self._for_all(own[n])))
        with lines.block(f"for {first} in range(0, {code.integer(extent)}, {self.most}):"):
            lines.add(f"{count} = min({self.most}, {code.integer(extent)} - {first})")
            if self.columns is not None:
                many = code.integer(self.all[self.columns])
                few = f"min({many}, {first} + {count})"
                few = f"{many} if {self.whole} else {few}" if group.kept else few
                lines.add(f"{symbol(self.columns)} = {few}")
            lines.add(f"{self.name}(")
            lines.add(*([f"    {int(alone)},"] * self.apart))
            lines.add(*([f"    1 - {self.whole},"] * bool(group.again)))
            lines.add(*(f"    {name}," for name in self.panels.names))
            for name in tensors:
                lines.add(f"    {self._view(name, everything[name], own[name])},")
            lines.add(f"    {', '.join(map(symbol, sizes))},", ")")

    def _wide(self) -> Iterator[Expr]:
        """The extents of tiles along their columns."""
        for name in self.group.tiles:
            if len(outside_rows(self.accesses[name], self.group)) == 2:
                yield self.code.tensors[name].axes[-1]

    def _for_all(self, seen: Tensor) -> Tensor:
        """What all strips see of a tensor of which one strip sees some."""
        return replace(seen, axes=tuple(a.xreplace(self.all) for a in seen.axes))

    def _view(self, name: str, everything: str, seen: Tensor) -> str:
        """A strip of an array, or what belongs to the loops around."""
        code = self.code
        access, axes = self.accesses[name], code.tensors[name].axes
        shape = ", ".join(code.integer(a) for a in seen.axes) + ("," if len(seen.axes) == 1 else "")
        length = code.integer(Mul(*seen.axes).expand())
        if name in self.group.tiles - self.group.kept:
            return f"{everything}[:{length}].reshape(({shape}))"
        left = len(outside_rows(access, self.group))
        offset: Expr = Mul(*axes[len(axes) - left :])
        start: Expr = self.first * Mul(*axes[len(axes) - left + 1 :])
        start = start if seen.axes[:1] == (self.count,) else start * 0
        for subscript, size in zip(
            reversed(access.indices[: len(axes) - left]), reversed(axes[: len(axes) - left])
        ):
            start, offset = start + subscript * offset, offset * size
        begin = code.integer(start.expand())
        if not seen.axes:
            return f"{everything}[{begin} : {code.integer((start + 1).expand())}]"
        if name in self.group.kept:
            begin = f"{self.whole} * ({begin})"
            return f"{everything}[{begin} : {begin} + {length}].reshape(({shape}))"
        end = code.integer((start + Mul(*seen.axes)).expand())
        return f"{everything}[{begin} : {end}].reshape(({shape}))"
