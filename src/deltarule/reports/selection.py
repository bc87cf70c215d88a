"""What is said of a derivation: which gradients, and what is said about each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sympy import Expr, Integer

from deltarule.calculus.rules.chain_rule import CHAIN_RULE
from deltarule.calculus.steps import Derivation, Gradient, Step
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.expressions.gradient_names import GradientName
from deltarule.expressions.nodes import (
    AtLeastZero,
    Carried,
    PartialOf,
    Read,
    free_indices,
    read,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.rebuild import read_at
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.reports.left_out import is_typed, only_compared
from deltarule.spelling.names import parse_reference

#: Of more steps than this, those by one rule in a row are said together.
MANY_STEPS = 10


def chosen(derivation: Derivation, wrt: Iterable[str] = ()) -> list[Gradient]:
    """The gradients by some tensors, however their names are typed; all of them for none, but for
    those of a typed text that are 0 because their tensor is only compared. Those by lines that
    nobody wrote (named_pieces.py) come before what reads them.

    Raises DeltaruleError for a tensor that is unknown or has no gradient here.
    """
    wanted = dict.fromkeys(_tensor(name, derivation) for name in wrt)
    found: dict[str, Gradient] = {}
    for name in wanted:
        found |= _with_pieces(name, derivation)
    if found:
        return list(found.values())
    every, network = derivation.gradients, derivation.network
    compared = only_compared(network) if is_typed(network) else set()
    return [g for n, g in every.items() if n not in compared] or list(every.values())


def _with_pieces(name: str, derivation: Derivation) -> dict[str, Gradient]:
    """A gradient by its tensor, behind those by pieces that it reads."""
    gradient = derivation.gradients[name]
    there = {tensor_name(r) for _, rhs in gradient.lines for r in reads(rhs)}
    named = [p.wrt for r in sorted(there) if (p := GradientName.parse(r)) is not None]
    found: dict[str, Gradient] = {}
    for piece in named:
        known = piece in derivation.gradients and piece != name
        if known and derivation.network.tensors[piece].piece:
            found |= _with_pieces(piece, derivation)
    return {**found, name: gradient}


def _tensor(typed: str, derivation: Derivation) -> str:
    reference = parse_reference(typed)
    name = reference.wrt or reference.name
    if name in derivation.gradients:
        return name
    network = derivation.network
    if name in derivation.upstream:
        raise DeltaruleError(
            f"{derivation.gradient_name(name)} comes from outside: "
            f"{name} is an output of the layer",
            network.name,
            "ask for one of " + ", ".join(derivation.gradients),
        )
    if name not in network.tensors:
        raise DeltaruleError(
            f"{network.name} has no tensor {name}",
            network.path or network.name,
            did_you_mean(name, network.tensors) or "it has " + ", ".join(network.tensors),
        )
    raise DeltaruleError(
        f"there is no gradient by {name}: it is a {network.tensors[name].called}",
        network.name,
        "ask for one of " + ", ".join(derivation.gradients),
    )


def pieces_read(derivation: Derivation, gradients: Iterable[Gradient]) -> list[Equation]:
    """The forward lines that nobody wrote (named_pieces.py) and that some gradients read.

    A gradient by such a piece is known by its name alone, so the piece is said as well.
    """
    known = {r for g in gradients for line in g.lines for r in map(tensor_name, reads(line[1]))}
    known |= {name.wrt for r in known if (name := GradientName.parse(r)) is not None}
    known |= {g.tensor.name for g in gradients}
    tensors = derivation.network.tensors
    return [e for e in derivation.network.equations if e.name in known and tensors[e.name].piece]


def is_seed(gradient: Gradient) -> bool:
    """Whether it is ∂E/∂E = 1, or as plain as that: the same number everywhere, and not 0."""
    return (
        gradient.expr.is_number
        and gradient.expr != 0
        and gradient.tensor.role not in ("parameter", "input")
    )


def outside(derivation: Derivation) -> list[str]:
    """The names of the gradients that come from upstream, such as `dL/dy`."""
    return [derivation.gradient_name(name) for name in derivation.upstream]


def through(gradient: Gradient) -> list[str]:
    """The tensors that the chain rule goes through, in its order."""
    for step in gradient.steps:
        if step.row is CHAIN_RULE:
            found = [n for n in walk(step.after) if isinstance(n, PartialOf)]
            return list(dict.fromkeys(tensor_name(n.args[0]) for n in found))
    return []


def by_kind(gradients: Iterable[Gradient]) -> list[list[Gradient]]:
    """The gradients in groups, those together that differ in names and sizes of layers alone."""
    found: dict[object, list[Gradient]] = {}
    for gradient in gradients:
        key = gradient.name if gradient.kind is None else gradient.kind
        found.setdefault(key, []).append(gradient)
    return list(found.values())


def beside(network: Network) -> Iterator[tuple[Expr, Expr]]:
    """What is said below the equations: what each state starts from, and what lines that are
    gradients are: S_u = Σ_n u[n], and u_x[n] = ∂S_u/∂x[n]."""
    yield from _starts(network)
    totals: set[str] = set()
    for lines in network.derived:
        (total,) = lines.network.equations[-1:]
        if total.name not in totals:
            yield total.lhs, total.rhs
        totals.add(total.name)
        for tensor, name in lines.names.items():
            for line in network.equation_of(name)[:1]:
                by = read(tensor, *line.subscripts)
                yield line.lhs, PartialOf(read(total.name), by)


def _starts(network: Network) -> Iterator[tuple[Expr, Expr]]:
    """What stands before the first time of each state: h[−1, n] and h0[n]."""
    seen = set()
    for equation in network.equations:
        for node in walk(equation.rhs):
            if isinstance(node, Carried):
                condition, access, beyond = node.args
                if not isinstance(access, Read) or not isinstance(condition, AtLeastZero):
                    continue
                there, value = _first_beyond(condition.args[0], access, beyond)
                key = tensor_name(access), there.indices[0], not reads(value)
                if key not in seen:
                    seen.add(key)
                    yield there, value


def _first_beyond(statement: Expr, access: Read, beyond: Expr) -> tuple[Any, Expr]:
    """A state where it is first read from beyond its end, and its value there."""
    if isinstance(statement, Read):  # a position of data, −1 where there is none
        there = read_at(access, [Integer(-1) if s == statement else s for s in access.indices])
        return there, beyond
    at = _beyond(statement)
    return substitute(access, at), substitute(beyond, at)


def _beyond(statement: Expr) -> dict[Index, Expr]:
    """The time at which a state carried where `statement` ≥ 0 is first read from beyond its end."""
    indices = sorted(free_indices(statement), key=str)
    if len(indices) != 1:
        return {}
    slope = statement.coeff(indices[0])
    if slope == 1:
        return {indices[0]: Integer(-1) - statement + indices[0]}
    return {indices[0]: indices[0] + statement + 1}


def in_a_row(steps: Sequence[Step], every: bool = False) -> Iterator[tuple[int, int, Step]]:
    """The steps with their numbers, from and to. Of more than MANY_STEPS, unless `every`, those
    that take one rule several times in a row are one, with what each says of its own.
    """
    alone = every or len(steps) <= MANY_STEPS
    number = 0
    for _, group in groupby(enumerate(steps), lambda s: s[0] if alone else s[1].rule):
        row = [step for _, step in group]
        first, number = number + 1, number + len(row)
        yield first, number, row[0] if len(row) == 1 else _joined(row)


def _joined(row: Sequence[Step]) -> Step:
    """Several steps by one rule as one."""
    own = dict.fromkeys(s.detail.removeprefix("Here: ").rstrip(".") for s in row if s.detail)
    detail = f"Here: {', then '.join(own)}." if own else ""
    conditions = dict.fromkeys(step.condition for step in row if step.condition)
    checks = dict.fromkeys(step.verified for step in row)
    proofs = [step.proved for step in row]
    return replace(
        row[-1],
        before=row[0].before,
        detail=detail,
        condition="; ".join(conditions),
        verified="; ".join(checks),
        proved="; ".join(dict.fromkeys(proofs)) if all(proofs) else "",
    )
