"""Matrices packed once for all times of a recurrence, in the panels that the micro-kernel reads."""

from __future__ import annotations

from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code


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

    def of(self, arguments: str, size: str) -> str:
        """Where the panels of a matrix lie; `arguments` are its place, strides, sizes and scale."""
        if arguments not in self._rooms:
            room = self._rooms[arguments] = self.code.spelling.fresh("panels")
            self.lines.insert(
                self.mark, f"{room} = aligned({size})", f"pack_all(data({room}), {arguments})"
            )
        return f"data({self._rooms[arguments]})"
