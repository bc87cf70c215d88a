"""0·log 0 is 0: what a weight of 0 says of entries that are declared to lie within (0, 1).

A target y of 0 asks nothing of ŷ: y·log ŷ is 0 even at ŷ = 0, and so is its derivative y/ŷ. To
that end (ŷ − y)/(ŷ·(1 − ŷ)) is taken apart into −y/ŷ + (1 − y)/(1 − ŷ).
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Dummy, Expr, Integer, Mul, Pow

from deltarule.expressions.functions import log, log1p
from deltarule.expressions.nodes import Choose, Positive, Read, Reduction, tensor_name, walk
from deltarule.networks.tensors import Tensor


def zero_weighted(node: Expr, tensors: Mapping[str, Tensor]) -> Expr | None:
    """A product with a logarithm or a quotient of such an entry; None for any other product."""
    factors = Mul.make_args(node)
    inside = {b for f in factors if (b := _edge(f, tensors)) is not None}
    if not inside or any(isinstance(n, Reduction) for f in factors for n in walk(f)):
        return None
    entries = {b if isinstance(b, Read) else 1 - b for b in inside}
    if len(entries) > 1:
        return None
    entry = entries.pop()
    if inside == {entry, 1 - entry} and all(Pow(b, -1) in factors for b in inside):
        return _apart(factors, entry)
    return _weighted(factors, inside)


def _edge(factor: Expr, tensors: Mapping[str, Tensor]) -> Expr | None:
    """ŷ or 1 − ŷ, where a factor is the logarithm or the reciprocal of it."""
    if isinstance(factor, log):
        inner = factor.args[0]
    elif isinstance(factor, log1p):
        inner = 1 + factor.args[0]
    elif isinstance(factor, Pow) and factor.exp == -1:
        inner = factor.base
    else:
        return None
    entry = inner if isinstance(inner, Read) else 1 - inner
    declared = isinstance(entry, Read) and tensors[tensor_name(entry)].within == (0, 1)
    return inner if declared else None


def _apart(factors: tuple, entry: Expr) -> Expr | None:
    """n(ŷ)/(ŷ·(1 − ŷ)) = n(0)/ŷ + n(1)/(1 − ŷ), where n is linear."""
    rest = [f for f in factors if f not in (Pow(entry, -1), Pow(1 - entry, -1))]
    with_entry = [f for f in rest if f.has(entry)]
    letter = Dummy("y", real=True)
    above = Mul(*with_entry).xreplace({entry: letter})
    if len(with_entry) > 1 or above.diff(letter).has(letter):
        return None
    others = [f for f in rest if f not in with_entry]
    terms = []
    for value, base in ((0, entry), (1, 1 - entry)):
        weight = above.subs(letter, value)
        term = _weighted((*others, *Mul.make_args(weight), Pow(base, -1)), {base})
        terms.append(Mul(*others, weight, Pow(base, -1)) if term is None else term)
    return Add(*terms)


def _weighted(factors: tuple, inside: set[Expr]) -> Expr | None:
    """The product, or 0 where a weight is: the weights do not depend on the entry."""
    edges = [f for f in factors if isinstance(f, log | log1p) or _base(f) in inside]
    weights = [f for f in factors if f not in edges and not f.is_number]
    result = Mul(*factors)
    for weight in weights:
        if isinstance(weight, Pow) and weight.exp.is_negative:
            continue
        negative = Choose(Positive(-weight), result, Integer(0))
        result = Choose(Positive(weight), result, negative)
    return result if weights else None


def _base(factor: Expr) -> Expr:
    return factor.as_base_exp()[0]
