"""The LaTeX alphabet: the writer of spelling/text.py with \\sum, \\frac and \\partial."""

from __future__ import annotations

from sympy import Expr, Integer, Rational

from deltarule.expressions import nodes
from deltarule.expressions.bounds import Span
from deltarule.expressions.functions import Elementwise
from deltarule.spelling.names import latex as latex_name
from deltarule.spelling.ordering import flat_arguments
from deltarule.spelling.text import ATOM, POWER, PRODUCT, SUM, Writer

_COMMANDS = {
    "exp": r"\exp", "log": r"\log", "tanh": r"\tanh", "max": r"\max", "σ": r"\sigma",
    "log Γ": r"\log\Gamma", "ψ": r"\psi", "ψ₁": r"\psi_{1}",
}  # fmt: skip
_BIG = {"sum": r"\sum", "max": r"\max", "product": r"\prod"}
_CASES = r"\begin{cases} "
_SIGNS = {"≥": r"\ge", "≤": r"\le", "≠": r"\ne", "|": r"\mid"}
_TALL = (r"\frac", r"\sum", r"\prod", r"\max_", r"\lfloor", r"\lceil")


class LatexWriter(Writer):
    """Expressions in LaTeX's mathematics mode; indices stand in brackets, as on the screen."""

    minus, dot, comma, dots = "-", r"\, ", ", ", r"\ldots"
    mod, infinity, pi = r" \bmod ", r"\infty", r"\pi"

    def name(self, name: str) -> str:
        return latex_name(name.replace("′", "prime"))

    def parentheses(self, text: str) -> str:
        tall = any(command in text for command in _TALL)
        return rf"\left({text}\right)" if tall else f"({text})"

    def access(self, name: str, subscripts: list[str]) -> str:
        if not subscripts:
            return name
        entry = f"[{self.comma.join(subscripts)}]"
        # ∂E/∂Θ₂ at [d, m] is the derivative by the entry Θ₂[d, m].
        if name.startswith(r"\frac{\partial"):
            return f"{name[:-1]}{entry}}}"
        return name + entry

    def fraction(self, top: str, top_binding: int, bottom: str, bottom_binding: int) -> str:
        return rf"\frac{{{top}}}{{{bottom}}}"

    def power(self, base: str, exponent: Expr) -> str:
        return rf"{{{base}}}^{{{self(exponent)}}}"

    def root(self, radicand: Expr) -> str:
        return rf"\sqrt{{{self(radicand)}}}"

    def floor(self, top: Expr, bottom: Expr) -> str:
        return rf"\left\lfloor\frac{{{self(top)}}}{{{self(bottom)}}}\right\rfloor"

    def ceiling(self, top: Expr, bottom: Expr) -> str:
        return rf"\left\lceil\frac{{{self(top)}}}{{{self(bottom)}}}\right\rceil"

    def extreme(self, word: str, values: tuple) -> str:
        texts = [self(v) for v in values]
        return texts[0] if len(texts) == 1 else "\\" + word + self.parentheses(", ".join(texts))

    def function(self, symbol: str, arguments: list[str]) -> str:
        if symbol == "abs":
            return rf"\left|{arguments[0]}\right|"
        command = _COMMANDS.get(symbol) or self._operator(symbol)
        return command + self.parentheses(", ".join(arguments))

    def _operator(self, symbol: str) -> str:
        if symbol == "δ":
            return r"\delta"
        plain = symbol.replace("_", r"\_")
        return rf"\mathrm{{{plain}}}"

    def partial(self, top: str, bottom: str) -> str:
        return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"

    def second_partial(self, top: str, first: str, then: str) -> str:
        return rf"\frac{{\partial^2 {top}}}{{\partial {first}\,\partial {then}}}"

    def relation(self, left: str, sign: str, right: str) -> str:
        return f"{left} {_SIGNS.get(sign, sign)} {right}"

    def bracket(self, conditions: list[str]) -> str:
        return rf"\left[{self.comma.join(conditions)}\right]"

    def words(self, text: str) -> str:
        return rf"\text{{{text}}}"

    def choice(self, condition: str, then: str, otherwise: str) -> str:
        rows = rf"{then} & {condition} \\ "
        if otherwise.startswith(_CASES):
            return f"{_CASES}{rows}{otherwise.removeprefix(_CASES)}"
        return rf"{_CASES}{rows}{otherwise} & \text{{else}} \end{{cases}}"

    def reduction(self, sign: str, spans: list[Span], conditions: list[str], body: str) -> str:
        """Whole indices share one sign; an index with limits of its own has a sign of its own."""
        if not spans:
            counts = body == self.number(Integer(1))
            return self.bracket(conditions) + ("" if counts else self.dot + body)
        signs: list[tuple[list[str], str]] = []
        for span in spans:
            if span.named and sign != "sum":
                continue
            if not span.whole:
                low, high = self.extreme("max", span.lower), self.extreme("min", span.upper)
                signs.append(([f"{self(span.index)} = {low}"], high))
            elif signs and not signs[-1][1]:
                signs[-1][0].append(self(span.index))
            else:
                signs.append(([self(span.index)], ""))
        pieces = []
        for k, (below, above) in enumerate(signs or [([], "")]):
            lines = [",".join(below)] if below else []
            lines += conditions if k >= len(signs) - 1 else []
            stacked = r" \\ ".join(lines)
            under = stacked if len(lines) == 1 else rf"\substack{{{stacked}}}"
            pieces.append(self.signed(sign, under, above))
        return f"{' '.join(pieces)} {body}"

    def signed(self, sign: str, below: str, above: str) -> str:
        """The big sign with what stands under and over it; a maximum has its limits beneath."""
        if sign == "max" and above:
            return rf"{_BIG[sign]}_{{{below}, \ldots, {above}}}"
        return f"{_BIG[sign]}_{{{below}}}" + (f"^{{{above}}}" if above else "")

    def _read(self, node: nodes.Read):
        text, binding = super()._read(node)
        return text, POWER if text.startswith(r"\frac") else binding

    def _partial(self, node: nodes.PartialOf):
        return super()._partial(node)[0], POWER

    def _function(self, node: Elementwise):
        symbol = node.row.symbol or node.row.name
        if symbol == "abs":
            return rf"\left|{self(node.args[0])}\right|", ATOM
        return self.function(symbol, [self(a) for a in flat_arguments(node)]), ATOM

    def _number(self, node: Rational):
        if node.is_Integer:
            return super()._number(node)
        text = rf"\frac{{{abs(node.p)}}}{{{node.q}}}"
        return (self.minus + text, SUM) if node < 0 else (text, PRODUCT)

    _methods = {
        **Writer._methods,
        nodes.Read: _read,
        Elementwise: _function,
        Rational: _number,
        nodes.PartialOf: _partial,
    }


latex = LatexWriter()
