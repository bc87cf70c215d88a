"""What holds under a condition, in phrases: cases, one-hot factors, what is on a diagonal."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.nodes import free_indices, reads
from deltarule.expressions.rebuild import read_at
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Index
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.match_products import Order, Product, common_labels, multiplied, scaled
from deltarule.matrix_form.tree import NoWords, Phrase
from deltarule.spelling.ordering import as_factors
from deltarule.spelling.read_cases import Comparison, cases


class Conditional:
    """The part of an attempt at a phrase that is about conditions."""

    order: Order
    slices: frozenset[Index]
    extents: dict[Index, Expr]

    def phrase(self, node: Expr) -> Phrase:
        """The phrase of any part of the formula."""
        raise NotImplementedError

    def _product(self, node: Expr) -> Product:
        raise NotImplementedError

    def _choice(self, node: nodes.Choose) -> Phrase:
        apart = as_factors(node)
        if apart is not node:
            return multiplied(self._product(apart), self.order)
        asked, then, otherwise = cases(node)
        found, beside = self.phrase(then), self.phrase(otherwise)
        for one in reversed(asked):
            if not isinstance(one, Comparison):
                raise NoWords
            left, right = self.phrase(one.left), self.phrase(one.right)
            labels = common_labels([left, right, found, beside], self.order)
            found = ph.Where(labels, left, one.sign, right, found, beside)
        return found

    def _identity(self, node: nodes.Reduction) -> Phrase | None:
        """What stands under [n = j], of rows n and columns j, on a diagonal, and what under
        [n ≠ j] beside it; None for other guards."""
        if node.ranges or len(node.conditions) != 1:
            return None
        (condition,) = node.conditions
        both = [i for i in _pair(condition) if isinstance(i, Index) and i not in self.slices]
        if len(both) != 2:
            return None
        labels = self.order.sorted(both)
        if len({self.extents.get(i) for i in labels}) > 1 or labels[0] not in self.extents:
            raise NoWords  # not a square
        identity: Phrase = ph.Identity(labels)
        if isinstance(condition, nodes.Unequal):
            one = ph.Constant((), Integer(1))
            identity = ph.Plus(labels, (one, ph.Scaled(labels, Integer(-1), identity)))
        if is_constant(node.body):
            return scaled(node.body, identity)
        body = node.body
        if isinstance(condition, nodes.Equal):  # p[n, n] is p[n, j] there
            body = replace_reads(body, lambda r: _along(r, labels))
        product = self._product(body)
        product.top.insert(0, identity)
        return multiplied(product, self.order)

    def _split(self, conditions: tuple) -> tuple[list[Phrase], tuple, dict]:
        """Conditions c = label[n] become one-hot factors; those on slices are kept.

        Under such a condition label[n] may be called c, which the last result says.
        """
        hot: list[Phrase] = []
        named = {}
        kept = []
        for condition in conditions:
            if set(free_indices(condition)) <= self.slices:
                kept.append(condition)
                continue
            sides = condition.args
            data = [s for s in sides if isinstance(s, nodes.Read)]
            plain = [s for s in sides if isinstance(s, Index) and s not in self.slices]
            if not isinstance(condition, nodes.Equal) or len(data) != 1 or len(plain) != 1:
                raise NoWords
            of = self.phrase(data[0])
            named[data[0]] = plain[0]
            self.order.add(plain)
            hot.append(ph.OneHot((*of.labels, plain[0]), of))
        return hot, tuple(kept), named


def _pair(condition: nodes.Condition) -> Iterable[Expr]:
    """The two sides of a = b, and of a ≠ b."""
    if isinstance(condition, nodes.Unequal):
        return [side for part in condition.args for side in part.args]
    return condition.args if isinstance(condition, nodes.Equal) else ()


def _along(access: nodes.Read, labels: tuple[Index, ...]) -> Expr:
    """An entry of a diagonal, whose two subscripts are one of two labels, read at both."""
    places = [k for k, s in enumerate(access.indices) if s in labels]
    if len(places) != 2:
        return access
    table = dict(zip(places, labels, strict=True))
    return read_at(access, [table.get(k, s) for k, s in enumerate(access.indices)])


def is_constant(node: Expr) -> bool:
    """Whether it is a number, a size or a constant."""
    return not free_indices(node) and not reads(node) and not isinstance(node, nodes.Reduction)
