"""The order of one time in a recurrence, and which wrong lines can be evaluated in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from sympy import Expr

from deltarule.expressions.nodes import Read, reads, tensor_name
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence


def put_off(block: Recurrence, name: str) -> Recurrence:
    """The recurrence with a line as late within its time as those that read it allow."""
    parts = list(block.parts)
    own = [p for p in parts if isinstance(p, Equation) and p.name == name]
    if len(own) != 1:
        return block
    place = parts.index(own[0])
    rest = parts[place + 1 :]
    late = [own[0]]
    end = 0
    for part in rest:
        if isinstance(part, Equation) and not any(
            _shift(block, part, r) == 0 for r in reads(part.rhs, name)
        ):
            end += 1
        else:
            break
    return replace(block, parts=tuple(parts[:place] + rest[:end] + late + rest[end:]))


@dataclass(frozen=True)
class Place:
    """A line in its recurrence: what it rightly reads, and the places of all lines in the order
    of one time; None for a line that more than one equation writes."""

    known: frozenset[Read]
    order: Mapping[str, int | None]

    @staticmethod
    @lru_cache(maxsize=1 << 10)
    def of(block: Recurrence, right: Equation) -> Place:
        """The place of a line."""
        order: dict[str, int | None] = {}
        for k, equation in enumerate(block.equations):
            order[equation.name] = None if equation.name in order else k
        return Place(frozenset(reads(right.rhs)), order)


def in_time(block: Recurrence, right: Equation, wrong: Equation) -> bool | None:
    """Whether all that a wrong line reads of its recurrence is there by then.

    None where another order might do; False where nothing can.
    """
    place = Place.of(block, right)
    here = place.order[right.name]
    verdict: bool | None = True
    for access in wrong.accesses:
        name = tensor_name(access)
        if name not in place.order or access in place.known:
            continue
        shift, there = _shift(block, right, access), place.order[name]
        if shift is None or here is None or there is None:
            return None
        if shift == 0 and there >= here:
            verdict = False
        elif shift * block.direction > 0:
            return None
    return verdict


@lru_cache(maxsize=1 << 12)
def _shift(block: Recurrence, reader: Equation, access: Read) -> int | None:
    """How far ahead in time an access reads; None where that is no integer."""
    here = _written(block, reader.name)
    there = _written(block, tensor_name(access))
    if here is None or there is None:
        return None
    (_, time), (axis, _) = here, there
    found = (access.indices[axis] - time).expand()
    return int(found) if found.is_Integer else None


@lru_cache(maxsize=1 << 10)
def _written(block: Recurrence, name: str) -> tuple[int, Expr] | None:
    """The axis of time of a tensor, and the time that its equation writes."""
    found = [(e, i, offset) for e, i, offset in block.times if e.name == name]
    if len(found) != 1 or found[0][1] is None:
        return None
    equation, index, offset = found[0]
    axes = [k for k, s in enumerate(equation.subscripts) if index in s.free_symbols]
    return (axes[0], index + offset) if len(axes) == 1 else None
