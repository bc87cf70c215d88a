"""The order of one time in a recurrence, and which wrong lines can be evaluated in it."""

from __future__ import annotations

from dataclasses import replace
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


class Place:
    """A line in its recurrence, of which the wrong versions are judged one after the other."""

    def __init__(self, block: Recurrence, right: Equation):
        self.block, self.right = block, right
        self._known = frozenset(right.accesses)
        # The places of all lines in the order of one time; None where several equations write one.
        self._order: dict[str, int | None] = {}
        for k, equation in enumerate(block.equations):
            self._order[equation.name] = None if equation.name in self._order else k
        self._seen: dict[Read, bool | None] = {}

    def in_time(self, wrong: Equation) -> bool | None:
        """Whether all that a wrong version reads of the recurrence is there by then.

        None where another order might do; False where nothing can.
        """
        verdict: bool | None = True
        for access in wrong.accesses:
            if access in self._known or tensor_name(access) not in self._order:
                continue
            if access not in self._seen:
                self._seen[access] = self._there(access)
            if self._seen[access] is None:
                return None
            verdict = verdict and self._seen[access]
        return verdict

    def _there(self, access: Read) -> bool | None:
        """Whether one read finds what it reads."""
        here, there = self._order[self.right.name], self._order[tensor_name(access)]
        shift = _shift(self.block, self.right, access)
        if shift is None or here is None or there is None or shift * self.block.direction > 0:
            return None
        return shift != 0 or there < here


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
