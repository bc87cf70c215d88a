"""The pass that makes the equations of a program numerically stable, forward and backward.

First exponentials are written out where something is divided by them or takes their logarithm,
so that both sides of a quotient are seen at once; gradients that divide by a share or a sum of
exponentials are written out into what reads them, where the divisor cancels. Then every equation
is brought into stable form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from sympy import Add, Expr, Mul, Pow, S

from deltarule.arithmetic.positive_products import is_root
from deltarule.expressions.functions import erf, exp, expm1, log, sigmoid, tanh
from deltarule.expressions.gradient_names import GradientName
from deltarule.expressions.nodes import Read, reads, size_of, tensor_name, walk
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.substitution import replace_reads
from deltarule.kernels.passes.draft import Draft
from deltarule.kernels.passes.joined_exponentials import joined
from deltarule.kernels.passes.known_exponentials import Known, known, overflows
from deltarule.kernels.passes.stable_softmax import StableSums
from deltarule.kernels.passes.working_arrays import WorkingArrays
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor

#: Gradients of more nodes are not written out into others.
LONGEST = 200
#: What vanishes is written out by what vanishes, and so on, so many times.
_DEEPEST = 3


def numerically_stable(draft: Draft) -> Draft:
    """Exponentials and what is divided by them in forms that neither overflow nor lose digits."""
    made = draft.room()
    held = known((*draft.network, *_parts(draft)))
    stability = Stability(made, draft.tensors, held, draft.ready)
    for equation in draft.equations:
        found = stability.equation(equation)
        made.equations.append(found)
    return draft.rewritten(made.equations, made)


def _parts(draft: Draft) -> list[Equation]:
    """The lines that gradients are made of: named parts, and slopes such as ∂q/∂z of σ."""
    computed = {e.name for e in draft.equations}
    found = [GradientName.parse(n) for e in draft.equations for n in (e.name, *e.read_names())]
    of = {g.of for g in found if g is not None and (g.of == g.wrt or str(g) not in computed)}
    names = {e.name for e in draft.network}
    others = ((e, GradientName.parse(e.name)) for e in draft.equations if e.name not in names)
    return [e for e, name in others if name is None or of and name.of not in of]


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
        left_over = self._left_over(whole, found)
        if whole is not equation and left_over:
            found = self._by_terms(equation, self._with_gradients_cancelled)
        if left_over and _plain(equation) and size_of(whole.rhs) <= LONGEST:
            self._written_out[equation.name] = whole
        self._sums.computed(equation.name)
        found = self._within_range(equation, found)
        of_shares = equation.read_names() & self._known.shares.keys()
        if (of_shares or found.rhs.has(exp, expm1, sigmoid)) and _plain(equation):
            self._vanishing[equation.name] = whole
        return found

    def _left_over(self, whole: Equation, found: Equation) -> bool:
        """Whether it divides by what may be 0 or ∞, or has an exponential in place of that."""
        instead = found.rhs.has(exp) and not whole.rhs.has(exp)
        return self._sums.left_over(found.rhs) or instead and self._sums.left_over(whole.rhs)

    def _within_range(self, equation: Equation, found: Equation) -> Equation:
        """An equation with what vanishes written out, where exponentials that it multiplies go."""
        if not self._outgrown(found.rhs):
            return found
        if isinstance(equation.rhs, Add):
            one = self._of_vanishing(equation, found)
            return self._by_terms(equation, self._within) if self._outgrown(one.rhs) else one
        return self._of_vanishing(equation, found)

    def _by_terms(self, equation: Equation, form: Callable[[Equation], Equation]) -> Equation:
        """An equation of which each summand is brought into form by itself."""
        terms = (replace(equation, rhs=t) for t in Add.make_args(equation.rhs))
        return replace(equation, rhs=Add(*(form(t).rhs for t in terms)))

    def _within(self, equation: Equation) -> Equation:
        return self._of_vanishing(equation, self._with_gradients_cancelled(equation))

    def _with_gradients_cancelled(self, equation: Equation) -> Equation:
        """An equation with gradients written out, where what they are divided by cancels."""
        whole = self._with_gradients(equation)
        found = self._stable(whole)
        if whole is equation or not self._sums.left_over(found.rhs):
            return found
        found = self._stable(replace(whole, rhs=self._known.with_functions(whole.rhs)))
        return self._stable(equation) if self._sums.left_over(found.rhs) else found

    def _of_vanishing(self, equation: Equation, found: Equation) -> Equation:
        """The form that was found, or one by what vanishes in which nothing outgrows it."""
        if not self._outgrown(found.rhs):
            return found
        other = equation
        for _ in range(_DEEPEST):
            written = replace_reads(other.rhs, lambda r: self._of(self._vanishing, r))
            if written == other.rhs:
                break
            other = replace(equation, rhs=written)
            stable = self._stable(other)
            if size_of(stable.rhs) > LONGEST:
                break
            if not self._outgrown(stable.rhs):
                return stable
        return found

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
        return held or isinstance(factor, expm1) or overflows(factor)

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
        roots = {n: f for n in walk(rhs) if isinstance(n, Pow) and (f := self._root(n)) != n}
        rhs = replaced(rhs, {**roots, **logarithms})
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

    def _root(self, node: Pow) -> Expr:
        """A root of what vanishes, by the functions that it is made of."""
        names = {tensor_name(r) for r in reads(node.base)}
        if node.exp.is_Integer or not names & self._known.vanishing.keys():
            return node
        formula = self._known.with_functions(node.base)
        return formula**node.exp if is_root(formula, node.exp) else node


def _sensitive(node: Expr) -> list[Read]:
    """What is read in a divisor or a logarithm."""
    if isinstance(node, Pow) and node.exp.is_negative:
        return reads(node.base)
    return reads(node.args[0]) if isinstance(node, log) else []


def _plain(equation: Equation) -> bool:
    """Whether an equation gives every entry of a tensor, without reading others of it."""
    return equation.subscripts == equation.indices and (equation.name not in equation.read_names())
