"""A page for the screen: lines that are folded here, so that rich never cuts or reads them.

Mathematics is held as `Text`, whose brackets are brackets.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from deltarule.cli.screen import show
from deltarule.errors import DeltaruleError
from deltarule.spelling.folding import cells, filled, folded
from deltarule.spelling.visible import visible


class Page:
    """Lines of at most `width` cells, shown together; `coloured` if the screen shows colours."""

    def __init__(self, width: int, coloured: bool = False):
        self.width, self.coloured = max(width, 20), coloured
        self.lines: list[Text] = []

    @property
    def plain(self) -> str:
        """The page without its colours."""
        return "\n".join(line.plain.rstrip() for line in self.lines)

    def show(self, console: Console) -> None:
        """Send the page to a console, through the pager where it is longer than the screen."""
        while self.lines and not self.lines[-1].plain.strip():
            self.lines.pop()
        if self.lines:
            show(console, Text("\n").join(self.lines))

    def error(self, error: DeltaruleError, within: str = "") -> None:
        """An error: fact, place, unless that is what the page stands `within`, and remedy."""
        self.labelled("error", error.fact, style="bold red")
        if error.place and error.place != within:
            self.labelled("where", error.place)
        if error.remedy:
            self.labelled("remedy", error.remedy)

    def blank(self) -> None:
        """An empty line, unless there is one already."""
        if self.lines and self.lines[-1].plain:
            self.lines.append(Text())

    def title(self, words: str) -> None:
        """The title of the page."""
        self.prose(words, style="bold")

    def named(self, words: str) -> None:
        """What the page is about, for formats whose pages have a title anyway; a screen has none,
        so that a kernel's source, say, can be passed on as it stands."""

    def heading(self, words: str) -> None:
        """The heading of a section, set apart by an empty line."""
        self.blank()
        self.prose(words, style="bold cyan")

    def prose(self, words: str, indent: int = 0, style: str = "") -> None:
        """A sentence, broken between words."""
        for line in filled(visible(words), self.width - indent):
            self.lines.append(Text(" " * indent).append(line, style=style))

    def prose_line(self, words: str, style: str = "") -> None:
        """One line as it stands, such as a row of a table that is known to fit."""
        self.lines.append(Text(visible(words), style=style))

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: set[int]) -> bool:
        """A table, its columns of `numbers` to the right; False here: a screen may be too narrow,
        so that who fills the page lays it out. Pages of other formats take it as it is.
        """
        return False

    def set_equation(self, left: object, right: object, lead: str = "") -> bool:
        """An equation, both sides expressions; False here: it is written as text. Pages that set
        mathematics take it as it is, with what limits its sums.
        """
        return False

    def verbatim(self, words: str) -> None:
        """Lines as they stand, however long."""
        self.lines += Text(visible(words)).split("\n", allow_blank=True)

    def python(self, source: str) -> None:
        """Lines of Python as they stand, with colours where these show."""
        if not self.coloured:
            self.verbatim(source)
            return
        from rich.syntax import Syntax

        syntax = Syntax(source, "python", theme="ansi_dark", background_color="default")
        self.lines += syntax.highlight(visible(source)).split("\n", allow_blank=True)

    def formula(
        self,
        formula: str,
        indent: int = 2,
        style: str = "",
        hang: int | None = None,
        lead: str = "",
    ) -> None:
        """A formula, its left-hand side set off; `lead` stands before it, such as a number."""
        formula = visible(formula)
        left = formula.find(" = ")
        room = self.width - indent - cells(lead)
        for k, line in enumerate(folded(formula, room, hang)):
            text = Text(" " * indent + (lead if k == 0 else " " * cells(lead)))
            start = len(text)
            text.append(line, style=style)
            if k == 0 and left > 0 and not style:
                text.stylize("bold", start, start + min(left, len(line)))
            self.lines.append(text)

    def lines_of(self, formula: str, indent: int = 0) -> int:
        """How many lines a formula takes."""
        return len(list(folded(visible(formula), self.width - indent, None)))

    def item(self, name: str, words: str, column: int) -> None:
        """A name, and in a column beside it (beneath it, on a narrow screen) what it is."""
        name, words = visible(name), visible(words)
        column = min(column, self.width // 3)
        fits = cells(name) + 2 < column
        rest = filled(words, self.width - 2 - column)
        first = Text("  ").append(name.ljust(column) if fits else name, style="bold")
        self.lines.append(first.append(rest.pop(0)) if fits else first)
        self.lines += [Text(" " * (2 + column) + line) for line in rest]

    def labelled(
        self,
        label: str,
        words: str,
        indent: int = 0,
        style: str = "dim",
        column: int = 8,
        math: bool = False,
    ) -> None:
        """A label and what it labels, hanging in a column of its own."""
        words = visible(words)
        lead = f"{label}:"
        column = max(column, cells(lead) + 1)
        room = self.width - indent - column
        lines = folded(words, room, hang=2) if math else _paragraphs(words, room)
        for k, line in enumerate(lines):
            text = Text(" " * indent)
            text.append((lead if k == 0 else "").ljust(column), style=style if k == 0 else "")
            self.lines.append(text.append(line))


def _paragraphs(words: str, room: int) -> list[str]:
    """Words in lines, the line ends that they have kept."""
    return [line for part in words.splitlines() for line in filled(part, room)] or [""]
