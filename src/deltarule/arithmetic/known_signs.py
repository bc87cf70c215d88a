"""What is known not to be 0, and what not to be below it, by its formula."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace

from sympy import Add, Expr, Mul, Pow, Symbol

from deltarule.expressions.exponential_sums import is_exponential_sum
from deltarule.expressions.functions import absolute, cosh, exp, relu, sigmoid, softplus
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Read, Sum, tensor_name, walk
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor

_ABOVE = exp | sigmoid | softplus | cosh


_ANY = Index("·")


@dataclass(frozen=True)
class KnownSigns:
    """The tensors none of whose entries is 0, and those none of whose entries is below 0.

    `divisors` are formulas that are not 0, their indices without names.
    Scalars and sizes are taken to be above 0: ε under a root is.
    """

    nonzero: Set[str] = frozenset()
    nonnegative: Set[str] = frozenset()
    divisors: Set[Expr] = frozenset()

    def where_nonzero(self, node: Expr) -> KnownSigns:
        """What is known where a value is not 0 either."""
        return replace(self, divisors={*self.divisors, nameless(node)})

    def never_zero(self, node: Expr) -> bool:
        """Whether a node is known not to be 0."""
        if self.divisors and nameless(node) in self.divisors:
            return True
        if isinstance(node, Read):
            return tensor_name(node) in self.nonzero
        if isinstance(node, _ABOVE) or is_exponential_sum(node):
            return True
        if isinstance(node, Mul):
            return all(map(self.never_zero, node.args))
        if isinstance(node, Pow):
            return self.never_zero(node.base)
        if not node.atoms(Read):
            return node != 0
        if isinstance(node, Add):
            return all(map(self.never_below, node.args)) and any(map(self.never_zero, node.args))
        return False

    def never_below(self, node: Expr) -> bool:
        """Whether a node is known to be at least 0, where it has a value."""
        if isinstance(node, Read):
            return tensor_name(node) in self.nonnegative
        if node.is_number:
            return bool(node.is_nonnegative)
        if isinstance(node, Symbol | _ABOVE | relu | absolute):
            return True
        if isinstance(node, Mul | Add):
            return all(map(self.never_below, node.args))
        if isinstance(node, Pow):
            even = node.exp.is_Integer and node.exp % 2 == 0
            root = node.exp.is_Rational and not node.exp.is_Integer
            return bool(even or root) or self.never_below(node.base)
        return isinstance(node, Sum) and self.never_below(node.body)


UNKNOWN = KnownSigns()


def signs_of(equations: Iterable[Equation], tensors: Iterable[Tensor]) -> KnownSigns:
    """What is known of the tensors that equations compute, and of those that are declared.

    What forward equations divide by is not 0 where they have values.
    """
    least = {t.name: t.within[0] for t in tensors if t.given and t.within is not None}
    nonzero = {name for name, low in least.items() if low > 0}
    nonnegative = {name for name, low in least.items() if low >= 0}
    equations = tuple(equations)
    forward = [e.rhs for e in equations if not is_gradient(e.name)]
    found = KnownSigns(nonzero, nonnegative, {nameless(b) for r in forward for b in _below(r)})
    times = Counter(e.name for e in equations)
    for equation in equations:
        if times[equation.name] > 1 or equation.subscripts != equation.indices:
            continue
        if found.never_zero(equation.rhs):
            nonzero.add(equation.name)
        if found.never_below(equation.rhs):
            nonnegative.add(equation.name)
    return found


def _below(node: Expr) -> Iterator[Expr]:
    """What a formula divides by, and the factors of that."""
    for part in walk(node):
        if isinstance(part, Pow) and part.exp.is_negative and part.base.atoms(Read):
            yield part.base


def nameless(node: Expr) -> Expr:
    """A formula with one name for all indices, to compare it with another."""
    return replaced(node, dict.fromkeys(node.atoms(Index), _ANY))
