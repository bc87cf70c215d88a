"""Settings that hide mistakes, beside those that expose them: square images, N = D, γ = 1.

What is wrong at all usual settings is tried there, so that it is said where it is right alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from itertools import combinations, count, permutations

import numpy as np
from sympy import Add, Mul, Symbol

from deltarule.expressions.nodes import Carried, Read, free_symbols, reads, tensor_name
from deltarule.expressions.symbols import Size
from deltarule.marking.mistakes.positions import sites
from deltarule.networks.recurrences import sequence_lengths
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.right_task import RightTask

Holds = Callable[[Setting], bool]

#: The numbers with which special settings are drawn.
SEED = 30


@dataclass(frozen=True)
class Special:
    """What hides a mistake: in words behind "right only", where it holds, and a setting of it."""

    words: str
    holds: Holds
    setting: Setting


def _equal(one: str, other: str, setting: Setting) -> bool:
    return setting.sizes.get(one) == setting.sizes.get(other)


def _is(name: str, number: int, setting: Setting) -> bool:
    return setting.sizes.get(name) == number


def _least(one: str, other: str, setting: Setting) -> bool:
    return setting.sizes[one] >= setting.sizes[other]


def _pinned(right: RightTask, pins: dict[str, float], setting: Setting) -> bool:
    """Whether givens hold their numbers everywhere, as it may also be by chance."""
    arrays = right.right(setting).arrays
    names = {n: n.removeprefix("gradient ") for n in pins}
    names |= {n: right.derivation.gradient_name(t) for n, t in names.items() if t != n}
    return all(np.all(arrays[names[n]] == v) for n, v in pins.items())


def _all(conditions: tuple[Holds, ...], setting: Setting) -> bool:
    return all(holds(setting) for holds in conditions)


class SpecialSettings:
    """The special settings of a task, in groups."""

    def __init__(self, right: RightTask):
        self.right, self.network, self.maker = right, right.network, right.maker
        self.twins = [t for t in self._twins() if not _fixed_to(right, *t)]
        self._free = {*self.maker.plain, *(s.name for s in self.maker.attributes)}
        self._windows = {n for pair in self.twins for n in pair}
        for definition in self.network.definitions.values():
            self._windows |= {str(s) for s in free_symbols(definition)}
        self._plain = [n for n in self.maker.plain if n not in self._windows and _named(n)]
        self.sizes = self._usual_sizes()
        self.usual = self._made("usual sizes")

    @cached_property
    def groups(self) -> list[tuple[Setting | None, list[Special]]]:
        """Groups of conditions, and a setting at which all of a group hold at once."""
        pins = {n: v for special in self.pins for n, v in special.setting.pinned.items()}
        pinned = replace(self.usual, words="1 and 0", pinned=pins) if pins and self.usual else None
        return [
            (self._together(2), [*self._square(), *self._equal()]),
            (self._together(1), [*self._single()]),
            (pinned, self.pins),
        ]

    def _together(self, number: int) -> Setting | None:
        """Where all sizes are equal, and images and windows square."""
        sizes = {**dict.fromkeys(self._plain, number), **self._alike(self.twins)}
        for letters in self.maker.letters.values():
            sizes.update({letter: number if k == 0 else 1 for k, letter in enumerate(letters)})
        return self._made("equal sizes", **sizes)

    @cached_property
    def pins(self) -> list[Special]:
        """Each given that may be 1 or 0 everywhere: γ = 1, b = 0, h₀ = 0, an upstream of ones."""
        found: dict[tuple, Special] = {}
        if self.usual is None:
            return []
        for name, pins in self._neutral():
            words = f"{name} = {next(iter(pins.values())):g}"
            setting = replace(self.usual, words=words, pinned=pins)
            special = Special(
                f"where {words} everywhere", partial(_pinned, self.right, pins), setting
            )
            found.setdefault(tuple(pins.items()), special)
        return list(found.values())

    def _usual_sizes(self) -> dict[str, int]:
        """Sizes that differ; windows with strides of 2 fit them exactly, for all are odd."""
        sizes = {s.name: 2 if s.is_positive else 1 for s in self.maker.attributes}
        split = dict.fromkeys(n for letters in self.maker.letters.values() for n in letters)
        sizes |= {n: 3 if place == 0 else 2 for place, n in enumerate(split)}
        first = 2 if self._windows else 4 if split else 3
        whole = (n for n in self.maker.plain if n not in split)
        sizes |= dict(zip((n for n in whole if n not in self._windows), count(first)))
        inputs = {str(a) for t in self.network.with_role("input") for a in t.axes}
        wide, narrow = iter((5, 9)), iter((3, 5))
        windows = [n for n in self._free if n in self._windows and self._is_axis(n)]
        for name in sorted(windows):
            sizes[name] = next(wide if name in inputs else narrow, 3)
        return sizes

    def _is_axis(self, name: str) -> bool:
        """Whether a size is no stride and no padding: that of an axis, or of a window."""
        words = {s.name: self.maker.word(s) for s in self.maker.attributes}
        window = words.get(name) in ("height", "width")
        return window or name in self.maker.plain or any(name in pair for pair in self.twins)

    def _made(self, words: str, **chosen: int) -> Setting | None:
        """The usual setting, but for some sizes."""
        found = self.maker.setting(words, SEED, {**self.sizes, **chosen})
        return None if found is None else replace(found, special=True)

    def _square(self) -> Iterator[Special]:
        pairs = [t for t in self.twins if {*t} <= self._free]
        named = [(_called(self.right, *t), partial(_equal, *t), [t]) for t in pairs]
        if len(named) > 1:
            words = " and ".join(words for words, *_ in named)
            named.append((words, partial(_all, tuple(holds for _, holds, _ in named)), pairs))
        for words, holds, several in named:
            setting = self._made(f"square {words}", **self._alike(several))
            if setting is not None:
                yield Special(f"for square {words}", holds, setting)
        for one, other in self.twins:
            if self.usual is not None and {one, other} <= self.usual.sizes.keys():
                called = _called(self.right, one, other)
                if (one, other) not in pairs:
                    yield Special(f"for square {called}", partial(_equal, one, other), self.usual)
                words = f"for {called} that are"
                yield Special(
                    f"{words} no higher than wide", partial(_least, other, one), self.usual
                )
                yield Special(
                    f"{words} no wider than high", partial(_least, one, other), self.usual
                )

    def _alike(self, pairs: list[tuple[str, str]]) -> dict[str, int]:
        """Sizes at which pairs are equal."""
        free = [t for t in pairs if {*t} <= self._free]
        return {n: max(self.sizes[m] for m in pair) for pair in free for n in pair}

    def _single(self) -> Iterator[Special]:
        """One example, one time, one channel."""
        times = {str(n) for n in sequence_lengths(self.network.equations)}
        classes = {str(t.integers_below) for t in self.network.tensors.values() if t.integral}
        for name in (n for n in self._plain if n not in classes):
            setting = self._made(f"{_shown(name)} = 1", **{name: 1})
            if setting is not None:
                kind = "T" if name in times else _shown(name)
                words = {"T": "for one time ", "N": "for one example "}.get(kind)
                number = f"{_shown(name)} = 1"
                words = f"{words}({number})" if words else f"where {number}"
                yield Special(words, partial(_is, name, 1), setting)
        inputs = {str(a) for t in self.network.with_role("input") for a in t.axes}
        windows = [n for n in self._free & self._windows - inputs if self._is_axis(n)]
        setting = self._made("windows of one entry", **dict.fromkeys(windows, 1))
        if windows and setting is not None:
            holds = partial(_all, tuple(partial(_is, n, 1) for n in windows))
            yield Special("for windows of one entry", holds, setting)

    def _equal(self) -> Iterator[Special]:
        wholes = [n for n in self.maker.letters if self.usual and not _named(n.lower())]
        for one, other in combinations([*self._plain, *wholes], 2):
            number = self.sizes.get(other) or (self.usual.sizes[other] if self.usual else 0)
            setting = self._made(f"{one} = {other}", **{one: number})
            if setting is not None and _equal(one, other, setting):
                words = f"where {_shown(one)} = {_shown(other)}"
                yield Special(words, partial(_equal, one, other), setting)

    def _twins(self) -> Iterator[tuple[str, str]]:
        """Height and width: of what windows lie in, of windows, and of what comes out."""
        seen = set()
        for (a, one), (b, other) in combinations(self.network.definitions.items(), 2):
            for pairs in _matching(one, other):
                for pair in (*pairs, (str(a), str(b))):
                    if pair not in seen:
                        seen.add(pair)
                        yield pair
        if not seen:
            for tensor in self.network.with_role("input"):
                axes = tensor.axes[-2:]
                if len(tensor.axes) > 3 and all(isinstance(a, Size) for a in axes):
                    yield str(axes[0]), str(axes[1])
                    return

    def _neutral(self) -> Iterator[tuple[str, dict[str, float]]]:
        """The values of the course that may be 1 or 0 everywhere, with their tensors."""
        derivation, known = self.right.derivation, set(self.right.task.fixed)
        for name, value in self.right.task.values.items():
            tensors = [p.tensor for p in value.parts]
            if known & {*tensors, *(f"gradient {t}" for t in tensors)}:
                continue
            if value.gradient:
                if all(t in derivation.upstream for t in tensors):
                    yield name, {f"gradient {t}": 1.0 for t in tensors}
                continue
            numbers = {self._number(t) for t in tensors}
            if len(numbers) == 1 and None not in numbers:
                yield name, dict.fromkeys(tensors, float(numbers.pop() or 0))

    def _number(self, tensor: str) -> int | None:
        """The number that leaves out a vector that multiplies, or that is added, or a state."""
        own = self.network.tensor(tensor)
        if own.given and own.integers_below == 2:
            return 1  # a mask
        if not own.given or own.integral or own.within or own.sums_to_one is not None:
            return None
        inputs = self.network.with_role("input")
        if own.role == "input":
            return 0 if inputs[0].name != tensor else None
        if own.role != "parameter" or len(own.axes) > 1 and not self._carried(tensor):
            return None
        for equation in self.network.equations:
            for site in sites(equation.rhs):
                if isinstance(site.node, (Mul, Add)) and any(
                    isinstance(a, Read) and tensor_name(a) == tensor for a in site.node.args
                ):
                    return 1 if isinstance(site.node, Mul) else 0
        return 0 if self._carried(tensor) else None

    def _carried(self, tensor: str) -> bool:
        """Whether it is what a state begins with."""
        return any(
            isinstance(site.node, Carried) and tensor in map(tensor_name, reads(site.node.args[2]))
            for equation in self.network.equations
            for site in sites(equation.rhs)
        )


def _matching(one, other) -> Iterator[list[tuple[str, str]]]:
    """The sizes of one definition that stand for those of another of the same form."""
    first, second = free_symbols(one) - free_symbols(other), free_symbols(other) - free_symbols(one)
    ordered = sorted(first, key=str)
    for several in permutations(sorted(second, key=str)):
        if len(several) == len(ordered):
            table: dict[Symbol, Symbol] = dict(zip(ordered, several))
            if one.xreplace(table) == other:
                yield sorted((str(a), str(b)) for a, b in table.items())
                return


def _fixed_to(right: RightTask, one: str, other: str) -> bool:
    """Whether two sizes are equal always, or have one value each."""
    sizes = right.task.sizes
    return sizes.get(other) == one or sizes.get(one) == other or {one, other} <= sizes.keys()


def _called(right: RightTask, one: str, other: str) -> str:
    """What two sizes are the height and the width of."""
    if {one, other} <= {str(s) for s in right.network.definitions}:
        return "outputs"
    owners = [t for t in right.network.tensors.values() if {one, other} <= {*map(str, t.axes)}]
    return "inputs" if any(t.role == "input" for t in owners) else "windows"


def _named(size: str) -> bool:
    """Whether a size is one that is spoken of: not a letter of an axis that is flattened."""
    return len(size) > 1 or size.isupper() or size in "ntchw"


def _shown(size: str) -> str:
    return size.upper() if len(size) == 1 else size


@lru_cache(maxsize=256)
def special_settings(right: RightTask) -> SpecialSettings:
    """The special settings of a task, made once in a process."""
    return SpecialSettings(right)
