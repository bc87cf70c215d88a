"""Matrices that all strips of a row multiply with, packed once for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from sympy import Expr

from deltarule.kernels.lowering.packed_panels import Call, Matrix
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code


@dataclass
class Shared:
    """What the panels of a matrix are called, and how deep they are; 0 where it is not packed.

    With `again`, only what is computed again multiplies with it.
    """

    panels: str
    depth: str
    again: bool


class StripPanels:
    """Panels that the function of a strip has as arguments.

    `own` are numbers that belong to one strip, `whole` gives for some of them what they are for
    all strips together, and `written` are tensors that strips write.
    """

    def __init__(
        self, code: Code, own: Collection[Expr], whole: Mapping[Expr, Expr], written: set[str]
    ):
        self.code, self.own, self.whole, self.written = code, set(own), whole, written
        self.again = False
        self.shared: dict[Matrix, Shared] = {}

    def call(self, matrix: Matrix, in_rows: bool) -> Call | None:
        """How it is multiplied with a matrix, if that is the same for all strips."""
        columns, depth = (n.xreplace(dict(self.whole)) for n in (matrix.columns, matrix.depth))
        lies = (matrix.offset, *matrix.strides)
        if matrix.moves or matrix.name in self.written or not in_rows:
            return None
        if any(self.own & n.free_symbols for n in (*lies, columns, depth)):
            return None
        fresh, whole = self.code.spelling.fresh, replace(matrix, columns=columns, depth=depth)
        if whole not in self.shared:
            self.shared[whole] = Shared(fresh("panels"), fresh("depth"), self.again)
        found = self.shared[whole]
        found.again &= self.again
        place = f"{matrix.place(self.code)}, data({found.panels}), {found.depth},"
        return Call("multiply_prepacked", place, f" {self.code.real(matrix.scale)},")

    @property
    def names(self) -> list[str]:
        """The arguments."""
        return [n for s in self.shared.values() for n in (s.panels, s.depth)]

    def depths(self, lines: Lines, rows: tuple[str, str], whole: str) -> None:
        """How deep they are, for so many rows, of which some are a strip.

        Tiles may be kept `whole`.
        """
        many, strip = rows
        for matrix, found in self.shared.items():
            several = f"(1 - {whole}) * ({many})" if found.again else many
            depth = matrix.deep(self.code)
            lines.add(f"{found.depth} = packed_depth({several} > {strip}, {depth})")

    def rooms(self, lines: Lines) -> None:
        """Room for them."""
        for matrix, found in self.shared.items():
            lines.add(f"{found.panels} = {matrix.room(self.code, found.depth)}")

    def pack(self, lines: Lines, view: Callable[[str], str]) -> None:
        """Pack what `view` gives by tensor."""
        for matrix, found in self.shared.items():
            with lines.block(f"if {found.depth}:"):
                lines.add(matrix.packed(self.code, found.panels, view(matrix.name)))
