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

    def sizes(self, code: Code) -> tuple[str, str]:
        """Its columns and its depth."""
        return code.integer(self.columns.expand()), code.integer(self.depth.expand())


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
        self._rooms: dict[str, str] = {}

    @property
    def names(self) -> list[str]:
        """What the panels are called, in the order in which they were asked for."""
        return list(self._rooms.values())

    def call(self, matrix: Matrix, in_rows: bool) -> Call | None:
        """How it is multiplied with a matrix, if that is the same at all times."""
        fixed = not any(isinstance(s, Index) for s in matrix.offset.free_symbols)
        if not fixed or matrix.name in self.written:
            return None
        columns, depth = matrix.sizes(self.code)
        lies = matrix.place(self.code, f"data({self.code.spelling.tensor(matrix.name)})")
        arguments = f"{lies}, {columns}, {depth}, {self.code.real(matrix.scale)}"
        if arguments not in self._rooms:
            room = self._rooms[arguments] = self.code.spelling.fresh("panels")
            size = f"({columns} + 2 * NR) * ({depth} + LANES)"
            self.lines.insert(
                self.mark, f"{room} = aligned({size})", f"pack_all(data({room}), {arguments})"
            )
        return Call("multiply_packed", f"data({self._rooms[arguments]}), {depth},")
