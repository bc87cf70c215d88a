"""Statistics: ε beside the root, n − 1 for n, a sum over a whole axis taken as a constant."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol

from deltarule.expressions import nodes
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Frozen, LogSumExp, Reduction, Sum, reads, tensor_name, walk
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.marking.mistakes.changed import Change, wherever_it_is_used
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.marking.mistakes.positions import Position, sites
from deltarule.networks.equations import Equation
from deltarule.spelling.text import text


def statistic(context: Context) -> Iterator[Wrong]:
    """ε, n and the sums of a normalisation treated otherwise, forward and backward."""
    yield from wherever_it_is_used(context, _changes)
    if is_gradient(context.line.quantity):
        for change in _epsilon(context, context.equation):
            yield Wrong(change.kind, change.cost, change.rhs, change.words)


def _changes(context: Context, equation: Equation) -> Iterator[Change]:
    yield from _epsilon(context, equation)
    yield from _one_less(context, equation)
    yield from _constant_sums(equation)


def _epsilon(context: Context, equation: Equation) -> Iterator[Change]:
    """√v + ε, √(v − ε) and √v for √(v + ε)."""
    for site in sites(equation.rhs):
        node = site.node
        if not isinstance(node, Pow) or not _halves(node.args[1]):
            continue
        for small in _small(node.args[0], context):
            rest, sign = node.args[0] - small, 2 * node.args[1]
            root = Pow(rest, Rational(1, 2))
            for other, words in (
                (root + small, f"{text(small)} stands outside the root"),
                (Pow(rest - small, Rational(1, 2)), f"{text(small)} is taken away, not added"),
                (root, f"{text(small)} is missing under the root"),
            ):
                yield Change("ε misplaced", 4.2, site.replaced(Pow(other, sign)), words)


def _halves(exponent: Expr) -> bool:
    """Whether an exponent is ½, −½, −3/2 and the like: a root, or a power of one."""
    return isinstance(exponent, Rational) and exponent.q == 2


def _small(base: Expr, context: Context) -> list[Expr]:
    """The constants that are added under a root."""
    scalars = set(context.network.scalars)
    terms = Add.make_args(base)
    return [
        t
        for t in terms
        if len(terms) > 1 and (t.is_number or isinstance(t, Symbol) and t in scalars)
    ]


def _one_less(context: Context, equation: Equation) -> Iterator[Change]:
    """n − 1 for n under a sum of squares."""
    for site in sites(equation.rhs):
        if not isinstance(site.node, Mul):
            continue
        for node in (f for f in site.node.args if isinstance(f, Sum)):
            squared = any(isinstance(n, Pow) and n.args[1] == 2 for n in walk(node.body))
            number = nodes.multiply(n for _, n in node.ranges)
            if squared and number in _divisors(site.node) and context.extent(number) > 1:
                yield Change(
                    "n − 1 for n",
                    4.0,
                    site.replaced(site.node * number / (number - 1)),
                    f"divided by {text(number - 1)}, not by {text(number)}",
                )


def _divisors(product: Mul) -> list[Expr]:
    """What a product is divided by, and by how much altogether."""
    under = [1 / f for f in product.args if not reads(f) and (f.is_Rational or f.is_Pow)]
    return [*under, nodes.multiply(under)]


def _constant_sums(equation: Equation) -> Iterator[Change]:
    """A sum through which no gradient is sent, though it reads what stands beside it too."""
    for site in sites(equation.rhs):
        node = site.node
        if not isinstance(node, (Sum, LogSumExp)) or not node.ranges or site.inside:
            continue
        shared = _shared(node, site)
        if not shared:
            continue
        yield Change(
            "path frozen",
            4.2,
            site.replaced(Frozen(node)),
            f"{text(node)} is taken as a constant, though it depends on the same values",
            forward=False,
        )
        place = own_place(node, site) if isinstance(node, Sum) and not node.conditions else None
        if place is not None:
            own = substitute(node.body, place)
            rest = Frozen(Sum(node.body, node.ranges, node.conditions) - own)
            yield Change(
                "diagonal alone",
                4.0,
                site.replaced(own + rest),
                "only the diagonal of the Jacobian is taken: each output's path to its own "
                "input, not to the others",
                forward=False,
            )


def _outside(node: Reduction, site: Position) -> Expr:
    """A formula without one of its sums."""
    return site.replaced(Integer(0) if isinstance(node, LogSumExp) else Integer(1))


def _shared(node: Reduction, site: Position) -> set[str]:
    """The tensors that are read in a sum and beside it."""
    beside = reads(_outside(node, site))
    return {tensor_name(r) for r in reads(node)} & {tensor_name(r) for r in beside}


def own_place(node: Reduction, site: Position) -> dict[Index, Index] | None:
    """Where a sum reads what stands beside it, as k = c in z[c] − Σ_k z[k]; None if nowhere."""
    outside = _outside(node, site)
    for name in _shared(node, site):
        for access in reads(node.body, name):
            for beside in reads(outside, name):
                pairs = zip(access.indices, beside.indices, strict=True)
                table = {a: b for a, b in pairs if a in node.indices and isinstance(b, Index)}
                if set(table) == set(node.indices):
                    return table
    return None


ROWS = (statistic,)
