"""A page as HTML: what fills a page for the screen gives titles, sentences, lists and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from sympy import Expr

from deltarule.cli.document import Document
from deltarule.pages.blocks_html import STYLES, equation_html, table_html
from deltarule.pages.html_page import page_html, text_html
from deltarule.pages.text_mathml import formula_mathml, is_sentence
from deltarule.spelling.visible import visible

_SIGNS = {"✓": "good", "✗": "bad", "→": "follows", "?": "open"}


class HtmlPage(Document):
    """A page of HTML: formulas are MathML, what is marked has the colour of its sign."""

    _name = ""

    def __init__(self, usual: str = "deltarule"):
        """`usual` is the title of a page whose filler gives none."""
        super().__init__()
        self._usual = usual

    def __str__(self) -> str:
        return page_html(self._name or self._usual, self._body(), STYLES)

    def _body(self) -> Iterator[str]:
        if not self._name:
            yield f"<h1>{text_html(self._usual)}</h1>"
        for kind, lines in self.blocks:
            if not lines:
                continue
            if kind in ("lines", "python"):
                text = text_html("\n".join(lines))
                yield f'<pre tabindex="0"><code>{text}</code></pre>'
            elif kind == "items":
                yield f"<ul>{''.join(lines)}</ul>"
            else:
                yield from lines

    def title(self, words: str) -> None:
        if not self._name:
            self._name = visible(words)
            self.add("words", f"<h1>{text_html(words)}</h1>")
        else:
            self.heading(words)

    def named(self, words: str) -> None:
        self._usual = visible(words)

    def heading(self, words: str) -> None:
        self.add("words", f"<h2>{text_html(words)}</h2>")

    def prose(self, words: str, indent: int = 0, style: str = "") -> None:
        said = text_html(words)
        said = self.bold(said) if style.startswith("bold") and words.strip() else said
        soft = ' class="soft"' if style == "dim" else ""
        self.add("words", f"<p{soft}>{said}</p>")

    def formula(
        self,
        formula: str,
        indent: int = 2,
        style: str = "",
        hang: int | None = None,
        lead: str = "",
    ) -> None:
        kind = _SIGNS.get(lead.strip())
        said = f"{text_html(lead)}{self.mathematics(formula)}"
        self.add("words", f"<p>{said}</p>" if kind is None else f'<p class="{kind}">{said}</p>')

    def picture(self, drawn: str) -> None:
        """A picture, which can be moved where it is wider than the page."""
        self.add("words", f'<div class="wide" tabindex="0">{drawn}</div>')

    def set_equation(self, left: object, right: object, lead: str = "") -> bool:
        said = f"<p>{text_html(lead)}</p>" if lead.strip() else ""
        self.add("words", said + equation_html(cast(Expr | None, left), cast(Expr, right)))
        return True

    def words(self, words: str) -> str:
        return text_html(words)

    def mathematics(self, formula: str) -> str:
        if is_sentence(formula):
            return f"<code>{text_html(' '.join(formula.split()))}</code>"
        return f'<span class="eq" tabindex="0">{formula_mathml(formula)}</span>'

    def bold(self, said: str) -> str:
        return f"<b>{said}</b>"

    def point(self, label: str, said: str) -> str:
        return f"<li>{self.bold(self.words(label))} {said}</li>"

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: set[int]) -> bool:
        cells = [[text_html(cell) for cell in row] for row in rows]
        self.add("words", table_html([*map(text_html, heads)], cells, numbers))
        return True
