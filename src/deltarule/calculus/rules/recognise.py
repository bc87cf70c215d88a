"""Known values inside formulas: exp(z[c])/Σ_k exp(z[k]) is p[c], once p is an equation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from sympy import Add, Basic, Expr, Mul, Pow

from deltarule.calculus.index_maps import index_maps
from deltarule.calculus.rules.pull_out import pull_out
from deltarule.calculus.rules.rule import EMPTY, Example, Given, Rewrite, Rule
from deltarule.calculus.spread_sums import spread
from deltarule.calculus.symmetric_reads import reads_symmetric, summed_last
from deltarule.expressions import nodes
from deltarule.expressions.elementwise import Elementwise
from deltarule.expressions.factors import divided, powers
from deltarule.expressions.functions import exp
from deltarule.expressions.mixed_radix import rejoined
from deltarule.expressions.nodes import (
    Read,
    Reduction,
    Sum,
    free_indices,
    free_symbols,
    read,
    reads,
    size_of,
    walk,
)
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.substitution import plainly_named, rename_indices, substitute
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.equations import Equation, names_read
from deltarule.networks.network import Network
from deltarule.spelling.text import text


def use_values(expression: Expr, given: Given) -> Rewrite | None:
    """The expression with the right-hand sides of equations replaced by their tensors."""
    expression = plainly_named(expression)
    apart = frozenset(i.name for i in free_indices(expression))
    for equation in _candidates(expression, given.network):
        after = _use(expression, equation, apart, extents=given.extents)
        if after != expression:
            return Rewrite(after, f"{text(equation.rhs)} is {text(equation.lhs)}.")
    return _of_symmetric(expression, given, apart)


def _of_symmetric(expression: Expr, given: Given, apart: frozenset[str]) -> Rewrite | None:
    """The same where symmetric matrices are read with the index that is summed over last."""
    if not reads_symmetric(expression, given.network):
        return None
    turned = summed_last(expression, given.network)
    for equation in _candidates(turned, given.network):
        alike = replace(equation, rhs=summed_last(equation.rhs, given.network))
        after = _use(turned, alike, apart, extents=given.extents)
        if after != turned and size_of(after) < size_of(expression):
            return Rewrite(after, f"{text(alike.rhs)} is {text(equation.lhs)}.")
    return None


def _candidates(expression: Expr, network: Network) -> Iterator[Equation]:
    """Equations whose right-hand side could occur: all its tensors are read."""
    present = names_read(expression)
    found = {e: None for n in present for e in network.reading(n) if e.read_names() <= present}
    if len(found) > 1:
        found = [e for e in reversed(network.equations) if e in found]
    for equation in found:
        if not isinstance(equation.rhs.as_coeff_Mul()[1], Read):
            yield equation


def _use(
    node: Expr,
    equation: Equation,
    apart: frozenset[str],
    within: bool = False,
    under: tuple = (),
    extents: Mapping[Index, Expr] = MappingProxyType({}),
) -> Expr:
    """Replace the equation's value in a node and below it, products factor by factor.

    `apart` holds the names of the free indices, `under` the conditions that hold, `extents` those
    of the indices around; a sum that is all there is keeps its formula.
    """
    if isinstance(node, Read) or not node.args:
        return node
    if isinstance(node, Add) and equation.read_names() and not equation.rhs.has(nodes.Choose):
        return _use_in_terms(node, equation, apart, under, extents)
    if not isinstance(node, nodes.Condition) and (within or not isinstance(node, Reduction)):
        found = _in_product(node, equation, apart, under, extents)
        if found is not None:
            return _use(found, equation, apart, True, under, extents)
    inside, around = _within(node, under, extents)
    after = rebuild(node, lambda part: _use(part, equation, apart, True, inside, around))
    found = None if after is not node else _in_a_sum(node, equation, apart, under, extents)
    return after if found is None else found


def _within(
    node: Expr, under: tuple, extents: Mapping[Index, Expr]
) -> tuple[tuple, Mapping[Index, Expr]]:
    """The conditions that hold inside a node, and the extents of the indices around what is there.

    What is said of an index from outside of a sum is about another one than that of the sum.
    """
    if not isinstance(node, Reduction):
        return under, extents
    own = frozenset(node.indices)
    kept = (c for c in under if not own & free_symbols(c))
    return (*kept, *node.conditions), {**extents, **dict(node.ranges)}


def _use_in_terms(
    node: Add,
    equation: Equation,
    apart: frozenset[str],
    under: tuple,
    extents: Mapping[Index, Expr],
) -> Expr:
    """As `_use` for a sum, and for equations whose value has no cases: where such a value stands,
    all that it reads is read. Of many terms most are left as they are, without a look at them."""
    names = equation.read_names()
    if names == names_read(node):  # else it is not this sum itself
        found = _in_product(node, equation, apart, under, extents)
        if found is not None:
            return _use(found, equation, apart, True, under, extents)
    terms = _terms_by_name(node)
    holding = frozenset.intersection(*(terms.get(n, frozenset()) for n in names))

    def used(term: Expr) -> Expr:
        return _use(term, equation, apart, True, under, extents) if term in holding else term

    return rebuild(node, used)


@lru_cache(maxsize=1 << 8)
def _terms_by_name(total: Add) -> dict[str, frozenset[Expr]]:
    """The terms of a sum that read a tensor, by the tensor's name."""
    found: dict[str, list[Expr]] = {}
    for term in total.args:
        for name in names_read(term):
            found.setdefault(name, []).append(term)
    return {name: frozenset(terms) for name, terms in found.items()}


def put_in(node: Expr, equation: Equation, extents: Mapping[Index, Expr]) -> Expr:
    """A formula, with the equation's tensor wherever its value stands in it, or is all of it."""
    apart = frozenset(i.name for i in free_indices(node))
    return _use(node, equation, apart, True, extents=extents)


def factor_known(node: Expr, equation: Equation) -> Expr | None:
    """A product with an equation's value among its factors, with the tensor in its place."""
    plain = plainly_named(node)
    return _in_product(plain, equation, frozenset(i.name for i in free_indices(plain)))


def _in_product(
    node: Expr,
    equation: Equation,
    apart: frozenset[str],
    under: tuple = (),
    extents: Mapping[Index, Expr] = MappingProxyType({}),
) -> Expr | None:
    """node = rhs·rest with known rhs: lhs·rest; None if rhs is no factor of node.

    Where a condition holds under which rhs is one of two cases, rhs is that case.
    """
    have, names = powers(node), equation.read_names()
    for table in index_maps(node, equation, extents):
        value = substitute(equation.rhs, table)
        if names_read(value) != names or any(map(_of_a_number, walk(value))):
            continue  # s² is K[i, i] of a kernel s²·exp(−‖x[i] − x[j]‖²), which says less
        pattern = plainly_named(rejoined(_decided(value, under)), apart)
        count, root = pattern.as_independent(*reads(pattern), as_Add=False)
        if isinstance(root, Pow) and root.exp.is_Rational and not root.exp.is_Integer:
            found = _of_a_root(have, root, rejoined(substitute(equation.lhs, table)) / count)
            if found is not None:
                return found
            continue
        times, pattern = pattern.primitive() if pattern.is_Add else (1, pattern)  # p + q is 2·m
        rest = divided(have, powers(_named_as(pattern, have) if type(pattern) is Sum else pattern))
        if rest is not None and not _below_itself(rest, pattern):
            return rejoined(substitute(equation.lhs, table)) * rest / times
    return None


@lru_cache(maxsize=1 << 10)
def _with_factors_out(equation: Equation) -> Equation:
    """The equation with what its sums need not add up before them."""
    return replace(equation, rhs=_pulled_out(equation.rhs))


def _pulled_out(formula: Expr) -> Expr:
    found = pull_out(formula, Given())
    return formula if found is None else found.after


def _of_a_number(node: Basic) -> bool:
    """Whether a node is a function of numbers alone, such as exp(0)."""
    return isinstance(node, Elementwise) and all(a.is_number for a in node.args)


def _in_a_sum(
    node: Expr, equation: Equation, apart: frozenset[str], under: tuple, extents: Mapping
) -> Expr | None:
    """rhs·r·Σ f as Σ lhs·r·f where the value is a factor of what is added up; None if that is no
    shorter."""
    for total, beside in spread(node, (pulled := _with_factors_out(equation))):
        if not isinstance(total, Sum):
            continue
        inside, around = _within(total, under, extents)
        found = _in_product(total.body, pulled, apart, inside, around)
        if found is not None:
            after = beside * _pulled_out(with_body(total, found))
            if size_of(after) < size_of(node):
                return after
    return None


def _named_as(total: Sum, have: Mapping[Expr, Expr]) -> Expr:
    """A sum with its indices named as those of one that is there, if they differ in names alone."""
    extents = [n for _, n in total.ranges]
    for base in have:
        if type(base) is Sum and base != total and [n for _, n in base.ranges] == extents:
            names = dict(zip(total.indices, base.indices, strict=True))
            free = free_indices(total) | {*total.indices}
            if not free & {*base.indices} and rename_indices(total, names) == base:
                return base
    return total


def _below_itself(rest: Expr, pattern: Expr) -> bool:
    """Whether it is x^(p − 1) for x^p: y/x for it would have no value at x = 0."""
    base, exponent = pattern.as_base_exp()
    if exponent.is_number:
        return False
    return any(f.as_base_exp() == (base, -1) for f in Mul.make_args(rest))


def _decided(value: Expr, under: tuple) -> Expr:
    """A product in which factors that are cases are the one case that holds."""
    factors = [
        f.args[1] if isinstance(f, nodes.Choose) and f.args[0] in under else f
        for f in Mul.make_args(value)
    ]
    return value if factors == list(Mul.make_args(value)) else Mul(*factors)


def _of_a_root(have: dict[Expr, Expr], root: Pow, value: Expr) -> Expr | None:
    """A product with r = √S in it: S is r², 1/√S is 1/r; None where neither occurs.

    With r = √(S/N) S is N·r².
    """
    # What is under √(S/N) stands as S/N, and as S where N was taken out of it.
    count, total = root.base.as_independent(*reads(root.base), as_Add=False)
    bases = {root.base: 1, total: count}
    there = Add(*(have.get(base, 0) for base in bases))
    if not there or not there.is_Rational or not (there / root.exp).is_Integer:
        return None
    rest = Mul(*(base**exponent for base, exponent in have.items() if base not in bases))
    counts = Mul(*(count ** -have.get(base, 0) for base, count in bases.items()))
    return rest * counts * value ** (there / root.exp)


def _example() -> Example:
    c, k, C, g = Index("c"), Index("k"), Size("C"), read("g")
    share = exp(read("z", c)) / Sum(exp(read("z", k)), [(k, C)])
    softmax = Equation("p", (c,), share, ((c, C),))
    given = Given(replace(EMPTY, equations=(softmax,)), {c: C})
    return Example(g * share, g * read("p", c), given)


USE_THE_VALUE = Rule(
    "use the value",
    "a formula that equals a known tensor is written as that tensor",
    "The forward pass has computed it already.",
    use_values,
    _example,
    seen="derive batch_norm --steps",
)
