"""Numerically stable forms of the equations of a kernel.

What `arithmetic.stable` does to single expressions, with tensors: the largest powers are tensors
of their own, and a tensor is known by the equation that computes it. So the logarithm of a share
p[c] = exp(z[c])/Σ exp(z[k]) is (z[c] − m) − log Σ exp(z[k] − m), which is finite where p is 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sympy import Add, Expr, Integer, Mul, Pow, S

from deltarule.arithmetic.exponential_factors import multiplied
from deltarule.arithmetic.exponentials import power_of, pulled_out
from deltarule.arithmetic.mixtures import is_mixed
from deltarule.arithmetic.stable import Parts, Stable
from deltarule.calculus.rules.recognise import factor_known
from deltarule.expressions import nodes
from deltarule.expressions.exponential_sums import exponent, is_exponential_sum
from deltarule.expressions.functions import difference, exp, finite, log, sigmoid
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.nodes import (
    Choose,
    Read,
    Selection,
    Sum,
    free_indices,
    tensor_name,
    walk,
)
from deltarule.expressions.symbols import Index
from deltarule.expressions.written_out import recognised
from deltarule.kernels.passes.known_exponentials import Known, divisors, overflows
from deltarule.kernels.passes.working_arrays import WorkingArrays
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


class StableSums(Stable):
    """Rewrites one equation after another; maxima go into `made`, before what reads them."""

    def __init__(self, made: WorkingArrays, tensors: Mapping[str, Tensor], known: Known):
        super().__init__()
        self._made, self._tensors, self._known = made, tensors, known
        self._equation = Equation("", (), Integer(0), ())
        self._guards = 0
        self._ready: dict[str, Equation] = {}

    def computed(self, *names: str) -> None:
        """Tell that tensors are there to be read from here on."""
        self._ready |= {n: self._known.shares[n] for n in names if n in self._known.shares}

    def equation(self, equation: Equation) -> Equation:
        """The same equation in numerically stable form."""
        if isinstance(equation.rhs, Selection | Inverse):
            return equation
        self._equation, self.unpaired, self._guards = equation, False, 0
        rhs = self.form(recognised(equation.rhs))
        return equation if rhs == equation.rhs else replace(equation, rhs=rhs)

    def form(self, node: Expr, scope: tuple = ()) -> Expr:
        if not isinstance(node, Choose):
            return super().form(node, scope)
        self._guards += 1
        found = super().form(node, scope)
        self._guards -= 1
        return found

    def left_over(self, rhs: Expr) -> bool:
        """Whether an equation, as it was rewritten last, divides by what may be 0 or ∞."""
        return self.unpaired or any(
            isinstance(n, Pow) and n.exp.is_negative and self._known.is_small(n.base)
            for n in walk(rhs)
        )

    # ---- what tensors tell ------------------------------------------------------------------
    def maximum(self, total: Expr, scope: tuple) -> Expr | None:
        """The largest power; 0 where it is infinite, as over nothing."""
        if isinstance(total, Add):
            most = self.largest(total, scope)
            return self._kept(most, scope) if most is not None and is_mixed(total) else most
        power = power_of(total.body)
        if self._known.below_zero(power, total):
            return Integer(0)
        most = nodes.Max(power, total.ranges, total.conditions)
        return self._kept(finite(most), scope)

    def _parts(self, node: Expr, scope: tuple) -> Parts | None:
        whole = self._whole(node)
        if not isinstance(whole, Mul) or whole == node:
            return super()._parts(whole, scope)
        factors = [f for f in whole.args if not f.is_number]
        number = Mul(*(f for f in whole.args if f.is_number))
        parts = [(t, self._parts(b, scope)) for b, t in (f.as_base_exp() for f in factors)]
        if any(p is None for _, p in parts) or not number.is_positive:
            return super()._parts(node, scope)
        large = Add(*(t * p[0] for t, p in parts if p is not None))
        return large, log(number) + Add(*(t * p[1] for t, p in parts if p is not None))

    def _whole(self, total: Expr) -> Expr:
        """A sum of exponentials with what its terms are multiplied by, shares too, written out."""
        if type(total) is not Sum or not total.ranges or not is_exponential_sum(total):
            return total
        factors = Mul.make_args(total.body)
        body = multiplied(Mul(*map(self._written_out, factors)))
        if body == total.body:
            return total
        numbers = [f for f in Mul.make_args(body) if f.is_number]
        rest = Mul(*(f for f in Mul.make_args(body) if f not in numbers))
        return Mul(*numbers, pulled_out(Sum(rest, total.ranges, total.conditions)))

    def weights(self, total: Expr) -> frozenset[Expr]:
        """The weights that are no exponentials themselves, which are multiplied by others."""
        known = self._known.shares.keys() | self._known.terms.keys()
        found = super().weights(total)
        return frozenset(w for w in found if not known & {tensor_name(r) for r in nodes.reads(w)})

    def divisor(self, total: Expr, scope: tuple) -> Expr:
        """A sum that is divided by; under a guard it would be added up anew for each entry."""
        found = super().divisor(total, scope)
        return self._kept(found, scope) if self._guards and not isinstance(found, Add) else found

    def _kept(self, value: Expr, scope: tuple) -> Expr:
        """A value as a tensor of its own, if all that it reads lies inside."""
        free = free_indices(value)
        loops = tuple(r for r in (*self._equation.ranges, *scope) if r[0] in free)
        inner = [r for n in walk(value) if isinstance(n, nodes.Reduction) for r in n.ranges]
        extents = dict((*loops, *inner))
        if free - {i for i, _ in loops} or not self._inside(value, extents):
            return value
        return self._made.holding(value, loops, self._equation.place)

    def _inside(self, value: Expr, extents: Mapping[Index, Expr]) -> bool:
        """Whether every read lies inside its tensor, whatever the guards around it say."""
        tensors = {**self._tensors, **self._made.tensors}
        for access in (n for n in walk(value) if isinstance(n, Read)):
            tensor = tensors[tensor_name(access)]
            for subscript, axis in zip(access.indices, tensor.axes, strict=True):
                known = subscript in extents and extents[subscript] == axis
                if not known and tensor.outside is None and not isinstance(subscript, Read):
                    return False
        return not any(isinstance(n, LogDet) for n in walk(value))

    def known_logarithm(self, node: Expr, scope: tuple) -> Parts | None:
        """log of a share's entry: the power less the largest, and less the sum's logarithm."""
        share = self._known.share(node) if isinstance(node, Read) else None
        if share is None or isinstance(share, Choose | sigmoid):
            return None
        parts = self._parts(divisors(share)[0], scope)
        if parts is None:
            return None
        factors = Mul.make_args(share)
        above = [exponent(f) for f in factors if exponent(f) is not None]
        if above:
            return difference(Add(*above), parts[0]), -parts[1]
        total = next((f for f in factors if type(f) is Sum), None)
        own = None if total is None else self._parts(total, scope)
        return None if own is None else (difference(own[0], parts[0]), own[1] - parts[1])

    def known_value(self, node: Expr, scope: tuple) -> Parts | None:
        """An entry that is log Σ exp(b): the largest b, and the logarithm of what is left."""
        total = self._known.sum_below(node) if isinstance(node, Read) else None
        return None if total is None else self._parts(total, scope)

    def logarithm(self, node: Expr, scope: tuple) -> Expr | None:
        """log of a node, of entries of logistic functions and guarded shares too."""
        share = self._known.share(node) if isinstance(node, Read) else None
        if isinstance(share, Choose):
            cases = [
                S.NegativeInfinity if a == 0 else self.logarithm(a, scope) for a in share.args[1:]
            ]
            return None if None in cases else Choose(share.args[0], *cases)
        if isinstance(node, Add):
            number, rest = node.as_coeff_Add()
            other = self._known.share(-rest) if isinstance(-rest, Read) else None
            share = 1 - other if number == 1 and isinstance(other, sigmoid) else None
        logistic = isinstance(share, sigmoid | Add)
        return super().logarithm(share if logistic else node, scope)

    def positive(self, factor: Expr) -> bool:
        """Whether it is above 0 by itself, 1 − p for an entry of a logistic function too."""
        number, rest = factor.as_base_exp()[0].as_coeff_Add()
        share = self._known.share(-rest) if number == 1 and isinstance(-rest, Read) else None
        return isinstance(share, sigmoid) or super().positive(factor)

    # ---- quotients --------------------------------------------------------------------------
    def _divided(self, node: Expr, scope: tuple) -> Expr | None:
        """A product in which known shares stand for their quotients, and cancel."""
        if self._written_by_exponentials(Mul.make_args(node)):
            node = multiplied(Mul(*map(self._written_out, Mul.make_args(node))))
        powers = [f.as_base_exp() for f in Mul.make_args(node)]
        node = Mul(*(self._whole(b) ** t if t.is_negative else b**t for b, t in powers))
        if (found := self._among_shares(node)) is not None:
            return self.form(found, scope)
        factors = Mul.make_args(node)
        bases = {f.as_base_exp()[0] for f in factors}
        for k, factor in enumerate(factors):
            if isinstance(factor, Add) and any(self._cancels(t, bases) for t in factor.args):
                rest = Mul(*factors[:k], *factors[k + 1 :])
                return Add(*(self.form(pulled_out(t) * rest, scope) for t in factor.args))
            if _guards(factor) and self._cancels(factor, bases):
                return self.form(_into(factor, Mul(*factors[:k], *factors[k + 1 :])), scope)
        if divisors(node):
            for name, equation in self._ready.items():
                found = None if name == self._equation.name else factor_known(node, equation)
                if found is not None and not any(map(overflows, Mul.make_args(found))):
                    return self.form(found, scope)
        found = super()._divided(node, scope)
        return self._below(node, scope) if found is None else found

    def _among_shares(self, node: Expr) -> Expr | None:
        """p/Σ t·p for shares p of one sum, in which that sum cancels; None for others."""
        factors = Mul.make_args(node)
        for factor in factors:
            base, times = factor.as_base_exp()
            whole = self._known.share(base) if isinstance(base, Read) and times == -1 else None
            if whole is None or not any(type(f) is Sum for f in Mul.make_args(whole)):
                continue
            rest = [f for f in factors if f is not factor]
            other = next((f for f in rest if isinstance(f, Add) and f.has(base)), None)
            if other is not None:
                rest.remove(other)
                return Add(*(Mul(*rest, factor, t) for t in other.args))
            own = next((f for f in rest if isinstance(f, Read) and self._known.share(f)), None)
            if own is not None and not isinstance(self._known.share(own), sigmoid | Choose):
                rest.remove(own)
                return Mul(*rest, self._known.share(own), 1 / whole)
        return None

    def _written_by_exponentials(self, factors: Iterable[Expr]) -> bool:
        """Whether an exponential is among the factors, or a tensor that holds one and a share."""
        names = {tensor_name(b) for f in factors if isinstance(b := f.as_base_exp()[0], Read)}
        both = names & self._known.terms.keys() and names & self._known.shares.keys()
        return any(map(overflows, factors)) or bool(both)

    def _written_out(self, factor: Expr) -> Expr:
        """A power of a share or an exponential by its formula, for one that it is multiplied by."""
        base, times = factor.as_base_exp()
        if not isinstance(base, Read):
            return factor
        term = self._known.written_out(base)
        if term != base and (times.is_positive or times.is_Integer and isinstance(term, exp)):
            return term**times
        share = self._known.share(base)
        plain = share is not None and not isinstance(share, Choose)
        return share**times if plain and times.is_positive else factor

    def _cancels(self, term: Expr, bases: set[Expr]) -> bool:
        """Whether a term is divided by a share that stands among the factors."""
        return any(
            isinstance(f, Pow)
            and f.exp.is_negative
            and f.base in bases
            and self._known.is_small(f.base)
            or isinstance(f, Add)
            and any(self._cancels(t, bases) for t in f.args)
            or _guards(f)
            and any(self._cancels(t, bases) for a in _cases(f) for t in Add.make_args(a))
            for f in Mul.make_args(pulled_out(term))
        )


def _guards(factor: Expr) -> bool:
    """Whether a factor is a choice, or a value that counts where a condition holds."""
    return type(factor) is Choose or type(factor) is Sum and not factor.ranges


def _cases(guard: Expr) -> tuple[Expr, ...]:
    """What a guard lets through."""
    return guard.args[1:] if isinstance(guard, Choose) else (guard.body,)


def _into(guard: Expr, rest: Expr) -> Expr:
    """A guard with the factors beside it drawn into it, where they may cancel."""
    if isinstance(guard, Choose):
        return Choose(guard.args[0], *(a * rest for a in _cases(guard)))
    return Sum(guard.body * rest, (), guard.conditions)
