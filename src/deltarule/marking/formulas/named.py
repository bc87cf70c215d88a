"""What names in a formula stand for: functions of something, tensors, sizes and constants."""

from __future__ import annotations

from collections.abc import Container, Sequence

from sympy import Expr, Integer, Rational

from deltarule.errors import did_you_mean
from deltarule.expressions import nodes
from deltarule.expressions.functions import derivative, exp, log
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.nodes import free_indices
from deltarule.expressions.symbols import Index
from deltarule.marking.formulas.bounded import Bounded
from deltarule.marking.formulas.spelled import (
    PRODUCTS,
    REDUCED,
    SPELLED,
    TURNED,
    known_functions,
    larger,
    power,
    smaller,
)
from deltarule.marking.formulas.tokens import Token
from deltarule.spelling.counted import counted

POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


class Named(Bounded):
    """The grammar of names, and of what stands in parentheses behind them."""

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
        called = self._called(token) if token.kind == "name" else None
        if called is not None:
            return called
        symbol = known.symbol(token.text) if self.next() != "[" else None
        name = known.tensor(token.text)
        if name is not None and not self._is_index(token.text, name):
            return self._read(name)
        if symbol is not None:
            return self._constant(symbol)
        if self.counts and token.kind != "derivative":
            return Index(token.text)
        raise self.error(f"{token.text} is no quantity here", self._remedy(token.text))

    def _remedy(self, text: str) -> str:
        """What helps who typed a name that means nothing here."""
        known = self.vocabulary
        function = text in known_functions() or known.function(text) is not None
        if function and self.next() != "(":
            return f"parentheses belong around what it is of: {text}(s)"
        near = did_you_mean(text, [*known.tensors, *known.symbols])
        if text == "e":
            return "Euler's number stands in powers, as in e^(-s)" + (f"; {near}" if near else "")
        if self.next() == "(":
            functions = known_functions()
            return (
                did_you_mean(text, functions) or near or (f"functions are {', '.join(functions)}")
            )
        return near or "check its spelling"

    # ---- functions ------------------------------------------------------------------------
    def _called(self, token: Token) -> Expr | None:
        """What a word with parentheses behind it says: tanh(s), tanh²(s), max(a, b), sum(v)."""
        text, known = token.text, self.vocabulary
        if self.next() == "(":
            if text == "inverse":
                return self._inverse()
            if text == "frozen":
                return nodes.Frozen(self.arguments("frozen")[0])
            function = known.function(text)
            if function is not None:
                return self._applied(function, self.arguments(text, function.nargs))
        if self.counts or known.tensor(text) or known.symbol(text):
            return None
        if self.next() == "(":
            return self._spelled(text)
        if text == "e" and (self.next() == "^" or self._raised_sign()):
            return self._euler()
        if text in SPELLED or known.function(text) is not None:
            return self._power_of_function(token)
        return None

    def _spelled(self, text: str) -> Expr | None:
        if text in SPELLED:
            return self._applied(SPELLED[text], self.arguments(text))
        if text in ("max", "min"):
            return self._extreme(text)
        if text in REDUCED:
            begin = self.rest[0].start
            inside = self.arguments(text)[0]
            if text == "norm":
                return self._norm(inside, begin)
            return self._summed(inside, text, begin)
        if text in TURNED:
            return self._turned(self.arguments(text)[0])
        if text in PRODUCTS:
            one, two = self.arguments(text, (2,))
            return self._outer(one, two) if text == "outer" else self._multiplied([one, two])
        return None

    def _extreme(self, text: str) -> Expr:
        """max(a, b, …) of several numbers."""
        found = self.arguments(text, range(1, 9))
        if len(found) == 1:
            raise self.error(f"{text}( ) of one argument", f"write {text}(a, b), or max_m s[m]")
        whole = found[0]
        for other in found[1:]:
            whole = self._bounded(self._chosen(larger if text == "max" else smaller, whole, other))
        return whole

    def _power_of_function(self, token: Token) -> Expr | None:
        """tanh²(s) is tanh(s)²."""
        rest = [t.text for t in self.rest[:3]]
        if self._raised_sign() and rest[1:2] == ["("]:
            power = self.pop().text.translate(POWERS)
        elif rest[:1] == ["^"] and rest[2:3] == ["("] and self.rest[1].kind == "number":
            self.pop()
            power = self.pop().text
        else:
            return None
        if not power.isdecimal():
            raise self.error(
                f"{token.text} to the power {power} can be read in two ways",
                f"write ({token.text}(s))^({power})",
            )
        applied = self._called(token)
        if applied is None:
            raise self.error(f"{token.text} is no function here", "check its spelling")
        return self._to_power(applied, Integer(int(power)))

    def _raised_sign(self) -> bool:
        return bool(self.rest) and self.rest[0].kind == "superscript"

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

    def _free(self, value: Expr, word: str, begin: int) -> list[tuple[Index, Expr]]:
        """The indices that sum(…), which names none, is over: those that stand inside it alone.

        `begin` is where its parentheses begin.
        """
        end = self.rest[0].start if self.rest else len(self.formula)
        outside = {t.text for t in self.all if not begin <= t.start < end}
        own = [i for i, _ in self.implied]
        free = sorted(free_indices(value), key=str)
        strange = [i for i in free if i not in own and i not in self.bound]
        over = [i for i in strange if i.name not in outside]
        missing = [i for i in own if i not in free and i.name not in outside]
        if not over or len(missing) > len(strange) - len(over):
            raise self.error(f"{word}( ) does not say what it is over", "write Σ_m s[m]")
        return [(i, self.extent(i, value)) for i in over]

    def _summed(self, value: Expr, word: str, begin: int) -> Expr:
        """sum(v) and mean(v)."""
        ranges = self._free(value, word, begin)
        count = nodes.multiply([n for _, n in ranges]) if word == "mean" else Integer(1)
        return nodes.Sum(value, ranges) / count

    def _norm(self, value: Expr, begin: int) -> Expr:
        """‖v‖, the root of the sum of squares."""
        whole = nodes.Sum(value**2, self._free(value, "norm", begin))
        return self._raised(whole, Rational(1, 2))

    # ---- tensors --------------------------------------------------------------------------
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

    # ---- what is done with values, which matrices do otherwise -----------------------------
    def _raised(self, base: Expr, exponent: Expr) -> Expr:
        return power(base, exponent)

    def _atom(self) -> Expr:
        raise NotImplementedError

    def _constant(self, value: Expr) -> Expr:
        return value

    def _negated(self, value: Expr) -> Expr:
        return -value

    def _multiplied(self, factors: list[Expr]) -> Expr:
        return nodes.multiply(factors)

    def _applied(self, function, arguments: list[Expr]) -> Expr:
        if function is log and isinstance(arguments[0], nodes.LogSumExp):
            return arguments[0]
        return function(*arguments)

    def _chosen(self, which, one: Expr, two: Expr) -> Expr:
        return which(one, two)

    def _outer(self, one: Expr, two: Expr) -> Expr:
        if "[" not in self.formula:
            raise self.error("an outer product is of whole vectors", "write all indices, or none")
        return self._multiplied([one, two])

    def _turned(self, value: Expr) -> Expr:
        raise self.error("a transpose needs matrices without indices", "write W[m, d] for W[d, m]ᵀ")
