"""The Unicode alphabet of formulas: how signs, names, sums and fractions are spelled.

`spelling/text.py` lays expressions out in it; another alphabet (LaTeX's) replaces these methods.
"""

from __future__ import annotations

from sympy import Basic, Expr, Integer, Rational

from deltarule.expressions.bounds import Span
from deltarule.spelling.decimals import as_decimal
from deltarule.spelling.names import pretty

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class Alphabet:
    """The spelling of each sign; `self(node)` and `inside` are the layout's."""

    def __call__(self, node: Basic) -> str:
        raise NotImplementedError

    def inside(self, node: Basic, binding: int) -> str:
        """The text of a node, in parentheses where it binds less than `binding`."""
        raise NotImplementedError

    minus, plus, dot, comma, dots = "−", "+", "·", ", ", "…"
    mod, infinity, pi = " mod ", "∞", "π"

    def name(self, name: str) -> str:
        return pretty(name)

    def tensor(self, name: str) -> str:
        """The name of a tensor that is read; other names are of indices and sizes."""
        return self.name(name)

    def parentheses(self, text: str) -> str:
        return f"({text})"

    def number(self, value: Rational) -> str:
        text = as_decimal(value) or str(abs(value))
        return self.minus + text if value < 0 else text

    def access(self, name: str, subscripts: list[str]) -> str:
        return f"{name}[{self.comma.join(subscripts)}]" if subscripts else name

    def fraction(self, top: str, top_binding: int, bottom: str, bottom_binding: int) -> str:
        top = top if top_binding >= PRODUCT else self.parentheses(top)
        bottom = bottom if bottom_binding >= POWER else self.parentheses(bottom)
        return f"{top}/{bottom}"

    def power(self, base: str, exponent: Expr) -> str:
        digits = str(exponent)
        if exponent.is_Integer:
            return base + digits.translate(_SUPERSCRIPTS)
        return f"{base}^{self.inside(exponent, ATOM)}"

    def root(self, radicand: Expr) -> str:
        return "√" + self.inside(radicand, ATOM)

    def big(self, sign: str, below: str) -> str:
        return {"sum": "Σ", "max": "max", "product": "Π"}[sign] + (
            f"_{below}" if len(below) == 1 else f"_{{{below}}}"
        )

    def span(self, span: Span) -> str:
        low = self.extreme("max", span.lower)
        high = self.extreme("min", span.upper)
        return f"{span.index}={low}…{high}"

    def extreme(self, word: str, values: tuple) -> str:
        texts = [self(v) for v in values]
        return texts[0] if len(texts) == 1 else f"{word}({self.comma.join(texts)})"

    def floor(self, top: Expr, bottom: Expr) -> str:
        return f"⌊{self.inside(top, PRODUCT)}/{self.inside(bottom, POWER)}⌋"

    def ceiling(self, top: Expr, bottom: Expr) -> str:
        return f"⌈{self.inside(top, PRODUCT)}/{self.inside(bottom, POWER)}⌉"

    def function(self, symbol: str, arguments: list[str]) -> str:
        if symbol == "abs":
            return f"|{arguments[0]}|"
        return f"{symbol}({self.comma.join(arguments)})"

    def partial(self, top: str, bottom: str) -> str:
        return f"∂{top}/∂{bottom}"

    def second_partial(self, top: str, first: str, then: str) -> str:
        return f"∂²{top}/∂{first}∂{then}"

    def words(self, text: str) -> str:
        """Words inside a formula, such as mod."""
        return text

    def relation(self, left: str, sign: str, right: str) -> str:
        return f"{left} {sign} {right}"

    def bracket(self, conditions: list[str]) -> str:
        return f"[{self.comma.join(conditions)}]"

    def choice(self, condition: str, then: str, otherwise: str) -> str:
        return f"({then} if {condition} else {otherwise})"

    def reduction(self, sign: str, spans: list[Span], conditions: list[str], body: str) -> str:
        """A sum (or max, or product) of `body` over spans, where all conditions hold.

        [c] is a factor of what is added up; of a product or a maximum it is a limit.
        """
        limits = conditions if spans and sign != "sum" else []
        if conditions and not limits:
            counts = body == self.number(Integer(1))
            body = self.bracket(conditions) + ("" if counts else self.dot + body)
        if not spans:
            return body
        said = [s for s in spans if not (limits and s.named)]
        below = ("," if all(s.whole for s in said) else self.comma).join(
            self(s.index) if s.whole else self.span(s) for s in said
        )
        return f"{self.big(sign, self.comma.join([below, *limits] if said else limits))} {body}"
