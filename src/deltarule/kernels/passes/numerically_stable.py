"""The pass that makes the equations of a program numerically stable, forward and backward.

First exponentials are written out where something is divided by them or takes their logarithm,
so that both sides of a quotient are seen at once; gradients that divide by a share or a sum of
exponentials are written out into what reads them, where the divisor cancels. Then every equation
is brought into stable form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sympy import Expr, Mul, Pow, S

from deltarule.expressions.functions import erf, exp, expm1, log, sigmoid, tanh
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Read, reads, size_of, tensor_name, walk
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.substitution import replace_reads
from deltarule.kernels.passes.draft import Draft
from deltarule.kernels.passes.joined_exponentials import joined
from deltarule.kernels.passes.known_exponentials import Known, known
from deltarule.kernels.passes.stable_softmax import StableSums
from deltarule.kernels.passes.working_arrays import WorkingArrays
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor

#: Gradients of more nodes are not written out into others.
LONGEST = 200


def numerically_stable(draft: Draft) -> Draft:
    """Exponentials and what is divided by them in forms that neither overflow nor lose digits."""
    made = draft.room()
    names = {e.name for e in draft.network}
    parts = (e for e in draft.equations if e.name not in names and not is_gradient(e.name))
    held = known((*draft.network, *parts))
    stability = Stability(made, draft.tensors, held, draft.ready)
    for equation in draft.equations:
        found = stability.equation(equation)
        made.equations.append(found)
    return draft.rewritten(made.equations, made)


class Stability:
    """Rewrites the equations of one pass, in their order."""

    def __init__(
        self,
        made: WorkingArrays,
        tensors: Mapping[str, Tensor],
        known: Known,
        ready: Iterable[str] = (),
    ):
        self._sums, self._known = StableSums(made, tensors, known), known
        self._sums.computed(*ready)
        self._written_out: dict[str, Equation] = {}
        self._vanishing: dict[str, Equation] = {}

    def equation(self, equation: Equation) -> Equation:
        """An equation in stable form, behind those that it needs, which go into `made`."""
        equation = replace(equation, rhs=joined(equation.rhs))
        whole = self._with_gradients(equation)
        found = self._stable(whole)
        left_over = self._sums.left_over(found.rhs)
        if whole is not equation and left_over:
            found = self._stable(equation)
        if left_over and _plain(equation) and size_of(whole.rhs) <= LONGEST:
            self._written_out[equation.name] = whole
        self._sums.computed(equation.name)
        found = self._within_range(equation, found)
        of_shares = equation.read_names() & self._known.shares.keys()
        if (of_shares or found.rhs.has(exp, expm1, sigmoid)) and _plain(equation):
            self._vanishing[equation.name] = whole
        return found

    def _within_range(self, equation: Equation, found: Equation) -> Equation:
        """An equation with what vanishes written out, where exponentials that it multiplies go."""
        if not self._outgrown(found.rhs):
            return found
        written = replace_reads(equation.rhs, lambda r: self._of(self._vanishing, r))
        other = self._stable(replace(equation, rhs=written))
        kept = self._outgrown(other.rhs) or size_of(other.rhs) > LONGEST
        return found if kept else other

    def _outgrown(self, rhs: Expr) -> bool:
        """Whether an exponential stands beside what may vanish while it overflows."""
        held = self._vanishing.keys() - self._known.terms.keys()
        return any(
            any(map(self._exponential, node.args))
            and any(isinstance(f, Read) and tensor_name(f) in held for f in node.args)
            for node in walk(rhs)
            if isinstance(node, Mul)
        )

    def _exponential(self, factor: Expr) -> bool:
        held = isinstance(factor, Read) and tensor_name(factor) in self._known.terms
        return held or isinstance(factor, exp | expm1)

    def _stable(self, equation: Equation) -> Equation:
        return self._sums.equation(self._with_exponentials(equation))

    def _with_gradients(self, equation: Equation) -> Equation:
        """The equation with gradients written out that divide by what may be 0 or ∞."""
        if not equation.read_names() & self._written_out.keys():
            return equation
        written = replace_reads(equation.rhs, lambda r: self._of(self._written_out, r))
        return replace(equation, rhs=written)

    @staticmethod
    def _of(known: Mapping[str, Equation], access: Expr) -> Expr:
        """What a read is known to be, or the read."""
        equation = known.get(tensor_name(access))
        return access if equation is None else equation.rhs_at(access)

    def _with_exponentials(self, equation: Equation) -> Equation:
        """The equation with exponentials written out that it divides by, or takes the log of."""
        equation = self._with_what_vanishes(self._without_roots(equation))
        names = {
            tensor_name(r)
            for node in walk(equation.rhs)
            for r in _sensitive(node)
            if tensor_name(r) in self._known.terms
        }
        if not names - {equation.name}:
            return equation
        return replace(equation, rhs=self._known.written_out(equation.rhs))

    def _without_roots(self, equation: Equation) -> Equation:
        """The equation with X for exp(log X), and for √X that divides what vanishes, too."""
        rhs, known, found = equation.rhs, self._known, {}
        vanish = rhs.has(sigmoid, exp, expm1, erf) or rhs.has(tanh)
        for node in walk(rhs):
            if isinstance(node, exp):
                times, access = node.args[0].as_coeff_Mul()
                formula = self._of(known.powers, access) if isinstance(access, Read) else access
                if formula != access:
                    found[node] = formula**times
            elif isinstance(node, Pow) and node.exp.is_negative and isinstance(node.base, Read):
                formula = self._of(known.roots, node.base)
                if vanish and not isinstance(formula, Read):
                    found[node] = formula ** (node.exp / 2)
        return replace(equation, rhs=replaced(rhs, found)) if found else equation

    def _with_what_vanishes(self, equation: Equation) -> Equation:
        """The equation with what vanishes written out in logarithms, and in divisors where
        something else vanishes, too.
        """
        known, rhs = self._known, equation.rhs
        if not known.vanishing and not known.functions:
            return equation
        divisors = [n for n in walk(rhs) if isinstance(n, Pow) and n.exp.is_negative]
        below = {tensor_name(r) for n in divisors for r in reads(n.base)}
        above = reads(replaced(rhs, dict.fromkeys(divisors, S.One)))
        others = rhs.has(sigmoid, exp, expm1, tanh, erf) or any(
            tensor_name(r) in known.shares for r in above
        )
        logarithms = {n: f for n in walk(rhs) if isinstance(n, log) and (f := self._log(n)) != n}
        rhs = replaced(rhs, logarithms)
        if others and below & known.vanishing.keys():
            rhs = known.with_functions(rhs)
        return equation if rhs == equation.rhs else replace(equation, rhs=rhs)

    def _log(self, node: Expr) -> Expr:
        """A logarithm of what vanishes, by the functions that it is made of."""
        held = {*self._known.vanishing, *self._known.functions}
        if not held & {tensor_name(r) for r in reads(node.args[0])}:
            return node
        formula = self._known.vanishing_formula(node.args[0])
        return node if formula is None else log(formula)


def _sensitive(node: Expr) -> list[Read]:
    """What is read in a divisor or a logarithm."""
    if isinstance(node, Pow) and node.exp.is_negative:
        return reads(node.base)
    return reads(node.args[0]) if isinstance(node, log) else []


def _plain(equation: Equation) -> bool:
    """Whether an equation gives every entry of a tensor, without reading others of it."""
    return equation.subscripts == equation.indices and (equation.name not in equation.read_names())
