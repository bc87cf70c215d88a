"""Which arrays of a pass share memory: those that are never needed at the same time.

A pass goes through its blocks step by step; what shares its loops is one step. An array that
nobody asks for is needed from the step that writes it to the last that reads it. Where its
entries are then changed one by one into those of another array, it is that array from the start:
ds[n, m] = [s[n, m] > 0]·dh[n, m] is written over dh. What the others need is handed to `rooms` in
the prelude, which finds their places by their sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from deltarule.expressions.matrices import LogDet
from deltarule.expressions.nodes import Read, Reduction, Selection, reads
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.matcher import Matcher
from deltarule.kernels.passes.program import Pass
from deltarule.kernels.passes.strip_groups import Strips
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Block

Blocks = Sequence[Block | Strips]


@dataclass(frozen=True)
class Rooms:
    """`needed` gives the first and last step of each array that shares memory; `turns` those whose
    time ends or begins before a block, by what `begins` says of it.
    """

    needed: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    turns: Mapping[Read, tuple[str, ...]] = field(default_factory=dict)


def begins(block: Block | Strips) -> Read:
    """What is written first in a block: it tells one from others."""
    return _equations(block)[0].lhs


def _equations(block: Block | Strips) -> tuple[Equation, ...]:
    return (block,) if isinstance(block, Equation) else block.equations


def shared_rooms(
    one: Pass, parts: Blocks, wanted: Collection[str], array: Callable[[str], str], matcher: Matcher
) -> Rooms:
    """The plan of a pass in these blocks; empty where no two arrays can share memory.

    `wanted` are the arrays that somebody asks for, and `array` tells in which one a tensor
    lies.
    """
    found = spans(parts, matcher, array)
    needed = {
        n: found[n] for n in one.writes if n in found and n not in wanted and _is_plain(n, one)
    }
    ends = [last for _, last in needed.values()]
    if not any(first > min(ends) for first, _ in needed.values()):
        return Rooms()
    turns, numbers = {}, _steps(parts, matcher)
    for part, step, before in zip(parts, numbers, [-1, *numbers], strict=False):
        changed = [n for n, (first, last) in needed.items() if step == first or step == last + 1]
        if step != before and step and changed:
            turns[begins(part)] = tuple(changed)
    return Rooms(needed, turns)


def spans(
    parts: Blocks, matcher: Matcher, array: Callable[[str], str]
) -> dict[str, tuple[int, int]]:
    """The first and last step at which each array is written or read."""
    found: dict[str, tuple[int, int]] = {}
    for part, step in zip(parts, _steps(parts, matcher), strict=True):
        for equation in _equations(part):
            for name in map(array, {equation.name, *equation.read_names()}):
                found[name] = found.get(name, (step, step))[0], step
    return found


def _is_plain(name: str, one: Pass) -> bool:
    """Whether an array holds real numbers, and all of it is written."""
    return one.fills(name) and not one.tensors[name].integral


def _steps(parts: Blocks, matcher: Matcher) -> list[int]:
    """The number of each block's step: the same for those that may share their loops, in one
    compiled function or in stages.
    """
    numbers: list[int] = []
    waiting: list[list] = [[], []]
    for part in parts:
        found = matcher.match(part) if isinstance(part, Equation) else None
        stage = found.stage() if found is not None else None
        rest = found if stage is None else matcher.match(replace(part, rhs=stage.rest))
        joined = False
        for k, match in enumerate((found, rest)):
            if match is not None and waiting[k] and match.joins(waiting[k]):
                joined = True
                waiting[k] = [*waiting[k], match]
            else:
                waiting[k] = [] if match is None else [match]
        if stage is not None:
            waiting[1] = []
        numbers.append(numbers[-1] + (not joined) if numbers else 0)
    return numbers


def written_over(
    one: Pass, parts: Blocks, wanted: Collection[str], elsewhere: Collection[str], matcher: Matcher
) -> dict[str, str]:
    """For each array that becomes another entry by entry the name of that one.

    `wanted` are the arrays that somebody asks for, `elsewhere` those that the other pass knows.
    """
    found: dict[str, str] = {}
    for part in reversed(parts):
        if isinstance(part, Equation) and _entry_by_entry(part, one, matcher):
            for name in sorted(part.read_names()):
                mine = name in one.writes and name not in {*wanted, *elsewhere}
                if mine and _ends_in(name, part, one):
                    found[name] = found.get(part.name, part.name)
                    break
    return found


def _entry_by_entry(equation: Equation, one: Pass, matcher: Matcher) -> bool:
    """Whether each entry of an array is written once, after all that is read for it."""
    own = equation.subscripts
    whole = own == equation.indices and all(isinstance(s, Index) for s in own)
    extents = tuple(n for _, n in equation.ranges)
    if not (whole and own and extents == one.tensors[equation.name].axes):
        return False
    if equation.rhs.has(Reduction, Selection) or equation.name in equation.read_names():
        return False
    alone = [e.name for e in one.equations].count(equation.name) == 1
    return alone and matcher.match(equation).lowering.name == "loop_nest"


def _ends_in(name: str, equation: Equation, one: Pass) -> bool:
    """Whether an array is read in one equation alone, each entry where one is written."""
    tensor, result = one.tensors[name], one.tensors[equation.name]
    if tensor.axes != result.axes or result.integral or not _is_plain(name, one):
        return False
    writers = [e for e in one.equations if e.name == name]
    if any(name in e.read_names() for e in one.equations if e != equation):
        return False
    if any(e.rhs.has(LogDet) for e in writers) or equation in writers:
        return False
    return all(r.indices == equation.subscripts for r in reads(equation.rhs, name))
