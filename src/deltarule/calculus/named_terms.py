"""A closed form that is too long, in lines: its parts get names that say what they are.

    ∂L/∂Δ[d] = Σ_{l,n} ∂L/∂a_re[l, d, n]·(−ω[d, n]·a_im[l, d, n]·l − α[d, n]·a_re[l, d, n]·l) + …

reads as the chain rule once ∂a_re/∂Δ[l, d, n] = −ω[d, n]·a_im[l, d, n]·l − … has a line of its own.
What gets one, the part first that makes the formula shortest: what multiplies a gradient from
upstream (∂Y/∂X) or is added to all of those (direct ∂L/∂X), a divisor (den_dX, that of ∂L/∂X), the
slope of a function (silu′_dX), what stands in a formula several times, and a sum (total_dX); at
last each way that a gradient comes by (via_Y_dX). No part has more entries than the gradient, or
than something that is read. With the parts put in again a formula is that which was derived.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sympy import Add, Basic, Expr, Mul, Pow, preorder_traversal

from deltarule.calculus.formula_parts import (
    BY,
    DIRECT,
    VIA,
    Finder,
    Part,
    Ranges,
    gain,
    is_half,
    rank,
    upstream_in,
)
from deltarule.expressions.affine import affine
from deltarule.expressions.conditions import AtLeastZero
from deltarule.expressions.gradient_names import GradientName, gradient_name, tensor_of
from deltarule.expressions.nodes import (
    Condition,
    Read,
    Reduction,
    Selection,
    Sum,
    free_indices,
    read,
    reads,
    size_of,
    tensor_name,
)
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.rewrites import rewrite
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Index
from deltarule.expressions.terms_counted import MOST_TERMS, count_terms
from deltarule.networks.equations import Equation, names_read
from deltarule.spelling.folding import folded
from deltarule.spelling.noting import noted
from deltarule.spelling.text import text

#: A formula is taken apart, too, where it fills more than so many lines of a screen this wide.
MOST_LINES, COLUMNS = 4, 80
#: Shorter formulas, in nodes, are never too long.
_SHORT = 40


@dataclass(frozen=True)
class InLines:
    """A formula in lines: `parts` in the order in which they are computed, and what reads them."""

    parts: tuple[Equation, ...]
    rhs: Expr


@lru_cache(maxsize=1 << 8)
def in_lines(left: Read, formula: Expr, ranges: Ranges) -> InLines:
    """The closed form of the gradient `left` in lines; in one where it is not too long."""
    work = _Parting(left, ranges, formula)
    while too_long(left, work.now) and (work.take_the_best() or work.part_the_ways()):
        pass
    return InLines(tuple(work.lines), _asked_once(work.now, work.lines))


def too_long(left: Expr, formula: Expr) -> bool:
    """Whether a formula has more terms than 12, or fills more lines than 4.

    The limits of its sums do not count: they stand in lines below.
    """
    if size_of(formula) < _SHORT:
        return False
    if count_terms(formula) > MOST_TERMS:
        return True
    (shown,), _ = noted(formula)
    return len(folded(f"{text(left)} = {shown}", COLUMNS)) > MOST_LINES


class _Parting(Finder):
    """A formula on its way into lines."""

    def __init__(self, left: Read, ranges: Ranges, now: Expr):
        super().__init__(left, ranges, now)
        self._taken: set[str] = set()

    def take_the_best(self) -> bool:
        """Give the part that shortens the formula most a line; False where none does.

        Of a chain rule all parts ∂Y/∂X get one, and of sums that are added up all as long.
        """
        found = Counter(p for p in self.parts() if not too_long(self._line(p), p.rhs))
        if not found:
            return False
        best = max(found, key=lambda part: rank(part, found[part]))
        least = min(gain(best), 2)
        chain = [p for p in found if p.word.startswith(BY) and gain(p) >= least]
        if is_half(best, found[best]):
            chain = [p for p in found if is_half(p, found[p]) and 2 * gain(p) >= gain(best)]
            within = Counter(node for p in chain for node in {*preorder_traversal(p.body)})
            chain = [p for p in chain if within[p.body] == 1]
        return self._take(chain if best in chain else [best])

    def part_the_ways(self) -> bool:
        """Σ (a + b) as Σ a + Σ b, each a line, where gradients come by ways of their own."""
        ways = next(self.ways(), None)
        if ways is None:
            return False
        total, guard = ways
        before, terms = self.now, Add.make_args(total.body)
        self.now = _put(self.now, total, Add(*(with_body(total, term) for term in terms)))
        words = [VIA + tensor_of(tensor_name(*upstream_in(term, self.own))) for term in terms]
        parts = [with_body(total, term) for term in terms]
        ways = zip(parts, words, strict=True)
        self._take([Part(body, self.ranges, guard, word) for body, word in ways])
        return self.now != before

    def _line(self, part: Part) -> Read:
        """The left side of the line of a part."""
        return read(self._name(part.word), *(i for i, _ in part.ranges))

    def _take(self, parts: Sequence[Part]) -> bool:
        """Give parts lines, one after another; False where the formula has none of them."""
        formula, place, before = _Terms(self.now), f"part of {self.own}", len(self.lines)
        for part in parts:
            left, guard = self._line(part), frozenset(part.conditions)
            if formula.put(part.body, left, guard):  # one taken before it may have held it
                self.lines.append(
                    Equation(tensor_name(left), left.indices, part.rhs, part.ranges, place)
                )
                self._taken.add(tensor_name(left))
        self.now = formula.total()
        return len(self.lines) > before

    def _name(self, word: str) -> str:
        found = GradientName.parse(self.own)
        tensor = found.wrt if found else self.own
        if word == DIRECT:
            name = str(GradientName(found.of if found else "", tensor, direct=True))
        elif word.startswith(BY):
            name = gradient_name(word.removeprefix(BY), tensor)
        else:
            name = f"{word}_d{tensor}"
        names = (name, *(f"{name}{k}" for k in range(2, 99)))
        return next(n for n in names if n not in self._taken)


class _Terms:
    """The terms of a formula in which parts are read from their lines.

    A part of one term is looked for in the terms that read all that it reads, and the terms are
    added up when all parts are in, so that a thousand parts of a thousand terms take little time.
    """

    def __init__(self, formula: Expr):
        self._start([*Add.make_args(formula)])

    def _start(self, terms: list[Expr]) -> None:
        self._terms = terms
        self._reading: dict[str, list[int]] = {}
        for k, term in enumerate(self._terms):
            for name in names_read(term):
                self._reading.setdefault(name, []).append(k)

    def put(self, body: Expr, access: Expr, guard: frozenset[Condition]) -> bool:
        """Read a part from its line wherever it stands; False where it stands nowhere."""
        names = names_read(body)
        if not names or isinstance(body, Add) and self._has(body):
            now = self.total()
            after = _put(now, body, access, guard)
            if after != now:
                self._start([*Add.make_args(after)])
            return after != now
        changed = False
        for k in min((self._reading.get(n, []) for n in names), key=len):
            term = self._terms[k]
            if names <= names_read(term) and (after := _put(term, body, access, guard)) != term:
                self._terms[k], changed = after, True
        return changed

    def _has(self, body: Expr) -> bool:
        """Whether terms of a sum are terms of the formula itself."""
        read_there = ((t, n) for t in body.args for n in list(names_read(t))[:1])
        return any(self._terms[k] == t for t, n in read_there for k in self._reading.get(n, ()))

    def total(self) -> Expr:
        """The formula."""
        return Add(*self._terms)


@rewrite
def _put(node: Basic, body: Expr, access: Expr, guard: frozenset[Condition] = frozenset()) -> Basic:
    """A formula with a part read from its line, wherever all is asked that the line asks: where
    `guard` fails, the line is 0 and the part need not be."""
    if node == body and not guard:
        return access
    if isinstance(node, Read | Condition | Selection) or not node.args:
        return node
    if isinstance(node, Reduction):
        left = guard - {*node.conditions}
        return with_body(node, _put(node.body, body, access, left))
    alike = type(node) is type(body) and not guard
    if alike and isinstance(node, Add | Mul) and {*body.args} < {*node.args}:
        rest = (_put(a, body, access) for a in node.args if a not in body.args)
        return type(node)(access, *rest)
    return rebuild(node, lambda part: _put(part, body, access, guard))


@rewrite
def _asked_once(node: Basic, lines: Sequence[Equation]) -> Basic:
    """[c]·(a + b) as a + b, where a and b are lines that are 0 where c does not hold; what would
    then be 0/0, a/b, stays under c."""
    if not isinstance(node, Sum) or node.ranges:
        return rebuild(node, lambda part: _asked_once(part, lines)) if node.args else node
    asked: dict[Expr, tuple[Condition, ...]] = {
        e.lhs: e.rhs.conditions for e in lines if isinstance(e.rhs, Sum) and not e.rhs.ranges
    }
    if not all(isinstance(s, Index) for r in reads(node.body) for s in r.indices):
        return node  # under its condition alone is t + 1 a time
    terms = [Mul.make_args(t) for t in Add.make_args(node.body)]
    inside = {s for r in reads(node.body) if r not in asked for s in r.indices}
    kept = [
        c
        for c in node.conditions
        if _ends(c) & inside
        or not all(any(c in asked.get(f, ()) for f in t) for t in terms)
        or any(isinstance(f, Pow) and c in asked.get(f.base, ()) for t in terms for f in t)
    ]
    return Sum(node.body, (), kept)


def _ends(condition: Condition) -> set[Index]:
    """The index that ends where a condition says, t of [t ≤ A − 1], beyond which what has fewer
    entries than t runs over is not there."""
    indices = tuple(free_indices(condition))
    split = affine(condition.args[0], indices) if isinstance(condition, AtLeastZero) else None
    ends = len(indices) == 1 and split is not None and split[0][indices[0]].is_negative
    return set(indices) if ends else set()


def put_back(found: InLines) -> Expr:
    """The formula with its parts where they stood."""
    values: dict[Expr, Expr] = {}
    for part in found.parts:
        values[part.lhs] = replace_reads(part.rhs, lambda r: values.get(r, r))
    return replace_reads(found.rhs, lambda r: values.get(r, r))
