"""What programs write about whole arrays: np.sum(x, axis=0), x.mean(0), np.dot(a, b), x.shape[0].

It is read word by word, and never run. Without indices a formula is of whole arrays, and so is
what stands along an axis; among indices it is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.functions import clipped, exp, log
from deltarule.expressions.nodes import free_indices
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.formulas.along_axes import taken
from deltarule.formulas.call_arguments import Arguments, Axis, numbers_among
from deltarule.formulas.matrix_readings import Axes
from deltarule.formulas.no_functions import NO_FUNCTIONS
from deltarule.formulas.spelled import (
    ALIASES,
    ALONG,
    ARITHMETIC,
    EXTREMES,
    PRODUCTS,
    RESHAPED,
    SAME,
    SOFTMAX,
    SPELLED,
    TURNED,
)
from deltarule.formulas.tokens import Token

_INDICES_OR_NONE = "write all indices, or none"


class WholeArrays(Arguments):
    """The grammar of methods and of functions along an axis."""

    #: Whether it is a layer's own equation, in which max, min and clip stay functions.
    in_layer = False

    def _compared(self, left: Expr) -> Expr:
        """A mask such as (x > 0): 1 where it holds, else 0."""
        if self.next() not in ("<", ">", "≤", "≥", "=", "≠") or self.counts:
            return left
        sign = self.pop().text
        return self._chosen(lambda a, b: self._of_real(a, sign, b), left, self.sum_of_terms())

    # ---- methods --------------------------------------------------------------------------
    def _method(self, base: Expr, token: Token) -> Expr:
        """x.sum(0), x.dot(W), x.transpose()."""
        name = token.text[1:]
        begin = token.start
        if name in RESHAPED:
            return self._reshaped(base, name)
        arguments = self._of_method(name)
        word = ALIASES.get(name, name)
        if word in ALONG and name not in ("maximum", "minimum"):
            return self._along(base, word, self._axis(arguments), begin)
        if word in SOFTMAX:
            return self._softmaxed(base, word, self._axis(arguments))
        whole = [a for a in arguments if not isinstance(a, int)]
        if word in TURNED and not arguments:
            return self._turned(base)
        if word in TURNED or name in ("permute", "swapaxes"):
            return self._permuted(base, [a for a in arguments if isinstance(a, int)], name)
        if word in SAME:
            return base
        if word in (*PRODUCTS, *ARITHMETIC) and len(whole) == 1:
            return self._of_two(word, base, whole[0])
        if word == "power" and len(arguments) == 1 and isinstance(arguments[0], int):
            return self._to_power(base, Integer(arguments[0]))
        if word == "clip":
            return self._clipped(*self.bounds_behind([base, *arguments]))
        declared = self.vocabulary.own_function(name)
        function = declared or SPELLED.get(word) or self.vocabulary.function(word)
        if function is not None and not arguments:
            return self._applied(function, [base])
        if name in NO_FUNCTIONS:
            fact, _, remedy = NO_FUNCTIONS[name].partition(": ")
            raise self.error(f".{name}( ) {fact}", remedy)
        raise self.error(f".{name}( ) is not read here", _INDICES_OR_NONE)

    # ---- functions ------------------------------------------------------------------------
    def library_call(self, token: Token) -> Expr | None:
        """What a word with parentheses behind it says of whole arrays; None for another word."""
        word = ALIASES.get(token.text, token.text)
        strict = token.kind == "call"
        begin = self.rest[0].start
        if word == "einsum":
            return self._einsum()
        if word == "reshape":
            self.expect("(")
            base = self.sum_of_terms()
            self.expect(",")
            return self._reshaped(base, word, within=True)
        if word in SOFTMAX:
            found = self.arguments(word, (1, 2))
            return self._softmaxed(found[0], word, self._axis(numbers_among(found[1:])))
        if word in PRODUCTS or ((strict or self.in_layer) and word in ARITHMETIC):
            return self._of_two(word, *self.arguments(word, (2,)))
        if word == "where":
            return self.where()
        if word == "power" and (strict or not self.vocabulary.tensor(word)):
            base, exponent = self.arguments(word, (2,))
            return self._to_power(base, self._constant_exponent(exponent))
        if word == "clip":
            return self._clipped(*self.bounds_behind(self.arguments(word, (1, 2, 3))))
        if word == "heaviside":
            z, *at_zero = self.arguments(word, (1, 2))
            return self._step(z, *at_zero)
        if word == "diag":
            return self._diagonal(self.arguments(word)[0])
        if word in TURNED:
            return self._turned(self.arguments(word)[0])
        if strict and word in SAME:
            return self.arguments(word)[0]
        if strict and word in ("zeros_like", "ones_like"):
            inside = self.arguments(word)[0]
            return self._constant(Integer(0 if word[0] == "z" else 1)) if inside is not None else 0
        if word not in ALONG or (token.text in ("maximum", "minimum")):
            return None
        return self._call_along(token, word, strict, begin)

    def _call_along(self, token: Token, word: str, strict: bool, begin: int) -> Expr | None:
        """np.sum(x, axis=0), and sum(x, 2), where MATLAB counts axes from 1 and keeps them."""
        if word in ("sum", "mean", "norm") and not strict and not self.several_ahead():
            return None
        rest = list(self.rest)
        found = self.arguments(word, range(1, 9))
        named = bool(self.keywords)
        numbers = numbers_among(found[1:])
        axes = len(found) == 2 and len(numbers) == 1 and word in ("sum", "mean", "var", "std")
        if word in ("max", "min") and not (len(found) == 1 and (strict or named)):
            self.rest[:] = rest
            return None
        if len(found) == 1 and (strict or named or word in ("var", "std", "prod", "logsumexp")):
            return self._along(found[0], word, self._axis([]), begin)
        if axes and not named:
            if not strict:
                self.keywords = {"keepdims": True}
            return self._along(found[0], word, numbers[0] - (not strict), begin)
        self.rest[:] = rest
        return None

    def _of_two(self, word: str, one: Expr, two: Expr) -> Expr:
        if word == "outer":
            return self._outer(one, two)
        if word == "add":
            return self._added(one, two)
        if word == "subtract":
            return self._added(one, self._negated(two))
        if word == "divide":
            return self._divided(one, self._not_zero(two))
        if word == "multiply":
            return self._times(one, two)
        return self._matmul(one, two)

    def _step(self, z: Expr, at_zero: Expr | None = None) -> Expr:
        """1 where z > 0, else 0; at z = 0 what is given for it, and 0 where nothing is."""
        zero, one = self._constant(Integer(0)), self._constant(Integer(1))
        above = self._chosen(lambda a, b: self._of_real(a, ">", b), z, zero)
        if at_zero is None:
            return above
        at = self._chosen(lambda a, b: self._of_real(a, "=", b), z, zero)
        return self._added(self._times(one, above), self._times(at, at_zero))

    def _clipped(self, value: Expr, low: Expr | None, high: Expr | None) -> Expr:
        """The value between two bounds; None for one that there is not."""
        if self.in_layer and all(isinstance(part, Expr) for part in (value, low, high)):
            return clipped(value, low, high)
        found = value if low is None else self._chosen(EXTREMES["max"][self.in_layer], value, low)
        return found if high is None else self._chosen(EXTREMES["min"][self.in_layer], found, high)

    def where(self) -> Expr:
        """where(z > 0, a, b), of which the first is a statement or a mask."""
        which, one, two = self.arguments("where", (3,))
        return self._either(which, one, two)

    def _either(self, which: Expr, one: Expr, two: Expr) -> Expr:
        """np.where(z > 0, a, b): a where the mask is 1, else b."""
        other = self._added(self._constant(Integer(1)), self._negated(which))
        return self._added(self._times(which, one), self._times(other, two))

    def _constant_exponent(self, exponent: Expr) -> Expr:
        if self.vocabulary.exponents_vary and isinstance(exponent, Expr):
            return exponent
        (found,) = self._entries(exponent)[:1]
        if not found.is_Rational:
            raise self.error("an exponent must be a number", "write s^2 or s^(1/2)")
        return found

    # ---- among indices; whole arrays do it otherwise --------------------------------------
    def _along(self, value: Expr, word: str, axis: Axis, begin: int) -> Expr:
        if axis is None and not self._keeps and word in ("sum", "mean") and not self.implied:
            return self._summed(value, word, begin)
        if axis is None and self.in_layer:
            over = tuple(self._free(value, word, begin))
            return taken(value, word, over, self._renamed)
        named = f"{word} along an axis" if axis is not None else f"the {word} of a whole array"
        raise self.error(
            f"{named} is of a formula without indices", f"{_INDICES_OR_NONE}, such as Σ_n x[n, d]"
        )

    def _renamed(self, extents: Sequence[Expr]) -> Axes:
        """Indices for axes inside of what has others."""
        return tuple((Index(f"{chr(ord('i') + k)}′′"), n) for k, n in enumerate(extents))

    def _softmaxed(self, value: Expr, word: str, axis: Axis) -> Expr:
        """softmax(z), along the last index that its argument has."""
        free = free_indices(value)
        own = [i for i, _ in self.implied if i in free]
        at = [[i for i in r.indices if i in free] for r in nodes.reads(value)]
        # Of s[i, j] it is j, whichever of the two stands on the left.
        whole = next((i for i in at if set(i) == free), [])
        last = (whole or own or [i for each in at for i in each] or [None])[-1]
        if last is None or axis not in (None, -1):
            raise self.error(
                f"{word}( ) of what has no indices",
                f"write them inside its brackets, as in {word}(z[n, c])",
            )
        index = Index(f"{last.name}′′")
        whole = nodes.Sum(
            exp(substitute(value, {last: index})), [(index, self.extent(last, value))]
        )
        return exp(value) / whole if word == "softmax" else value - log(whole)

    def _matmul(self, one: Expr, two: Expr) -> Expr:
        if "[" not in self.formula:
            raise self.error("a product of matrices is of whole matrices", _INDICES_OR_NONE)
        return self._multiplied([one, two])

    def _einsum(self) -> Expr:
        raise self.error("einsum( ) is of whole arrays", _INDICES_OR_NONE)

    def _sliced(self, value: Expr, token: Token) -> Expr:
        raise self.error(f"{token.text} is of whole arrays", _INDICES_OR_NONE)

    def _reshaped(self, value: Expr, name: str, within: bool = False) -> Expr:
        raise self.error(f"{name}( ) is of whole arrays", _INDICES_OR_NONE)

    def _permuted(self, value: Expr, axes: list[int], name: str) -> Expr:
        raise self.error(f".{name}( ) is of whole arrays", _INDICES_OR_NONE)

    def _diagonal(self, value: Expr) -> Expr:
        raise self.error("diag( ) is of whole vectors", _INDICES_OR_NONE)

    def _times(self, one: Expr, two: Expr) -> Expr:
        return one * two

    def _added(self, one: Expr, two: Expr) -> Expr:
        return one + two

    def _chosen(self, which, one: Expr, two: Expr) -> Expr:
        return which(one, two)

    def _divided(self, top: Expr, bottom: Expr) -> Expr:
        raise NotImplementedError

    def _negated(self, value: Expr) -> Expr:
        return -value

    def _constant(self, value: Expr) -> Expr:
        return value

    def _multiplied(self, factors: list[Expr]) -> Expr:
        return nodes.multiply(factors)

    def _outer(self, one: Expr, two: Expr) -> Expr:
        if "[" not in self.formula:
            raise self.error("an outer product is of whole vectors", _INDICES_OR_NONE)
        return self._multiplied([one, two])

    def _turned(self, value: Expr) -> Expr:
        raise self.error("a transpose needs matrices without indices", "write W[m, d] for W[d, m]ᵀ")

    def _applied(self, function, arguments: list[Expr]) -> Expr:
        if function is log and isinstance(arguments[0], nodes.LogSumExp):
            return arguments[0]
        return function(*arguments)
