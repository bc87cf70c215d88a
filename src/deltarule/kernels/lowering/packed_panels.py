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

    def of(self, told: str, size: str) -> str:
        """Where the panels of a matrix lie; `told` are its place, strides, sizes and scale."""
        if told not in self._rooms:
            room = self._rooms[told] = self.code.spelling.fresh("panels")
            self.lines.insert(
                self.mark, f"{room} = aligned({size})", f"pack_all(data({room}), {told})"
            )
        return f"data({self._rooms[told]})"
