"""Tensors by the equations that compute them, as far as exponentials and their logarithms go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from sympy import Add, Expr, Mul, Pow, S

from deltarule.arithmetic.cancellation import added_within
from deltarule.arithmetic.exponentials import less, pulled_out
from deltarule.arithmetic.mixtures import mixture, vanishes
from deltarule.arithmetic.positive_products import with_products
from deltarule.arithmetic.stable import stable
from deltarule.arithmetic.vanishing import is_tail
from deltarule.expressions import nodes
from deltarule.expressions.exponential_sums import exponent, is_exponential_sum, is_term
from deltarule.expressions.functions import erf, erfc, exp, log, sigmoid, softplus, tanh
from deltarule.expressions.matrices import Inverse
from deltarule.expressions.nodes import (
    Choose,
    Read,
    Selection,
    Sum,
    free_indices,
    reads,
    tensor_name,
)
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.written_out import recognised
from deltarule.networks.equations import Equation


@dataclass
class Known:
    """Tensors by the equations that compute them, as far as exponentials go.

    `terms` are exponentials and sums of them, `shares` quotients of such and logistic functions,
    `logarithms` log Σ exp of something, `maxima` the largest of something; `functions` are those
    that end at ±1 or 0, `vanishing` what they and shares make that may be next to 0;
    `roots` square roots of those, and `powers` their logarithms.
    """

    terms: dict[str, Equation]
    shares: dict[str, Equation]
    logarithms: dict[str, Equation]
    maxima: dict[str, Equation]
    functions: dict[str, Equation]
    vanishing: dict[str, Equation]
    roots: dict[str, Equation]
    powers: dict[str, Equation]

    @property
    def next_to_zero(self) -> set[str]:
        """The tensors that may be next to 0, where what is divided by them is not to be lost."""
        return {*self.shares, *self.terms, *self.vanishing, *self.roots}

    def is_small(self, node: Expr) -> bool:
        """Whether a node is a share's entry p, 1 − p, p − q, or an exponential."""
        if isinstance(node, Add):
            number, rest = node.as_coeff_Add()
            one, other = (a.as_coeff_Mul() for a in node.args[:2])
            if number == 0 and len(node.args) == 2 and one[0] == -other[0]:
                return self.is_small(one[1]) and self.is_small(other[1])
            return number == 1 and self.is_small(-rest)
        return (
            isinstance(node, exp | sigmoid)
            or is_tail(node)
            or isinstance(node, Read)
            and tensor_name(node) in self.next_to_zero
        )

    def below_zero(self, power: Expr, total: Sum) -> bool:
        """Whether a power is b − max b already, over what is added up."""
        for access in reads(power):
            equation = self.maxima.get(tensor_name(access))
            if equation is not None and not total.conditions:
                most = self._put(self.maxima, access)
                names = dict(zip(most.indices, total.indices, strict=False))
                body = substitute(most.body, names)
                extents = [n for _, n in most.ranges] == [n for _, n in total.ranges]
                if extents and not most.conditions and power == body - access:
                    return True
        return False

    def written_out(self, expression: Expr) -> Expr:
        """The expression with terms in place of the tensors that hold them."""
        return replace_reads(expression, lambda r: self._put(self.terms, r))

    def with_functions(self, expression: Expr) -> Expr:
        """The expression with what vanishes, and what that is made of, written out."""
        return replace_reads(expression, self._by_functions)

    def _by_functions(self, access: Expr) -> Expr:
        share = self.share(access)
        if isinstance(share, sigmoid):
            return share
        for held in (self.vanishing, self.functions, self.terms):
            if tensor_name(access) in held:
                return self._put(held, access)
        return access

    def vanishing_formula(self, value: Expr) -> Expr | None:
        """A value that may be next to 0, by functions of which the logarithm is known; or None."""
        if value.has(nodes.Reduction):
            return None
        formed = added_within(with_products(recognised(self.with_functions(value))))
        formed = stable(formed) if isinstance(formed, log) else formed
        known = isinstance(formed, softplus) or less(formed) is not None
        return formed if known or mixture(formed) is not None or vanishes(formed) else None

    def with_shares_summed(self, value: Expr) -> Expr:
        """Σ t·p with the divisor of the shares p before it: what labels choose of a softmax."""
        if type(value) is not Sum or not value.ranges or value.conditions:
            return value
        factors = Mul.make_args(value.body)
        own = [f for f in factors if isinstance(f, Read) and tensor_name(f) in self.shares]
        if len(own) != 1 or len(factors) != 2:
            return value
        share = self._put(self.shares, own[0])
        if isinstance(share, sigmoid | Choose) or free_indices(share) - {*free_indices(own[0])}:
            return value
        body = Mul(share, *(f for f in factors if f not in own))
        return pulled_out(Sum(body, value.ranges))

    @staticmethod
    def _put(known: dict[str, Equation], access: Expr) -> Expr:
        equation = known.get(tensor_name(access))
        if equation is None:
            return access
        return equation.rhs_at(access)

    def share(self, access: Expr) -> Expr | None:
        """The quotient that an entry is computed by."""
        return self._put(self.shares, access) if tensor_name(access) in self.shares else None

    def sum_below(self, access: Expr) -> Expr | None:
        """Σ exp, where an entry is the logarithm of that."""
        if tensor_name(access) not in self.logarithms:
            return None
        found = self._put(self.logarithms, access)
        if isinstance(found, log):
            return found.args[0]
        return Sum(exp(found.args[0]), found.ranges, found.conditions)


@lru_cache(maxsize=16)
def known(equations: tuple[Equation, ...]) -> Known:
    """What is known of the tensors that some equations compute."""
    found = Known({}, {}, {}, {}, {}, {}, {}, {})
    behind: dict[str, set[str]] = {}
    for equation in equations:
        once = sum(e.name == equation.name for e in equations) == 1
        names = equation.read_names()
        behind[equation.name] = names.union(*(behind.get(n, ()) for n in names))
        if (
            not once
            or equation.subscripts != equation.indices
            or isinstance(equation.rhs, Selection | Inverse)
            or equation.name in names
        ):
            continue
        rhs = recognised(found.written_out(found.with_shares_summed(equation.rhs)))
        rhs = with_products(rhs)
        written = replace(equation, rhs=rhs)
        endless = equation.name in behind[equation.name]  # a recurrence through other names
        if endless and not isinstance(rhs, nodes.Max | nodes.LogSumExp | log):
            continue
        if is_term(rhs) and not divisors(rhs) or is_exponential_sum(rhs):
            found.terms[equation.name] = written
        elif isinstance(rhs, nodes.Max):
            found.maxima[equation.name] = equation
        elif isinstance(rhs, sigmoid) or _is_share(rhs):
            found.shares[equation.name] = written
        elif (
            type(rhs) is nodes.LogSumExp or isinstance(rhs, log) and is_exponential_sum(rhs.args[0])
        ):
            found.logarithms[equation.name] = written
        elif isinstance(rhs, tanh | erf | softplus | erfc):
            found.functions[equation.name] = written
        if equation.name not in {*found.terms, *found.maxima, *found.logarithms}:
            formula = found.vanishing_formula(rhs)
            if formula is not None:
                found.vanishing[equation.name] = replace(equation, rhs=formula)
        _add_roots(found, equation)
    return found


def _add_roots(found: Known, equation: Equation) -> None:
    """The square root, or the logarithm, of what may be next to 0."""
    rhs = equation.rhs
    root, inner = isinstance(rhs, Pow) and rhs.exp == S.Half, rhs.args[0] if rhs.args else rhs
    if not root and not isinstance(rhs, log):
        return
    share = isinstance(inner, Read) and tensor_name(inner) in found.shares
    formula = inner if share else found.vanishing_formula(inner)
    if formula is not None and (root or not share):
        held = found.roots if root else found.powers
        held[equation.name] = replace(equation, rhs=formula)


def divisors(node: Expr) -> list[Expr]:
    """The sums of exponentials that a product, perhaps under a guard, is divided by."""
    if type(node) is Choose:
        return [d for a in node.args[1:] for d in divisors(a)]
    return [
        f.base
        for f in Mul.make_args(node)
        if isinstance(f, Pow) and f.exp.is_negative and is_exponential_sum(f.base)
    ]


def _is_share(node: Expr) -> bool:
    """Whether a node is exp(a)/Σ exp(b), perhaps under a guard."""
    if type(node) is Choose:
        cases = [a for a in node.args[1:] if a != 0]
        return len(cases) == 1 and _is_share(cases[0])
    return len(divisors(node)) == 1 and len(Mul.make_args(node)) <= 2


def overflows(factor: Expr) -> bool:
    """Whether a factor is an exponential, or a few of them added up."""
    return (
        exponent(factor) is not None or isinstance(factor, Add) and any(map(is_term, factor.args))
    )
