"""Closed forms in the field's words as LaTeX: x^⊤ ∂E/∂s, with ⊙, ⊗ and Σ."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Expr

from deltarule.calculus.jacobians import Entries
from deltarule.calculus.steps import Gradient
from deltarule.expressions.symbols import Index
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.axes import Axes
from deltarule.matrix_form.moved_entries import Placed, Scattered, Weighted
from deltarule.matrix_form.sentence import Speech
from deltarule.matrix_form.tree import Phrase
from deltarule.reports.latex_alphabet import latex
from deltarule.spelling.text import PRODUCT

#: What is said in words that no formula of matrices stands for.
_WORDS_ALONE = (ph.SentBack, ph.Ones, Placed, Scattered, Weighted)
_SYMBOLS = {
    "σ": r"\sigma", "tanh": r"\tanh", "exp": r"\exp", "log": r"\log",
    "log Γ": r"(\log\Gamma)", "ψ": r"\psi",
}  # fmt: skip


class LatexSpeech(Speech):
    """Phrases as a formula in mathematics mode; what the text says in brackets is left out."""

    times, hadamard, outer = r" \, ", r" \odot ", r" \otimes "

    def __init__(self, axes: Axes):
        super().__init__(axes, latex)

    def sentence(self, phrase: Phrase, indices: Iterable[Index] = ()) -> str:
        every = phrase.slices if isinstance(phrase, ph.ForEvery) else ()
        parts = [self(phrase)]
        slopes = dict.fromkeys(p for p in phrase.walk() if isinstance(p, ph.Slope))
        if slopes:
            parts.append(
                r"\text{with } " + ",\\ ".join(f"{self(s)} = {self(s.formula)}" for s in slopes)
            )
        if every:
            names = ", ".join(latex(self._axes.bare(i)) for i in every)
            parts.append(rf"\text{{for every }} {names}")
        return r",\quad ".join(parts)

    def only_blocks(self, blocks: Iterable[Index]) -> str:
        names = ", ".join(latex(self._axes.bare(i)) for i in blocks)
        return rf",\quad 0 \text{{ between different }} {names}" if names else ""

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

    def root(self, radicand: Phrase) -> str:
        return rf"\sqrt{{{self(radicand)}}}"

    def _product(self, p: ph.Hadamard, constant: Expr):
        if not p.bottom:
            return super()._product(p, constant)
        below = (
            self._alone(p.bottom)
            if constant == 1
            else (latex.inside(constant, PRODUCT) + latex.dot + self._entrywise(p.bottom))
        )
        return latex.fraction(self._alone(p.top), PRODUCT, below, PRODUCT), PRODUCT

    def _alone(self, factors: tuple[Phrase, ...]) -> str:
        """The factors above or below a fraction bar: a single one needs no parentheses."""
        return self(factors[0]) if len(factors) == 1 else self._entrywise(factors)

    def _correlation(self, p: ph.Correlation):
        """x ⋆ g, with padding, dilation and stride below the sign."""
        written = self._sliding(p, r"\star", ("padding", "pad"), ("dilation", "spread"))
        return (
            rf"\operatorname{{rot}}_{{180}}\left({written}\right)" if p.turned else written,
            PRODUCT,
        )

    def _convolution(self, p: ph.Convolution):
        return self._sliding(p, "*", ("stride", "spread"), ("padding", "pad")), PRODUCT

    def _sliding(self, p: ph.Correlation | ph.Convolution, sign: str, *numbers) -> str:
        last = "dilation" if isinstance(p, ph.Convolution) else "stride"
        options = []
        for word, name in (*numbers, (last, "step")):
            values = dict.fromkeys(getattr(a, name) for a in p.along)
            if set(values) != {0 if name == "pad" else 1}:
                options.append(rf"\text{{{word} }} {', '.join(latex(v) for v in values)}")
        below = rf"_{{{'; '.join(options)}}}" if options else ""
        kernel = self.inside(p.kernel, PRODUCT)
        if p.turned and isinstance(p, ph.Convolution):
            kernel = rf"\operatorname{{rot}}_{{180}}\left({kernel}\right)"
        return f"{self.inside(p.signal, PRODUCT)} {sign}{below} {kernel}"

    _methods = {**Speech._methods, ph.Correlation: _correlation, ph.Convolution: _convolution}


def in_matrices(found: Gradient | Entries) -> str:
    """The closed form in matrices and vectors, as LaTeX; empty where no pattern is known."""
    saying = found.saying
    if saying is None or any(isinstance(p, _WORDS_ALONE) for p in saying.phrase.walk()):
        return ""
    speech = LatexSpeech(saying.axes)
    return speech.sentence(saying.phrase) + speech.only_blocks(saying.blocks)
