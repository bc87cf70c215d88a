"""Derivatives entry by entry as matrices: [c = c′]·p[c] − p[c]·p[c′] is diag(p) − p·pᵀ.

The entries are over the rows' indices and the columns'. Where they are 0 unless n′ = n, the matrix
is a block for every n. One row's index and one column's are the axes of the matrix; for all others
it is said block by block.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Expr, Mul

from deltarule.expressions import nodes
from deltarule.expressions.conditions import Condition, Equal
from deltarule.expressions.nodes import Sum, free_indices, walk
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.match_formula import Phrasing
from deltarule.matrix_form.match_products import NeedsSlices, Product, multiplied, oriented
from deltarule.matrix_form.match_slopes import Slopes
from deltarule.matrix_form.needed_slices import needed_slices
from deltarule.matrix_form.tree import NoWords, Phrase
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network

#: A phrase of more parts is none to be read.
MOST_PARTS = 40

Ranges = tuple[tuple[Index, Expr], ...]


def matrix_of(
    expression: Expr, rows: Ranges, columns: Ranges, network: Network, slopes: Slopes
) -> tuple[Phrase, Equation, dict[Index, Expr], tuple[Index, ...]]:
    """The phrase of entries as a matrix for every value of the other indices; what it says, as an
    equation over those, its row and its column; the extents of labels; and the indices whose blocks
    are the only ones that are not 0. Raises NoWords.
    """
    blocks, equation = _blocks(expression, rows, columns)
    *every, (row, extent), (column, width) = equation.ranges
    slices = frozenset(i for i, _ in every)
    if not needed_slices(equation.rhs) <= slices:
        raise NoWords
    pair = ((row, extent), (column, width))
    work = _Matrix(pair, slices, network, slopes)
    work.extents |= dict(every)
    try:
        found = work.phrase(work.spread(equation.rhs))
        phrase = _dyads(found) if found.labels == (row, column) else _turned(_dyads(found))
        phrase = oriented(phrase, (row, column))
    except NeedsSlices:
        raise NoWords from None
    used = tuple(i for i, _ in every)
    # Of two letters alike but for a prime one cannot say which block is which.
    alike = len(set(map(_plain, used))) < len(used)
    alike = alike or (_plain(row) == _plain(column) and _one_sided(phrase, {row, column}))
    if alike or sum(1 for _ in phrase.walk()) > MOST_PARTS:
        raise NoWords
    whole = ph.ForEvery((*used, row, column), phrase, used) if used else phrase
    return whole, equation, work.extents, blocks


def _plain(index: Index) -> str:
    return index.name.rstrip("′")


def _one_sided(phrase: Phrase, sides: set[Index]) -> bool:
    """Whether a vector is added to a matrix, or multiplied by one entry by entry: x[n] + x[n′] of
    rows and columns that have one letter."""
    for part in phrase.walk():
        if isinstance(part, ph.Ones):
            return True
        if isinstance(part, ph.Hadamard | ph.Plus) and sides <= {*part.labels}:
            operands = part.terms if isinstance(part, ph.Plus) else part.top + part.bottom
            if any(len(sides & {*o.labels}) == 1 for o in operands):
                return True
    return False


def _blocks(expression: Expr, rows: Ranges, columns: Ranges) -> tuple[tuple[Index, ...], Equation]:
    """The indices in which only equal ones count, by the columns' names, and what stands there."""
    pairs, body = _peeled(expression, {i for i, _ in rows}, {i for i, _ in columns})
    body = substitute(body, pairs)
    own_rows = [(i, n) for i, n in rows if i not in pairs]
    own_columns = [(i, n) for i, n in columns if i not in pairs.values()]
    shared = [(i, n) for i, n in columns if i in pairs.values()]
    if own_rows and own_columns:
        row, column = own_rows.pop(), own_columns.pop()
    elif shared:
        column = shared.pop()
        row = next((r, n) for r, n in rows if pairs.get(r) == column[0])
        if not free_indices(body):
            shared = []  # one number along the whole diagonal
        body = Sum(body, (), (Equal(row[0], column[0]),))
    else:
        raise NoWords
    ranges = (*shared, *own_rows, *own_columns, row, column)
    blocks = tuple(i for i, _ in shared)
    return blocks, Equation("entries", tuple(i for i, _ in ranges), body, ranges)


def _peeled(
    expression: Expr, rows: set[Index], columns: set[Index]
) -> tuple[dict[Index, Index], Expr]:
    """The columns' indices that the rows' must equal, and what is left; the constant stays."""
    constant, rest = expression.as_coeff_Mul()
    if not isinstance(rest, Sum) or rest.ranges:
        parts = [f for f in Mul.make_args(rest) if isinstance(f, Sum) and not f.ranges]
        if len(parts) != 1 or any(free_indices(f) for f in Mul.make_args(rest) if f != parts[0]):
            return {}, expression
        constant, rest = expression / parts[0], parts[0]
    pairs: dict[Index, Index] = {}
    kept: list[Condition] = []
    for condition in rest.conditions:
        sides = _pair(condition, rows, columns)
        if sides is None:
            kept.append(condition)
        else:
            pairs[sides[0]] = sides[1]
    return pairs, constant * Sum(rest.body, (), kept)


def _pair(
    condition: Condition, rows: set[Index], columns: set[Index]
) -> tuple[Index, Index] | None:
    """The row's and the column's index that a condition says are equal."""
    if not isinstance(condition, Equal):
        return None
    row, column = (next((i for i in condition.args if i in s), None) for s in (rows, columns))
    if not isinstance(row, Index) or not isinstance(column, Index):
        return None
    return row, column


class _Matrix(Phrasing):
    """Phrases over one row's index and one column's, [c = c′] as the identity."""

    scales = False

    def __init__(self, pair: Ranges, slices: frozenset[Index], network: Network, slopes: Slopes):
        super().__init__(pair, slices, network, slopes)
        (self.row, _), (self.column, _) = pair

    def spread(self, node: Expr) -> Expr:
        """A sum of products in which what counts on the diagonal alone stands by itself."""
        if isinstance(node, Add):
            return Add(*map(self.spread, node.args))
        if not isinstance(node, Mul) or not any(map(self._on_diagonal, walk(node))):
            return node
        sums = [f for f in node.args if isinstance(f, Add) and any(map(self._on_diagonal, walk(f)))]
        if sums:
            rest = Mul(*(f for f in node.args if f is not sums[0]))
            return Add(*(self.spread(Mul(rest, term)) for term in sums[0].args))
        guards = [f for f in node.args if isinstance(f, Sum) and self._on_diagonal(f)]
        if not guards:
            return node
        (guard, *_) = guards
        rest = Mul(*(f for f in node.args if f is not guard))
        there = substitute(rest, {self.row: self.column})
        return Sum(there * guard.body, (), guard.conditions)

    def _on_diagonal(self, node) -> bool:
        return (
            isinstance(node, Sum)
            and not node.ranges
            and len(node.conditions) == 1
            and _pair(node.conditions[0], {self.row}, {self.column}) is not None
        )

    def _reduction(self, node: nodes.Reduction) -> Phrase:
        if self._on_diagonal(node):
            return self._diagonal(substitute(node.body, {self.row: self.column}))
        try:
            return super()._reduction(node)
        except NeedsSlices:
            return self._weighted(node)

    def _diagonal(self, entries: Expr) -> Phrase:
        axes = (self.row, self.column)
        of = self.phrase(entries)
        if of.labels == (self.column,):
            return ph.Diagonal(axes, of)
        if isinstance(of, ph.Constant):
            one = ph.Identity(axes)
            return one if of.value == 1 else ph.Scaled(axes, of.value, one)
        if of.labels:
            raise NoWords
        return ph.Hadamard(axes, (of, ph.Identity(axes)))

    def _weighted(self, node: nodes.Reduction) -> Phrase:
        """Σ_n x[n, d]·s[n]·x[n, d′] as xᵀ · diag(s) · x."""
        node = self._named_apart(node)
        if len(node.ranges) != 1 or node.conditions:
            raise NoWords
        ((index, extent),) = node.ranges
        self.extents[index] = extent
        self.order.add([index])
        product = self._product(node.body)
        sides: dict[tuple[bool, bool], Product] = {}
        for place in ("top", "bottom"):
            for phrase in getattr(product, place):
                where = self.row in phrase.labels, self.column in phrase.labels
                getattr(sides.setdefault(where, Product()), place).append(phrase)
        if not {(True, False), (False, True), (False, False)} == set(sides):
            raise NoWords
        left, right, weights = (
            self._side(sides[where], labels)
            for where, labels in (
                ((True, False), (self.row, index)),
                ((False, True), (index, self.column)),
                ((False, False), (index,)),
            )
        )
        inner = ph.MatMul((self.row, index), left, ph.Diagonal((index, index), weights), index)
        axes = (self.row, self.column)
        whole = ph.MatMul(axes, inner, right, index)
        return whole if product.factor == 1 else ph.Scaled(axes, product.factor, whole)

    def _side(self, product: Product, labels: tuple[Index, ...]) -> Phrase:
        return oriented(multiplied(product, self.order), labels)


def _dyads(phrase: Phrase) -> Phrase:
    """Outer products of two vectors as column times row, p·pᵀ."""
    if isinstance(phrase, ph.Outer) and len(phrase.factors) == 2:
        return ph.Dyad(phrase.labels, *phrase.factors)
    if isinstance(phrase, ph.Plus):
        return replace(phrase, terms=tuple(map(_dyads, phrase.terms)))
    if isinstance(phrase, ph.Scaled):
        return replace(phrase, of=_dyads(phrase.of))
    if isinstance(phrase, ph.Transpose):
        return _turned(_dyads(phrase.of))
    return phrase


def _turned(phrase: Phrase) -> Phrase:
    """The transpose of a matrix: of a sum term by term, of p·qᵀ as q·pᵀ."""
    if len(phrase.labels) != 2:
        return phrase
    labels = phrase.labels[::-1]
    if isinstance(phrase, ph.Transpose):
        return phrase.of
    if isinstance(phrase, ph.Plus):
        terms = sorted(map(_turned, phrase.terms), key=lambda t: isinstance(t, ph.Transpose))
        return replace(phrase, labels=labels, terms=tuple(terms))
    if isinstance(phrase, ph.Scaled):
        return replace(phrase, labels=labels, of=_turned(phrase.of))
    if isinstance(phrase, ph.Dyad):
        return ph.Dyad(labels, phrase.right, phrase.left)
    if isinstance(phrase, (ph.Diagonal, ph.Identity)):
        return replace(phrase, labels=labels)
    return ph.Transpose(labels, phrase)
