"""Settings that expose mistakes: sizes, strides and numbers at which wrong code shows.

Sizes differ from each other, so that nothing is square; strides and paddings take all their usual
values; one example, one time, large and nearly equal numbers, ties and zeros come beside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, count, islice, product
from random import Random

from sympy import Symbol

from deltarule.arithmetic.small_sizes import choose_sizes, free_sizes
from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Attribute
from deltarule.networks.network import Network
from deltarule.networks.nonsmooth import everyone, kinked
from deltarule.networks.recurrences import sequence_lengths
from deltarule.submissions.fitting_windows import fitted, remainders

#: Values of attributes: of those that may be 0, as a padding, and of the others.
_PADS, _STEPS = (0, 1, 2), (1, 2, 3)
#: So many settings of attributes are tried.
MOST = 6
#: So many times sizes are drawn for a setting.
DRAWS = 5


@dataclass(frozen=True, eq=False)
class Setting:
    """Where a function is tried.

    `words` say what is special; `numbers` is how the givens are drawn: usual, large, small (nearly
    equal), zeros (every third is 0) or edges (small integers, which tie and are 0). `sizes` holds
    all sizes and attributes by name, `scalars` constants that differ from the usual ones,
    `attributes` the words for attributes that a function is given, `pinned` givens that hold one
    number everywhere. `special` ones hide mistakes. Not `exact` are sizes that leave rows or
    columns over behind the last window. `again` an object is used that has had another batch.
    """

    words: str
    sizes: Mapping[str, int]
    numbers: str = "usual"
    seed: int = 0
    scalars: Mapping[str, float] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    exact: bool = True
    special: bool = False
    pinned: Mapping[str, float] = field(default_factory=dict)
    again: bool = False

    @property
    def shown(self) -> str:
        """The setting as it is shown: `stride 2 (N = 2, C = 3, S = 2)`."""
        sizes = ", ".join(f"{name} = {n}" for name, n in self.sizes.items())
        return f"{self.words} ({sizes})" if sizes else self.words


class SettingMaker:
    """Makes the settings for a network.

    `passed` names the attributes and scalars that the student's functions are given; `letters` are
    those of sizes that the course splits into several axes; `fixed` are sizes that have one value,
    or equal another. `numbers` are those that functions are given beside what the network reads,
    `called` what they call them.
    """

    def __init__(
        self,
        network: Network,
        passed: set[str],
        letters: Mapping[str, tuple[str, ...]],
        fixed: Mapping[str, int | str],
        numbers: Mapping[str, Sequence[float]] | None = None,
    ):
        self.network, self.letters, self.fitting = network, letters, True
        self.numbers = numbers or {}
        self.called: Mapping[str, str] = {}
        self.fixed = {n: k for n, k in fixed.items() if not isinstance(k, str)}
        self.equal = {n: k for n, k in fixed.items() if isinstance(k, str)}
        self.passed = passed
        free = free_sizes(network)
        self.attributes = [
            s
            for s in free
            if isinstance(s, Attribute) and s.name in passed and s.name not in self.equal
        ]
        self.unseen = {
            s.name: network.attributes[s]
            for s in free
            if isinstance(s, Attribute)
            and s.name not in (passed | self.equal.keys())
            and s in network.attributes
        }

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        """Where a function is tried."""
        return tuple(s for s in self._all() if s is not None)

    @cached_property
    def plain(self) -> list[str]:
        """The sizes of axes that may be chosen one by one, the letters of those that are split."""
        own = [
            s.name
            for s in free_sizes(self.network)
            if not isinstance(s, Attribute)
            and s.name not in {*self.letters, *self.fixed, *self.equal}
        ]
        split = [letter for letters in self.letters.values() for letter in letters]
        return [*own, *dict.fromkeys(split)]

    def _all(self) -> Iterator[Setting | None]:
        """The settings; None for one for which no sizes fit."""
        usual = self.setting("usual sizes", 0)
        yield usual
        yield self.setting("larger sizes", 30, self.larger())
        for number, chosen in enumerate(self._attributes(), 1):
            words = ", ".join(f"{self.word(s)} {n}" for s, n in chosen.items())
            found = self.setting(words, number, {s.name: n for s, n in chosen.items()})
            if found is not None:
                yield found
        if usual is not None and self.network.definitions and not self.attributes:
            yield self._turned(usual)
        yield self._inexact()
        yield from filter(None, self._extremes())
        if usual is None:
            return
        equal = self.setting("sizes that are all equal", 70, dict.fromkeys(self.plain, 3))
        if equal is not None and len(self.plain) > 1:
            yield equal
        for name in self.passed:
            scalar = next((s for s in self.network.scalars if s.name == name), None)
            if scalar is not None:
                value = float(self.network.scalars[scalar])
                other = 0.3 if value < 0.1 else value * 0.6
                scalars = {**self.scalars(50), name: other}
                words = f"{self.called.get(name, name)} = {other:g}"
                yield Setting(words, usual.sizes, seed=50, scalars=scalars)
        yield self._alike(usual, "large numbers", "large", 60)
        yield self._alike(usual, "nearly equal numbers", "small", 61)
        if not kinked(self.network):
            yield self._alike(usual, "some zeros", "zeros", 62)
        elif not everyone(self.network):
            yield self._alike(usual, "ties and zeros", "edges", 62)

    def _alike(self, usual: Setting, words: str, numbers: str, seed: int) -> Setting:
        """A setting of the usual sizes, with other numbers."""
        return Setting(words, usual.sizes, numbers, seed, self.scalars(seed))

    def scalars(self, seed: int) -> dict[str, float]:
        """The numbers that the network does not read: one of several each, in turn."""
        return {name: several[seed % len(several)] for name, several in self.numbers.items()}

    def larger(self) -> dict[str, int]:
        """Sizes of 3 and more, all different: of two examples some statistics tell nothing."""
        split = dict.fromkeys(letter for letters in self.letters.values() for letter in letters)
        several = {letter: 2 + (place == 0) for place, letter in enumerate(split)}
        whole = (name for name in self.plain if name not in several)
        return {**several, **dict(zip(whole, count(3 + bool(several))))}

    def _turned(self, usual: Setting) -> Setting | None:
        """Sizes of which what was larger is smaller: of tall images, after wide ones."""
        others = [s for seed in range(20, 28) if (s := self.setting("other sizes", seed))]
        pairs = list(combinations(usual.sizes, 2))

        def inverted(setting: Setting) -> int:
            return sum(
                (usual.sizes[a] - usual.sizes[b]) * (setting.sizes[a] - setting.sizes[b]) < 0
                for a, b in pairs
            )

        return max(others, key=inverted, default=None)

    def _inexact(self) -> Setting | None:
        """A setting that leaves a row or a column over behind the last window, if any does."""
        wide = {s.name: 2 if s.is_positive else 1 for s in self.attributes}
        words, self.fitting = "sizes that leave a remainder", False
        found = self.setting(words, 70, wide) if wide else None
        for name in self.plain:
            if found is not None and found.exact:
                sizes = found.sizes
                larger = {n: sizes[n] + (n == name) for n in self.plain if n in sizes}
                found = self.setting(words, 70, {**wide, **larger}) or found
        self.fitting = True
        return found if found is not None and not found.exact else None

    def word(self, symbol: Attribute) -> str:
        """The word that an attribute is given by, such as stride for S."""
        start = f"{symbol.name}: "
        return next(
            (o.name for o in self.network.options.values() if o.help.startswith(start)), symbol.name
        )

    def _attributes(self) -> Iterator[dict[Attribute, int]]:
        """Values of attributes: each takes each of its own, and no two run alike."""
        if not self.attributes:
            return
        choices = [_STEPS if s.is_positive else _PADS for s in self.attributes]
        everything = list(product(*choices))
        Random(1).shuffle(everything)
        first = tuple(c[0] for c in choices)
        ordered = [first, *(e for e in everything if e != first)]
        for values in islice(ordered, 0, MOST):
            yield dict(zip(self.attributes, values))

    def _extremes(self) -> Iterator[Setting | None]:
        # Of these seeds no letter is 1: what is special is the one time, or the one example.
        times = sequence_lengths(self.network.equations)
        batch = next((t.axes[0] for t in self.network.with_role("input") if len(t.axes) > 1), None)
        for extent in times:
            yield self.setting("one time", 39, {str(extent): 1})
        if batch is not None and batch not in times and str(batch) not in self.letters:
            yield self.setting("one example", 42, {str(batch): 1})

    def setting(
        self, words: str, seed: int, chosen: Mapping[str, int] | None = None
    ) -> Setting | None:
        """A setting with chosen sizes, letters and attributes; None if none fits."""
        fixed = {**self.unseen, **self.fixed, **(chosen or {})}
        for name, letters in self.letters.items():
            for place, letter in enumerate(letters):
                fixed.setdefault(letter, (2, 3, 1)[(place + seed) % 3])
            total = 1
            for letter in letters:
                total *= fixed[letter]
            fixed[name] = total
        for name, other in self.equal.items():
            fixed[name] = fixed.setdefault(other, 2 + seed % 2)
        own = {s.name for s in free_sizes(self.network)}
        found = self._least_square({k: v for k, v in fixed.items() if k in own}, seed)
        if found is None:
            return None
        letters = {a: fixed[a] for group in self.letters.values() for a in group}
        attributes = {s.name: self.word(s) for s in self.attributes}
        sizes = {s.name: int(n) for s, n in found.items()}
        exact = not any(remainders(self.network, found).values())
        scalars = self.scalars(seed)
        return Setting(words, {**sizes, **letters}, "usual", seed, scalars, attributes, exact)

    def _least_square(self, fixed: dict[str, int], seed: int) -> dict[Symbol, int] | None:
        """Of several draws the sizes of which most differ; None where none fit.

        Windows fit them exactly where they may, for much code asserts that they do.
        """
        drawn, kept = [], {*self.fixed, *self.equal, *self.equal.values(), *self.letters}
        for random in range(seed, seed + (1 if seed == 0 else 100 * DRAWS), 100):
            try:
                sizes = choose_sizes(self.network, Random(random), fixed, seed > 0)
            except DeltaruleError:
                continue
            drawn.append(fitted(self.network, sizes, kept) if self.fitting else sizes)
        return max(drawn, key=self._merit, default=None)

    def _merit(self, sizes: dict[Symbol, int]) -> tuple[bool, int]:
        exact = not any(remainders(self.network, sizes).values())
        return exact is self.fitting, len(set(sizes.values()))
