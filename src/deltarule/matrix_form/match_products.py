"""Sums of products of arrays as matrix products, outer products and sums along an axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sympy import Expr, Integer, Mul

from deltarule.expressions.symbols import Index
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.softmaxes import with_softmaxes
from deltarule.matrix_form.transposes import transposed, transposes
from deltarule.matrix_form.tree import NoWords, Phrase


class NeedsSlices(NoWords):
    """It could be said of slices: one of these labels would have to be fixed."""

    def __init__(self, labels: Iterable[Index]):
        super().__init__()
        self.labels = tuple(labels)


@dataclass
class Product:
    """A product in the making: a constant, and what is above and below the fraction bar."""

    factor: Expr = Integer(1)
    top: list[Phrase] = field(default_factory=list)
    bottom: list[Phrase] = field(default_factory=list)


class Order:
    """The order in which labels are kept: those of the result first, then as they come."""

    def __init__(self, indices: Iterable[Index]):
        self._position = {index: k for k, index in enumerate(indices)}

    def add(self, indices: Iterable[Index]) -> None:
        for index in indices:
            self._position.setdefault(index, len(self._position))

    def sorted(self, labels: Iterable[Index]) -> tuple[Index, ...]:
        return tuple(sorted(set(labels), key=self._position.__getitem__))


def oriented(phrase: Phrase, labels: tuple[Index, ...]) -> Phrase:
    """The phrase with its axes in the order `labels`. Raises NoWords where none says that."""
    if phrase.labels == labels:
        return phrase
    if len(labels) == 2 and phrase.labels == labels[::-1]:
        return transposed(phrase)
    if set(phrase.labels) == set(labels):
        raise NeedsSlices(labels)
    raise NoWords


def common_labels(phrases: Sequence[Phrase], order: Order) -> tuple[Index, ...]:
    """All labels of some phrases, as the first phrase that has them all orders them; of two, in
    the order that takes fewer transposes.
    """
    labels = order.sorted(i for p in phrases for i in p.labels)
    labels = next((p.labels for p in phrases if set(p.labels) == set(labels)), labels)
    if len(labels) != 2:
        return labels
    both = [p for p in phrases if len(p.labels) == 2]
    first, other = (sum(transposes(oriented(p, at)) for p in both) for at in (labels, labels[::-1]))
    return labels if first <= other else labels[::-1]


def hadamard(top: Sequence[Phrase], bottom: Sequence[Phrase], order: Order) -> Phrase:
    """Entrywise products; factors with fewer labels are the same along those they lack."""
    top, bottom = with_softmaxes(top, bottom)
    if len(top) == 1 and not bottom:
        return top[0]
    labels = common_labels((*top, *bottom), order)
    full = [_upright(p, labels) for p in top] or [ph.Constant((), Integer(1))]
    return ph.Hadamard(labels, tuple(full), tuple(_upright(p, labels) for p in bottom))


def _upright(phrase: Phrase, labels: tuple[Index, ...]) -> Phrase:
    """A factor with its labels in the common order."""
    return oriented(phrase, tuple(i for i in labels if i in phrase.labels))


def multiplied(product: Product, order: Order) -> Phrase:
    """A product without a sum: entry by entry, or every entry with every other."""
    groups = _grouped(product, order)
    labels = order.sorted(i for g in groups for i in g.labels)
    core: Phrase
    if not groups:
        return ph.Constant((), product.factor)
    if any(set(g.labels) == set(labels) for g in groups):
        whole = [p for p in product.top + product.bottom if set(p.labels) == set(labels)]
        core = hadamard(product.top, product.bottom, order) if whole else _outer(groups, order)
    else:
        core = _outer(groups, order)
    return core if product.factor == 1 else ph.Scaled(core.labels, product.factor, core)


def _outer(groups: list[Phrase], order: Order) -> Phrase:
    """The outer product of groups that share no label; single numbers go with the first."""
    numbers = [g for g in groups if not g.labels]
    groups = [g for g in groups if g.labels]
    if numbers:
        groups[0] = hadamard([*numbers, groups[0]], (), order)
    seen: set[Index] = set()
    for group in groups:
        shared = seen & set(group.labels)
        if shared:
            raise NeedsSlices(shared)
        if len(group.labels) != 1:
            raise NeedsSlices(group.labels)
        seen |= set(group.labels)
    groups = sorted(groups, key=lambda g: order.sorted(seen).index(g.labels[0]))
    return ph.Outer(tuple(g.labels[0] for g in groups), tuple(groups))


def _grouped(product: Product, order: Order) -> list[Phrase]:
    """One Hadamard product for each set of labels that occurs."""
    sets: dict[frozenset, tuple[list[Phrase], list[Phrase]]] = {}
    for side in (0, 1):
        for phrase in (product.top, product.bottom)[side]:
            sets.setdefault(frozenset(phrase.labels), ([], []))[side].append(phrase)
    return [hadamard(top, bottom, order) for top, bottom in sets.values()]


def contracted(
    product: Product, over: Sequence[Index], order: Order, scales: bool = True
) -> Phrase:
    """Σ over some labels of a product; with `scales` a vector along a label that two matrices
    share may be a factor of one. Raises NeedsSlices or NoWords."""
    remaining = list(over)
    groups = _grouped(product, order)
    while remaining:
        index = next((i for i in remaining if _readers(groups, i) == 2 and _apart(groups, i)), None)
        if index is not None:
            left, right = (g for g in groups if index in g.labels)
            groups = [g for g in groups if index not in g.labels]
            groups.append(_matrix_product(left, right, index, order))
            remaining.remove(index)
            groups = _merged(groups, order)
            continue
        alone = [i for i in remaining if _readers(groups, i) == 1]
        if not alone:
            along = (_scaled_along(groups, i, order) for i in remaining if scales)
            found = next(filter(None, along), None)
            if found is None:
                raise NeedsSlices(_in_the_way(groups, remaining))
            groups = found
            continue
        groups = _summed(groups, alone, order)
        remaining = [i for i in remaining if i not in alone]
        groups = _merged(groups, order)
    return multiplied(Product(product.factor, groups), order)


def _scaled_along(groups: list[Phrase], index: Index, order: Order) -> list[Phrase] | None:
    """Σ_n A[m, n]·g[n, k]/d[n] as A · (g / d): a vector along a label that two matrices share is a
    factor of the second; None where there is no such vector."""
    own = [g for g in groups if g.labels == (index,)]
    matrices = [g for g in groups if index in g.labels and g not in own]
    if len(own) != 1 or len(matrices) != 2 or any(len(g.labels) != 2 for g in matrices):
        return None
    fractions = [_fraction(g) for g in (matrices[1], own[0])]
    top, bottom = ([p for f in fractions for p in f[k]] for k in (0, 1))
    scaled = hadamard(top, bottom, order)
    return [scaled if g is matrices[1] else g for g in groups if g is not own[0]]


def _fraction(group: Phrase) -> tuple[Sequence[Phrase], Sequence[Phrase]]:
    """What stands above and below the fraction bar of a phrase."""
    if not isinstance(group, ph.Hadamard):
        return (group,), ()
    ones = ph.Constant((), Integer(1))
    return tuple(p for p in group.top if p != ones), group.bottom


def _in_the_way(groups: list[Phrase], over: Sequence[Index]) -> set[Index]:
    """Labels of which one has to be fixed before a matrix product is left."""
    inner = [set(g.labels) for g in groups if set(g.labels) & set(over)]
    shared = {i for labels in inner for i in labels if sum(i in other for other in inner) > 1}
    if shared - set(over):
        return shared - set(over)
    if len(over) > 1:
        return shared & set(over)
    large = {i for labels in inner if len(labels) > 2 for i in labels}
    return large - set(over) or set(over)


def _readers(groups: list[Phrase], index: Index) -> int:
    return sum(index in g.labels for g in groups)


def _apart(groups: list[Phrase], index: Index) -> bool:
    """Whether the two groups with this label are matrices or vectors that share no other."""
    left, right = (set(g.labels) - {index} for g in groups if index in g.labels)
    return len(left) <= 1 and len(right) <= 1 and not left & right


def _summed(groups: list[Phrase], over: Sequence[Index], order: Order) -> list[Phrase]:
    """The groups with their own labels summed over."""
    result = []
    for group in groups:
        mine = order.sorted(i for i in over if i in group.labels)
        if mine:
            rest = tuple(i for i in group.labels if i not in mine)
            group = _sum_over(group, mine, rest)
        result.append(group)
    return result


def _sum_over(of: Phrase, over: tuple[Index, ...], rest: tuple[Index, ...]) -> Phrase:
    if isinstance(of, ph.SumOver):
        return ph.SumOver(rest, of.of, (*of.over, *over))
    return ph.SumOver(rest, of, over)


def _merged(groups: list[Phrase], order: Order) -> list[Phrase]:
    return _grouped(Product(top=groups), order)


def _matrix_product(left: Phrase, right: Phrase, index: Index, order: Order) -> Phrase:
    """left·right over `index`: the rows come first in order; a vector stands on the right."""
    rows = order.sorted(i for g in (left, right) for i in g.labels if i != index)
    if not rows:
        return ph.MatMul((), left, right, index)
    if rows[0] not in left.labels:
        left, right = right, left
    if len(rows) == 2:
        first, second = oriented(left, (rows[0], index)), oriented(right, (index, rows[1]))
    else:
        first, second = oriented(left, (rows[0], index)), right
    return ph.MatMul(rows, first, second, index)


def scaled(factor: Expr, phrase: Phrase) -> Phrase:
    """factor·phrase."""
    if isinstance(phrase, ph.Constant):
        return ph.Constant((), Mul(factor, phrase.value))
    if isinstance(phrase, ph.Scaled):
        factor, phrase = factor * phrase.factor, phrase.of
    return phrase if factor == 1 else ph.Scaled(phrase.labels, factor, phrase)


def common_factor(terms: Sequence[Phrase]) -> tuple[Expr, list[Phrase]]:
    """A constant that all terms are multiplied by, up to their signs, and what is left of them."""
    sizes = {abs(t.factor) if isinstance(t, ph.Scaled) else Integer(1) for t in terms}
    (factor, *others) = sizes
    if others or factor == 1 or any(isinstance(t, ph.Constant) for t in terms):
        return Integer(1), list(terms)
    return factor, [scaled(1 / factor, t) for t in terms]
