"""The nodes that SymPy lacks or cannot be trusted with: reductions over ranges, conditions, deltas.

An expression is a SymPy expression over `Indexed` reads, elementwise functions and these nodes.
A reduction's indices each run from 0 to extent − 1; where its conditions fail, a term does not
count. An empty sum is 0 (SymPy's own `Sum` follows Karr, and is not used).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Self, cast

from sympy import Basic, Expr, IndexedBase, Integer, Symbol, Tuple
from sympy.core.sympify import _sympify as strictly
from sympy.tensor.indexed import Indexed

from deltarule.expressions.choices import Carried, Choose, Delta, Frozen
from deltarule.expressions.conditions import (
    AtLeastZero,
    Condition,
    Divides,
    Equal,
    Positive,
    Unequal,
    undecided,
)
from deltarule.expressions.factors import multiply
from deltarule.expressions.hashes_first import HashesFirst
from deltarule.expressions.quotients import CeilingQuotient, FloorQuotient, Remainder
from deltarule.expressions.symbols import Index

__all__ = [
    "AtLeastZero", "Carried", "CeilingQuotient", "Choose", "Condition", "Delta", "Divides", "Equal",
    "FloorQuotient", "Frozen", "Max", "MaxAll", "MaxSplit", "PartialOf", "Positive", "Product",
    "Read", "Reduction", "Remainder", "Selection", "Sum", "Unequal", "free_indices", "free_symbols",
    "index_names", "multiply", "read", "reads", "size_of", "tensor_name", "walk",
]  # fmt: skip


class PartialOf(Expr):
    """∂Y[i]/∂X[u], written but not yet evaluated: `PartialOf(Y[i], X[u])`."""

    __slots__ = ()
    is_real = True
    is_commutative = True

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[Read, Read]: ...


if TYPE_CHECKING:

    class _Range(Tuple):
        @property
        def args(self) -> tuple[Index, Expr]: ...

    class _Ranges(Tuple):
        @property
        def args(self) -> tuple[_Range, ...]: ...

    class _Conditions(Tuple):
        @property
        def args(self) -> tuple[Condition, ...]: ...


class Reduction(Expr):
    """A reduction of `body` over `ranges` ((index, extent) pairs) where all `conditions` hold."""

    __slots__ = ()
    is_real = True
    is_commutative = True

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[Expr, _Ranges, _Conditions]: ...

    def __new__(
        cls, body: Expr | int, ranges: Iterable = (), conditions: Iterable[Basic] = ()
    ) -> Expr:
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
    def ranges(self) -> tuple[tuple[Index, Expr], ...]:
        return tuple((r.args[0], r.args[1]) for r in self.args[1].args)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return self.args[2].args

    @property
    def indices(self) -> tuple[Index, ...]:
        return tuple(r.args[0] for r in self.args[1].args)

    @property
    def free_symbols(self) -> set[Basic]:
        return set(free_symbols(self))

    def _sympystr(self, printer) -> str:
        over = ", ".join(f"{i}<{printer._print(n)}" for i, n in self.ranges)
        where = "".join(f" if {printer._print(c)}" for c in self.conditions)
        return f"{type(self).__name__}[{over}]({printer._print(self.body)}{where})"

    def _eval_derivative(self, s: Expr) -> Expr:
        raise TypeError("a reduction is differentiated by the index calculus, not by SymPy")


class Sum(Reduction):
    """Σ body. With conditions and no index it is the body where they hold, and 0 elsewhere."""

    __slots__ = ()

    def __new__(
        cls, body: Expr | int, ranges: Iterable = (), conditions: Iterable[Basic] = ()
    ) -> Expr:
        kept = undecided(conditions)
        none = kept is None or strictly(body) == 0
        return Integer(0) if none else Reduction.__new__(cls, body, ranges, kept or ())


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

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[Max, Read]: ...

    @property
    def maximum(self) -> Max:
        return self.args[0]

    def _eval_derivative(self, s: Expr) -> Expr:
        return Integer(0)  # which entry is chosen changes nowhere but where two of them tie


class Product(Reduction):
    """Π body; 1 over an empty range."""

    __slots__ = ()


class LogSumExp(Reduction):
    """log Σ exp(body), computed without overflow; −∞ over an empty range."""

    __slots__ = ()


if TYPE_CHECKING:

    class _Base(IndexedBase):
        """What a read reads of: its label is a symbol, as ours all are."""

        @property
        def args(self) -> tuple[Symbol, ...]: ...


class Read(HashesFirst, Indexed):
    """A tensor at some subscripts; a scalar is read at none, which SymPy's `Indexed` forbids."""

    is_real = True

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[_Base, *tuple[Expr, ...]]: ...

        @property
        def base(self) -> _Base: ...

        @property
        def indices(self) -> tuple[Expr, ...]: ...

    def __new__(cls, base: IndexedBase, *subscripts: Expr | int) -> Self:
        return Expr.__new__(cls, base, *(strictly(s) for s in subscripts))


def read(name: str, *subscripts: Expr | int) -> Read:
    """The expression name[subscripts]."""
    return Read(_base(name), *subscripts)


@cache
def _base(name: str) -> _Base:
    return cast("_Base", IndexedBase(name))  # whose label may be a matrix, SymPy says


def tensor_name(access: Read) -> str:
    """The name of the tensor that a read reads."""
    return access.args[0].args[0].name


def walk(expression: Basic) -> Iterator[Basic]:
    """Every node of an expression, outermost first; names inside reads are left out."""
    stack: list[Basic] = [expression]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Read):
            stack.extend(node.indices)
        elif isinstance(node, Reduction):
            stack.extend((node.body, *node.conditions, *(n for _, n in node.ranges)))
        else:
            stack.extend(node.args)


def reads(expression: Basic, name: str | None = None) -> list[Read]:
    """The distinct reads of an expression (of one tensor, if named), in order of appearance."""
    return list(_reads_by_name(expression).get(name, ()))


@lru_cache(maxsize=1 << 16)
def _reads_by_name(expression: Basic) -> dict[str | None, list[Read]]:
    every = list(dict.fromkeys(node for node in walk(expression) if isinstance(node, Read)))
    found: dict[str | None, list[Read]] = {None: every}
    for access in every:
        found.setdefault(tensor_name(access), []).append(access)
    return found


@lru_cache(maxsize=1 << 16)
def free_symbols(expression: Basic) -> frozenset[Symbol]:
    """The indices, sizes and other symbols that an expression leaves unbound (names apart)."""
    if isinstance(expression, Symbol):
        return frozenset((expression,))
    if isinstance(expression, Read):
        return _union(expression.indices)
    if isinstance(expression, Reduction):
        inner = _union((expression.body, *expression.conditions))
        return (inner - frozenset(expression.indices)) | _union(n for _, n in expression.ranges)
    return _union(expression.args)


def _union(parts: Iterable[Basic]) -> frozenset[Symbol]:
    return frozenset().union(*(free_symbols(part) for part in parts))


@lru_cache(maxsize=1 << 16)
def free_indices(expression: Basic) -> frozenset[Index]:
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
    return sum(2 if isinstance(node, Read) else 1 for node in walk(expression))
