"""What words with parentheses behind them say: tanh(s), tanh²(s), max(a, b), sum(v)^2, e^(−s)."""

from __future__ import annotations

from sympy import Expr, Integer, Rational

from deltarule.expressions import nodes
from deltarule.expressions.functions import derivative, exp, larger, log, smaller
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.symbols import Index
from deltarule.formulas.bare_words import POWERS, BareWords
from deltarule.formulas.gammas import BETA, LOG_BETA, beta, log_beta, logarithm
from deltarule.formulas.no_functions import NO_FUNCTIONS
from deltarule.formulas.several_numbers import OF_TWO, WITH_CONSTANTS
from deltarule.formulas.spelled import ALIASES, EXTREMES, LOSSES, REDUCED, SPELLED, power
from deltarule.formulas.sum_signs import SIGNS, WORDS
from deltarule.formulas.tokens import Token

#: What stands before the condition of an indicator, I(z > 0).
_INDICATORS = ("I", "indicator", "Indicator", "iverson")
#: What cuts positions off, x[min(i, 4)], and what it does.
_CUT_OFF = {"max": "max", "maximum": "max", "min": "min", "minimum": "min", "clip": "clip"}


class Calls(BareWords):
    """The grammar of functions."""

    def _slope(self, token: Token) -> Expr:
        function = self.vocabulary.function(token.text.rstrip("′"))
        if function is None:
            raise self.error(f"{token.text} is no slope of a known function", "write σ′(s)")
        return self._applied(derivative(function), self.arguments(token.text, function.nargs))

    def _called(self, token: Token) -> Expr | None:
        """What a word with parentheses behind it says: tanh(s), tanh²(s), max(a, b), sum(v)."""
        text, known = token.text, self.vocabulary
        strict = token.kind == "call"
        if self.next() == "(":
            declared = known.own_function(text)
            if declared is not None:
                return self._applied(declared, self.arguments(text, declared.nargs))
            if text in ("inverse", "inv"):
                return self._inverse()
            if text in _INDICATORS and not (known.tensor(text) or known.symbol(text)):
                return self.arguments(text)[0]
            if text == "len" and known.tensor(text) is None:
                return self._length()
            if text in ("stop_gradient", "frozen"):
                return self._applied(nodes.Frozen, self.arguments(text))
            if text == "straight_through":
                forward, backward = self.arguments(text, (2,))
                moved = self._added(forward, self._negated(backward))
                return self._added(backward, self._applied(nodes.Frozen, [moved]))
            function = known.function(ALIASES.get(text, text))
            if function is not None:
                own = logarithm if function is log else function
                return self._applied(own, self.arguments(text, function.nargs))
            if self.counts and text in _CUT_OFF and known.tensor(text) is None:
                return self._cut_off(_CUT_OFF[text])
        if not strict and (self.counts or known.tensor(text) or known.symbol(text)):
            return None
        if self.next() == "(":
            return self._spelled(token)
        if text in (*SIGNS, *WORDS) and self.rest and self._begins_factor(self.rest[0]):
            return self.rangeless(text, self.rest[0].start)
        if text == "e" and (self.next() == "^" or self._raised_sign()):
            return self._euler()
        if ALIASES.get(text, text) in SPELLED or known.function(text) is not None:
            return self._power_of_function(token) or self._of_what_follows(token)
        return None

    def _cut_off(self, word: str) -> Expr:
        """max(i, j), min(i, 4) and clip(i + k, 0, N − 1) of positions."""
        first, *others = self.arguments(word, (3,) if word == "clip" else (2,))
        if word != "clip":
            return (larger if word == "max" else smaller)(first, *others)
        low, high = self.bounds_behind([first, *others])[1:]
        above = first if low is None else larger(first, low)
        return above if high is None else smaller(above, high)

    def _of_gammas(self, token: Token) -> Expr:
        """Γ(a) or B(a, b)."""
        if token.text in BETA:
            return self._chosen(beta, *self.arguments(token.text, (2,)))
        return self._applied(SPELLED["Γ"], self.arguments(token.text))

    def _length(self) -> Expr:
        """len(x), how many rows x has."""
        self.expect("(")
        name = self.vocabulary.tensor(self.pop().text)
        axes = () if name is None else self.vocabulary.tensors[name].axes
        if not axes or self.next() != ")":
            raise self.error("len( ) is of a tensor with rows", "write len(x), or N")
        self.expect(")")
        return self._constant(axes[0])

    def _spelled(self, token: Token) -> Expr | None:
        text = ALIASES.get(token.text, token.text)
        if text in SPELLED:
            return self._applied(SPELLED[text], self.arguments(text))
        if text in WITH_CONSTANTS:
            function, count, _ = WITH_CONSTANTS[text]
            return self._applied(function, self.arguments(text, (count,)))
        if text in OF_TWO:
            return self._chosen(OF_TWO[text], *self.arguments(text, (2,)))
        if text in (*LOG_BETA, *BETA[1:]):
            return self._chosen(log_beta if text in LOG_BETA else beta, *self.arguments(text, (2,)))
        found = self.library_call(token)
        if found is not None:
            return found
        if text in LOSSES:
            return self._loss(text)
        if text in NO_FUNCTIONS:
            fact, _, remedy = NO_FUNCTIONS[text].partition(": ")
            raise self.error(f"{token.text} {fact}", remedy)
        if text in ("max", "min"):
            return self._extreme(text)
        if text in REDUCED:
            begin = self.rest[0].start
            if text == "norm":
                return self._norm(self.arguments(text)[0], begin)
            return self.rangeless(text, begin)
        return None

    def _loss(self, text: str) -> Expr:
        """CE(t, p), the sum of −t ln p; MSE(y, ŷ), the mean of the squares of y − ŷ."""
        summand, word = LOSSES[text]
        with self._missing():
            begin = self.rest[0].start
            one, other = self.arguments(text, (2,))
            if text in ("CE", "BCE") and self.in_layer:
                one, other = self._target_first(one, other)
            return self._in_all(self._chosen(summand, one, other), word, begin)

    def _target_first(self, one: Expr, other: Expr) -> tuple[Expr, Expr]:
        """CE(y, t) of libraries, with the prediction first, as CE(t, y)."""
        return one, other

    def _in_all(self, value: Expr, word: str, begin: int) -> Expr:
        """A sum or a mean over all entries; of one number it is that."""
        return self._summed(value, word, begin) if nodes.free_indices(value) else value

    def _extreme(self, text: str) -> Expr:
        """max(a, b, …) of several numbers."""
        begin = self.rest[0].start
        found = self.arguments(text, range(1, 9))
        if len(found) == 1 and self.in_layer:
            return self._along(found[0], text, None, begin)
        if len(found) == 1:
            raise self.error(f"{text}( ) of one argument", f"write {text}(a, b), or max_m s[m]")
        pick = EXTREMES[text][self.in_layer]
        whole = found[0]
        for other in found[1:]:
            whole = self._bounded(self._chosen(pick, whole, other))
        return whole

    def _euler(self) -> Expr:
        """e^s, where no tensor is called e."""
        if self._raised_sign():
            digits = self.pop().text.translate(POWERS)
            if not digits.removeprefix("-").isdigit():
                raise self.error(f"{digits!r} is no exponent", "write e^(-s)")
            return self._applied(exp, [self._constant(Integer(int(digits)))])
        self.expect("^")
        minus = self.take("-")
        exponent = self._atom()
        if self.next() == "^" or self._raised_sign():
            raise self.error(
                "a power of a power of e can be read in two ways", "write (e^s)^2 or e^(s^2)"
            )
        return self._applied(exp, [self._negated(exponent) if minus else exponent])

    def _norm(self, value: Expr, begin: int) -> Expr:
        """‖v‖, the root of the sum of squares."""
        whole = nodes.Sum(value**2, self._free(value, "norm", begin))
        return self._raised(whole, Rational(1, 2))

    def _log_det(self) -> Expr:
        body = self.arguments("log det")[0]
        if not isinstance(body, nodes.Read) or len(body.indices) < 2:
            raise self.error("log det is of a matrix", "write log det(S[a, b])")
        extent = self._rows_of_square(*body.indices[-2:], body)
        return LogDet(body, [(i, extent) for i in body.indices[-2:]])

    def _inverse(self) -> Expr:
        body = self.arguments("inverse")[0]
        subscripts = self.subscripts()
        if len(subscripts) != 2:
            raise self.error("an inverse has two indices", "write inverse(S[a, b])[a, b]")
        row, column = subscripts
        return Inverse(body, row, column, self._rows_of_square(row, column, body))

    def _rows_of_square(self, row: Expr, column: Expr, body: Expr) -> Expr:
        """How many rows and columns a square matrix has. Raises DeltaruleError for another one."""
        apart = row != column and isinstance(row, Index) and isinstance(column, Index)
        if not apart or self.extent(row, body) != self.extent(column, body):
            raise self.error(
                "an inverse or a determinant is of a matrix with as many rows as columns",
                "write an index for its rows and one for its columns, as in inverse(S[a, b])[a, b]",
            )
        return self.extent(row, body)

    def _raised(self, base: Expr, exponent: Expr) -> Expr:
        return power(base, exponent)
