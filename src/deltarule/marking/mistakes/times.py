"""Times: a state taken at the wrong step, a path through time cut, the order turned round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sympy import Add, Expr

from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import AtLeastZero, Carried, Read, reads, tensor_name, walk
from deltarule.expressions.rebuild import read_at
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import Index
from deltarule.expressions.window_axis import shift_of
from deltarule.marking.mistakes.context import Context, Mistake, Wrong
from deltarule.marking.mistakes.positions import sites
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import sequence_lengths
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text


def shifted(access: Read) -> list[tuple[int, Index, int]]:
    """The axes at which a read is shifted in time: position, index, and by how much."""
    found = []
    for position, subscript in enumerate(access.indices):
        shift = shift_of(subscript)
        if shift is not None and shift[1] != 0:
            found.append((position, *shift))
    return found


def wrong_time(context: Context) -> Iterator[Wrong]:
    """h at time t where h at t − 1 belongs, and the like."""
    rhs = context.equation.rhs
    for access in reads(rhs):
        for position, index, _ in shifted(access):
            now = _at(access, position, index)
            formula = replace_reads(rhs, lambda a, old=access, new=now: new if a == old else a)
            yield Wrong("wrong time", 4.0, formula, _of_wrong_time(now, access))
    for site in sites(rhs):
        if not isinstance(site.node, Carried) or not isinstance(site.node.args[1], Read):
            continue
        for position, index, _ in shifted(site.node.args[1]):
            now = _at(site.node.args[1], position, index)
            yield Wrong(
                "wrong time", 4.0, site.replaced(now), _of_wrong_time(now, site.node.args[1])
            )


def time_before(context: Context) -> Iterator[Wrong]:
    """h at time t − 1 where h at t belongs, as the readout has it."""
    rhs = context.equation.rhs
    carried = _carried(context)
    before = {r for n in walk(rhs) if isinstance(n, Carried) for r in reads(n)}
    for access in dict.fromkeys(reads(rhs)):
        pattern = carried.get(tensor_name(access))
        if pattern is None or access in before or shifted(access):
            continue
        table = {}
        for wanted, found in zip(pattern.args[1].indices, access.indices, strict=True):
            shift = shift_of(wanted)
            if shift is not None:
                table[shift[0]] = found
        earlier = substitute(pattern, table)
        formula = replace_reads(rhs, lambda a, old=access, new=earlier: new if a == old else a)
        yield Wrong("wrong time", 4.6, formula, _of_wrong_time(earlier, access))


def _carried(context: Context) -> dict[str, Carried]:
    """The states of a network, each as it is read at the time before."""
    return {
        tensor_name(node.args[1]): node
        for equation in context.network.equations
        for node in walk(equation.rhs)
        if isinstance(node, Carried) and isinstance(node.args[1], Read)
    }


def _at(access: Read, position: int, subscript: Expr) -> Read:
    subscripts = list(access.indices)
    subscripts[position] = subscript
    return read_at(access, subscripts)


def _of_wrong_time(now: Expr, access: Read) -> str:
    return f"{text(now)} stands where {text(access)} belongs: the value of the wrong time"


def reversed_order(context: Context) -> Iterator[Wrong]:
    """The sequence gone through from its other end: inputs, states, or errors coming back."""
    rhs = context.equation.rhs
    times = sequence_lengths(context.network.equations)
    extents = dict(context.equation.ranges)
    for site in sites(rhs):
        for reduction in site.inside:
            extents |= dict(reduction.ranges)
    for access in dict.fromkeys(reads(rhs)):
        tensor = context.network.tensors.get(tensor_name(access))
        if tensor is None or tensor.role not in ("input", "state"):
            continue
        for position, index in enumerate(access.indices):
            if isinstance(index, Index) and extents.get(index) in times:
                turned = _at(access, position, extents[index] - 1 - index)
                formula = replace_reads(rhs, lambda a, o=access, n=turned: n if a == o else a)
                yield Wrong(
                    "time order reversed",
                    4.5,
                    formula,
                    f"{pretty(tensor.name)} is gone through in the reverse order of time",
                )
    yield from _errors_the_other_way(context, rhs)


def _errors_the_other_way(context: Context, rhs: Expr) -> Iterator[Wrong]:
    """Errors taken from the time before, as if they came from there."""
    errors = [a for a in reads(rhs) if is_gradient(tensor_name(a))]
    behind = {i for a in errors for _, i, n in shifted(a) if n == 1}
    for index in behind & set(context.equation.indices):
        extent = dict(context.equation.ranges)[index]
        later = AtLeastZero(extent - 2 - index)
        table = {later: AtLeastZero(index - 1)}
        moved = rhs.xreplace(table).xreplace({index + 1: index - 1})
        yield Wrong(
            "time order reversed",
            4.5,
            moved,
            f"the errors come from the time {text(index - 1)}, not from {text(index + 1)}: "
            "time is gone through in the wrong order",
        )


def cut(context: Context) -> Iterator[Wrong]:
    """The path through the next (or previous) time left out."""
    for site in sites(context.equation.rhs):
        if not isinstance(site.node, Add):
            continue
        for term in site.node.args:
            through = _gradients_elsewhere(term) or _of_one_time(term)
            if through:
                rest = Add(*(t for t in site.node.args if t is not term))
                yield Wrong(
                    "recurrence cut",
                    3.8,
                    site.replaced(rest),
                    f"the path through the next time is lost: the term with {through} is missing",
                )


def _gradients_elsewhere(term: Expr) -> str:
    """The gradients that a term takes from another time."""
    found = [r for r in reads(term) if is_gradient(tensor_name(r)) and shifted(r)]
    return " and ".join(dict.fromkeys(pretty(tensor_name(r)) for r in found))


def _of_one_time(term: Expr) -> str:
    """The gradients that a term takes from one time by its number, as that of an initial state."""
    found = [r for r in reads(term) if is_gradient(tensor_name(r))]
    fixed = [r for r in found if any(i.is_Integer for i in r.indices)]
    return " and ".join(dict.fromkeys(pretty(tensor_name(r)) for r in fixed))


def nothing_carried(equations: Mapping[str, Equation], name: str) -> Iterator[Mistake]:
    """No error carried between times at all: the paths through the next time lost in every line.

    `equations` are all lines, `name` is the one that is doubted.
    """
    without = {
        line: replace(equation, rhs=_within_its_time(equation.rhs))
        for line, equation in equations.items()
        if _gradients_elsewhere(equation.rhs)
    }
    lost = [(line, e) for line, e in without.items() if e.rhs != equations[line].rhs]
    also = tuple((line, e) for line, e in lost if line != name)
    own = dict(lost).get(name)
    if own is not None and also:
        words = "no error is carried between the times: each time stands by itself"
        yield Mistake("recurrence cut", 4.0, name, own, words, also)


def _within_its_time(rhs: Expr) -> Expr:
    """A formula without the terms that take gradients from another time."""
    for site in sites(rhs):
        if isinstance(site.node, Add):
            kept = [t for t in site.node.args if not _gradients_elsewhere(t)]
            if 0 < len(kept) < len(site.node.args):
                return _within_its_time(site.replaced(Add(*kept)))
    return rhs


ROWS = (cut, wrong_time, time_before, reversed_order)
