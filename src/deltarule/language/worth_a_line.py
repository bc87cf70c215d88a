"""Which pieces of a line are worth a line of their own: those that gradients would repeat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass

from sympy import Add, Basic, Expr, Mul, Pow

from deltarule.expressions.elementwise import Elementwise
from deltarule.expressions.exponential_sums import is_exponential_sum
from deltarule.expressions.functions import exp
from deltarule.expressions.nodes import Read, Sum, free_indices, reads, tensor_name, walk
from deltarule.expressions.symbols import Size
from deltarule.expressions.terms_counted import count_terms
from deltarule.language.activations import is_activation
from deltarule.language.piece_words import (
    EXPONENT,
    GATED,
    LENGTHS,
    LOG_SHARE,
    NORM,
    ROOT,
    ROOT_MEAN_SQUARE,
    SCORES,
    SHARE,
    is_closed,
    is_log_of_sum,
)

#: A piece without a matrix product in it is named from so many terms on, a divisor from so many,
#: and one of several terms from so many terms and sums.
LONG, LONG_DIVISOR = 4, 3


def is_worth_it(piece: Expr, word: str, moving: Set[str], selected: Set[str]) -> bool:
    """Whether several gradients would repeat a piece; a divisor is repeated by each.

    `moving` are the tensors that gradients are taken by, `selected` those that are selections.
    """
    divides = word == "den"
    names = {tensor_name(r) for r in reads(piece)} & moving
    few = 1 if divides or word in (SHARE, LOG_SHARE, *LENGTHS) else 2
    if len(names) < few or any(map(is_closed, walk(piece))):
        return False
    if word in (SHARE, LOG_SHARE, GATED, *LENGTHS):
        return True
    if is_exponential_sum(piece) or all(map(_has_exponential, Add.make_args(piece))):
        return False  # sums of exponentials are computed together with what they divide
    if word in (EXPONENT, SCORES):
        if any(is_log_of_sum(node) for node in walk(piece)):
            return False  # exp(a − log Σ exp a) is a share
        if any(isinstance(node, Pow) and isinstance(node.base, Add) for node in walk(piece)):
            return True
    if divides and isinstance(piece, Add):
        sums = sum(isinstance(node, Sum) for node in walk(piece))
        if count_terms(piece) + sums >= LONG_DIVISOR:
            return True
    if count_terms(piece) >= (LONG_DIVISOR if divides else LONG):
        return True
    return word != "diff" and any(_is_product(node, selected) for node in walk(piece))


def _has_exponential(node: Basic) -> bool:
    """Whether exponentials stand in a term, beside those that a function with a kink is of."""
    if isinstance(node, Elementwise) and node.func.row.kink:
        return False
    return isinstance(node, exp) or any(map(_has_exponential, node.args))


@dataclass(frozen=True)
class Length:
    """What a length is called, and the one tensor that it is of, or none."""

    word: str
    of: str = ""


def length_in(power: Pow, moving: Set[str]) -> Length | None:
    """A length that is divided by: ‖x‖, or √(Σ_d x[d]²/D + ε); None in other powers.

    `moving` are the tensors of the line that gradients are taken by. Of x/‖x‖ alone the gradient
    has one divisor, (∂y − y·Σ ∂y·y)/‖x‖; with a second tensor, several.
    """
    base = power.base
    if power.exp.is_integer or not (2 * power.exp).is_integer or len(moving) < 2:
        return None
    sums = [node for node in walk(base) if isinstance(node, Sum)]
    if not sums and isinstance(base, Add) and _beside_itself(base, moving):
        return Length(ROOT)
    if len(sums) != 1 or any(map(is_closed, walk(base))) or base.has(exp):
        return None
    (total,) = sums
    named = {tensor_name(r) for r in reads(total)} & moving
    if not named:
        return None
    of = total.body.base if isinstance(total.body, Pow) and total.body.exp == 2 else None
    if not isinstance(of, Read) or named != {tensor_name(of)}:
        return Length(ROOT) if power.exp.is_negative else None
    if base == total:
        return Length(NORM, tensor_name(of))
    if _is_mean(base, total):
        return Length(ROOT_MEAN_SQUARE, tensor_name(of))
    return Length(ROOT) if power.exp.is_negative else None


def _beside_itself(base: Expr, moving: Set[str]) -> bool:
    """Whether a tensor is read at several places, as in (u[i + 1] − u[i])²: the gradient, which
    comes to u[i] from each, repeats what is made of them."""
    places = Counter(tensor_name(r) for r in {*reads(base)} if free_indices(r))
    return any(places[name] > 1 for name in moving) and not any(map(is_closed, walk(base)))


def gated_in(total: Sum, moving: Set[str]) -> Expr | None:
    """f(a)·b of Σ_h f(a[n, h])·b[n, h]·W[h, m], what goes through a gate and a weight after it.

    Of both a and b the gradient would repeat Σ_m ∂y[n, m]·W[h, m]. None where there is no gate.
    """
    factors = Mul.make_args(total.body)
    if total.conditions or len(total.ranges) != 1 or len(factors) < 3:
        return None
    for function in factors:
        if not isinstance(function, Elementwise) or not is_activation(function):
            continue
        own = free_indices(function)
        inside = [f for f in factors if free_indices(f) == own and _names(f) & moving]
        after = [f for f in factors if f not in inside and _names(f) & moving]
        if len(inside) < 2 or len({n for f in inside for n in _names(f)}) < 2 or not after:
            continue
        if all(free_indices(f) - own for f in after) and total.indices[0] in own:
            return Mul(*inside)
    return None


def _names(formula: Expr) -> set[str]:
    return {tensor_name(r) for r in reads(formula)}


def _is_mean(base: Expr, total: Sum) -> bool:
    """Whether what is under a root is Σ …/N, or that and a scalar which is added."""
    (mean,) = (term for term in Add.make_args(base) if term.has(Sum))
    count, rest = total / mean, base - mean
    sizes = all(isinstance(s, Size) for s in count.free_symbols)
    return bool(count.free_symbols) and sizes and not any(r.indices for r in reads(rest))


def _is_product(node: Basic, selected: Set[str]) -> bool:
    """Whether a node is a matrix product: a sum over products of several tensors.

    A sum over what was selected, W[d, best], is a read.
    """
    if not isinstance(node, Sum):
        return False
    factors = (Mul.make_args(term) for term in Add.make_args(node.body))
    return any(
        len([f for f in term if {tensor_name(r) for r in reads(f)} - selected]) > 1
        for term in factors
    )
