"""Factors and summands: lost, doubled, inverted, with the wrong sign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from sympy import Add, Expr, Integer, Mul, Pow, Rational

from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Read, Sum, free_indices, reads, tensor_name, walk
from deltarule.marking.mistakes.context import Context, Wrong, choice_of
from deltarule.marking.mistakes.gates import gates
from deltarule.marking.mistakes.positions import sites
from deltarule.networks.equations import Equation
from deltarule.spelling.text import text


def factor_lost(context: Context) -> Iterator[Wrong]:
    """Each factor of each product left out."""
    for site in sites(context.equation.rhs):
        if not isinstance(site.node, Mul):
            continue
        for factor in site.node.args:
            if factor in (1, -1):
                continue
            rest = Mul(*(f for f in site.node.args if f is not factor))
            if rest == -1 and site.node is not context.equation.rhs:
                continue  # h of 1 − h is a summand
            kind, called = _called(context, factor)
            formula = site.replaced(rest)
            cost = 4.0 if not factor.is_number else 4.5
            if kind == "upstream lost" and set(reads(formula, tensor_name(factor))):
                cost = 4.3  # it is lost in one term alone
            what = choice_of(tensor_name(factor)) if _is_choice(factor) else ""
            yield Wrong(kind, cost, formula, f"{what or f'{called} {text(factor)}'} is missing")


def factor_lost_everywhere(context: Context) -> Iterator[Wrong]:
    """A factor without a tensor, as 1/N, left out of all terms that have it."""
    for site in sites(context.equation.rhs):
        if not isinstance(site.node, Add):
            continue
        terms = [Mul.make_args(term) for term in site.node.args]
        alike = Counter(f for term in terms for f in dict.fromkeys(term) if f != -1)
        for factor in (f for f, count in alike.items() if count > 1 and not reads(f)):
            rest = Add(*(Mul(*(f for f in term if f != factor)) for term in terms))
            where = "every term" if alike[factor] == len(terms) else "all terms that have it"
            words = f"the factor {text(factor)} is missing in {where}"
            yield Wrong("constant lost", 4.8, site.replaced(rest), words)


def _called(context: Context, factor: Expr) -> tuple[str, str]:
    """The kind of a lost factor, and what it is called: by the role that it has in the network."""
    base = factor.args[0] if isinstance(factor, Pow) else factor
    if not reads(base):
        return "constant lost", "the factor"
    if not isinstance(base, Read):
        return "factor lost", "the factor"
    name = tensor_name(base)
    tensor = context.network.tensors.get(name)
    if is_gradient(name):
        return "upstream lost", "the upstream gradient"
    if tensor is None:
        return "factor lost", "the factor"
    if tensor.integral and tensor.role != "target":
        return "mask lost", "the factor"
    if tensor.role == "parameter":
        if len(tensor.axes) > 1 or name in _contracted(context.network.equations):
            return "weights lost", "the weight"
        return "scale lost", "the scale" if tensor.axes and base is factor else "the factor"
    if name in gates(context.network):
        return "gate lost", "the gate"
    return "input lost" if tensor.role in ("input", "state") else "factor lost", "the factor"


@lru_cache(maxsize=64)
def _contracted(equations: tuple[Equation, ...]) -> frozenset[str]:
    """What is read at an index that is summed over, as w in Σ_d w[d]·x[d]."""
    found: set[str] = set()
    for node in (n for e in equations for n in walk(e.rhs) if isinstance(n, Sum)):
        over = {i for i, _ in node.ranges}
        found |= {tensor_name(r) for r in reads(node) if over & free_indices(r)}
    return frozenset(found)


def factor_twice(context: Context) -> Iterator[Wrong]:
    """Each factor of the whole product once too often."""
    for site in sites(context.equation.rhs):
        if isinstance(site.node, Mul):
            for factor in site.node.args:
                if not factor.is_number and not _is_choice(factor):
                    yield Wrong(
                        "factor twice",
                        5.0,
                        site.replaced(site.node * factor),
                        f"the factor {text(factor)} stands twice",
                    )


def summand_lost(context: Context) -> Iterator[Wrong]:
    """Each summand left out."""
    for site in sites(context.equation.rhs):
        if isinstance(site.node, Add):
            for term in site.node.args:
                rest = Add(*(t for t in site.node.args if t is not term))
                yield Wrong(
                    "summand lost", 4.5, site.replaced(rest), f"the term {text(term)} is missing"
                )


def sign(context: Context) -> Iterator[Wrong]:
    """The whole formula or one summand with the other sign."""
    rhs = context.equation.rhs
    if choice_of(context.line.quantity):
        return  # a place is chosen: it has no sign
    if not isinstance(rhs, Add):
        yield Wrong("sign", 4.0, -rhs, "the sign is turned round")
    for site in sites(rhs):
        if isinstance(site.node, Add):
            if len(site.node.args) == 2 and site.node is not rhs or site.node is rhs:
                turned = Add(*(-t for t in site.node.args))
                yield Wrong(
                    "sign",
                    4.0,
                    site.replaced(turned),
                    f"{_negated(site.node)}: {text(turned)} for {text(site.node)}",
                )
            for term in site.node.args:
                others = [t for t in site.node.args if t is not term]
                yield Wrong(
                    "sign",
                    4.2,
                    site.replaced(Add(*others, -term)),
                    f"the term {text(term)} has the wrong sign",
                )


def _is_choice(factor: Expr) -> bool:
    return isinstance(factor, Read) and bool(choice_of(tensor_name(factor)))


def _negated(whole: Add) -> str:
    """What is said of a sum or difference that has the other sign."""
    signs = {term.as_coeff_Mul()[0].is_negative is True for term in whole.args}
    if len(signs) == 1:
        return "the sum has the wrong sign"
    return (
        "the difference is turned round" if len(whole.args) == 2 else "all signs are turned round"
    )


def constant(context: Context) -> Iterator[Wrong]:
    """A factor 2 or ½, or the number of terms, too much or too little."""
    rhs = context.equation.rhs
    if choice_of(context.line.quantity):
        return  # a place is chosen: it is no number
    doubled = ((Integer(2), "a factor 2 too much"), (Rational(1, 2), "a factor ½ too much"))
    for number, words in doubled:
        yield Wrong("constant factor", 4.5, number * rhs, words)
    extents = {n for _, n in context.equation.ranges}
    everything = Mul(*(n for _, n in context.equation.ranges if context.extent(n) > 1))
    errors = any(is_gradient(tensor_name(r)) for r in reads(rhs))
    if is_gradient(context.line.quantity) and not errors and everything not in extents | {1}:
        yield Wrong(
            "constant factor",
            4.5,
            rhs / everything,
            f"divided by the number of all entries, {text(everything)}",
        )
    for site in sites(rhs):
        if isinstance(site.node, Sum):
            extents |= {n for _, n in site.node.ranges}
    for extent in sorted(extents, key=str):
        if context.extent(extent) > 2:
            yield Wrong(
                "constant factor", 5.0, rhs / extent, f"divided by the number {text(extent)}"
            )
            yield Wrong(
                "constant factor", 5.5, rhs * extent, f"multiplied by the number {text(extent)}"
            )


ROWS = (factor_lost, factor_lost_everywhere, sign, summand_lost, constant, factor_twice)
