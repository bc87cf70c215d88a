"""From a formula in index notation to a phrase, by the structure of its indices alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import Add, Expr, Mul, Pow

from deltarule.expressions import nodes
from deltarule.expressions.functions import Elementwise
from deltarule.expressions.gradient_names import is_gradient, tensor_of
from deltarule.expressions.nodes import free_indices, reads, tensor_name
from deltarule.expressions.substitution import rename_indices, substitute
from deltarule.expressions.symbols import Index, fresh
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.match_conditions import Conditional, is_constant
from deltarule.matrix_form.match_products import (
    NeedsSlices,
    Order,
    Product,
    common_factor,
    common_labels,
    contracted,
    multiplied,
    oriented,
    scaled,
)
from deltarule.matrix_form.match_slopes import Slopes
from deltarule.matrix_form.needed_slices import needed_slices
from deltarule.matrix_form.rows_and_columns import by_rows_and_columns
from deltarule.matrix_form.tree import NoWords, Phrase
from deltarule.networks.network import Network
from deltarule.spelling.ordering import term_order

#: More slice indices than this make no sentence.
MOST_SLICES = 3


def phrase_of(
    expression: Expr,
    ranges: tuple[tuple[Index, Expr], ...],
    network: Network,
    slopes: Slopes,
    rank: Callable[[Index, Mapping[Index, Expr]], int],
) -> tuple[Phrase, dict[Index, Expr]]:
    """The phrase of a formula over its free indices, and the extent of every label.

    `rank` says which of several labels is best taken slice by slice. Raises NoWords.
    """
    slices = needed_slices(expression)
    while len(slices) <= MOST_SLICES:
        work = Phrasing(ranges, slices, network, slopes)
        try:
            return work.whole(expression), work.extents
        except NeedsSlices as wanted:
            found = [i for i in wanted.labels if i not in slices]
            if not found:
                raise NoWords from None
            slices = slices | {min(found, key=lambda i: (rank(i, work.extents), i.name))}
    raise NoWords


class Phrasing(Conditional):
    """One attempt, with a choice of slice indices."""

    #: Whether A · diag(s) · B may be said as A · (s ⊙ B).
    scales = True

    def __init__(self, ranges: tuple, slices: frozenset[Index], network: Network, slopes: Slopes):
        self.ranges, self.slices, self.slopes = ranges, slices, slopes
        self.network = network
        self.order = Order(i for i, _ in ranges)
        self.extents: dict[Index, Expr] = dict(ranges)

    def whole(self, expression: Expr) -> Phrase:
        """The phrase with its labels in the order of the free indices."""
        phrase = self.phrase(expression)
        target = tuple(i for i, _ in self.ranges)
        kept = tuple(i for i in target if i in phrase.labels)
        phrase = oriented(phrase, kept)
        every = tuple(i for i in target if i in self.slices)
        return ph.ForEvery((*every, *kept), phrase, every) if every else phrase

    def phrase(self, node: Expr) -> Phrase:
        """The phrase of any part of the formula."""
        if isinstance(node, nodes.Read):
            return self._leaf(node)
        if isinstance(node, nodes.Carried):
            return self._edge(node)
        if isinstance(node, nodes.Choose):
            return self._choice(node)
        if isinstance(node, Elementwise):
            return self._apply(node)
        if isinstance(node, nodes.Reduction):
            return self._reduction(node)
        if isinstance(node, Add):
            return self._sum(node)
        if isinstance(node, (Mul, Pow)):
            return multiplied(self._product(node), self.order)
        if is_constant(node):
            return ph.Constant((), node)
        raise NoWords

    def _leaf(self, node: nodes.Read) -> Phrase:
        labels: list[Index] = []
        subscripts: list[Expr | None] = []
        tensor = self.network.tensors[tensor_of(tensor_name(node))]
        for subscript, extent in zip(node.indices, tensor.axes, strict=True):
            if isinstance(subscript, Index) and subscript not in self.slices:
                if subscript in labels or self.extents.get(subscript) != extent:
                    raise NoWords  # a diagonal, or a part of an axis
                labels.append(subscript)
                subscripts.append(None)
            elif set(free_indices(subscript)) <= self.slices and not reads(subscript):
                subscripts.append(subscript)
            else:
                raise NoWords
        self.order.add(labels)
        own = tensor.symmetric or tensor.definite
        matrix = len(labels) == 2 and subscripts[-2:] == [None, None]
        symmetric = own and matrix and not is_gradient(tensor_name(node))
        return ph.Leaf(tuple(labels), tensor_name(node), tuple(subscripts), symmetric)

    def _edge(self, node: nodes.Carried) -> Phrase:
        condition, inside, beyond = node.args
        one, two = self.phrase(inside), self.phrase(beyond)
        if not set(free_indices(condition)) <= self.slices:
            raise NoWords
        return ph.Edge(one.labels, condition, one, two)

    def _apply(self, node: Elementwise) -> Phrase:
        arguments = tuple(self.phrase(a) for a in node.args)
        labels = common_labels(arguments, self.order)
        upright = tuple(oriented(a, tuple(i for i in labels if i in a.labels)) for a in arguments)
        return ph.Apply(labels, type(node), upright)

    def _sum(self, node: Add) -> Phrase:
        terms = [self.phrase(t) for t in sorted(node.args, key=term_order)]
        factor, terms = common_factor(terms)
        labels = common_labels(terms, self.order)
        upright = tuple(oriented(t, tuple(i for i in labels if i in t.labels)) for t in terms)
        return scaled(factor, ph.Plus(labels, by_rows_and_columns(upright, labels, self.extents)))

    def _product(self, node: Expr, plain: bool = False) -> Product:
        """The factors of a product, derivatives σ′(s) recognised among them unless `plain`."""
        rest, slopes = (node, []) if plain else self.slopes.taken_from(node)
        product = Product()
        for factor in sorted(Mul.make_args(rest), key=_factor_order):
            base, exponent = factor.as_base_exp()
            if is_constant(factor):
                product.factor = product.factor * factor
            elif not is_constant(exponent):
                raise NoWords
            elif exponent.could_extract_minus_sign():
                product.bottom.append(self._power(base, -exponent))
            else:
                product.top.append(self._power(base, exponent))
        for slope in slopes:
            argument = self.phrase(slope.argument)
            labels = argument.labels
            formula = oriented(self._written_out(slope.formula), labels)
            product.top.append(ph.Slope(labels, slope.symbol, argument, formula))
        return self._flat(product)

    def _written_out(self, formula: Expr) -> Phrase:
        """The formula of a derivative itself, in which none is looked for."""
        if isinstance(formula, (Mul, Pow)):
            return multiplied(self._product(formula, plain=True), self.order)
        return self.phrase(formula)

    def _power(self, base: Expr, exponent: Expr) -> Phrase:
        phrase = self.phrase(base)
        return phrase if exponent == 1 else ph.Power(phrase.labels, phrase, exponent)

    def _flat(self, product: Product) -> Product:
        """Constants inside factors move out in front, and products among them have no bracket."""
        for k, phrase in enumerate(product.top):
            if isinstance(phrase, ph.Scaled):
                product.factor, product.top[k] = product.factor * phrase.factor, phrase.of
        flat = (isinstance(p, ph.Hadamard) and not p.bottom for p in product.top)
        parts = (p.parts() if f else (p,) for p, f in zip(product.top, flat, strict=True))
        product.top = [p for part in parts for p in part]
        return product

    def _reduction(self, node: nodes.Reduction) -> Phrase:
        if type(node) is not nodes.Sum:
            raise NoWords
        if (identity := self._identity(node)) is not None:
            return identity
        node = self._named_apart(node)
        self.extents.update(node.ranges)
        labels = [i for i in node.indices if i not in self.slices]
        self.order.add(labels)
        hot, conditions, named = self._split(node.conditions)
        body = substitute(node.body, named)
        if labels and isinstance(body, Add) and not hot:
            inner = self._products(body, labels) or self._summed(body, labels)
        else:
            product = self._product(body)
            product.top += hot
            inner = contracted(product, labels, self.order, self.scales)
        ranges = tuple((i, n) for i, n in node.ranges if i in self.slices)
        if ranges:
            return _outside_of(ph.SumOfSlices, inner, ranges, conditions)
        return _outside_of(ph.Guarded, inner, conditions) if conditions else inner

    def _products(self, body: Add, labels: list[Index]) -> Phrase | None:
        """A sum of terms that are matrix products over the labels, all of them; else None."""
        terms = sorted(body.args, key=term_order)
        try:
            products = map(self._product, terms)
            found = [contracted(p, labels, self.order, self.scales) for p in products]
        except NoWords:
            return None
        cores = (t.of if isinstance(t, ph.Scaled) else t for t in found)
        if not all(isinstance(core, ph.MatMul) for core in cores):
            return None
        common = common_labels(found, self.order)
        return ph.Plus(common, tuple(oriented(t, common) for t in found))

    def _summed(self, body: Add, labels: list[Index]) -> Phrase:
        """The sum over the labels of a sum of terms."""
        of = self.phrase(body)
        over = self.order.sorted(i for i in labels if i in of.labels)
        if set(over) != set(labels):
            raise NoWords
        return ph.SumOver(tuple(i for i in of.labels if i not in over), of, over)

    def _named_apart(self, node: nodes.Reduction) -> nodes.Reduction:
        """The sum with an index renamed where its name is taken by another extent."""
        taken = {i.name for i in self.extents}
        renaming = {}
        for index, extent in node.ranges:
            if self.extents.get(index, extent) != extent:
                renaming[index] = fresh(index.name, taken)
                taken.add(renaming[index].name)
        if set(renaming) & self.slices:
            raise NoWords
        return rename_indices(node, renaming)


def _outside_of(kind: type, inner: Phrase, *rest) -> Phrase:
    """A sum of slices, or a guard, with the constant of its phrase in front."""
    if isinstance(inner, ph.Scaled):
        return scaled(inner.factor, kind(inner.labels, inner.of, *rest))
    return kind(inner.labels, inner, *rest)


def _factor_order(factor: Expr):
    """Upstream gradients first, then tensors, then sums and what is in parentheses."""
    base, _ = factor.as_base_exp()
    if isinstance(base, nodes.Read):
        return (0 if is_gradient(tensor_name(base)) else 1, str(base))
    if (
        isinstance(base, nodes.Reduction)
        and reads(base)
        and any(is_gradient(tensor_name(r)) for r in reads(base))
    ):
        return (0, str(base))
    return (2, str(base))
