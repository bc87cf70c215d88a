"""Closed forms in the field's words as LaTeX: x^⊤ ∂E/∂s, with ⊙, ⊗ and Σ."""

from __future__ import annotations

from deltarule.calculus.steps import Gradient
from deltarule.calculus.words import phrases as ph
from deltarule.calculus.words.axes import Axes
from deltarule.calculus.words.phrases import Phrase
from deltarule.calculus.words.speech import Speech
from deltarule.notation.text import PRODUCT
from deltarule.reports.alphabet import latex

_SYMBOLS = {"σ": r"\sigma", "tanh": r"\tanh", "exp": r"\exp", "log": r"\log"}


class LatexSpeech(Speech):
    """Phrases as a formula in mathematics mode; what the text says in brackets is left out."""

    times, hadamard, outer = r" \, ", r" \odot ", r" \otimes "

    def __init__(self, axes: Axes):
        super().__init__(axes, latex)

    def sentence(self, phrase: Phrase) -> str:
        every = phrase.slices if isinstance(phrase, ph.ForEvery) else ()
        told = [self(phrase)]
        slopes = dict.fromkeys(p for p in phrase.walk() if isinstance(p, ph.Slope))
        if slopes:
            told.append(r"\text{with } " + ",\\ ".join(
                f"{self(s)} = {self(s.formula)}" for s in slopes
            ))
        if every:
            names = ", ".join(latex(self._axes.bare(i)) for i in every)
            told.append(rf"\text{{for every }} {names}")
        return r",\quad ".join(told)

    def transposed(self, text: str) -> str:
        return rf"{{{text}}}^{{\top}}"

    def prime(self, symbol: str, argument: str) -> str:
        sign = _SYMBOLS.get(symbol, rf"\mathrm{{{symbol}}}")
        return f"{sign}'{latex.parentheses(argument)}"

    def where(self, tested: str, then: str, otherwise: str) -> str:
        return latex.choice(tested, then, otherwise)

    def summed(self, names: str) -> str:
        return latex.signed("sum", names, "")

    def mean(self, names: str, body: str) -> str:
        return rf"\operatorname{{mean}}_{{{names}}} {body}"

    def _hadamard(self, p: ph.Hadamard):
        if not p.bottom:
            return super()._hadamard(p)
        return latex.fraction(self._alone(p.top), PRODUCT, self._alone(p.bottom), PRODUCT), PRODUCT

    def _alone(self, factors: tuple[Phrase, ...]) -> str:
        """The factors above or below a fraction bar: a single one needs no parentheses."""
        return self(factors[0]) if len(factors) == 1 else self._entrywise(factors)

    _methods = {**Speech._methods, ph.Hadamard: _hadamard}


def in_matrices(gradient: Gradient) -> str:
    """The closed form in matrices and vectors, as LaTeX; empty where no pattern is known."""
    saying = gradient.saying
    return LatexSpeech(saying.axes).sentence(saying.phrase) if saying is not None else ""
