"""Matrices packed once for many products, in the panels that the micro-kernel reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sympy import Expr

from deltarule.expressions.symbols import Index
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code


@dataclass(frozen=True)
class Matrix:
    """scale·b[offset + strides[0]·k + strides[1]·n] for k below `depth` and n below `columns`."""

    name: str
    offset: Expr
    strides: tuple[Expr, Expr]
    columns: Expr
    depth: Expr
    scale: Expr

    def place(self, code: Code, array: str | None = None) -> str:
        """What points at its tensor, or at another `array`, its offset and its strides."""
        numbers = (code.integer(n.expand()) for n in (self.offset, *self.strides))
        return f"{array or code.pointer(self.name)}, {', '.join(numbers)}"

    @property
    def moves(self) -> bool:
        """Whether it lies elsewhere from one turn of a loop around to the next."""
        return any(isinstance(s, Index) for s in self.offset.free_symbols)

    def deep(self, code: Code) -> str:
        """Its depth."""
        return code.integer(self.depth.expand())

    def room(self, code: Code, depth: str) -> str:
        """Room for its panels, if they are so deep."""
        return f"aligned(({code.integer(self.columns.expand())} + 2 * NR) * ({depth} + LANES))"

    def packed(self, code: Code, panels: str, array: str) -> str:
        """The call that brings it from an array into panels."""
        sizes = f"{code.integer(self.columns.expand())}, {self.deep(code)}"
        lies = self.place(code, f"data({array})")
        return f"pack_all(data({panels}), {lies}, {sizes}, {code.real(self.scale)})"


@dataclass(frozen=True)
class Call:
    """A function that multiplies, with its arguments for the matrix, and for a scale if needed."""

    function: str
    matrix: str
    scale: str = ""


class Panels(Protocol):
    """What keeps matrices in panels."""

    def call(self, matrix: Matrix, in_rows: bool) -> Call | None:
        """How it is multiplied with a matrix; None where none is kept.

        With `in_rows`, columns of the result lie side by side.
        """
        ...


class Packed:
    """Matrices that a scan does not change, brought into panels before its loop, at `mark`."""

    def __init__(self, code: Code, lines: Lines, written: set[str]):
        self.code, self.lines, self.written = code, lines, written
        self.mark = lines.mark()
        self._rooms: dict[Matrix, str] = {}

    @property
    def names(self) -> list[str]:
        """What the panels are called, in the order in which they were asked for."""
        return list(self._rooms.values())

    def call(self, matrix: Matrix, in_rows: bool) -> Call | None:
        """How it is multiplied with a matrix, if that is the same at all times."""
        if matrix.moves or matrix.name in self.written:
            return None
        depth = matrix.deep(self.code)
        if matrix not in self._rooms:
            room = self._rooms[matrix] = self.code.spelling.fresh("panels")
            array = self.code.spelling.tensor(matrix.name)
            self.lines.insert(
                self.mark,
                f"{room} = {matrix.room(self.code, depth)}",
                matrix.packed(self.code, room, array),
            )
        return Call("multiply_packed", f"data({self._rooms[matrix]}), {depth},")
