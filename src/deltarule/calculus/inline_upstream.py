"""Upstream gradients written out, where that ends in a shorter formula or a self-contained one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr, Mul

from deltarule.calculus.record import Record
from deltarule.calculus.rules.known_gradient import KNOWN_GRADIENT, as_known, is_known
from deltarule.calculus.rules.rule import Given
from deltarule.calculus.rules.write_upstream import upstream_of, written_out
from deltarule.calculus.shares_of_gradients import is_behind_shares, share_written_out
from deltarule.calculus.steps import Gradient
from deltarule.expressions.nodes import Read, Sum, reads, size_of, tensor_name
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.recurrences import blocks, equations_of
from deltarule.networks.tensors import Tensor

#: Upstream formulas above this size are not tried for insertion.
_SHORT = 60

#: So many times longer a formula may become by a constant that is written out.
_MUCH = 4

#: So many times longer a formula may become by a statistic that is written out: what is found in
#: the terms of mean and variance is then put together; where nothing is, it gets longer than that.
_TOGETHER = 1.55

#: So many times longer a formula may become that read other gradients and then reads none.
_LITTLE = 1.3


def insert_upstream(
    record: Record, tensor: str, consumers: list[Equation], gradients: Mapping[str, Gradient]
) -> None:
    """Write upstream gradients out: all of them if that is shorter; statistics and constants
    in any case.

    A statistic, such as μ and v of a normalisation, is read together with the tensor that it
    is made from. The gradient then reaches the tensor by several ways, which belong together.
    """
    names = {e.name for e in consumers}
    by_paths = {n: g.equation() for n, g in gradients.items() if n in names}
    _as_known(record, by_paths, by_terms=True)
    _by_one_name(record, gradients)
    before = None
    while record.now != before:  # what was written out may read others
        before = record.now
        _all_if_shorter(record, gradients)
    if is_behind_shares(record.now):
        share_written_out(record, _short(gradients), _within(gradients))
    _constants(record, gradients)
    statistics = {n for n in names for e in consumers if n in e.read_names()}
    if statistics:
        # What reads itself or its like at another time is a recurrence and no statistic.
        groups: dict[str, set[int]] = {}
        for k, block in enumerate(blocks(record.network.equations)):
            for e in equations_of(block):
                groups.setdefault(e.name, set()).add(k)
        statistics = {
            n
            for e in consumers
            for n in statistics & e.read_names()
            if not groups[n] & groups[e.name]
        }
    if statistics := _of_one(tensor, statistics, consumers):
        _statistics(record, names, statistics, gradients)
    record.simplify()
    _as_known(record, by_paths)
    every = Given(extents=dict(record.ranges), gradients=_within(gradients))
    whole = as_known(record.now, every)
    summed = record.now.has(Sum)  # two values say more than a sum, and no more than a product
    if whole is not None and (is_known(whole.after) or summed and _of_reads(whole.after)):
        record.move(KNOWN_GRADIENT, whole.after, whole.detail)


def _of_reads(product: Expr) -> bool:
    """Whether it is a product of two values, such as −∂E/∂b[i]·x[j]."""
    _, rest = product.as_coeff_Mul()
    return len(rest.args) == 2 and all(isinstance(f, Read) for f in Mul.make_args(rest))


def _read_by(formula: Expr, gradients: Mapping[str, Gradient]) -> dict[str, Gradient]:
    """Those of some gradients that a formula reads; of a thousand that is one or two."""
    names = dict.fromkeys(upstream_of(r) for r in reads(formula))
    return {n: gradients[n] for n in names if n in gradients}


def _short(gradients: Mapping[str, Gradient]) -> dict[str, Equation]:
    """The gradients that are short enough to be written out, as equations."""
    return {n: g.equation() for n, g in gradients.items() if size_of(g.expr) <= _SHORT}


def _within(gradients: Mapping[str, Gradient]) -> dict[str, Equation]:
    """What goes into a group of layers may be read by others: its gradient here is a part, and
    none that another formula may be written by."""
    return {
        n: g.equation()
        for n, g in gradients.items()
        if g.tensor.role != "input" and not g.tensor.shared
    }


def _by_one_name(record: Record, gradients: Mapping[str, Gradient]) -> None:
    """Read −∂E/∂v for ∂E/∂u where that is what ∂E/∂u is, if the formula gets shorter by it."""
    there = _read_by(record.now, gradients)
    others = {n: g.equation() for n, g in there.items() if is_known(g.expr)}
    inserted, detail = written_out(record.now, others)
    if detail:
        record.insert(inserted, detail)
    there = _read_by(record.now, gradients)
    tensors = record.network.tensors
    values = {n: g.equation() for n, g in there.items() if _is_value(g.expr, tensors)}
    inserted, detail = written_out(record.now, values)
    if detail:
        record.insert(inserted, detail, longest=_LITTLE)


def _is_value(expression: Expr, tensors: Mapping[str, Tensor]) -> bool:
    """Whether an upstream gradient is a number itself, as that of log det X in exp(log det X), or a
    line that was made for it: minus the responsibilities of a mixture."""
    value = expression.as_coeff_Mul()[1]
    if not isinstance(value, Read) or upstream_of(value):
        return False
    return not value.indices or tensors[tensor_name(value)].piece


def _as_known(record: Record, gradients: Mapping[str, Equation], by_terms: bool = False) -> None:
    """Write what comes by other ways with the gradients that the chain rule goes through."""
    given = Given(extents=dict(record.ranges), gradients=gradients)
    while (found := as_known(record.now, given, by_terms)) is not None:
        record.move(KNOWN_GRADIENT, found.after, found.detail)
        record.simplify()


def _of_one(tensor: str, names: set[str], consumers: list[Equation]) -> set[str]:
    """Those that are made from the tensor alone, and from one another, as mean and variance are."""
    made_of = {e.name: e.read_names() for e in consumers if e.name in names}
    while others := {n for n, read in made_of.items() if not read <= {tensor, *made_of}}:
        for name in others:
            del made_of[name]
    return set(made_of)


def _all_if_shorter(record: Record, gradients: Mapping[str, Gradient]) -> None:
    inserted, detail = written_out(record.now, _short(_read_by(record.now, gradients)))
    if detail:
        known = {r for r in reads(inserted) if upstream_of(r)} - set(reads(record.now))
        summed = any(
            gradients[upstream_of(r)].tensor.role == "parameter"
            for r in known
            if upstream_of(r) in gradients
        )
        network = _with_sums(record.network, gradients) if summed else None
        moving = (upstream_of(r) for r in reads(record.now))
        several = sum(n in gradients and not gradients[n].expr.is_number for n in moving) > 1
        closed = several and not any(upstream_of(r) for r in reads(inserted))
        record.insert(inserted, detail, network=network, longest=_LITTLE if closed else 1)


def _constants(record: Record, gradients: Mapping[str, Gradient]) -> None:
    """1/(N·M) says more than ∂E/∂E_o[n, m], though it is longer."""
    there = _read_by(record.now, gradients)
    constant = {n: g.equation() for n, g in there.items() if not reads(g.expr)}
    inserted, detail = written_out(record.now, constant)
    if detail:
        record.insert(inserted, detail, longest=_MUCH)


def _statistics(
    record: Record, names: set[str], statistics: set[str], gradients: Mapping[str, Gradient]
) -> None:
    known = _with_sums(record.network, gradients)
    if any(upstream_of(r) in statistics for r in reads(record.now)):
        some = {n: g.equation() for n, g in gradients.items() if n in statistics}
        record.insert(*written_out(record.now, some), network=known, longest=_TOGETHER)
    others = {n: g.equation() for n, g in gradients.items() if n in names - statistics}
    inserted, detail = written_out(record.now, others)
    if detail:
        record.insert(inserted, detail, network=known)


def _with_sums(network: Network, gradients: Mapping[str, Gradient]) -> Network:
    """The network with the gradients of parameters as known values: ∂L/∂β = Σ ∂L/∂y."""
    sums = tuple(
        g.equation()
        for g in gradients.values()
        if isinstance(g.expr, Sum) and g.tensor.role == "parameter"
    )
    return replace(network, equations=network.equations + sums)
