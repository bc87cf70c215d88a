"""Phrases as formulas: `(∂E/∂s₂ · Θ₂ᵀ) ⊙ σ′(s₁)`.

The signs are an alphabet that the LaTeX speech replaces; names and formulas of numbers are
written by a `Writer`.
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Integer, Mul, Rational

from deltarule.expressions.bounds import tight
from deltarule.expressions.gradient_names import is_gradient
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.axes import Axes
from deltarule.matrix_form.moved_entries import Placed
from deltarule.matrix_form.softmaxes import Softmax
from deltarule.matrix_form.tree import Phrase
from deltarule.spelling.ordering import over_under, turned
from deltarule.spelling.text import ATOM, POWER, PRODUCT, SUM, Writer, text


class PhraseWriter:
    """Lays phrases out; `axes` tells which axis is the batch and which is time."""

    # ---- the alphabet -------------------------------------------------------------------
    times, hadamard, outer, over, colon = " · ", " ⊙ ", " ⊗ ", " / ", ":"

    def transposed(self, text: str) -> str:
        return text + "ᵀ"

    def prime(self, symbol: str, argument: str) -> str:
        return f"{symbol}′({argument})"

    def words(self, text: str) -> str:
        """Plain words inside a formula."""
        return text

    def where(self, tested: str, then: str, otherwise: str) -> str:
        return f"{then} where {tested}, else {otherwise}"

    def root(self, radicand: Phrase) -> str:
        return "√" + self.inside(radicand, ATOM)

    def summed(self, names: str) -> str:
        return self._writer.big("sum", names)

    def mean(self, names: str, body: str) -> str:
        return f"mean_{names} {body}"

    def __init__(self, axes: Axes, writer: Writer = text):
        self._axes, self._writer = axes, writer

    # ---- phrases ------------------------------------------------------------------------
    def __call__(self, phrase: Phrase) -> str:
        return self.write(phrase)[0]

    def write(self, phrase: Phrase) -> tuple[str, int]:
        """The text of a phrase and how tightly it binds."""
        return self._methods[type(phrase)](self, phrase)

    def inside(self, phrase: Phrase, binding: int) -> str:
        """The text of a phrase, in parentheses where it binds less than `binding`."""
        written, own = self.write(phrase)
        return written if own >= binding else self._writer.parentheses(written)

    def _leaf(self, p: ph.Leaf):
        subscripts = list(p.subscripts)
        while subscripts and subscripts[-1] is None:
            subscripts.pop()
        shown = [self.colon if s is None else self._writer(s) for s in subscripts]
        name = self._writer.name(p.name)
        return self._writer.access(name, shown), POWER if is_gradient(p.name) else ATOM

    def _placed(self, p: Placed):
        """A tensor with its subscripts, those that stand for all of an axis as colons."""
        shown = [self.colon if s in p.whole else self._writer(s) for s in p.places]
        while shown and shown[-1] == self.colon:
            shown.pop()
        return self._writer.access(self._writer.name(p.name), shown), ATOM

    def _transpose(self, p: ph.Transpose):
        return self.transposed(self.inside(p.of, ATOM)), ATOM

    def _matmul(self, p: ph.MatMul):
        left, right = (
            self.inside(side, PRODUCT if type(side) is ph.MatMul else POWER)
            for side in (p.left, p.right)
        )
        return left + self.times + right, PRODUCT

    def _outer(self, p: ph.Outer):
        return self.outer.join(self.inside(f, POWER) for f in p.factors), PRODUCT

    def _dyad(self, p: ph.Dyad):
        right = self.transposed(self.inside(p.right, ATOM))
        return self.inside(p.left, POWER) + self.times + right, PRODUCT

    def _diagonal(self, p: ph.Diagonal):
        return self._writer.function("diag", [self(p.of)]), ATOM

    def _ones(self, p: ph.Ones):
        return "1", ATOM

    def _identity(self, p: ph.Identity):
        return "I", ATOM

    def _hadamard(self, p: ph.Hadamard):
        return self._product(p, Integer(1))

    def _product(self, p: ph.Hadamard, constant: Expr):
        """A product entry by entry, with a constant below the bar."""
        top = self._entrywise(p.top)
        if not p.bottom:
            return top, PRODUCT
        below = self._entrywise(p.bottom)
        if constant != 1:
            below = self._writer.inside(constant, PRODUCT) + self._writer.dot + below
        if constant != 1 or len(p.bottom) > 1:
            below = self._writer.parentheses(below)
        return top + self.over + below, PRODUCT

    def _entrywise(self, factors: tuple[Phrase, ...]) -> str:
        """Single numbers first, with a plain dot; then the arrays."""
        numbers = [self.inside(f, POWER) for f in factors if not f.labels]
        arrays = [self.inside(f, POWER) for f in factors if f.labels]
        parts = [self.hadamard.join(arrays)] if arrays else []
        return self._writer.dot.join(numbers + parts)

    def _scaled(self, p: ph.Scaled):
        if isinstance(p.of, ph.SumOver):
            kind, factor = self._mean_or_sum(p.of, p.factor)
            if kind == "mean":
                written = self.mean(self._bound(p.of), self.inside(p.of.of, POWER))
                return (written, PRODUCT) if factor == 1 else self._times(factor, written, PRODUCT)
        if isinstance(p.of, ph.Hadamard) and p.of.bottom:
            top, below = _over_under(p.factor)
            return self._times(top, *self._product(p.of, below))
        return self._times(p.factor, *self.write(p.of))

    def _times(self, factor: Expr, body: str, binding: int):
        """factor·body, with what divides written below."""
        factor = turned(factor)
        top, below = _over_under(factor)
        if _minus(top):
            written, own = self._times(-factor, body, binding)
            return self._writer.minus + (
                written if own >= PRODUCT else self._writer.parentheses(written)
            ), SUM
        if top != 1:
            body = body if binding >= PRODUCT else self._writer.parentheses(body)
            body, binding = self._writer.inside(top, PRODUCT) + self._writer.dot + body, PRODUCT
        if below != 1:
            bottom = self._writer.write(below)
            return self._writer.fraction(body, binding, *bottom), PRODUCT
        return body, binding

    def _plus(self, p: ph.Plus):
        written = ""
        for term in p.terms:
            negative = isinstance(term, (ph.Scaled, ph.Constant)) and _negative(term)
            piece = self.inside(_positive(term) if negative else term, PRODUCT)
            if not written:
                written = self._writer.minus + piece if negative else piece
            else:
                written += f" {self._writer.minus if negative else '+'} {piece}"
        return written, SUM

    def _power(self, p: ph.Power):
        if p.exponent == Rational(1, 2):
            return self.root(p.base), POWER
        return self._writer.power(self.inside(p.base, ATOM), p.exponent), POWER

    def _apply(self, p: ph.Apply):
        row = p.function.row
        return self._writer.function(row.symbol or row.name, [self(a) for a in p.arguments]), ATOM

    def _softmax(self, p: Softmax):
        return self._writer.function("softmax", [self(p.of)]), ATOM

    def _slope(self, p: ph.Slope):
        return self.prime(p.symbol, self(p.argument)), ATOM

    def _where(self, p: ph.Where):
        asked, inner = [p], p.then
        while isinstance(inner, ph.Where) and _is(inner.otherwise, 0):
            asked.append(inner)
            inner = inner.then
        if _is(inner, 1) and _is(p.otherwise, 0):
            return self._writer.bracket(self._compared(asked)), ATOM
        (tested,) = self._compared([p])
        written = self.where(tested, self(p.then), self(p.otherwise))
        return self._writer.parentheses(written), ATOM

    def _compared(self, asked: list[ph.Where]) -> list[str]:
        """What is asked, one by one; x > a and x < b as a < x < b."""
        low, *others = asked
        if others and (low.sign, others[0].sign, low.left) == (">", "<", others[0].left):
            rest = self._writer.relation(self(low.left), "<", self(others[0].right))
            return [self._writer.relation(self(low.right), "<", rest)]
        return [self._writer.relation(self(q.left), q.sign, self(q.right)) for q in asked]

    def _one_hot(self, p: ph.OneHot):
        return self._writer.function("onehot", [self(p.of)]), ATOM

    def _sum_over(self, p: ph.SumOver):
        body = self.inside(p.of, PRODUCT)
        return f"{self.summed(self._bound(p))} {body}", PRODUCT

    def _mean_or_sum(self, p: ph.SumOver, factor: Expr) -> tuple[str, Expr]:
        """A sum times one over the number of its terms is a mean, times what is left."""
        rest = factor * self._axes.count(p.over)
        below, left = _over_under(factor)[1], _over_under(rest)[1]
        if below not in (1, left) and left.is_number:
            return "mean", rest
        return "sum", factor

    def _bound(self, p: ph.SumOver) -> str:
        return ",".join(self._writer(self._axes.summed(i, p.of.labels)) for i in p.over)

    def _sum_of_slices(self, p: ph.SumOfSlices):
        spans, rest = tight(p.ranges, p.conditions)
        conditions = [self._writer(c) for c in rest]
        return self._writer.reduction("sum", spans, conditions, self.inside(p.of, PRODUCT)), PRODUCT

    def _guarded(self, p: ph.Guarded):
        conditions = [self._writer(c) for c in p.conditions]
        return self._writer.reduction("sum", [], conditions, self.inside(p.of, PRODUCT)), PRODUCT

    def _for_every(self, p: ph.ForEvery):
        return self.write(p.of)

    _methods: dict[type, Callable] = {
        ph.Leaf: _leaf, ph.Edge: lambda self, p: self.write(p.inside),
        ph.Constant: lambda self, p: self._writer.write(p.value), ph.Transpose: _transpose,
        ph.MatMul: _matmul, ph.Outer: _outer, ph.Hadamard: _hadamard, ph.Scaled: _scaled,
        ph.Plus: _plus, ph.Power: _power, ph.Apply: _apply, ph.Slope: _slope, ph.Where: _where,
        ph.OneHot: _one_hot, ph.SumOver: _sum_over, ph.SumOfSlices: _sum_of_slices,
        ph.Guarded: _guarded, ph.ForEvery: _for_every, ph.Dyad: _dyad, ph.Diagonal: _diagonal,
        ph.Identity: _identity, ph.Ones: _ones, Placed: _placed, Softmax: _softmax,
    }  # fmt: skip


def _is(phrase: Phrase, number: int) -> bool:
    return isinstance(phrase, ph.Constant) and phrase.value == number


def _minus(constant: Expr) -> bool:
    """Whether a constant has a minus in front, as ε − 1 does and 1 − ε does not."""
    number, rest = constant.as_coeff_Add() if constant.is_Add else (Integer(0), constant)
    return bool(number.is_negative) or number == 0 and rest.could_extract_minus_sign()


def _negative(phrase: Phrase) -> bool:
    factor = (
        getattr(phrase, "factor", None)
        if isinstance(phrase, ph.Scaled)
        else getattr(phrase, "value", None)
    )
    return factor is not None and _minus(turned(factor))


def _positive(phrase: Phrase) -> Phrase:
    if isinstance(phrase, ph.Constant):
        return ph.Constant((), -phrase.value)
    if not isinstance(phrase, ph.Scaled):
        return ph.Scaled(phrase.labels, Integer(-1), phrase)
    factor = -phrase.factor
    return phrase.of if factor == 1 else ph.Scaled(phrase.labels, factor, phrase.of)


def _over_under(factor: Expr) -> tuple[Expr, Expr]:
    """A constant as what stands above and below the fraction bar, roots of numbers under one."""
    above, below = over_under(factor)
    return Mul(*above, evaluate=len(above) < 2), Mul(*below, evaluate=len(below) < 2)
