"""The parts of a long formula that may get lines of their own, and which of them comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from sympy import Add, Expr, Mul, Pow

from deltarule.expressions.elementwise import FUNCTIONS, Elementwise, derivative
from deltarule.expressions.gradient_names import GradientName, tensor_of
from deltarule.expressions.nodes import (
    Choose,
    Condition,
    Read,
    Reduction,
    Selection,
    Sum,
    free_indices,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.symbols import Index
from deltarule.expressions.terms_counted import count_terms
from deltarule.networks.equations import Equation

Ranges = tuple[tuple[Index, Expr], ...]

#: Words of parts: ∂Y/∂X, what is added to those, one of several ways, and a sum.
BY, DIRECT, VIA, SUM = "by ", "direct", "via_", "total"


@dataclass(frozen=True)
class Part:
    """What may get a line: `body` over `ranges`, under a guard; `word` says what it is."""

    body: Expr
    ranges: Ranges
    conditions: tuple[Condition, ...]
    word: str

    @property
    def rhs(self) -> Expr:
        """The right side of its line."""
        return Sum(self.body, (), self.conditions)


@dataclass
class Finder:
    """Finds the parts of a formula of the gradient `left` over `ranges`; some have `lines`."""

    left: Read
    ranges: Ranges
    now: Expr
    lines: list[Equation] = field(default_factory=list)

    @property
    def own(self) -> str:
        """The name of the gradient."""
        return tensor_name(self.left)

    def parts(self) -> Iterator[Part]:
        """All parts that would be shorter as a line, as often as they stand there."""
        yield from self._parts(self.now, self.ranges, (), True)

    def ways(self) -> Iterator[tuple[Sum, tuple[Condition, ...]]]:
        """Sums over ways that gradients come by, nothing multiplied by them, and their guards."""
        yield from self._ways(self.now, ())

    def _ways(self, node: Expr, guard: tuple) -> Iterator[tuple[Sum, tuple]]:
        if isinstance(node, Sum) and node.ranges:
            terms = Add.make_args(node.body)
            if len(terms) > 1 and all(len(upstream_in(t, self.own)) == 1 for t in terms):
                yield node, guard
        elif isinstance(node, Sum):
            yield from self._ways(node.body, (*guard, *node.conditions))
        elif isinstance(node, Add):
            for term in node.args:
                yield from self._ways(term, guard)

    def _parts(
        self, node: Expr, ranges: Ranges, guard: tuple[Condition, ...], chain: bool
    ) -> Iterator[Part]:
        """All parts that would be shorter as a line; in a `chain` nothing multiplies the node."""
        if isinstance(node, Read | Condition | Selection | Choose) or not node.args:
            return
        if isinstance(node, Reduction):
            if isinstance(node, Sum) and node.ranges:
                yield from self._part(node, ranges, guard, self._word_of(node))
            inner = (*ranges, *node.ranges)
            yield from self._parts(node.body, inner, (*guard, *node.conditions), chain)
            return
        if isinstance(node, Mul):
            yield from self._factors(node, ranges, guard, chain)
        elif isinstance(node, Add) and ranges == self.ranges and chain:
            lines = {e.name for e in self.lines}
            rest = [t for t in node.args if not self._comes_from_upstream(t, lines)]
            if len(rest) > 1:
                yield from self._part(Add(*rest), ranges, guard, DIRECT)
        elif isinstance(node, Pow) and node.exp.is_negative:
            yield from self._part(node.base, ranges, guard, "den")
        elif isinstance(node, Elementwise):
            yield from self._part(node, ranges, guard, node.func.row.name)
        for part in node.args:
            if isinstance(part, Expr):
                yield from self._parts(part, ranges, guard, chain and isinstance(node, Add))

    def _word_of(self, total: Sum) -> str:
        """A sum is called by the gradient that comes by it, or by the data that say where it goes,
        if that is one tensor."""
        upstream = {tensor_of(tensor_name(r)) for r in upstream_in(total, self.own)}
        data = {tensor_name(r) for c in total.conditions for r in reads(c)}
        ways = upstream if len(upstream) == 1 else data if upstream else ()
        return VIA + min(ways) if len(ways) == 1 else SUM

    def _factors(self, node: Mul, ranges: Ranges, guard: tuple, chain: bool) -> Iterator[Part]:
        """What multiplies a gradient from upstream; and the slope of a function among factors."""
        upstream = upstream_in(node, self.own)
        if chain and len(upstream) == 1 and upstream[0] in node.args and self._once(upstream[0]):
            factors = [f for f in node.args if f != upstream[0]]
            # SymPy would multiply (a + b)/2 out, and then it would not be found again.
            rest = Mul(*factors, evaluate=len(factors) < 2)
            yield from self._part(rest, ranges, guard, BY + moved(upstream[0]))
        for function, slope in _slopes(node):
            yield from self._part(slope, ranges, guard, f"{function}prime")

    def _comes_from_upstream(self, term: Expr, lines: set[str]) -> bool:
        """Whether a term reads a gradient from upstream, or a part that has a line already."""
        named = any(tensor_name(r) in lines for r in reads(term))
        return named or bool(upstream_in(term, self.own))

    def _once(self, access: Read) -> bool:
        """Whether a formula reads the gradient by one tensor, so far on, in one place."""
        return _places(self.now)[tensor_name(access), moved(access)] == 1

    def _part(self, body: Expr, ranges: Ranges, guard: tuple, word: str) -> Iterator[Part]:
        free = free_indices(body)
        own = ranges if word == DIRECT else _as_read(body, ranges)
        if count_terms(body) < 2 or len(own) < len(free) or not reads(body) or not self._fits(free):
            return
        conditions = tuple(c for c in guard if free_indices(c) and free_indices(c) <= free)
        if all(c in conditions or not free_indices(c) & free for c in guard):
            yield Part(body, own, conditions, word)

    def _fits(self, free: frozenset[Index]) -> bool:
        """Whether a part over some indices has no more entries than the gradient, or than
        something that the formula reads."""
        return any(free <= have for have in (free_indices(self.left), *_indices_read(self.now)))


def gain(part: Part) -> int:
    return count_terms(part.body) - 1


def rank(part: Part, times: int) -> tuple[bool, int, bool, bool]:
    """What gets a line first: what makes the formula shortest, but for half of a sum."""
    half = is_half(part, times)
    return not half, times * gain(part), times > 1, part.word[:3] == BY


def is_half(part: Part, times: int) -> bool:
    """Whether a part is a sum among others that stands in a formula once."""
    return times == 1 and (part.word == SUM or part.word.startswith(VIA))


def _all_reads(formula: Expr) -> list[Read]:
    return [node for node in walk(formula) if isinstance(node, Read)]


@lru_cache(maxsize=8)
def _places(formula: Expr) -> Counter[tuple[str, str]]:
    """In how many places each tensor is read, so far on."""
    return Counter((tensor_name(r), moved(r)) for r in _all_reads(formula))


@lru_cache(maxsize=8)
def _indices_read(formula: Expr) -> tuple[frozenset[Index], ...]:
    """The indices that something is read at, each set of them once."""
    return tuple(dict.fromkeys(free_indices(r) for r in _all_reads(formula)))


def upstream_in(formula: Expr, own: str) -> list[Read]:
    """The gradients of the same thing that a formula reads."""
    mine = GradientName.parse(own)
    names = ((r, GradientName.parse(tensor_name(r))) for r in reads(formula))
    return [r for r, name in names if name is not None and mine is not None and name.of == mine.of]


def _as_read(body: Expr, ranges: Ranges) -> Ranges:
    """The ranges of the indices of a part, in the order in which one of its reads has them all."""
    free = free_indices(body)
    own = tuple(r for r in ranges if r[0] in free)
    for access in _all_reads(body):
        order = [i for i in access.indices if i in free]
        if len(order) == len(own):
            return tuple(sorted(own, key=lambda r: order.index(r[0])))
    return own


def moved(access: Read) -> str:
    """The tensor of a gradient with the indices at which it is read further on: r_ij for
    ∂E/∂r[i + 1, j + 1]."""
    tensor = tensor_of(tensor_name(access))
    moved = [i.name for s in access.indices if not isinstance(s, Index) for i in free_indices(s)]
    return f"{tensor}_{''.join(sorted(moved))}" if moved else tensor


def _slopes(product: Mul) -> Iterator[tuple[str, Expr]]:
    """Slopes f′(z) that stand in a product, factor by factor, with the names of their functions."""
    factors = set(product.args)
    arguments = {n.args for n in walk(product) if isinstance(n, Elementwise) and len(n.args) == 1}
    for (z,) in sorted(arguments, key=str):
        for name, function in FUNCTIONS.items():
            if function.row.arity == 1 and not function.row.leaf:
                slope = derivative(function)(z)
                if isinstance(slope, Mul) and set(slope.args) <= factors:
                    yield name, slope
