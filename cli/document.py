"""Pages that go elsewhere than to the screen: what fills a page gives Markdown and LaTeX too.

A thing that has a page, and no function of its own in one of these formats, is shown so: a title
becomes a title, a table a table, and mathematics is set as text.
"""

from __future__ import annotations

from collections.abc import Sequence

from deltarule.cli.page import Page
from deltarule.reports.markdown import escaped
from deltarule.reports.prose import prose
from deltarule.reports.text_formulas import formula_latex
from deltarule.spelling.visible import visible

#: So wide is what fillers lay out themselves, such as bars.
WIDTH = 80
#: A cell that is longer is broken over lines in LaTeX.
_LONG = 40
#: The width of a letter, and the space between columns, in widths of a line.
_LETTER, _BETWEEN = 0.0095, 0.026


class Document(Page):
    """What a page is filled with, as blocks of text; `kind` tells which belong together.

    A format says how it writes words, mathematics, and a label with what it labels.
    """

    def __init__(self):
        super().__init__(WIDTH)
        self.blocks: list[tuple[str, list[str]]] = []

    def add(self, kind: str, *lines: str) -> None:
        """Lines of a block: of the one before, if it is of that kind, and words stand alone."""
        if self.blocks and self.blocks[-1][0] == kind and kind != "words":
            self.blocks[-1][1].extend(lines)
        else:
            self.blocks.append((kind, list(lines)))

    def blank(self) -> None:
        self.blocks.append(("blank", []))

    def named(self, words: str) -> None:
        """Documents begin with what they say: they are parts of others, or are passed on."""

    def lines_of(self, formula: str, indent: int = 0) -> int:
        """As many as on a screen, so that all formats divide formulas alike."""
        return super().lines_of(formula, indent)

    def set_equation(self, left: object, right: object, lead: str = "") -> bool:
        """Written as text, which the format sets as it sets all formulas."""
        return False

    def prose_line(self, words: str, style: str = "") -> None:
        self.add("lines", visible(words))

    def verbatim(self, words: str) -> None:
        self.add("lines", *visible(words).splitlines())

    def python(self, source: str) -> None:
        self.add("python", *visible(source).splitlines())

    def prose(self, words: str, indent: int = 0, style: str = "") -> None:
        said = self.words(words)
        bold = style.startswith("bold") and words.strip()
        self.add("words", self.bold(said) if bold else said)

    def formula(
        self,
        formula: str,
        indent: int = 2,
        style: str = "",
        hang: int | None = None,
        lead: str = "",
    ) -> None:
        self.add("words", self.words(lead) + self.mathematics(formula))

    def item(self, name: str, words: str, column: int) -> None:
        self.add("items", self.point(name, self.words(words)))

    def labelled(
        self,
        label: str,
        words: str,
        indent: int = 0,
        style: str = "dim",
        column: int = 8,
        math: bool = False,
    ) -> None:
        said = (self.mathematics if math else self.words)(" ".join(words.split()))
        self.add("items", self.point(f"{label}:", said))

    def words(self, words: str) -> str:
        """Words as the format writes them."""
        raise NotImplementedError

    def mathematics(self, formula: str) -> str:
        """A formula as the format writes it."""
        raise NotImplementedError

    def bold(self, said: str) -> str:
        """What the format has written, in bold."""
        raise NotImplementedError

    def point(self, label: str, said: str) -> str:
        """A point of a list: its label in bold, and what the format has written of it."""
        raise NotImplementedError


class MarkdownPage(Document):
    """A page as Markdown: formulas are code."""

    def __str__(self) -> str:
        texts = {"lines": "```text\n{}\n```", "python": "```python\n{}\n```"}
        blocks = [(kind, "\n".join(lines)) for kind, lines in self.blocks if lines]
        return "\n\n".join(texts.get(kind, "{}").format(text) for kind, text in blocks) + "\n"

    def title(self, words: str) -> None:
        self.add("words", f"# {escaped(words)}")

    def heading(self, words: str) -> None:
        self.add("words", f"## {escaped(words)}")

    def words(self, words: str) -> str:
        return escaped(words)

    def mathematics(self, formula: str) -> str:
        """A code span; a backtick within it asks for two."""
        formula = " ".join(visible(formula).split())
        return f"`` {formula} ``" if "`" in formula else f"`{formula}`"

    def bold(self, said: str) -> str:
        return f"**{said}**"

    def point(self, label: str, said: str) -> str:
        return f"- {self.bold(self.words(label))} {said}".rstrip()

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: set[int]) -> bool:
        sides = ("--:" if k in numbers else "---" for k in range(len(heads)))
        self.add("words", *(_row(r) for r in (list(map(escaped, heads)), list(sides))))
        self.blocks[-1][1].extend(_row([escaped(cell) for cell in row]) for row in rows)
        return True


class LatexPage(Document):
    """A page as a fragment of LaTeX: mathematics is set by `prose`."""

    def __str__(self) -> str:
        return "\n\n".join(self._set(kind, lines) for kind, lines in self.blocks if lines) + "\n"

    def _set(self, kind: str, lines: Sequence[str]) -> str:
        if kind in ("lines", "python"):
            shown = (rf"\texttt{{{prose(line).replace(' ', '~')}}}" for line in lines)
            return "{\\footnotesize\\noindent\n" + "\\\\\n".join(shown) + "\n\n}"
        if kind == "items":
            return "\n".join((r"\begin{itemize}", *lines, r"\end{itemize}"))
        return "\n".join(lines)

    def title(self, words: str) -> None:
        self.add("words", rf"\section*{{{prose(words)}}}")

    def heading(self, words: str) -> None:
        self.add("words", rf"\subsection*{{{prose(words)}}}")

    def words(self, words: str) -> str:
        return prose(words)

    def mathematics(self, formula: str) -> str:
        return formula_latex(formula)

    def bold(self, said: str) -> str:
        return rf"\textbf{{{said}}}"

    def point(self, label: str, said: str) -> str:
        return rf"\item {self.bold(self.words(label))} {said}".rstrip()

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: set[int]) -> bool:
        lengths = [max(len(row[k]) for row in (heads, *rows)) for k in range(len(heads))]
        long = [k for k, length in enumerate(lengths) if length > _LONG]
        left = 1 - sum(_LETTER * n for k, n in enumerate(lengths) if k not in long)
        share = (left - _BETWEEN * len(heads)) / max(len(long), 1)
        wide = rf"p{{{max(share, 0.1):.2f}\linewidth}}"
        sides = ("r" if k in numbers else wide if k in long else "l" for k in range(len(heads)))
        lines = [" & ".join(map(prose, row)) + r" \\" for row in (heads, *rows)]
        begin = rf"\begin{{tabular}}{{{''.join(sides)}}}"
        # Without its own height the first row would touch the line above it.
        inside = (lines[0], r"\hline\rule{0pt}{2.6ex}", *lines[1:], r"\end{tabular}")
        self.add("words", r"{\footnotesize\noindent", begin, *inside, "}")
        return True


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
