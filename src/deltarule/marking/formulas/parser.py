"""A small parser for formulas that people type; nothing of them is ever run.

    ∂L/∂ŷ · σ′(s₃) θ₃ σ′(s₂) θ₂ σ′(s₁) x
    Σ_m dE/ds2[m] * Theta2[d, m]
    Σ_{i=max(0, p − 2)…p} [i ≠ q]·∂L/∂y[i]·w[p − i]

Products may be written with or without a dot; σ′(s) is the slope of σ. Whatever `derive` prints
can be read. The result is an expression over the tensors of a network.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from sympy import Expr, Integer, Rational, oo

from deltarule.marking.formulas import limits
from deltarule.marking.formulas.bounded import Bounded
from deltarule.marking.formulas.tokens import Token
from deltarule.marking.formulas.vocabulary import Vocabulary
from deltarule.marking.printed import Printed
from deltarule.notation import nodes
from deltarule.notation.counted import counted
from deltarule.notation.errors import did_you_mean
from deltarule.notation.functions import absolute, derivative, log
from deltarule.notation.matrices import Inverse, LogDet
from deltarule.notation.nodes import Choose, Condition, FloorQuotient, Sum
from deltarule.notation.symbols import Index, Scalar, Size

_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
#: Words that stand between parts of a formula.
_RESERVED = ("if", "else", "mod", "first")
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


class Parser(Bounded):
    """Recursive descent over the tokens of one formula."""

    def parse(self) -> Expr:
        """The whole formula."""
        if not self.rest:
            raise self.error("the formula is empty", "write one, or leave the answer out")
        found = self.sum_of_terms()
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
                factors += self._factor(guards)
            elif self.take("/"):
                bottom = self._not_zero(self._signed())
                factors = [self._divided(self._multiplied(factors), bottom)]
            elif token.kind == "name" and token.text == "mod":
                self.pop()
                top = self._multiplied(factors)
                factors = [nodes.Remainder(top, self._not_zero(self._power()))]
            elif self._begins_factor(token):
                factors += self._factor(guards)
            else:
                break
        result = self._bounded(self._multiplied(factors))
        return Sum(result, (), guards) if guards else result

    def _begins_factor(self, token: Token) -> bool:
        if token.kind == "name" and token.text in _RESERVED:
            return False
        return token.kind not in ("sign", "transposed") or token.text in ("(", "[", "⌊", "⌈")

    def _factor(self, guards: list[Condition]) -> list[Expr]:
        if self.next() == "[":
            conditions, factors = self.bracket()
            guards += conditions
            return factors
        return [self._signed()]

    def _signed(self) -> Expr:
        return self._negated(self._power()) if self.take("-") else self._power()

    def _power(self) -> Expr:
        base = self._atom()
        while self.rest:
            if self.rest[0].kind == "superscript":
                digits = self.rest[0].text.translate(_POWERS)
                if not digits.removeprefix("-").isdigit():
                    raise self.error(f"{digits!r} is no exponent", "write s^2 or s^(1/2)")
                self.pop()
                base = self._to_power(base, Integer(int(digits)))
            elif self.rest[0].kind == "transposed":
                self.pop()
                base = self._turned(base)
            elif self.take("^"):
                minus = self.take("-")
                exponent = self._exponent()
                base = self._to_power(base, -exponent if minus else exponent)
            else:
                break
        return base

    def _exponent(self) -> Expr:
        exponent = self._atom()
        constants = isinstance(exponent, Expr) and all(
            isinstance(s, (Scalar, Size)) for s in nodes.free_symbols(exponent)
        )
        if not constants or nodes.reads(exponent):
            raise self.error("an exponent must be a number", "write s^2 or s^(1/2)")
        return exponent

    def _atom(self) -> Expr:
        token = self.pop()
        if token.text == "(":
            return self._in_parentheses()
        if token.text in _CLOSING:
            return self._rounded(token.text)
        if token.text == "|":
            inside = self.sum_of_terms()
            self.expect("|")
            return self._applied(absolute, [inside])
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
        if token.kind in ("name", "derivative", "primed"):
            return self._named(token)
        raise self.error(f"{token.text!r} is not expected here", "a name or a number belongs here")

    def _in_parentheses(self) -> Expr:
        inside = self.sum_of_terms()
        if self.next() == "if":
            self.pop()
            condition = self.statement()
            self.expect("else")
            inside = Choose(condition, inside, self.sum_of_terms())
        self.expect(")")
        return inside

    def _rounded(self, opening: str) -> Expr:
        """⌊a/b⌋ or ⌈a/b⌉."""
        quotient = self.counting(self.sum_of_terms, halves=True)
        self.expect(_CLOSING[opening])
        if not isinstance(quotient, FloorQuotient):
            return quotient
        return quotient if opening == "⌊" else nodes.CeilingQuotient(*quotient.args)

    def arguments(self, name: str, numbers: Container[int] = (1,)) -> list[Expr]:
        """What stands in parentheses, parted by commas: so many arguments as a function has."""
        self.expect("(")
        found = [self.sum_of_terms()]
        while self.take(","):
            found.append(self.sum_of_terms())
        self.expect(")")
        if len(found) not in numbers:
            raise self.error(f"{len(found)} arguments of {name}", "commas stand between arguments")
        return found

    def _slope(self, token: Token) -> Expr:
        function = self.vocabulary.function(token.text.rstrip("′"))
        if function is None:
            raise self.error(f"{token.text} is no slope of a known function", "write σ′(s)")
        return self._applied(derivative(function), self.arguments(token.text, function.nargs))

    def _named(self, token: Token) -> Expr:
        known = self.vocabulary
        if token.text == "log" and self.next() == "det":
            self.pop()
            return self._log_det()
        if self.next() == "(" and token.kind == "name":
            if token.text == "inverse":
                return self._inverse()
            if token.text == "frozen":
                return nodes.Frozen(self.arguments("frozen")[0])
            function = known.function(token.text)
            if function is not None:
                return self._applied(function, self.arguments(token.text, function.nargs))
        symbol = known.symbol(token.text) if self.next() != "[" else None
        name = known.tensor(token.text)
        if name is not None and not self._is_index(token.text, name):
            return self._read(name)
        if symbol is not None:
            return self._constant(symbol)
        if self.counts and token.kind != "derivative":
            return Index(token.text)
        hint = did_you_mean(token.text, [*known.tensors, *known.symbols])
        raise self.error(f"{token.text} is no quantity here", hint or "check its spelling")

    def _is_index(self, text: str, name: str) -> bool:
        """Whether a name that a tensor has too is that of an index, or of a size, here."""
        axes = self.vocabulary.tensors[name].axes
        if not self.counts or not axes or self.next() == "[":
            return False
        own = text in [i.name for i, _ in self.implied] or text in self.vocabulary.symbols
        return self.halves or own or not self._implied(axes)

    def _read(self, name: str) -> Expr:
        axes = self.vocabulary.tensors[name].axes
        if self.next() == "[":
            found = self.subscripts()
        else:
            found = self._implied(axes)
        if len(found) != len(axes):
            raise self.error(
                f"{name} has {counted(len(axes), 'axis')} but is read with {len(found)}",
                "write one index for each axis, such as Theta2[d, m]",
            )
        return self.vocabulary.reading(name, found)

    def _implied(self, axes: Sequence[Expr]) -> list[Expr]:
        """The implied index of each axis; none where one is missing or two would do."""
        found: list[list[Expr]] = [[i for i, n in self.implied if n == axis] for axis in axes]
        return [f[0] for f in found] if all(len(f) == 1 for f in found) else []

    def _log_det(self) -> Expr:
        body = self.arguments("log det")[0]
        if not isinstance(body, nodes.Read) or len(body.indices) < 2:
            raise self.error("log det is of a matrix", "write log det(S[a, b])")
        return LogDet(body, [(i, self.extent(i, body)) for i in body.indices[-2:]])

    def _inverse(self) -> Expr:
        body = self.arguments("inverse")[0]
        subscripts = self.subscripts()
        if len(subscripts) != 2:
            raise self.error("an inverse has two indices", "write inverse(S[a, b])[a, b]")
        row, column = subscripts
        return Inverse(body, row, column, self.extent(row, body))

    # What is done with values: matrices in words do it otherwise.
    def _constant(self, value: Expr) -> Expr:
        return value

    def _negated(self, value: Expr) -> Expr:
        return -value

    def _added(self, one: Expr, two: Expr) -> Expr:
        return one + two

    def _multiplied(self, factors: list[Expr]) -> Expr:
        return nodes.multiply(factors)

    def _divided(self, top: Expr, bottom: Expr) -> Expr:
        return FloorQuotient(top, bottom) if self.halves else top / bottom

    def _raised(self, base: Expr, exponent: Expr) -> Expr:
        return base**exponent

    def _applied(self, function, arguments: list[Expr]) -> Expr:
        if function is log and isinstance(arguments[0], nodes.LogSumExp):
            return arguments[0]
        return function(*arguments)

    def _turned(self, value: Expr) -> Expr:
        raise self.error("a transpose needs matrices without indices", "write W[m, d] for W[d, m]ᵀ")


def _number(token: Token, place: str) -> Rational:
    if token.text in "½¼":
        return Rational(1, 2 if token.text == "½" else 4)
    value = Printed(token.text, f"{place}, character {token.start + 1}").value
    return Rational(value.numerator, value.denominator)
