"""A side of a claim worked out, line by line: tensors by their equations, maxima by cases.

What is known of sums (that they are 1) is used before a tensor is written out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from sympy import Add, Expr, Integer

from deltarule.calculus.normal_form import normal_form
from deltarule.calculus.record import passes
from deltarule.calculus.rules.table import RULES
from deltarule.calculus.steps import Derivation
from deltarule.expressions.functions import Elementwise
from deltarule.expressions.nodes import Choose, Max, Positive, Read, Reduction, Sum, tensor_name
from deltarule.expressions.substitution import plainly_named, replace_reads, substitute
from deltarule.expressions.symbols import Index
from deltarule.networks.network import Network

#: A maximum of at most so many terms is written out.
_FEW = 4
#: Tensors are written out by the tensors that they are made from so many times.
_DEEP = 4


def rewritten(
    side: Expr, network: Network, derivation: Derivation | None
) -> Iterator[tuple[Expr, Expr, str, str]]:
    """Each line: before, after, the rule, and the reason."""
    known = replace(network, equations=())
    rounds = (
        ("insert", "The gradient by its own formula.", lambda e: _gradients_out(e, derivation)),
        ("term by term", "A sum of terms is summed term by term.", _term_by_term),
        *_DEEP
        * (
            ("write out", "By its own equation.", lambda e: _written_out(e, known, network)),
            ("write out", "A maximum of a few terms: a later one if it is larger.", _maxima_out),
        ),
        ("write out", "The function by its definition.", _defined),
    )
    for rule, reason, rewrite in rounds:
        after = rewrite(side)
        if after != side:
            yield side, after, rule, reason
            side = after
        for name, found in passes(side, known):
            told = f"Shown above: {found.condition}." if name == "sums to one" else ""
            yield side, found.after, name, told or RULES[name].reason
            side = found.after
        after = _alike(side)
        if after != side:
            yield side, after, "rename", RULES["rename"].reason + " Equal factors cancel."
            side = after


def _gradients_out(expression: Expr, derivation: Derivation | None) -> Expr:
    by_name = {} if derivation is None else {g.name: g for g in derivation.gradients.values()}

    def formula(access: Read) -> Expr:
        gradient = by_name.get(tensor_name(access))
        if gradient is None:
            return access
        table = dict(zip(gradient.indices, access.indices, strict=True))
        return substitute(gradient.expr, table)

    return replace_reads(expression, formula)


def _written_out(expression: Expr, known: Network, network: Network) -> Expr:
    """Each tensor by its equation, but not those of which a sum is known."""

    def formula(access: Read) -> Expr:
        name = tensor_name(access)
        if name in known.tensors and known.tensors[name].sums_to_one is not None:
            return access
        found = network.equation_of(name)
        if len(found) != 1 or not all(isinstance(s, Index) for s in found[0].subscripts):
            return access
        return substitute(found[0].rhs, dict(zip(found[0].subscripts, access.indices, strict=True)))

    return plainly_named(replace_reads(expression, formula))


def _maxima_out(expression: Expr) -> Expr:
    """A maximum of a few terms as cases: the first of the largest."""

    def cases(node: Expr) -> Expr:
        if not isinstance(node, Max) or len(node.ranges) != 1 or node.conditions:
            return node
        ((index, extent),) = node.ranges
        if not extent.is_Integer or not 1 <= extent <= _FEW:
            return node
        largest, *others = (substitute(node.body, {index: Integer(k)}) for k in range(int(extent)))
        for other in others:
            largest = Choose(Positive(other - largest), other, largest)
        return largest

    return _outermost(expression, cases)


def _term_by_term(expression: Expr) -> Expr:
    """Σ (a + b) = Σ a + Σ b."""

    def split(node: Expr) -> Expr:
        if not isinstance(node, Sum):
            return node
        terms = Add.make_args(node.body.expand())
        return Add(*(Sum(t, node.ranges, node.conditions) for t in terms))

    return _outermost(expression, split)


def _alike(expression: Expr) -> Expr:
    """Sums that differ by the names of their indices, written alike."""
    first: dict[frozenset, Expr] = {}

    def one(node: Expr) -> Expr:
        return first.setdefault(frozenset(normal_form(node).items()), node)

    return _outermost(expression, one)


def _defined(node: Expr) -> Expr:
    """Functions with cases, such as ReLU, by their cases."""
    if isinstance(node, Read) or not node.args:
        return node
    if isinstance(node, Elementwise) and not node.row.leaf and node.formula().has(Choose):
        return node.formula()
    if isinstance(node, Reduction):
        return node.func(_defined(node.body), node.ranges, node.conditions)
    args = tuple(_defined(a) for a in node.args)
    return node if args == node.args else node.func(*args)


def _outermost(node: Expr, rewrite: Callable[[Expr], Expr]) -> Expr:
    """Apply a rewrite to the reductions that stand in no other."""
    if isinstance(node, Reduction):
        return rewrite(node)
    if isinstance(node, Read) or not node.args:
        return node
    args = tuple(_outermost(a, rewrite) for a in node.args)
    return node if args == node.args else node.func(*args)
