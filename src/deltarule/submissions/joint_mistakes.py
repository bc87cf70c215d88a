"""Mistakes made in several lines at once: what code does in one statement, or in one loop.

Where a course joins the gates of a cell in one array, one slip concerns all of them; where cached
values are unpacked in another order, every line that reads them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from sympy import Expr, Integer

from deltarule.expressions.gradient_names import GradientName, is_gradient
from deltarule.expressions.nodes import Carried, Read, read, reads, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.marking.mistakes import Mistake
from deltarule.marking.mistakes.positions import sites
from deltarule.marking.mistakes.reread import Reread
from deltarule.networks.equations import Equation
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text
from deltarule.submissions.course_conventions import Task
from deltarule.tracing.computation import Computation
from deltarule.tracing.lines import Line

#: So many exchanges are tried.
MOST_EXCHANGES = 150


def joint_mistakes(
    task: Task, computation: Computation, mistakes: Callable[[str], Sequence[Mistake]]
) -> list[Mistake]:
    """The mistakes that concern several lines of a task at once, simplest first."""
    lines = {line.quantity: line for line in computation.lines}
    backward = [n for n in lines if is_gradient(n)]
    forward = [n for n in lines if not is_gradient(n)]
    groups = [*_joined(task, computation), forward, backward, [*forward, *backward]]
    found = [m for group in groups for m in _alike(group, lines, mistakes)]
    found += [*_initial_states(computation), *_other_starts(computation)]
    for group in (forward, backward):
        found += _exchanges(computation, [lines[n] for n in group])
    return sorted(found, key=lambda m: m.cost)


def _joined(task: Task, computation: Computation) -> Iterator[list[str]]:
    """The lines of values that a course joins in one array."""
    names = {line.quantity for line in computation.lines}
    for value in task.values.values():
        own = [
            computation.derivation.gradient_name(p.tensor) if p.gradient else p.tensor
            for p in value.parts
        ]
        if len(own) > 1 and names.issuperset(own):
            yield own


def _alike(
    group: Iterable[str], lines: dict[str, Line], mistakes: Callable[[str], Sequence[Mistake]]
) -> Iterator[Mistake]:
    """The same mistake made in all lines of a group in which it can be made."""
    found: dict[tuple, list[Mistake]] = {}
    for name in group:
        counts: dict[tuple, int] = {}
        for mistake in mistakes(name):
            if mistake.also:
                continue
            signature = (mistake.kind, _masked(mistake, lines[name]))
            counts[signature] = counts.get(signature, 0) + 1
            found.setdefault((*signature, counts[signature]), []).append(mistake)
    for several in found.values():
        if len(several) > 1:
            first, *others = several
            also = tuple(e for m in others for e in m.equations)
            yield replace(first, cost=first.cost + 0.3, also=also)


def _masked(mistake: Mistake, line: Line) -> str:
    """Its words without the names of what is read."""
    names = {*line.equation.read_names(), line.quantity}
    names |= {w.wrt for n in names if (w := GradientName.parse(n)) is not None}
    words = mistake.words
    for name in sorted(map(pretty, names), key=len, reverse=True):
        words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "#", words)
    return words


def _initial_states(computation: Computation) -> Iterator[Mistake]:
    """The initial state read at every time, by every line that reads the state before."""
    changed: dict[str, dict[str, Equation]] = {}
    words: dict[str, str] = {}
    for line in computation.lines:
        for site in sites(line.equation.rhs):
            if not isinstance(site.node, Carried):
                continue
            before, first = site.node.args[1], site.node.args[2]
            for state in {tensor_name(a) for a in reads(before)}:
                rhs = _without_carrying(line.equation.rhs, state)
                changed.setdefault(state, {})[line.quantity] = replace(line.equation, rhs=rhs)
                words[state] = f"{text(first)} is used at every step, where {text(before)} belongs"
    for state, equations in changed.items():
        (name, first), *others = equations.items()
        said = f"{words[state]}: the state is not carried on"
        yield Mistake("initial state at every step", 4.0, name, first, said, tuple(others))


def _without_carrying(rhs: Expr, state: str) -> Expr:
    for site in sites(rhs):
        if isinstance(site.node, Carried) and state in map(tensor_name, reads(site.node.args[1])):
            return _without_carrying(site.replaced(site.node.args[2]), state)
    return rhs


def _other_starts(computation: Computation) -> Iterator[Mistake]:
    """Zeros, or another initial state, in the place of an initial state."""
    lines = computation.lines
    tensors = computation.network.tensors
    firsts = dict.fromkeys(
        tensor_name(a)
        for line in lines
        for site in sites(line.equation.rhs)
        if isinstance(site.node, Carried)
        for a in reads(site.node.args[2])
    )
    for first in firsts:
        read_by = [line for line in lines if first in line.equation.read_names()]
        same = [n for n in firsts if n != first and tensors[n].axes == tensors[first].axes]
        for other in (None, *same):
            changed = [(line.quantity, _started(line.equation, first, other)) for line in read_by]
            (name, equation), *also = changed
            stands = "0" if other is None else pretty(other)
            words = f"the initial state is {stands}, not {pretty(first)}"
            yield Mistake("another start", 4.6, name, equation, words, tuple(also))


def _started(equation: Equation, first: str, other: str | None) -> Equation:
    def changed(access: Read) -> Expr:
        return Integer(0) if other is None else read(other, *access.indices)

    return replace(equation, rhs=replace_reads(equation.rhs, changed, first))


def _exchanges(computation: Computation, lines: Sequence[Line]) -> Iterator[Mistake]:
    """Two values taken for each other in every line of a pass that reads one of them."""
    tensors = computation.network.tensors
    axes: dict[str, tuple] = {}
    for line in lines:
        for access in reads(line.equation.rhs):
            name = tensor_name(access)
            own = tensors.get(name) or tensors.get(
                str(getattr(GradientName.parse(name), "wrt", ""))
            )
            if own is not None and own.axes and not own.integral:
                axes[name] = own.axes
    pairs = [p for p in combinations(axes, 2) if axes[p[0]] == axes[p[1]]]
    for one, two in [p for p in pairs if is_gradient(p[0]) == is_gradient(p[1])][:MOST_EXCHANGES]:
        touched = [line for line in lines if {one, two} & _read(line)]
        first, *others = [(line.quantity, _exchanged(line.equation, one, two)) for line in touched]
        words = f"{pretty(one)} and {pretty(two)} are exchanged"
        if others:
            words += " in every line that reads them, as by another order of what is unpacked"
        yield Mistake("order of values", 4.9, first[0], first[1], words, tuple(others))


def _read(line: Line) -> set[str]:
    return {tensor_name(a) for a in reads(line.equation.rhs)}


def _exchanged(equation: Equation, one: str, two: str) -> Equation:
    table: dict[Expr, Expr] = {}
    for access in reads(equation.rhs):
        name = tensor_name(access)
        if name in (one, two):
            table[access] = read(two if name == one else one, *access.indices)
    return Reread(equation, table)
