"""A formula that is linear in gradients, as the share of each of them: Σ weights · gradient.

x̂[n]·Σ_i ∂L/∂y[n, i]·γ[i]    is    Σ_i (x̂[n]·γ[i]) · ∂L/∂y[n, i]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sympy import Add, Expr, Integer, Mul

from deltarule.expressions import nodes
from deltarule.expressions.conditions import Condition
from deltarule.expressions.gradient_names import is_gradient, tensor_of
from deltarule.expressions.nodes import Read, free_indices, reads, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.matrix_form.match_products import scaled
from deltarule.matrix_form.moved_entries import Placed, Weighted
from deltarule.matrix_form.tree import NoWords, Phrase
from deltarule.networks.network import Network

Ranges = tuple[tuple[Index, Expr], ...]


@dataclass(frozen=True)
class Share:
    """The sum of what is `read`, with `weights`, over `ranges` where `conditions` hold; where no
    gradient is read, what the `weights` are there."""

    read: Read | None
    weights: Expr = Integer(1)
    ranges: Ranges = ()
    conditions: tuple[Condition, ...] = ()

    @property
    def expression(self) -> Expr:
        """The share as a formula."""
        body = self.weights if self.read is None else Mul(self.weights, self.read)
        bare = not self.ranges and not self.conditions
        return body if bare else nodes.Sum(body, self.ranges, self.conditions)

    def phrase(self, ranges: Ranges, network: Network) -> tuple[Phrase, dict[Index, Expr]]:
        """The share over the free indices. Raises NoWords for gradients that data place."""
        extents = {**dict(ranges), **dict(self.ranges)}
        signal = None if self.read is None else placed(self.read, extents, network)
        if signal is None and (self.ranges or not self.conditions):
            raise NoWords  # it is its formula
        present = {*free_indices(self.weights), *dict(self.ranges)}
        present |= set(signal.labels) if signal is not None else set()
        present.update(i for c in self.conditions for i in free_indices(c))
        if not present <= extents.keys():
            raise NoWords
        every = tuple((i, n) for i, n in extents.items() if i in present)
        labels = tuple(i for i, _ in ranges if i in present)
        sign = -1 if self.weights.as_coeff_Mul()[0] < 0 else 1
        found = Weighted(labels, signal, sign * self.weights, every, self.conditions)
        return scaled(Integer(sign), found), extents


def shares_of(expression: Expr) -> Iterator[Share]:
    """The shares that add up to a formula. Raises NoWords where it is not linear in gradients."""
    if isinstance(expression, Read) and is_gradient(tensor_name(expression)):
        yield Share(expression)
    elif isinstance(expression, Add):
        for term in expression.args:
            yield from shares_of(term)
    elif not _knows_a_gradient(expression):
        yield _alone(expression)
    elif isinstance(expression, Mul):
        yield from _of_product(expression)
    elif type(expression) is nodes.Sum:
        for share in shares_of(expression.body):
            if dict(share.ranges).keys() & dict(expression.ranges).keys():
                raise NoWords
            ranges = (*expression.ranges, *share.ranges)
            yield replace(
                share, ranges=ranges, conditions=(*expression.conditions, *share.conditions)
            )
    else:
        raise NoWords


def _alone(term: Expr) -> Share:
    """What knows no gradient, with the condition that it stands under."""
    factors = Mul.make_args(term)
    guards = [f for f in factors if type(f) is nodes.Sum and not f.ranges]
    if len(guards) != 1:
        return Share(None, term)
    rest = Mul(*(f for f in factors if f not in guards))
    return Share(None, rest * guards[0].body, (), guards[0].conditions)


def _of_product(product: Expr) -> Iterator[Share]:
    factors = Mul.make_args(product)
    linear = [f for f in factors if _knows_a_gradient(f)]
    if len(linear) != 1:
        raise NoWords
    rest = Mul(*(f for f in factors if f not in linear))
    for share in shares_of(linear[0]):
        if free_indices(rest) & dict(share.ranges).keys():
            raise NoWords
        yield replace(share, weights=rest * share.weights)


def _knows_a_gradient(expression: Expr) -> bool:
    return any(is_gradient(tensor_name(r)) for r in reads(expression))


def placed(
    access: Read, extents: Mapping[Index, Expr], network: Network, data: bool = False
) -> Placed:
    """A tensor read at places that known indices give. Raises NoWords for others, and for places
    in `data` unless these are asked for.
    """
    if data == (reads(access) == [access]):
        raise NoWords
    labels = tuple(i for i in extents if i in free_indices(access))
    if not free_indices(access) <= set(labels):
        raise NoWords
    name = tensor_name(access)
    axes = network.tensors[tensor_of(name)].axes
    pairs = zip(access.indices, axes, strict=True)
    whole = tuple(i for i, n in pairs if isinstance(i, Index) and extents.get(i) == n)
    return Placed(labels, name, access.indices, axes, whole)
