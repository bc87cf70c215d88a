"""The nodes that SymPy lacks or cannot be trusted with: reductions over ranges, conditions, deltas.

An expression is a SymPy expression over `Indexed` reads, elementwise functions and these nodes.
A reduction's indices each run from 0 to extent − 1; where its conditions fail, a term does not
count. An empty sum is 0 (SymPy's own `Sum` follows Karr, and is not used).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from sympy import Basic, Expr, IndexedBase, Integer, Symbol, Tuple
from sympy.core.sympify import _sympify as strictly
from sympy.tensor.indexed import Indexed

from deltarule.expressions.conditions import (
    AtLeastZero,
    Condition,
    Divides,
    Equal,
    Positive,
    Unequal,
)
from deltarule.expressions.quotients import CeilingQuotient, FloorQuotient, Remainder
from deltarule.expressions.symbols import Index

__all__ = [
    "AtLeastZero", "Carried", "CeilingQuotient", "Choose", "Condition", "Delta", "Divides", "Equal",
    "FloorQuotient", "Max", "MaxAll", "MaxSplit", "PartialOf", "Positive", "Product", "Read",
    "Reduction", "Remainder", "Selection", "Sum", "Unequal", "free_indices", "free_symbols",
    "index_names", "multiply", "read", "reads", "size_of", "tensor_name", "walk",
]  # fmt: skip


class Delta(Expr):
    """The Kronecker delta δ(a, b): 1 where a = b, else 0."""

    __slots__ = ()
    is_integer = True
    is_commutative = True


class PartialOf(Expr):
    """∂Y[i]/∂X[u], written but not yet worked out: `PartialOf(Y[i], X[u])`."""

    __slots__ = ()
    is_real = True
    is_commutative = True


class Choose(Expr):
    """`Choose(condition, a, b)`: a where the condition holds, b elsewhere."""

    __slots__ = ()
    is_real = True
    is_commutative = True

    def __new__(cls, condition, then, otherwise):
        then, otherwise = strictly(then), strictly(otherwise)
        if then == otherwise:
            return then
        if isinstance(condition, AtLeastZero) and condition.args[0].is_Integer:
            return then if condition.args[0] >= 0 else otherwise
        return Expr.__new__(cls, condition, then, otherwise)

    def _eval_derivative(self, s):
        condition, then, otherwise = self.args
        return Choose(condition, then.diff(s), otherwise.diff(s))


class Carried(Choose):
    """A state read at another time, `Carried(t − 1 ≥ 0, h[t − 1], h0)`: h0 is what h[−1] is.

    It is written as its first case; where that lies before the first step (or behind the last)
    the second one holds.
    """

    __slots__ = ()


class Frozen(Expr):
    """A value through which no gradient flows: `Frozen(a)` is a, and its derivative is 0."""

    __slots__ = ()
    is_real = True
    is_commutative = True

    def _eval_derivative(self, s):
        return Integer(0)


class Reduction(Expr):
    """A reduction of `body` over `ranges` ((index, extent) pairs) where all `conditions` hold."""

    __slots__ = ()
    is_real = True
    is_commutative = True

    def __new__(cls, body, ranges=(), conditions=()):
        body = strictly(body)
        ranges = Tuple(*(Tuple(i, strictly(n)) for i, n in ranges))
        conditions = Tuple(*conditions)
        if not ranges and not conditions:
            return body
        return Expr.__new__(cls, body, ranges, conditions)

    @property
    def body(self) -> Expr:
        return self.args[0]

    @property
    def ranges(self) -> tuple:
        return tuple((r.args[0], r.args[1]) for r in self.args[1].args)

    @property
    def conditions(self) -> tuple:
        return self.args[2].args

    @property
    def indices(self) -> tuple:
        return tuple(r.args[0] for r in self.args[1].args)

    @property
    def free_symbols(self) -> set:
        return set(free_symbols(self))

    def _sympystr(self, printer) -> str:
        over = ", ".join(f"{i}<{printer._print(n)}" for i, n in self.ranges)
        where = "".join(f" if {printer._print(c)}" for c in self.conditions)
        return f"{type(self).__name__}[{over}]({printer._print(self.body)}{where})"

    def _eval_derivative(self, s):
        raise TypeError("a reduction is differentiated by the index calculus, not by SymPy")


class Sum(Reduction):
    """Σ body. With conditions and no index it is the body where they hold, and 0 elsewhere."""

    __slots__ = ()

    def __new__(cls, body, ranges=(), conditions=()):
        if strictly(body) == 0:
            return Integer(0)
        return Reduction.__new__(cls, body, ranges, conditions)


class Max(Reduction):
    """The largest body; −∞ over an empty range. Of several largest, the first passes gradient."""

    __slots__ = ()
    ties = "first"


class MaxAll(Max):
    """The largest body, where each of several largest passes the whole gradient."""

    __slots__ = ()
    ties = "all"


class MaxSplit(Max):
    """The largest body, where several largest share the gradient in equal parts."""

    __slots__ = ()
    ties = "split"


class Selection(Expr):
    """Which bodies a maximum passes its gradient to, and in what part: `Selection(Max(…), y[…])`.

    At each point of the maximum's ranges it is 1 (or the part) where the body is the largest
    over all of them, else 0; `y[…]` is what the maximum is known as. It stands alone in an
    equation whose left side holds the maximum's indices too.
    """

    __slots__ = ()
    is_real = True
    is_commutative = True

    @property
    def maximum(self) -> Max:
        return self.args[0]

    def _eval_derivative(self, s):
        return Integer(0)  # which entry is chosen changes nowhere but where two of them tie


class Product(Reduction):
    """Π body; 1 over an empty range."""

    __slots__ = ()


class LogSumExp(Reduction):
    """log Σ exp(body), computed without overflow; −∞ over an empty range."""

    __slots__ = ()


class Read(Indexed):
    """A tensor at some subscripts; a scalar is read at none, which SymPy's `Indexed` forbids."""

    is_real = True

    def __new__(cls, base, *subscripts):
        return Expr.__new__(cls, base, *(strictly(s) for s in subscripts))

    def _hashable_content(self):
        return self._args  # all are real; SymPy would compare what else it found out of them


def read(name: str, *subscripts) -> Read:
    """The expression name[subscripts]."""
    return Read(_base(name), *subscripts)


@cache
def _base(name: str) -> IndexedBase:
    return IndexedBase(name)


def tensor_name(access: Indexed) -> str:
    """The name of the tensor that a read reads."""
    return access.args[0].args[0].name


def walk(expression: Basic) -> Iterator[Basic]:
    """Every node of an expression, outermost first; names inside reads are left out."""
    stack = [expression]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Indexed):
            stack.extend(node.indices)
        elif isinstance(node, Reduction):
            stack.append(node.body)
            stack.extend(node.conditions)
            stack.extend(n for _, n in node.ranges)
        else:
            stack.extend(node.args)


def reads(expression: Basic, name: str | None = None) -> list[Indexed]:
    """The distinct reads of an expression (of one tensor, if named), in order of appearance."""
    return [r for r in _all_reads(expression) if name is None or tensor_name(r) == name]


@lru_cache(maxsize=1 << 16)
def _all_reads(expression: Basic) -> tuple[Indexed, ...]:
    found = dict.fromkeys(node for node in walk(expression) if isinstance(node, Indexed))
    return tuple(found)


@lru_cache(maxsize=1 << 16)
def free_symbols(expression: Basic) -> frozenset:
    """The indices, sizes and other symbols that an expression leaves unbound (names apart)."""
    if isinstance(expression, Symbol):
        return frozenset((expression,))
    if isinstance(expression, Indexed):
        return _union(expression.indices)
    if isinstance(expression, Reduction):
        inner = _union((expression.body, *expression.conditions))
        return (inner - frozenset(expression.indices)) | _union(n for _, n in expression.ranges)
    return _union(expression.args)


def _union(parts: Iterable[Basic]) -> frozenset:
    return frozenset().union(*(free_symbols(part) for part in parts))


def free_indices(expression: Basic) -> frozenset:
    """The indices that an expression leaves unbound."""
    return frozenset(s for s in free_symbols(expression) if isinstance(s, Index))


def index_names(*expressions: Basic) -> set[str]:
    """The names of all indices, bound ones too."""
    return {
        node.name
        for e in expressions
        for part in walk(e)
        for node in ((part, *part.indices) if isinstance(part, Reduction) else (part,))
        if isinstance(node, Index)
    }


@lru_cache(maxsize=1 << 16)
def size_of(expression: Basic) -> int:
    """The number of nodes, a read counted twice: the simpler of two forms is the smaller."""
    return sum(2 if isinstance(node, Indexed) else 1 for node in walk(expression))


def multiply(factors: Iterable) -> Expr:
    """The product of some factors; 1 for none."""
    return math.prod(factors, start=Integer(1))
