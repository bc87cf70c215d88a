"""How a figure may have been miscounted: the same network counted otherwise, never typed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

from deltarule.counting.counts import Count, count
from deltarule.counting.figures import FIGURES, Value, figure
from deltarule.errors import DeltaruleError
from deltarule.exams.right_counts import RightCount, counted_network
from deltarule.language.load import network_of

#: Figures that are taken for one another.
_CONFUSED = ("parameters", "multiply_adds", "memory")


def miscounted(right: RightCount, given: Value) -> str:
    """In words, how the value that was given comes about; empty where none of the ways gives it."""
    if isinstance(given, bool) or isinstance(right.value, bool):
        return ""
    for words, value in _ways(right):
        if value != right.value and (value == given or _square(value, given, right)):
            return words
    return ""


def _square(value: Value, given: Value, right: RightCount) -> bool:
    """Whether one number stands for a square field or stride."""
    if isinstance(value, bool) or isinstance(given, bool) or len(given) != 1:
        return False
    return right.task.what in ("receptive_field", "stride") and set(value) == set(given)


def _ways(right: RightCount) -> Iterator[tuple[str, Value]]:
    task, value = right.task, right.value
    yield from _other_figures(right)
    if task.what == "parameters":
        yield "the biases are left out", _without_vectors(right)
    if task.what == "multiply_adds" and not isinstance(value, bool):
        yield "multiplications and additions are counted apart", (2 * value[0],)
    yield from _otherwise_set(right)
    yield from _another_place(right)
    if task.what == "shape" and not isinstance(value, bool) and len(value) <= 5:
        for order in set(permutations(value)):
            yield "the axes stand in another order", order
        yield "the batch axis is left out", value[1:]
    if task.what in ("shape", "receptive_field", "stride") and not isinstance(value, bool):
        yield from _off_by_one(value)


def _other_figures(right: RightCount) -> Iterator[tuple[str, Value]]:
    """Another figure of the same layer."""
    if right.task.what not in _CONFUSED:
        return
    for what in _CONFUSED:
        if what != right.task.what:
            words = f"that is the number of {FIGURES[what].words}"
            yield from _found(words, right.counted, what, right.task.layer)


def _without_vectors(right: RightCount) -> Value:
    """The parameters without those of one axis, as biases are."""
    layer = right.task.layer
    lines = [l for l in right.counted.layers if layer in ("", l.name)]
    lost = sum(int(t.axes[0]) for l in lines for t in l.read if len(t.axes) == 1)
    value = right.value
    return value if isinstance(value, bool) else (value[0] - lost,)


def _otherwise_set(right: RightCount) -> Iterator[tuple[str, Value]]:
    """With the usual stride, padding or dilation where the question sets another."""
    task = right.task
    try:
        declared = network_of(task.of)
    except DeltaruleError:
        return
    for symbol, usual in declared.attributes.items():
        names = [o for o in (*task.options, *task.sizes) if _sets(o, str(symbol), declared)]
        for name in names:
            plain = replace(
                task,
                options={o: v for o, v in task.options.items() if o != name},
                sizes={o: v for o, v in task.sizes.items() if o != name},
            )
            try:
                counted = count(counted_network(plain, **{str(symbol): int(usual)}))
            except DeltaruleError:
                continue
            words = f"with {name} = {usual}, as if it were not set"
            yield from _found(words, counted, task.what, task.layer)


def _sets(option: str, symbol: str, network) -> bool:
    """Whether an option, or a size, is a number for an attribute: pad for P."""
    declared = network.options.get(option)
    said = "" if declared is None else str(declared.help).partition(":")[0]
    return symbol in (option, said)


def _another_place(right: RightCount) -> Iterator[tuple[str, Value]]:
    """The same figure of another layer, or of all."""
    task = right.task
    if task.layer and FIGURES[task.what].of_network is not None:
        yield from _found("that is of the whole network", right.counted, task.what, "")
    for line in right.counted.layers:
        if line.name != task.layer:
            yield from _found(f"that is of {line.name}", right.counted, task.what, line.name)


def _off_by_one(value: tuple[int, ...]) -> Iterator[tuple[str, Value]]:
    for step in (1, -1):
        moved = tuple(n + step if n > 1 else n for n in value)
        spatial = tuple(n if k < 2 else n + step for k, n in enumerate(value))
        for other in dict.fromkeys((moved, spatial)):
            yield f"{abs(step)} too {'many' if step > 0 else 'few'} along an axis", other


def _found(words: str, counted: Count, what: str, layer: str) -> Iterator[tuple[str, Value]]:
    try:
        yield words, figure(counted, what, layer)
    except DeltaruleError:
        return
