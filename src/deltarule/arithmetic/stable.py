"""Numerically stable forms: the same value, computed without overflow and without cancellation.

    exp(a)/Σ exp(b)           exp(a − m)/Σ exp(b − m)             m the largest b
    log Σ exp(b)              m + log Σ exp(b − m)
    1/(1 + exp(b))            σ(−b);  exp(b)/(1 + exp(b)) is σ(b)
    log(1 + exp(b))           softplus(b);  log σ(b) is −softplus(−b)
    log(1 + x)                log1p(x);  see `logarithms` for others
    exp(a)·exp(b)             exp(a + b)
    exp(x) − 1                expm1(x);  exp(a) − exp(b) by the larger of both
    1 − σ(a), 1 ± erf(a)      σ(−a), erfc(∓a)
    1 − tanh²(a)              4·σ(2a)·σ(−2a)

The formula that is shown stays the lecture's; only its numbers are computed so. Whatever holds
such a pattern is rewritten, at any depth. What is known of tensors is added by `Stable`'s
subclasses.
"""

from __future__ import annotations

from functools import lru_cache, reduce

from sympy import Add, Expr, Mul, Pow

from deltarule.arithmetic import exponentials, positive_products
from deltarule.arithmetic.cancellation import FAR, added, added_within, apart, far_below
from deltarule.arithmetic.exponential_factors import multiplied
from deltarule.arithmetic.exponentials import larger, largest_power, less, one_and, power_of
from deltarule.arithmetic.logarithms import logarithm_of, one_less, positive_everywhere
from deltarule.arithmetic.mixtures import has_divisor, is_mixed, logistic, mixture, with_mixtures
from deltarule.arithmetic.vanishing import beside_softplus, with_scaled_tails
from deltarule.expressions.exponential_sums import is_exponential_sum
from deltarule.expressions.functions import difference, exp, finite, log, log1p, sigmoid, softplus
from deltarule.expressions.nodes import (
    Choose,
    Condition,
    Frozen,
    Max,
    Positive,
    Read,
    Reduction,
    Selection,
    free_indices,
)
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.substitution import rename_bound
from deltarule.expressions.written_out import recognised


@lru_cache(maxsize=1 << 14)
def stable(expression: Expr) -> Expr:
    """An expression in numerically stable form, as far as that needs no tensors of its own."""
    return Stable().form(recognised(expression))


class Stable:
    """Rewrites expressions; `unpaired` tells that a divisor found no exponential to go with."""

    def __init__(self):
        self.unpaired = False

    def form(self, node: Expr, scope: tuple = ()) -> Expr:
        """The stable form of a node; `scope` are the ranges of the sums around it."""
        if isinstance(node, Read | Selection | Condition) or not node.args:
            return node
        found = self._pattern(node, scope)
        return self._below(node, scope) if found is None else found

    def _pattern(self, node: Expr, scope: tuple) -> Expr | None:
        if isinstance(node, log):
            return self.logarithm(node.args[0], scope)
        if isinstance(node, Mul | Pow):
            return self._product(node, scope)
        return self._grouped(node, scope) if isinstance(node, Add) else None

    def _below(self, node: Expr, scope: tuple) -> Expr:
        """The node with its parts in stable form."""
        if isinstance(node, Reduction):
            return with_body(node, self.form(node.body, (*scope, *node.ranges)))
        node = rebuild(node, lambda part: self.form(part, scope))
        return added(node) if isinstance(node, Add) else node

    # ---- what tensors tell, for subclasses --------------------------------------------------
    def maximum(self, total: Expr, scope: tuple) -> Expr | None:
        """The largest power of a sum of exponentials; 0 where it is infinite, as over nothing."""
        if not isinstance(total, Reduction):
            return self.largest(total, scope)
        around = {i.name for i, _ in scope} | {i.name for i in free_indices(total)}
        apart = rename_bound(total, around | {i.name for i in total.indices})
        most = Max(power_of(apart.body), apart.ranges, apart.conditions)
        return Frozen(finite(most))

    def largest(self, total: Expr, scope: tuple) -> Expr | None:
        """The largest power of a few terms that are added up, sums over indices among them."""
        sums = [t for t in Add.make_args(total) if isinstance(t, Reduction) and t.ranges]
        if not sums:
            return largest_power(total)
        found = [self.maximum(t, scope) for t in sums]
        most = [m for m in found if m is not None]
        if len(most) < len(found):
            return None
        rest = total - Add(*sums)
        return reduce(larger, most if rest == 0 else [largest_power(rest), *most])

    def weights(self, total: Expr) -> frozenset[Expr]:
        """What exponentials are multiplied by, and may be 0, with one name for all indices."""
        return exponentials.weights_of(total)

    def divisor(self, total: Expr, scope: tuple) -> Expr:
        """A sum of exponentials, shifted already, that is divided by."""
        return self._below(total, scope)

    def known_logarithm(self, node: Expr, scope: tuple) -> Parts | None:
        """log of a tensor's entry, from the equation that it is computed by."""
        return None

    def known_value(self, node: Expr, scope: tuple) -> Parts | None:
        """A tensor's entry that is itself a logarithm of a sum of exponentials."""
        return None

    def positive(self, factor: Expr) -> bool:
        """Whether a factor under a logarithm is taken to be above 0 by itself."""
        base = factor.as_base_exp()[0]
        known = isinstance(base, exp | Read) or positive_everywhere(base)
        return known or is_exponential_sum(base)

    # ---- logarithms -------------------------------------------------------------------------
    def logarithm(self, node: Expr, scope: tuple) -> Expr | None:
        """log of a node in stable form; None where nothing is known of it."""
        node = positive_products.with_products(node)
        parts = self._parts(node, scope)
        if parts is not None:
            return parts[0] + parts[1]
        if isinstance(node, exp):
            return self.form(node.args[0], scope)
        if isinstance(node, log) and positive_everywhere(formed := self.form(node, scope)):
            return logarithm_of(formed)
        if (mixed := mixture(added_within(node))) is not None and (
            parts := self._parts(mixed, scope)
        ):
            return Add(*parts)
        if positive_everywhere(node):
            return logarithm_of(rebuild(node, lambda part: self.form(part, scope)))
        if isinstance(node, Pow) and node.exp.is_Rational and self.positive(node):
            inner = self.logarithm(node.base, scope)
            return None if inner is None else node.exp * inner
        if isinstance(node, Mul):
            return self._of_product(node, scope)
        if isinstance(node, Add):
            return self._of_sum(node, scope)
        return None

    def _parts(self, node: Expr, scope: tuple) -> Parts | None:
        """log of a node as a large part and the rest, which must not be added up too early."""
        known = self.known_logarithm(node, scope)
        if known is not None or not (is_exponential_sum(node) or is_mixed(node)):
            return known
        if isinstance(node, Add) and one_and(node) is not None:
            return None
        shift = self.maximum(node, scope)
        if shift is None:
            return None
        return shift, log(self._below(exponentials.shifted(node, shift, self.weights(node)), scope))

    def _grouped(self, node: Add, scope: tuple) -> Expr | None:
        """z − log Σ exp(b) as (z − m) − log Σ exp(b − m): the large numbers cancel first."""
        for k, term in enumerate(node.args):
            number, factors = term.as_coeff_mul()
            if abs(number) != 1 or len(factors) != 1:
                continue
            inner = factors[0]
            parts = (
                self._parts(inner.args[0], scope)
                if isinstance(inner, log)
                else self.known_value(inner, scope)
            )
            if parts is not None and parts[0] != 0:
                others = -number * self.form(Add(*node.args[:k], *node.args[k + 1 :]), scope)
                return -number * difference(others, parts[0]) + number * parts[1]
        return None

    def _of_product(self, node: Mul, scope: tuple) -> Expr | None:
        """The logarithms of the factors that are known to be positive, and of the rest."""
        logarithms, rest = [], []
        for factor in node.args:
            found = self.logarithm(factor, scope) if self.positive(factor) else None
            if found is None:
                rest.append(factor)
            else:
                logarithms.append(found)
        if not logarithms:
            return None
        others = [] if Mul(*rest) == 1 else [self.form(log(Mul(*rest)), scope)]
        return Add(*logarithms, *others)

    def _of_sum(self, node: Add, scope: tuple) -> Expr | None:
        power = one_and(node)
        if power is not None:
            return softplus(self.form(power, scope))
        if (found := less(node)) is not None:
            number, above, below = found
            value = self.form(above, scope) + one_less(self.form(below - above, scope))
            return value if number == 1 else log(number) + value
        formed = self._below(node, scope)
        if not isinstance(formed, Add):  # as 1 − σ(a), which is σ(−a)
            found = self.logarithm(formed, scope)
            return log(formed) if found is None else found
        number, rest = formed.as_coeff_Add()
        return log1p(rest) if number == 1 else None

    # ---- quotients --------------------------------------------------------------------------
    def _product(self, node: Expr, scope: tuple) -> Expr | None:
        """A product of exponentials, and one divided by sums of them; None for any other."""
        if (found := beside_softplus(node)) is not None:
            return self.form(found, scope)
        joined = with_mixtures(positive_products.divided_by_products(node))
        if isinstance(joined, Add):
            return self.form(joined, scope)
        joined = multiplied(with_scaled_tails(joined))
        if not isinstance(joined, Mul | Pow):
            return self.form(joined, scope)
        found = self._divided(joined, scope)
        return found if found is not None or joined == node else self._below(joined, scope)

    def _divided(self, node: Expr, scope: tuple) -> Expr | None:
        """A product with sums of exponentials among its divisors; None for any other."""
        if (found := positive_products.drawn_into_sums(node)) is not None:
            return self.form(found, scope)
        above, below = [], []
        for factor in Mul.make_args(node):
            base, exponent = factor.as_base_exp()
            beneath = (
                exponent.is_Rational
                and exponent < 0
                and (exponentials.scales(base) or is_mixed(base))
            )
            below.append((base, -exponent)) if beneath else above.append(factor)
        if below or any(f.has(exp, sigmoid) for f in above):
            spread = self._spread(above, below, scope)
            if spread is not None:
                return spread
        if not below:
            return None
        sums = any(is_exponential_sum(b) or is_mixed(b) for b, _ in below)
        if not sums and not any(map(exponentials.has_exponential, above)):
            return None  # 1/(exp(a) − exp(b)) alone
        divisors: list[Expr] = []
        used: set[Expr] = set()
        for base, times in below:
            above, more = self._over(above, base, times, scope, used)
            divisors += more
        return Mul(*(self.form(f, scope) for f in above), *divisors)

    def _spread(self, above: list, below: list, scope: tuple) -> Expr | None:
        """(a/S + b)·exp(c)/S term by term, where a term has divisors of its own."""
        for k, factor in enumerate(above):
            if isinstance(factor, Add) and any(map(has_divisor, factor.args)):
                rest = [*above[:k], *above[k + 1 :], *(b**-t for b, t in below)]
                return Add(
                    *(self.form(Mul(exponentials.pulled_out(t), *rest), scope) for t in factor.args)
                )
        return None

    def _over(
        self, above: list, base: Expr, times: Expr, scope: tuple, used: set[Expr]
    ) -> tuple[list, list]:
        """The factors above, and the divisors, of a quotient by a sum of exponentials.

        `used` are factors that other divisors were taken into already.
        """
        if isinstance(base, Add) and (power := one_and(base)) is not None:
            found = logistic(above, power, times, self.form(power, scope))
            if found is not None:
                return found
        difference = less(base)
        shift = self.maximum(base, scope) if difference is None else larger(*difference[1:])
        if shift is None:
            self.unpaired = True
            return above, [self._below(base, scope) ** -times]
        weights, whole = self.weights(base), above
        above, left = exponentials.taken_into(above, shift, times, used, weights)
        if difference is None:
            divisors = [self.divisor(exponentials.shifted(base, shift, weights), scope) ** -times]
        else:
            divisors = [self._below(apart(*difference), scope) ** -times]
        if left:
            self.unpaired = True
            divisors.append(exp(-left * shift))
        far = None if difference is None else far_below(*difference)
        if far is not None:  # exp(a) − 1 is a, and a = exp(c) may be 0 in floats
            there = self.form(multiplied(Mul(*whole, far**-times)), scope)
            here = Mul(*(self.form(f, scope) for f in above), *divisors)
            return [], [Choose(Positive(-power_of(far) - FAR), there, here)]
        return above, divisors


#: Two summands of a logarithm: a large one, and what is left.
Parts = tuple[Expr, Expr]
