"""Equations that go through a large array strip by strip, so that it is never whole in memory.

In attention the weights a[n, i, j] of all queries i and keys j are larger than all that is given
and all that is asked for. What computes and reads them can be done for a few queries at a time:
scores, their softmax, and what is summed with it. Unless there are few weights, the backward pass
computes them again, strip by strip, instead of reading them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from sympy import Expr, Integer, Mul

from deltarule.expressions.functions import exp
from deltarule.expressions.nodes import Read, Selection, Sum, reads, tensor_name
from deltarule.expressions.quotients import IfSmall
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.kernels.passes.program import Pass, Program
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.networks.tensors import Tensor


@dataclass(frozen=True)
class Strips:
    """Equations that are computed together for a strip of the entries of `index` at a time.

    `rows` are the indices around, each with its extent; `index` is one with its extent too, along
    which the `tiles` are cut, tensors that nobody else reads. What the equations in `added` write
    is a sum over the index.
    """

    equations: tuple[Equation, ...]
    rows: tuple[tuple[Index, Expr], ...]
    index: tuple[Index, Expr]
    tiles: frozenset[str]
    added: frozenset[str]
    kept: frozenset[str] = frozenset()
    again: int = 0


def in_strips(program: Program) -> tuple[Program, dict[str, Strips]]:
    """The program with large arrays in strips, and these by pass; itself where there are none."""
    forward = _found(program.forward, program.forward.results)
    if forward is None:
        return program, {}
    again = _again(forward, program.backward)
    backward = replace(
        program.backward,
        equations=(*again, *program.backward.equations),
        tensors={**program.forward.tensors, **program.backward.tensors},
    )
    read = {n for e in program.backward.equations for n in e.read_names()}
    kept = forward.tiles & read
    groups = {"forward": replace(forward, kept=kept)}
    if kept:
        found = _found(backward, program.backward.results)
        if found is None or not {e.name for e in again} <= found.tiles:
            return program, {}
        groups["backward"] = replace(found, kept=kept, again=len(again))
    one, other = (
        _with(p, groups.get(n)) for n, p in (("forward", program.forward), ("backward", backward))
    )
    if "backward" in groups and groups["backward"].equations[: len(again)] != again:
        return program, {}
    network = program.network.tensors
    if any(e.name in other.reads and e.name not in network for e in one.equations):
        return program, {}  # what is no line of the layer, as a largest logit, is not handed over
    stored = (n for n in other.reads if n in network and not network[n].given)
    return replace(program, forward=one, backward=other, kept=tuple(stored)), groups


def _again(forward: Strips, backward: Pass) -> tuple[Equation, ...]:
    """The equations of the tiles that the backward pass reads, to be computed there once more."""
    wanted, result = {n for e in backward.equations for n in e.read_names()}, []
    for equation in reversed(forward.equations):
        if equation.name in wanted & forward.tiles:
            wanted |= equation.read_names()
            result.insert(0, equation)
    return tuple(result)


def _with(one: Pass, group: Strips | None) -> Pass:
    """The pass with a group's equations one after the other, and without room for its tiles."""
    if group is None:
        return one
    mine = [e.name for e in group.equations]
    late: set[str] = set(mine)
    early, after = [], []
    for equation in one.equations:
        if equation.name in mine:
            continue
        waits = bool(equation.read_names() & late)
        late |= {equation.name} if waits else set()
        (after if waits else early).append(equation)
    equations = (*early, *group.equations, *after)
    written = {e.name for e in equations} - (group.kept if group.again else set())
    tiles = group.tiles - (set() if group.again else group.kept)
    entries = Mul(*(n for _, n in (*group.rows, group.index)), _last(one, group))
    small = {n: _if_small(one.tensors[n], entries) for n in group.kept}
    return replace(
        one,
        equations=equations,
        reads=tuple(
            dict.fromkeys(n for e in equations for n in sorted(e.read_names()) if n not in written)
        ),
        writes=tuple(dict.fromkeys(e.name for e in equations if e.name not in tiles)),
        working=tuple(n for n in one.working if n not in tiles),
        tensors={**one.tensors, **small},
    )


def _last(one: Pass, group: Strips) -> Expr:
    """The extent of the longest last axis of a tile that is kept."""
    axes = [one.tensors[n].axes[len(group.rows) + 1 :] for n in group.kept]
    return max((Mul(*a) for a in axes), key=lambda n: len(n.free_symbols), default=Integer(1))


def _if_small(tensor: Tensor, entries: Expr) -> Tensor:
    *axes, last = tensor.axes
    return replace(tensor, axes=(*axes, IfSmall(last, entries)))


# ---- what is found ------------------------------------------------------------------------------
def _found(one: Pass, wanted: Collection[str]) -> Strips | None:
    """The equations around a softmax of products that is summed with others; None without one."""
    if any(isinstance(b, Recurrence) for b in blocks(one.equations)):
        return None
    for share in one.equations:
        if _is_share(share) and any(_sums(e, share) for e in one.equations):
            found = _around(share, one, frozenset(wanted))
            if found is not None:
                return found
    return None


def _is_share(equation: Equation) -> bool:
    """Whether it is a softmax along the last of at least two axes."""
    own = equation.subscripts
    plain = len(own) > 1 and all(isinstance(s, Index) for s in own) and len(set(own)) == len(own)
    return plain and equation.rhs.has(exp) and not any(n.is_number for _, n in equation.ranges[-2:])


def _sums(equation: Equation, share: Equation) -> bool:
    """Whether an equation sums products of a softmax along its last axis."""
    return any(
        isinstance(n, Sum) and any(r.indices[-1:] == (i,) for r in reads(n.body, share.name))
        for n in equation.rhs.atoms(Sum)
        for i in n.indices
    )


def _around(share: Equation, one: Pass, wanted: frozenset[str]) -> Strips | None:
    axes, depth = one.tensors[share.name].axes, len(share.subscripts) - 2
    large = {e.name for e in one.equations if one.tensors[e.name].axes == axes} - wanted
    if share.name not in large or sum(e.name == share.name for e in one.equations) != 1:
        return None
    rows, index = share.ranges[:depth], share.ranges[depth]
    if [i for i, _ in (*rows, index)] != list(share.subscripts[:-1]):
        return None
    members, added = [], set()
    for equation in one.equations:
        if equation.name not in large and not equation.read_names() & large:
            continue
        renamed = _alike(equation, rows, index[0])
        if renamed is None:
            renamed = _summed(equation, rows, index)
            added.add(equation.name)
        if renamed is None:
            return None
        members.append(renamed)
    names = [e.name for e in members]
    inside = {n for e in members for n in e.read_names()}
    outside = {n for e in one.equations if e.name not in names for n in e.read_names()}
    tiles = (set(names) & inside) - outside - wanted - added
    group = Strips(tuple(members), rows, index, frozenset(tiles), frozenset(added))
    if not large <= tiles or len(set(names)) < len(names) or added & inside:
        return None
    if any(isinstance(e.rhs, Selection) for e in members) or not _largest(members, share, tiles):
        return None
    return group if _views(group) is not None and _in_order(one, names) else None


def _largest(members: list[Equation], share: Equation, tiles: Collection[str]) -> bool:
    """Whether nothing is read that has more axes than the tiles, and theirs among them."""
    *_, index, last = share.subscripts
    return not any(
        tensor_name(r) not in tiles
        and len(r.indices) > len(share.subscripts)
        and {index, last} <= set(r.indices)
        for e in members
        for r in reads(e.rhs)
    )


def _alike(equation: Equation, rows: tuple, index: Index) -> Equation | None:
    """The equation of an array that is cut into strips, over the group's own indices."""
    own = equation.subscripts[: len(rows) + 1]
    if len(own) <= len(rows) or not all(isinstance(s, Index) for s in own):
        return None
    if [n for i, n in equation.ranges if i in own[:-1]] != [n for _, n in rows]:
        return None
    names = (*(i for i, _ in rows), index)
    return equation if own == names else None


def _summed(equation: Equation, rows: tuple, index: tuple):
    """The equation of a sum over the strips' index, over the group's own indices; else None."""
    own = equation.subscripts
    if own[: len(rows)] != tuple(i for i, _ in rows) or index[0] in own:
        return None
    totals = [f for f in Mul.make_args(equation.rhs) if isinstance(f, Sum)]
    if len(totals) != 1 or len(totals[0].ranges) != 1 or totals[0].conditions:
        return None
    summed, extent = totals[0].ranges[0]
    if extent != index[1]:
        return None
    body = substitute(totals[0].body, {summed: index[0]})
    factors = (f for f in Mul.make_args(equation.rhs) if f is not totals[0])
    return replace(equation, rhs=Mul(*factors, Sum(body, [index])))


def _views(group: Strips) -> dict[str, tuple] | None:
    """How each tensor is read and written: in strips or whole; None where one is in two ways."""
    rows, index = [i for i, _ in group.rows], group.index[0]
    found: dict[str, tuple] = {}
    for equation in group.equations:
        for access in (equation.lhs, *reads(equation.rhs)):
            left = outside_rows(access, group)
            view = (access.indices[: len(access.indices) - len(left)], left[:1] == (index,))
            if found.setdefault(tensor_name(access), view) != view:
                return None
            if any(s.has(*rows) for s in left if rows):
                return None
            tile = list(view[0]) == rows and view[1] and not any(s.has(index) for s in left[1:])
            if tensor_name(access) in group.tiles and not tile:
                return None
    return found


def outside_rows(access: Read, group: Strips) -> tuple[Expr, ...]:
    """The subscripts behind those that are indices around the strips."""
    rows, k = {i for i, _ in group.rows}, 0
    while k < len(access.indices) and access.indices[k] in rows:
        k += 1
    return access.indices[k:]


def _in_order(one: Pass, names: Iterable[str]) -> bool:
    """Whether no equation of a group needs what is computed of the group's results."""
    mine = set(names)
    late = set(mine)
    for equation in one.equations:
        if equation.name not in mine and equation.read_names() & late:
            late.add(equation.name)
    late -= mine
    return not any(e.read_names() & late for e in one.equations if e.name in mine)
