"""A small parser for formulas that people type; nothing of them is ever run.

    ∂L/∂ŷ · σ′(s₃) θ₃ σ′(s₂) θ₂ σ′(s₁) x
    Σ_m dE/ds2[m] * Theta2[d, m]
    Σ_{i=max(0, p − 2)…p} [i ≠ q]·∂L/∂y[i]·w[p − i]

Products may be written with or without a dot; σ′(s) is the slope of σ. Whatever `derive` prints
can be read. The result is an expression over the tensors of a network.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Integer, Rational, oo

from deltarule.arithmetic.printed import Printed
from deltarule.expressions import nodes
from deltarule.expressions.functions import absolute
from deltarule.expressions.nodes import Condition, FloorQuotient, Sum
from deltarule.expressions.symbols import Index, Scalar, Size
from deltarule.formulas import limits
from deltarule.formulas.bare_words import POWERS
from deltarule.formulas.gammas import factorial
from deltarule.formulas.named import Named
from deltarule.formulas.tokens import Token
from deltarule.formulas.vocabulary import Vocabulary

#: Words that stand between parts of a formula.
_RESERVED = ("if", "else", "mod", "first", "and", "or", "not")
_CLOSING = {"⌊": "⌋", "⌈": "⌉"}


def parse_formula(
    formula: str,
    vocabulary: Vocabulary,
    place: str = "formula",
    implied: Sequence[tuple[Index, Expr]] = (),
) -> Expr:
    """The expression that a formula says. Raises DeltaruleError where it cannot be read.

    A tensor without brackets is read at the `implied` indices, where its axes are among theirs:
    in a formula for ∂E/∂s₂[m], ŷ is ŷ[m].
    """
    return Parser(formula, vocabulary, place, implied).parse()


class Parser(Named):
    """Recursive descent over the tokens of one formula."""

    #: The brackets in which the condition of an indicator is read.
    indicator = ("[", "]")

    def parse(self) -> Expr:
        """The whole formula."""
        if not self.rest:
            raise self.error("the formula is empty", "write one, or leave the answer out")
        found = self._chosen_if(self.sum_of_terms())
        if self.rest:
            raise self.error(f"{self.rest[0].text!r} is not expected here", "check the brackets")
        for entry in self._entries(self._bounded(found)):
            limits.check_whole(entry, self.place)
        return found

    def sum_of_terms(self) -> Expr:
        """Terms with + and − between them."""
        negative = self.take("-")
        if not negative:
            self.take("+")
        total = self._negated(self._product()) if negative else self._product()
        while self.next() in ("+", "-"):
            minus = self.pop().text == "-"
            term = self._product()
            total = self._added(total, self._negated(term) if minus else term)
        return total

    def _product(self) -> Expr:
        """Factors, and conditions in brackets, which hold for all of the product."""
        guards: list[Condition] = []
        factors = self._factor(guards)
        while self.rest:
            token = self.rest[0]
            if token.text in ("*", "⊙"):
                self.pop()
                new = self._factor(guards)
                self.signs += [(factor, self._sign_of(token)) for factor in new[:1]]
                factors += new
            elif self.take("@"):
                factors = [self._matmul(self._multiplied(factors), self._signed())]
            elif self.take("⊗"):
                factors = [self._outer(self._multiplied(factors), self._signed())]
            elif self.take("/"):
                bottom = self._not_zero(self._signed())
                factors = [self._divided(self._multiplied(factors), bottom)]
            elif token.kind == "name" and token.text == "mod":
                self.pop()
                top = self._multiplied(factors)
                factors = [self._remainder(top, self._not_zero(self._power()))]
            elif self._begins_factor(token):
                factors += self._factor(guards)
            else:
                break
        result = self._bounded(self._multiplied(factors))
        return self._guarded(result, guards) if guards else result

    def _sign_of(self, token: Token) -> str:
        """The sign of a product, as far as it says what product."""
        return token.text

    def _begins_factor(self, token: Token) -> bool:
        if token.kind == "name" and token.text in _RESERVED:
            return False
        if token.text in ("|", "‖"):  # an open one is closed by it
            return not self.counts and token.text not in self.open
        if token.kind in ("below", "method", "shape", "slice", "extents"):
            return False
        return token.kind not in ("sign", "transposed") or token.text in ("(", "[", "⌊", "⌈")

    def _factor(self, guards: list[Condition]) -> list[Expr]:
        self._indicator()
        if self.next() == "[":
            conditions, factors = self.bracket()
            guards += conditions
            return factors
        return [self._signed()]

    def _indicator(self) -> None:
        """1_{z > 0} as [z > 0]; of whole arrays as (z > 0)."""
        if [t.text for t in self.rest[:3]] != ["1", "_", "{"]:
            return
        for k, token in enumerate(self.rest):
            if token.text == "}":
                opening, closing = self.indicator
                self.rest[k] = Token("sign", closing, token.start)
                self.rest[:3] = [Token("sign", opening, self.rest[2].start)]
                return

    def _signed(self) -> Expr:
        return self._negated(self._power()) if self.take("-") else self._power()

    def _power(self) -> Expr:
        return self._powers(self._atom())

    def _powers(self, base: Expr) -> Expr:
        """What stands behind a part: powers, ᵀ, methods."""
        while self.rest:
            if self.rest[0].kind == "superscript":
                digits = self.rest[0].text.translate(POWERS)
                if not digits.removeprefix("-").isdigit():
                    raise self.error(f"{digits!r} is no exponent", "write s^2 or s^(1/2)")
                self.pop()
                base = self._to_power(base, Integer(int(digits)))
            elif self.rest[0].kind == "transposed":
                batched = self.pop().text == ".mT"
                base = self._permuted(base, [-2, -1], "swapaxes") if batched else self._turned(base)
            elif self.rest[0].kind == "slice":
                base = self._sliced(base, self.pop())
            elif self.rest[0].kind == "method":
                base = self._method(base, self.pop())
            elif self.take("!"):
                base = self._applied(factorial, [base])
            elif self.take("^"):
                base = self._to_power(base, self._raised_to())
            else:
                break
        return base

    def _raised_to(self) -> Expr:
        """What stands behind ^: a^b^c is a^(b^c)."""
        minus = self.take("-")
        exponent = self._exponent()
        if self.take("^"):
            exponent = exponent ** self._raised_to()
        return -exponent if minus else exponent

    def _exponent(self) -> Expr:
        exponent = self._atom()
        constants = isinstance(exponent, Expr) and all(
            isinstance(s, (Scalar, Size)) for s in nodes.free_symbols(exponent)
        )
        if (not constants or nodes.reads(exponent)) and not self.vocabulary.exponents_vary:
            raise self.error("an exponent must be a number", "write s^2 or s^(1/2)")
        return exponent

    def _atom(self) -> Expr:
        token = self.pop()
        if token.text == "(":
            return self._in_parentheses()
        if token.text in _CLOSING:
            return self._rounded(token.text)
        if token.text in ("|", "‖"):
            return self._in_bars(token.text)
        if token.text == "1" and self.rest and self.rest[0].kind == "transposed":
            return self._of_ones()
        if token.kind == "number":
            return self._constant(_number(token, self.place))
        if token.text == "∞":
            return self._constant(oo)
        if token.kind == "reduction":
            return self.reduction(token)
        if token.kind == "root":
            return self._raised(self._atom(), Rational(1, 2))
        if token.kind == "primed" and self.next() == "(":
            return self._slope(token)
        if token.kind == "primed" and self._is_turned(token):
            return self._turned(self._named(Token("name", token.text[:-1], token.start)))
        if token.kind in ("name", "call", "derivative", "entries", "primed"):
            return self._named(token)
        raise self.error(f"{token.text!r} is not expected here", "a name or a number belongs here")

    def _of_ones(self) -> Expr:
        """1ᵀ A, where 1 is a column of ones: the sum over the rows of A."""
        begin = self.pop().start
        if self.next() in ("*", "@"):
            self.pop()
        return self._along(self._power(), "sum", 0, begin)

    def _is_turned(self, token: Token) -> bool:
        """Whether x' is the transpose of x, as MATLAB writes it, and no name with a prime."""
        known, plain = self.vocabulary, token.text[:-1]
        if self.counts or known.tensor(token.text):
            return False
        return bool(known.tensor(plain))

    def _in_parentheses(self) -> Expr:
        inside = self._compared(self._chosen_if(self.sum_of_terms()))
        self.expect(")")
        return inside

    def _chosen_if(self, inside: Expr) -> Expr:
        """a if x > 0 else b, of which a was read."""
        if self.next() != "if":
            return inside
        self.pop()
        statement = self.stated()
        self.expect("else")
        return self.chosen(statement, inside, self._chosen_if(self.sum_of_terms()))

    def where(self) -> Expr:
        """where(i < j, a, b), of statements about indices, too."""
        if not self.statement_first():
            return super().where()
        self.expect("(")
        statement = self.stated()
        self.expect(",")
        one = self.sum_of_terms()
        self.expect(",")
        two = self.sum_of_terms()
        self.expect(")")
        return self.chosen(statement, one, two)

    def _in_bars(self, bar: str) -> Expr:
        """|a|, and ‖v‖, the length of a vector."""
        begin = self.rest[0].start if self.rest else len(self.formula)
        self.open.append(bar)
        inside = self.sum_of_terms()
        self.open.pop()
        self.expect(bar)
        return self._norm(inside, begin) if bar == "‖" else self._absolute(inside)

    def _rounded(self, opening: str) -> Expr:
        """⌊a/b⌋ or ⌈a/b⌉."""
        quotient = self.counting(self.sum_of_terms, halves=True)
        self.expect(_CLOSING[opening])
        if not isinstance(quotient, FloorQuotient):
            return quotient
        return quotient if opening == "⌊" else nodes.CeilingQuotient(*quotient.args)

    # What is done with values: matrices in words do it otherwise.
    def _guarded(self, value: Expr, guards: list[Condition]) -> Expr:
        """0 where the conditions do not hold."""
        return Sum(value, (), guards)

    def _remainder(self, top: Expr, bottom: Expr) -> Expr:
        names = {nodes.tensor_name(r) for r in nodes.reads(top)}
        real = [n for n in sorted(names) if not self.vocabulary.tensors[n].integral]
        if real:
            raise self.error(
                f"mod is about integers, and {real[0]} holds real numbers",
                "write it of indices, as x[i mod 2]",
            )
        return nodes.Remainder(top, bottom)

    def _absolute(self, value: Expr) -> Expr:
        return self._applied(absolute, [value])

    def _divided(self, top: Expr, bottom: Expr) -> Expr:
        return FloorQuotient(top, bottom) if self.halves else top / bottom


def _number(token: Token, place: str) -> Rational:
    if token.text in "½¼":
        return Rational(1, 2 if token.text == "½" else 4)
    value = Printed(token.text, f"{place}, character {token.start + 1}").value
    return Rational(value.numerator, value.denominator)
