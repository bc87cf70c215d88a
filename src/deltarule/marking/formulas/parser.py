"""A small parser for formulas that people type; nothing of them is ever run.

    ∂L/∂ŷ · σ′(s₃) θ₃ σ′(s₂) θ₂ σ′(s₁) x
    Σ_m dE/ds2[m] * Theta2[d, m]

Products may be written with or without a dot; σ′(s) is the slope of the activation. The result
is an expression over the tensors of a network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, Integer, Rational

from deltarule.marking.formulas.tokens import Token, tokens
from deltarule.marking.printed import Printed
from deltarule.notation import nodes
from deltarule.notation.equations import extents
from deltarule.notation.errors import DeltaruleError, did_you_mean
from deltarule.notation.functions import FUNCTIONS, Elementwise, derivative
from deltarule.notation.names import canonical
from deltarule.notation.networks import Network
from deltarule.notation.nodes import read
from deltarule.notation.symbols import Index, Size
from deltarule.notation.tensors import Tensor

_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_MEANT = {"σ": "sigmoid", "sigma": "sigmoid", "ln": "log", "sig": "sigmoid"}
_ANY_ACTIVATION = ("f", "φ", "phi", "g", "σ", "sigma", "a")


def parse_formula(
    formula: str,
    network: Network,
    place: str = "formula",
    implied: Sequence[tuple[Index, Expr]] = (),
) -> Expr:
    """The expression that a formula says. Raises DeltaruleError where it cannot be read.

    A tensor without brackets is read at the `implied` indices, where its axes are among theirs:
    in a formula for ∂E/∂s₂[m], ŷ is ŷ[m].
    """
    return _Parser(formula, network, place, implied).parse()


class _Parser:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, formula: str, network: Network, place: str, implied: Sequence):
        self.formula, self.network, self.place = formula, network, place
        self.implied = implied
        self.rest = tokens(formula, place)
        self.tensors = _with_gradients(network)

    def parse(self) -> Expr:
        if not self.rest:
            raise self._error("the formula is empty", "write one, or leave the answer out")
        found = self._sum_of_terms()
        if self.rest:
            raise self._error(f"{self.rest[0].text!r} is not expected here", "check the brackets")
        return found

    # ---- grammar --------------------------------------------------------------------------
    def _sum_of_terms(self) -> Expr:
        negative = self._take("-")
        if not negative:
            self._take("+")
        total = -self._product() if negative else self._product()
        while self._next() in ("+", "-"):
            minus = self._pop().text == "-"
            term = self._product()
            total = total - term if minus else total + term
        return total

    def _product(self) -> Expr:
        result = self._power()
        while self.rest:
            token = self.rest[0]
            if self._take("*"):
                result = result * self._signed()
            elif self._take("/"):
                result = result / self._signed()
            elif token.kind != "sign" or token.text == "(":
                result = result * self._power()
            else:
                break
        return result

    def _signed(self) -> Expr:
        return -self._power() if self._take("-") else self._power()

    def _power(self) -> Expr:
        base = self._atom()
        if self.rest and self.rest[0].kind == "superscript":
            return base ** Integer(int(self._pop().text.translate(_POWERS)))
        if self._take("^"):
            minus = self._take("-")
            exponent = self._atom()
            if not exponent.is_Rational:
                raise self._error("an exponent must be a number", "write s^2 or s^(1/2)")
            return base ** (-exponent if minus else exponent)
        return base

    def _atom(self) -> Expr:
        token = self._pop()
        if token.text == "(":
            inside = self._sum_of_terms()
            self._expect(")")
            return inside
        if token.kind == "number":
            return self._number(token)
        if token.kind == "sum":
            return self._sum()
        if token.kind == "root":
            return self._argument() ** Rational(1, 2)
        if token.kind == "slope":
            return self._slope(token)
        if token.kind in ("name", "derivative"):
            return self._named(token)
        raise self._error(f"{token.text!r} is not expected here", "a name or a number belongs here")

    def _number(self, token: Token) -> Expr:
        if token.text in "½¼":
            return Rational(1, 2 if token.text == "½" else 4)
        value = Printed(token.text).value
        return Rational(value.numerator, value.denominator)

    def _argument(self) -> Expr:
        self._expect("(")
        inside = self._sum_of_terms()
        self._expect(")")
        return inside

    def _sum(self) -> Expr:
        names = self._index_names()
        body = self._product()
        found = extents(body, self.tensors, self.place)
        ranges = []
        for name in names:
            index = Index(name)
            if index not in found:
                raise self._error(
                    f"the sum runs over {name}, which stands on no axis",
                    f"read some tensor at {name}",
                )
            ranges.append((index, found[index]))
        return nodes.Sum(body, ranges)

    def _index_names(self) -> list[str]:
        closing = {"[": "]", "{": "}"}.get(self._next() or "")
        if closing is None:
            return [self._pop().text]
        self._pop()
        names = [self._pop().text]
        while self._take(","):
            names.append(self._pop().text)
        self._expect(closing)
        return names

    def _slope(self, token: Token) -> Expr:
        function = self._function(token.text[:-1])
        if function is None:
            raise self._error(f"{token.text} is no slope of a known function", "write σ′(s)")
        return derivative(function)(self._argument())

    def _named(self, token: Token) -> Expr:
        if self._next() == "(":
            function = self._function(token.text)
            if function is not None:
                return function(self._argument())
        name = canonical(token.text.replace(" ", ""))
        if name in self.tensors:
            return read(name, *self._subscripts(name))
        scalars = {s.name: s for s in self.network.scalars}
        sizes = {s.name: s for t in self.tensors.values() for a in t.axes
                 for s in a.free_symbols if isinstance(s, Size)}
        found = scalars.get(name) or sizes.get(token.text)
        if found is None:
            hint = did_you_mean(name, [*self.tensors, *scalars])
            raise self._error(f"{token.text} is no quantity here", hint or "check its spelling")
        return found

    def _subscripts(self, name: str) -> list[Expr]:
        axes = self.tensors[name].axes
        found: list[Expr] = []
        if self._next() == "[":
            self._pop()
            found.append(self._sum_of_index())
            while self._take(","):
                found.append(self._sum_of_index())
            self._expect("]")
        else:
            found = self._implied(axes)
        if len(found) != len(axes):
            raise self._error(
                f"{name} has {len(axes)} axes but is read with {len(found)}",
                "write one index for each axis, such as Theta2[d, m]",
            )
        return found

    def _implied(self, axes: Sequence[Expr]) -> list[Expr]:
        """The implied index of each axis; none where one is missing or two would do."""
        found = [[i for i, n in self.implied if n == axis] for axis in axes]
        return [f[0] for f in found] if all(len(f) == 1 for f in found) else []

    def _sum_of_index(self) -> Expr:
        token = self._pop()
        index: Expr = Integer(int(token.text)) if token.kind == "number" else Index(token.text)
        while self._next() in ("+", "-"):
            sign = 1 if self._pop().text == "+" else -1
            token = self._pop()
            term = Integer(int(token.text)) if token.kind == "number" else Index(token.text)
            index = index + sign * term
        return index

    def _function(self, name: str) -> type[Elementwise] | None:
        """The function that a name means; σ, f and φ also mean the network's own activation."""
        used = {type(n) for e in self.network.equations for n in nodes.walk(e.rhs)
                if isinstance(n, Elementwise)}
        activations = {f for f in used if f.row.name not in ("exp", "log")}
        known = FUNCTIONS.get(_MEANT.get(name, name))
        if known is not None and (known in used or name not in _ANY_ACTIVATION):
            return known
        if name in _ANY_ACTIVATION and len(activations) == 1 and name not in self.tensors:
            return next(iter(activations))
        by_symbol = {f.row.symbol: f for f in FUNCTIONS.values() if f.row.symbol}
        return known or by_symbol.get(name)

    # ---- tokens ---------------------------------------------------------------------------
    def _next(self) -> str | None:
        return self.rest[0].text if self.rest else None

    def _pop(self) -> Token:
        if not self.rest:
            raise self._error("the formula ends too early", "check its brackets")
        return self.rest.pop(0)

    def _take(self, text: str) -> bool:
        if self._next() == text:
            self.rest.pop(0)
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._error(f"{text!r} is missing", "check the brackets")

    def _error(self, fact: str, remedy: str) -> DeltaruleError:
        at = self.rest[0].start + 1 if self.rest else len(self.formula)
        return DeltaruleError(
            fact, f"{self.place}, character {at} of {self.formula!r}", remedy
        )


def _with_gradients(network: Network) -> Mapping[str, Tensor]:
    """The network's tensors, and their gradients under the loss's name and under L."""
    found = dict(network.tensors)
    roots = {"L", "E", "C", *([network.loss.name] if network.loss else [])}
    for tensor in network.tensors.values():
        for root in roots:
            found.setdefault(f"d{root}/d{tensor.name}", tensor)
    return found
