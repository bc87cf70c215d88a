"""The MathML alphabet: the writer of spelling/text.py with elements for sums, fractions and roots.

What is written is a row of elements without one around it; `mathml` puts them into `<math>`.
"""

from __future__ import annotations

from html import escape

from sympy import Expr, Integer, Rational, Symbol

from deltarule.expressions import nodes
from deltarule.expressions.bounds import Span
from deltarule.pages.mathml_names import entry, marked_name, mathml_name, partial, row, sign
from deltarule.spelling.decimals import as_decimal
from deltarule.spelling.noting import Noting
from deltarule.spelling.text import ATOM, POWER, PRODUCT, SUM, Writer
from deltarule.tracing.substituted import NumberWriter

_BIG = {"sum": "∑", "product": "∏"}
#: How a partial derivative ends, with a mark around it and without.
_ENDS = ("</mrow></mfrac></mrow>", "</mrow></mfrac>")
#: Elements that are taller than a line.
_TALL = ("<mfrac", "<munder", "<mtable", "<msqrt")
#: Large by its style, for only a font with a table of mathematics has a large one itself; lowered
#: by as much as it grows above the line.
_BIG_SIGN = (
    '<mpadded voffset="-0.15em"><mo class="big" largeop="false" movablelimits="false">{}</mo>'
    "</mpadded>"
)
#: An operator in letters stands apart from what follows.
_WORD = '<mo movablelimits="false" lspace="0.17em" rspace="0.17em">{}</mo>'


def mathml(row_of_elements: str, block: bool = True) -> str:
    """A formula as an element of a page: displayed, or in a line of text."""
    display = ' display="block"' if block else ""
    return f"<math{display}>{row_of_elements}</math>"


def mathml_piece(row_of_elements: str, smaller: int) -> str:
    """A piece of a displayed formula that may be broken before it; on paper it is set smaller by
    so many hundredths, where that is not 0.
    """
    kind = f' class="by{smaller}"' if smaller else ""
    return f'<math displaystyle="true"{kind}>{row_of_elements}</math>'


class MathmlWriter(Writer):
    """Expressions in MathML Core; indices stand in brackets, as on the screen."""

    minus, plus, dot, comma, dots = map(sign, ("−", "+", "·", ",", "…"))
    mod, infinity, pi = sign("mod"), "<mi>∞</mi>", "<mi>π</mi>"

    def write(self, node):
        found = super().write(node)
        return found if found[0].startswith("<") else (f"<mtext>{escape(found[0])}</mtext>", ATOM)

    def name(self, name: str) -> str:
        return mathml_name(name.replace("′", "prime"))

    def parentheses(self, text: str) -> str:
        return _within("(", text, ")")

    def number(self, value: Rational) -> str:
        text = f"<mn>{as_decimal(value) or abs(value)}</mn>"
        return self.minus + text if value < 0 else text

    def access(self, name: str, subscripts: list[str]) -> str:
        if not subscripts:
            return name
        # ∂E/∂Θ₂ at [d, m] is the derivative by the entry Θ₂[d, m].
        for end in _ENDS:
            if name.endswith(end):
                return f"{name.removesuffix(end)}{entry(subscripts)}{end}"
        return f"<mrow>{name}{entry(subscripts)}</mrow>"

    def fraction(self, top: str, top_binding: int, bottom: str, bottom_binding: int) -> str:
        return f"<mfrac>{row(top)}{row(bottom)}</mfrac>"

    def power(self, base: str, exponent: Expr) -> str:
        return f"<msup>{row(base)}{row(self(exponent))}</msup>"

    def root(self, radicand: Expr) -> str:
        return f"<msqrt>{self(radicand)}</msqrt>"

    def floor(self, top: Expr, bottom: Expr) -> str:
        return f"<mrow><mo>⌊</mo>{self._quotient(top, bottom)}<mo>⌋</mo></mrow>"

    def ceiling(self, top: Expr, bottom: Expr) -> str:
        return f"<mrow><mo>⌈</mo>{self._quotient(top, bottom)}<mo>⌉</mo></mrow>"

    def _quotient(self, top: Expr, bottom: Expr) -> str:
        return self.fraction(self(top), PRODUCT, self(bottom), PRODUCT)

    def extreme(self, word: str, values: tuple) -> str:
        texts = [self(v) for v in values]
        return texts[0] if len(texts) == 1 else self.function(word, texts)

    def function(self, symbol: str, arguments: list[str]) -> str:
        if symbol == "abs":
            return f"<mrow><mo>|</mo>{arguments[0]}<mo>|</mo></mrow>"
        called = f"<mi>{escape(symbol)}</mi><mo>&#x2061;</mo>"
        return f"<mrow>{called}{self.parentheses(self.comma.join(arguments))}</mrow>"

    def partial(self, top: str, bottom: str) -> str:
        return partial(top, bottom)

    def second_partial(self, top: str, first: str, then: str) -> str:
        above = f"<msup><mo>∂</mo><mn>2</mn></msup>{top}"
        below = f"<mo>∂</mo>{first}<mo>∂</mo>{then}"
        return f"<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>"

    def words(self, text: str) -> str:
        return f"<mtext>{escape(text).replace(chr(32), chr(160))}</mtext>"

    def relation(self, left: str, sign_: str, right: str) -> str:
        return f"{left}{sign(sign_)}{right}"

    def bracket(self, conditions: list[str]) -> str:
        return _within("[", self.comma.join(conditions), "]")

    def choice(self, condition: str, then: str, otherwise: str) -> str:
        rows = ((then, self.words("if ") + condition), (otherwise, self.words("else")))
        cells = "".join(f"<mtr><mtd>{a}</mtd><mtd>{b}</mtd></mtr>" for a, b in rows)
        return f'<mrow><mo>{{</mo><mtable class="cases">{cells}</mtable></mrow>'

    def reduction(self, sign: str, spans: list[Span], conditions: list[str], body: str) -> str:
        """Whole indices share one sign; an index with limits of its own has a sign of its own."""
        if conditions and (not spans or body == self.number(Integer(1))):
            counts = body == self.number(Integer(1))
            body = self.bracket(conditions) + ("" if counts else self.dot + body)
            conditions = []
        if not spans:
            return body
        said = [s for s in spans if sign == "sum" or not (conditions and s.named)]
        signs = self._lines_of(said, apart=sign != "max") or [([], "")]
        signs[-1][0].extend(conditions)
        pieces = [_signed(sign, lines, above) for lines, above in signs]
        return f"<mrow>{''.join(pieces)}{body}</mrow>"

    def _lines_of(self, spans: list[Span], apart: bool) -> list[tuple[list[str], str]]:
        """What stands below each big sign, line by line, and what stands above it.

        Limits stand `apart`, below and above; else they are a line below, as of a maximum.
        """
        found: list[tuple[list[str], str]] = []
        for span in spans:
            index = self(span.index)
            low, high = self.extreme("max", span.lower), self.extreme("min", span.upper)
            begins = self.relation(index, "=", low)
            if not span.whole and apart:
                found.append(([begins], high))
                continue
            line = index if span.whole else f"{begins}{self.dots}{high}"
            if not found or found[-1][1]:
                found.append(([line], ""))
            elif span.whole:
                found[-1][0][-1] += f"{self.comma}{line}"
            else:
                found[-1][0].append(line)
        return found

    def _read(self, node: nodes.Read):
        return _bound(*super()._read(node))

    def _partial(self, node: nodes.PartialOf):
        return super()._partial(node)[0], POWER

    def _number(self, node: Rational):
        if node.is_Integer or as_decimal(node):
            return super()._number(node)
        text = f"<mfrac><mn>{abs(node.p)}</mn><mn>{node.q}</mn></mfrac>"
        return (self.minus + text, SUM) if node < 0 else (text, PRODUCT)

    _methods = {**Writer._methods, nodes.Read: _read, Rational: _number, nodes.PartialOf: _partial}


def _bound(text: str, binding: int) -> tuple[str, int]:
    """A read with how tightly it binds, which is less where it is a fraction."""
    return text, POWER if text.endswith(_ENDS) else binding


def _within(opening: str, text: str, closing: str) -> str:
    """Brackets around a row; they stretch only where something tall stands between them."""
    kept = "" if any(element in text for element in _TALL) else ' stretchy="false"'
    return f"<mrow><mo{kept}>{opening}</mo>{text}<mo{kept}>{closing}</mo></mrow>"


def _signed(word: str, below: list[str], above: str) -> str:
    """A big sign with lines beneath it, and what its index runs up to above."""
    big = _BIG_SIGN.format(_BIG[word]) if word in _BIG else _WORD.format(word)
    lines = "".join(f"<mtr><mtd>{line}</mtd></mtr>" for line in below)
    under = row(below[0]) if len(below) == 1 else f'<mtable class="under">{lines}</mtable>'
    if above:
        return f"<munderover>{big}{under}{row(above)}</munderover>"
    return f"<munder>{big}{under}</munder>"


class MathmlNumbers(NumberWriter, MathmlWriter):
    """Reads as numbers, in MathML."""

    _methods = {
        **MathmlWriter._methods,
        nodes.Read: NumberWriter._read,
        nodes.Reduction: NumberWriter._reduction,
        Symbol: NumberWriter._symbol,
    }

    def _size(self, node):
        return f"<mn>{self._values.sizes[node]}</mn>", ATOM


def number_mathml(text: str) -> str:
    """A number as it is written, its minus sign apart."""
    if text.startswith(("−", "-")):
        return f"{MathmlWriter.minus}<mn>{escape(text[1:])}</mn>"
    return f"<mn>{escape(text)}</mn>"


class _Marked(MathmlWriter):
    """Names of tensors are marked, so that a page can show their numbers."""

    def tensor(self, name: str) -> str:
        return marked_name(name.replace("′", "prime"))


mathml_row, marked_row = MathmlWriter(), _Marked()


def equation_mathml(left: Expr, right: Expr) -> str:
    """`left = right` as a row of elements."""
    return f"{mathml_row(left)}{sign('=')}{mathml_row(right)}"


class MathmlNoting(Noting, MathmlWriter):
    """Sums over bare indices in MathML; their ranges are noted."""

    def over(self, sign: str, indices: list[str], body: str) -> str:
        return f"<mrow>{_signed(sign, [self.comma.join(indices)], '')}{body}</mrow>"

    def _read(self, node: nodes.Read):
        return _bound(*Noting._read(self, node))

    _methods = {**MathmlWriter._methods, nodes.Read: _read}


class MarkedNoting(MathmlNoting, _Marked):
    """The same, the names of tensors marked."""
