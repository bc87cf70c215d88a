"""What is known not to be 0, and what not to be below it, by its formula."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace

from sympy import Add, Expr, Mul, Pow, S, Symbol

from deltarule.arithmetic.exponentials import weights_of
from deltarule.expressions.exponential_sums import is_exponential_sum
from deltarule.expressions.functions import (
    absolute,
    cosh,
    exp,
    finite,
    log,
    log1p,
    peak,
    relu,
    scaled_erfc,
    sigmoid,
    softplus,
    weighted,
)
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Frozen, LogSumExp, Max, Read, Sum, reads, tensor_name, walk
from deltarule.expressions.substitution import nameless
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor

_ABOVE = exp | sigmoid | softplus | cosh | scaled_erfc


@dataclass(frozen=True)
class KnownSigns:
    """The tensors none of whose entries is 0, and those none of whose entries is below 0.

    `divisors` are formulas that are not 0, their indices without names; `logarithms` tensors that
    are log Σ v·exp(z), so that exp(z − log Σ v·exp(z)) may overflow where v is 0 (None: any may);
    `shifts` hold a largest power, so that exp(z − m) does not overflow. `poles` may be infinite, as
    a line that is log x, or 1/x; with
    `bounded` no other exponential is taken to overflow.
    Scalars and sizes are taken to be above 0: ε under a root is.
    """

    nonzero: Set[str] = frozenset()
    nonnegative: Set[str] = frozenset()
    divisors: Set[Expr] = frozenset()
    logarithms: Set[str] | None = None
    shifts: Set[str] = frozenset()
    poles: Set[str] = frozenset()
    bounded: bool = False

    def where_nonzero(self, node: Expr) -> KnownSigns:
        """What is known where a value is not 0 either."""
        return replace(self, divisors={*self.divisors, nameless(node)})

    def without_exponentials(self) -> KnownSigns:
        """The same, with exponentials taken not to overflow unless a weight was left out of one."""
        return self if self.logarithms is None else replace(self, bounded=True)

    def never_zero(self, node: Expr) -> bool:
        """Whether a node is known not to be 0."""
        if self.divisors and nameless(node) in self.divisors:
            return True
        if isinstance(node, Read):
            return tensor_name(node) in self.nonzero
        if isinstance(node, _ABOVE) or is_exponential_sum(node) or _with_weights(node):
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

    def overflows(self, power: Expr) -> bool:
        """Whether an exponential may be infinite where a weight before it is 0."""
        names = {tensor_name(r) for r in reads(power)}
        if self.logarithms is None or power.has(weighted) or names & self.logarithms:
            return bool(names)
        bounded = self.bounded or power.has(peak, finite, Max, Frozen) or bool(names & self.shifts)
        return bool(names) and not bounded and not self.never_below(-power)

    def has_pole(self, line: Expr) -> bool:
        """Whether a line is log x or a number over x, where x may be 0, with something added."""
        for term in Add.make_args(line):
            _, factors = term.as_coeff_mul()
            base, times = factors[0].as_base_exp() if len(factors) == 1 else (term, S.One)
            inner = 1 + base.args[0] if isinstance(base, log1p) else base
            inner = base.args[0] if isinstance(base, log) else inner
            known = isinstance(base, log | log1p) or times.is_negative
            if known and inner.atoms(Read) and not self.never_zero(inner):
                return True
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
    divisors = {nameless(b) for r in forward for b in _below(r)}
    logarithms = {e.name for e in equations if isinstance(e.rhs, log) and weights_of(e.rhs)}
    shifts, poles = _shifts(equations), set[str]()
    found = KnownSigns(nonzero, nonnegative, divisors, logarithms, shifts, poles)
    times = Counter(e.name for e in equations)
    for equation in equations:
        if times[equation.name] > 1 or equation.subscripts != equation.indices:
            continue
        if found.never_zero(equation.rhs):
            nonzero.add(equation.name)
        if found.never_below(equation.rhs):
            nonnegative.add(equation.name)
        plain = replace(found, divisors=frozenset())
        if not is_gradient(equation.name) and plain.has_pole(equation.rhs):
            poles.add(equation.name)
    return found


def _shifts(equations: Iterable[Equation]) -> set[str]:
    """The tensors that hold a maximum, or that with something added."""
    found: set[str] = set()
    for equation in equations:
        names = {tensor_name(t) for t in Add.make_args(equation.rhs) if isinstance(t, Read)}
        if equation.rhs.has(Max, LogSumExp, peak) or names & found:
            found.add(equation.name)
    return found


def _below(node: Expr) -> Iterator[Expr]:
    """What a formula divides by, and the factors of that."""
    for part in walk(node):
        if isinstance(part, Pow) and part.exp.is_negative and part.base.atoms(Read):
            yield part.base


def _with_weights(node: Expr) -> bool:
    """Whether it is Σ v·exp(z), where weights of 0 outweigh."""
    return isinstance(node, Sum) and isinstance(node.body, weighted) and node.body.has(exp)
