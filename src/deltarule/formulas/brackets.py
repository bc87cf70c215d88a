"""Subscripts, and brackets such as [c = t], as `derive` prints them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sympy import Basic, Expr, Integer, Tuple

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Choose, Condition, Positive, tensor_name
from deltarule.expressions.symbols import Index, Size
from deltarule.formulas.commas import separated
from deltarule.formulas.index_names import index_of
from deltarule.formulas.limits import check_length, check_nesting
from deltarule.formulas.tokens import Token, deeper, grouped, tokens
from deltarule.formulas.vocabulary import Vocabulary

_RELATIONS = ("=", "≠", "<", ">", "≤", "≥", "|")
Found = TypeVar("Found")


class Conditions:
    """The tokens of a formula, and those parts of its grammar that are about indices.

    Inside subscripts and statements (`counts`) an unknown name is an index; in subscripts
    (`halves`) a quotient is an integer.
    """

    def __init__(
        self,
        formula: str,
        vocabulary: Vocabulary,
        place: str,
        implied: Sequence[tuple[Index, Expr]] = (),
    ):
        self.formula, self.vocabulary, self.place = formula, vocabulary, place
        self.implied = implied
        check_length(formula, place)
        self.rest = separated(grouped(tokens(formula, place)))
        check_nesting(self.rest, place)
        self.all = tuple(self.rest)
        self.counts = self.halves = False
        #: The bars | and ‖ that are open.
        self.open: list[str] = []
        #: The factors in front of which a sign of products stands, each with its sign.
        self.signs: list = []
        #: The indices of the sums around, and how far they run, where that is known.
        self.bound: list[Index] = []
        self.runs: list[tuple[Index, Expr]] = []

    def sum_of_terms(self) -> Expr:
        """Terms with + and − between them."""
        raise NotImplementedError

    def extent(self, index: Expr, body: Expr, most: Expr | None = None) -> Expr:
        """How far an index runs."""
        raise NotImplementedError

    def counting(self, parse: Callable[[], Found], halves: bool = False) -> Found:
        """What `parse` finds where names may be indices."""
        before = self.counts, self.halves
        self.counts, self.halves = True, halves
        try:
            return parse()
        finally:
            self.counts, self.halves = before

    def subscripts(self) -> list[Expr]:
        """[i, 2·j + 1]."""
        self.expect("[")
        found = [self._subscript()]
        while self.take(","):
            found.append(self._subscript())
        self.expect("]")
        for index in found:
            if index.is_number and not index.is_Integer:
                raise self.error(f"{index} is no index", "indices are whole numbers, as in h[i, 0]")
        return found

    def _subscript(self) -> Expr:
        if self.next() == "…":
            raise self.error("… stands for subscripts that are left out", "write all of them")
        return self.counting(self.sum_of_terms, halves=True)

    # ---- brackets -------------------------------------------------------------------------
    def bracket(self) -> tuple[list[Condition], list[Expr]]:
        """[c = t, x > 0]: the statements about integers, and 1 or 0 for all others."""
        self.expect("[")
        begun, conditions, factors = list(self.rest), *self.sides_of(self.stated())
        first: list[Index] = []
        while self.take(","):
            if self.take("first"):
                first = [index_of(self.pop().text)]
                while self.take(","):
                    first.append(index_of(self.pop().text))
                break
            more = self.sides_of(self.stated())
            conditions, factors = [*conditions, *more[0]], [*factors, *more[1]]
        self.expect("]")
        if first and getattr(self, "in_layer", False):
            raise self.error(
                "[…, first k] is of lines that are derived from others",
                "write Max[k](s[n, k]), or W[ArgMax[k](s[n, k]), d] in a derivation file",
            )
        if first:
            behind, self.rest = self.rest, begun
            left, _, right = self.relation()
            self.rest = behind
            ranges = [(i, self.extent(i, left)) for i in first]
            return [], [nodes.Selection(nodes.Max(left, ranges), right)]
        return conditions, factors

    def stated(self) -> Basic:
        """Statements that are joined by words."""
        raise NotImplementedError

    def sides_of(self, statement: Basic) -> tuple[list[Condition], list[Expr]]:
        """What of a statement is about integers, and what is not."""
        raise NotImplementedError

    def relations(self) -> list[tuple]:
        """One comparison, or two in a row: −3 < x < 3."""
        left, sign, right = self.relation()
        found = [(left, sign, right)]
        if sign in "<≤" and self.next() in ("<", "≤"):
            found.append((right, self.pop().text, self.counting(self._side)))
        return found

    def relation(self):
        left = self.counting(self._side)
        sign = self.next()
        if sign not in _RELATIONS:
            raise self.error("a comparison belongs here", "write [c = t] or [x > 0]")
        self.pop()
        right = self.counting(self._side)
        lengths = {len(side) if isinstance(side, Tuple) else 0 for side in (left, right)}
        if lengths != {0} and (sign != "≠" or len(lengths) > 1):
            raise self.error(
                "several numbers are compared with as many others, and by ≠ alone",
                "write [(i, j) ≠ (k, l)]",
            )
        return left, sign, right

    def _side(self):
        """One side of a comparison; several numbers in parentheses are compared together."""
        if self.next() == "(" and self.several_ahead():
            self.pop()
            found = [self.sum_of_terms()]
            while self.take(","):
                found.append(self.sum_of_terms())
            self.expect(")")
            return Tuple(*found)
        return self.sum_of_terms()

    def several_ahead(self) -> bool:
        """Whether a comma stands in the parentheses that open here, and in no others."""
        depth = 0
        for token in self.rest:
            depth += deeper(token.text)
            if token.text == "," and depth == 1:
                return True
            if not depth:
                return False
        return False

    def whole_number(self, side) -> bool:
        """Whether a side is an integer: of indices, sizes and labels alone."""
        reads = nodes.reads(side)
        symbols = nodes.free_symbols(side)
        return all(self._labels(tensor_name(r)) for r in reads) and all(
            isinstance(s, (Index, Size)) for s in symbols
        )

    def _labels(self, name: str) -> bool:
        tensor = self.vocabulary.tensors.get(name)
        return tensor is not None and tensor.integral and not is_gradient(name)

    def _of_real(self, left: Expr, sign: str, right: Expr) -> Expr:
        """1 where a comparison of real numbers holds, else 0."""
        one, nothing = Integer(1), Integer(0)
        if sign in "<>":
            return Choose(Positive(right - left if sign == "<" else left - right), one, nothing)
        if sign in "≤≥":
            return Choose(Positive(left - right if sign == "≤" else right - left), nothing, one)
        if sign == "|":
            raise self.error("| compares whole numbers", "write [D | p − i]")
        same, other = (one, nothing) if sign == "=" else (nothing, one)
        return Choose(Positive(left - right), other, Choose(Positive(right - left), other, same))

    # ---- tokens ---------------------------------------------------------------------------
    def next(self) -> str | None:
        """The text of the next token."""
        return self.rest[0].text if self.rest else None

    def pop(self) -> Token:
        """The next token, taken away."""
        if not self.rest:
            last = self.all[-1] if self.all else None
            behind = last is not None and last.kind == "sign" and last.text not in "()[]{}"
            sign = self.formula[last.start : last.start + 1] if last is not None else ""
            remedy = f"write what stands behind {sign}" if behind else "check its brackets"
            raise self.error("the formula ends too early", remedy)
        return self.rest.pop(0)

    def take(self, text: str) -> bool:
        """Whether the next token is this one; then it is taken away."""
        if self.next() == text:
            self.rest.pop(0)
            return True
        return False

    def expect(self, text: str) -> None:
        """Take this token away. Raises DeltaruleError where another one stands."""
        if not self.take(text):
            raise self.error(f"{text!r} is missing", "check the brackets")

    def error(self, fact: str, remedy: str) -> DeltaruleError:
        """An error with the place in the formula."""
        at = self.rest[0].start + 1 if self.rest else len(self.formula)
        shown = shortened(self.formula)
        return DeltaruleError(fact, f"{self.place}, character {at} of {shown!r}", remedy)
