"""Expressions as one line of Unicode: Σ_n ∂E/∂s₁[n, j]·x[n, i].

`Writer` lays an expression out in an alphabet, which the LaTeX writer replaces. SymPy's own order
of terms is not a reader's: upstream factors come first in a product, positive terms first in a sum.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Basic, Expr, Integer, Mul, Pow, Rational, Symbol
from sympy.core.numbers import Infinity, NegativeInfinity, Pi

from deltarule.expressions import nodes
from deltarule.expressions.bounds import Span, limited, tight
from deltarule.expressions.choices import Declared
from deltarule.expressions.functions import OPERATIONS, Elementwise, exp, log
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.quotients import Least
from deltarule.expressions.rebuild import with_body
from deltarule.expressions.symbols import Index
from deltarule.spelling.alphabet import ATOM, POWER, PRODUCT, SUM, Alphabet
from deltarule.spelling.decimals import as_decimal
from deltarule.spelling.ordering import (
    as_factors,
    common_number,
    divided_inside,
    factor_order,
    flat_arguments,
    inequality,
    over_under,
    term_order,
    turned,
    with_numbers_in_front,
    with_sign_in_front,
)
from deltarule.spelling.read_cases import Comparison, cases, comparison, interval
from deltarule.spelling.written_once import written_once


class Writer(Alphabet):
    """Lays out expressions; subclass it for another alphabet."""

    #: The quotients that a condition around them makes whole: they need no floor.
    _whole: frozenset = frozenset()

    def __call__(self, node: Basic) -> str:
        return self.write(node)[0]

    def write(self, node: Basic) -> tuple[str, int]:
        """The text of a node and how tightly it binds."""
        for kind in type(node).__mro__:
            method = self._methods.get(kind)
            if method is not None:
                return method(self, node)
        return str(node), ATOM

    def inside(self, node: Basic, binding: int) -> str:
        """The text of a node, in parentheses where it binds less than `binding`."""
        text, own = self.write(node)
        return text if own >= binding else self.parentheses(text)

    def _symbol(self, node: Symbol):
        return self.dots if node.name == "…" else self.name(node.name), ATOM

    def _number(self, node: Rational):
        text = self.number(node)
        whole = node.is_Integer or as_decimal(node)
        return text, SUM if node < 0 else ATOM if whole else PRODUCT

    def _infinity(self, node: Expr):
        negative = node.is_extended_negative
        return (self.minus if negative else "") + self.infinity, SUM if negative else ATOM

    def _pi(self, node: Expr):
        return self.pi, ATOM

    def _read(self, node: nodes.Read):
        subscripts = [self(i) for i in node.indices]
        return self.access(self.tensor(nodes.tensor_name(node)), subscripts), ATOM

    def _add(self, node: Add):
        number = common_number(node)
        if number != 1:
            return self.write(Mul(number, node / number, evaluate=False))
        text = ""
        for term in sorted(map(turned, node.args), key=term_order):
            coefficient, _ = term.as_coeff_Mul()
            negative = coefficient < 0
            # A sum that is written out under its sign needs no parentheses behind a +.
            binding = SUM if isinstance(term, nodes.Sum) else PRODUCT
            piece = self.inside(-term if negative else term, binding)
            if not text:
                text = self.minus + piece if negative else piece
            else:
                text += f" {self.minus if negative else self.plus} {piece}"
        return text, SUM

    def _mul(self, node: Mul):
        numbers = [common_number(f) for f in node.args if isinstance(f, Add)]
        if any(n != 1 for n in numbers):
            return self.write(with_numbers_in_front(node))
        signed = with_sign_in_front(node)
        if signed is not None:
            return self.write(signed)
        coefficient, _ = node.as_coeff_Mul()
        if coefficient < 0:
            return self.minus + self.inside(-node, PRODUCT), SUM
        top, bottom = over_under(node)
        inside = divided_inside(top, bottom)
        if bottom and inside is None:
            return self.fraction(*self._factors(top), *self._factors(bottom)), PRODUCT
        return self._factors(inside or top)

    def _factors(self, factors: list[Expr]) -> tuple[str, int]:
        if not factors:
            return self.number(Integer(1)), ATOM
        if len(factors) == 1:
            return self.write(factors[0])
        ordered = sorted(factors, key=factor_order)
        parts = [self.inside(f, POWER) for f in ordered[:-1]]
        last = ordered[-1]
        parts.append(self.inside(last, PRODUCT if isinstance(last, nodes.Reduction) else POWER))
        return self.dot.join(parts), PRODUCT

    def _pow(self, node: Pow):
        base, exponent = node.args
        if exponent == Rational(1, 2):
            return self.root(base), POWER
        if exponent.is_number and exponent < 0:
            under = base ** (-exponent)
            return self.fraction(self.number(Integer(1)), ATOM, *self.write(under)), PRODUCT
        return self.power(self.inside(base, ATOM), exponent), POWER

    def _function(self, node: Elementwise):
        if isinstance(node, OPERATIONS):
            return self.write(node.formula())
        symbol = node.row.symbol or node.row.name
        return self.function(symbol, [self(a) for a in flat_arguments(node)]), ATOM

    def _reduction(self, node: nodes.Reduction):
        top, bottom = over_under(node)
        if bottom:
            return self.fraction(*self._factors(top), *self._factors(bottom)), PRODUCT
        bound = set(node.indices)
        outer = [c for c in node.conditions if not bound & nodes.free_symbols(c)]
        if bound and outer and isinstance(node, nodes.Sum):
            inner = [c for c in node.conditions if c not in outer]
            rest = self.inside(with_body(node, node.body, inner), PRODUCT)
            return self.reduction("sum", [], [self(c) for c in outer], rest), PRODUCT
        sign = "max" if isinstance(node, nodes.Max) else type(node).__name__.lower()
        spans, rest = tight(node.ranges, node.conditions)
        asked = [r for c in rest for r in nodes.reads(c)]
        axes = {i for read in (*nodes.reads(node.body), *asked) for i in read.indices}
        spans = limited([replace(s, on_axis=s.index in axes) for s in spans], rest)
        before = self._whole
        self._whole = before | {c.args[::-1] for c in rest if isinstance(c, nodes.Divides)}
        body = self.inside(node.body, PRODUCT)
        self._whole = before
        return self.reduction(sign, spans, [self(c) for c in rest], body), PRODUCT

    def _selection(self, node: nodes.Selection):
        largest = self.relation(self(node.maximum.body), "=", self(node.args[1]))
        indices = node.maximum.indices
        if node.maximum.ties == "first":
            names = self.comma.join(self(i) for i in indices)
            return self.bracket([largest, self.words("first ") + names]), ATOM
        if node.maximum.ties == "all":
            return self.bracket([largest]), ATOM
        over = [Span(i, n, (Integer(0),), (n - 1,)) for i, n in node.maximum.ranges]
        count = self.reduction("sum", over, [largest], self.number(Integer(1)))
        return self.fraction(self.bracket([largest]), ATOM, count, PRODUCT), PRODUCT

    def _unequal(self, node: nodes.Unequal):
        sides = [self.comma.join(self(a) for a in part.args) for part in node.args]
        if len(node.args[0].args) > 1:
            sides = [self.parentheses(side) for side in sides]
        return self.relation(sides[0], "≠", sides[1]), SUM

    def _log_sum_exp(self, node: nodes.LogSumExp):
        return self.write(log(nodes.Sum(exp(node.body), node.ranges, node.conditions)))

    def _delta(self, node: nodes.Delta):
        return self.function("δ", [self(a) for a in node.args]), ATOM

    def _partial(self, node: nodes.PartialOf):
        value, here = node.args
        if isinstance(value, nodes.PartialOf):
            return self.second_partial(*(self(a) for a in (*value.args, here))), PRODUCT
        return self.partial(*(self(a) for a in node.args)), PRODUCT

    def _floor(self, node: nodes.FloorQuotient):
        if node.args in self._whole:
            top, bottom = node.args
            return self.fraction(*self.write(top), *self.write(bottom)), PRODUCT
        return self.floor(*node.args), ATOM

    def _ceiling(self, node: nodes.CeilingQuotient):
        return self.ceiling(*node.args), ATOM

    def _choose(self, node: nodes.Choose):
        asked, then, otherwise = cases(node)
        if (then, otherwise) == (1, 0):
            return self.bracket(self._compared(asked)), ATOM
        apart = as_factors(node)
        if apart is not node:
            return self.write(apart)
        (condition,) = self._compared(asked)
        return self.choice(condition, self(then), self(otherwise)), ATOM

    def _compared(self, asked: list[Comparison | nodes.Condition]) -> list[str]:
        """What is asked, one by one; x > a and x < b as a < x < b."""
        low, high = interval(asked)
        if low is not None and high is not None:
            rest = self.relation(self(high.left), "<", self(high.right))
            return [self.relation(self(low.right), "<", rest)]
        return [self._relation(c) if isinstance(c, Comparison) else self(c) for c in asked]

    def _relation(self, asked: Comparison) -> str:
        return self.relation(self(asked.left), asked.sign, self(asked.right))

    def _carried(self, node: nodes.Carried):
        return self.write(node.args[1])

    def _remainder(self, node: nodes.Remainder):
        top, bottom = node.args
        return self.inside(top, PRODUCT) + self.mod + self.inside(bottom, POWER), SUM

    def _least(self, node: Least):
        return self.function("min", [self(a) for a in node.args]), ATOM

    def _inverse(self, node: Inverse):
        body, i, j, _ = node.args
        return self.access(self.function("inverse", [self(body)]), [self(i), self(j)]), ATOM

    def _log_det(self, node: LogDet):
        return self.function("log det", [self(node.body)]), ATOM

    def _frozen(self, node: nodes.Frozen):
        return self.function("stop_gradient", [self(node.args[0])]), ATOM

    def _at_least_zero(self, node):
        left, sign, right = inequality(node.args[0])
        return self.relation(self(left), sign, self(right)), SUM

    def _positive(self, node):
        return self._relation(comparison(node)), SUM

    def _divides(self, node):
        return self.relation(self.inside(node.args[0], POWER), "|", self(node.args[1])), SUM

    def _equal(self, node):
        left, right = node.args
        if isinstance(right, Index) and not isinstance(left, Index):
            left, right = right, left
        return self.relation(self(left), "=", self(right)), SUM

    _methods = {
        Symbol: _symbol, Infinity: _infinity, NegativeInfinity: _infinity, Pi: _pi,
        Rational: _number, nodes.Read: _read, Add: _add, Mul: _mul, Pow: _pow,
        Elementwise: _function, nodes.Reduction: _reduction,
        nodes.LogSumExp: _log_sum_exp, nodes.Delta: _delta,
        nodes.PartialOf: _partial, nodes.FloorQuotient: _floor,
        nodes.CeilingQuotient: _ceiling, nodes.Choose: _choose, nodes.Carried: _carried,
        Declared: _carried,
        Inverse: _inverse, LogDet: _log_det, nodes.Frozen: _frozen, nodes.Remainder: _remainder,
        Least: _least,
        nodes.Selection: _selection, nodes.Unequal: _unequal,
        nodes.AtLeastZero: _at_least_zero,
        nodes.Positive: _positive, nodes.Divides: _divides, nodes.Equal: _equal,
    }  # fmt: skip


text: Writer = written_once(Writer)


def equation_text(left: Expr, right: Expr) -> str:
    """`left = right` on one line."""
    return f"{text(left)} = {text(right)}"
