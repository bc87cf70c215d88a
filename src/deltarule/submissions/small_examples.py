"""Small examples of a task: any sizes, small integers, and what is right there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from deltarule.arithmetic.small_sizes import free_sizes, with_definitions
from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Attribute
from deltarule.networks.nonsmooth import kinked
from deltarule.networks.tensors import Tensor
from deltarule.submissions.course_conventions import terms_of
from deltarule.submissions.edgy_values import EdgyValues
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.fitting_windows import remainders
from deltarule.submissions.right_task import RightTask, large_numbers
from deltarule.submissions.right_values import RightValues

#: So many examples of a task are kept.
MOST_KEPT = 400
#: From this seed on numbers are fractions, for what integers do not show, as rounding.
FRACTIONS = 3
#: How far numbers are moved to see whether they lie at a kink.
_NUDGE = 1e-5


class SmallExamples:
    """Examples of one task, each evaluated once in a process."""

    def __init__(self, right: RightTask):
        self.right, self.network = right, right.network
        self._known: dict[tuple, RightValues | None] = {}

    def reducible(self, setting: Setting) -> list[str]:
        """The sizes that may be made smaller: strides and paddings first, then those of axes."""
        free = [s for s in free_sizes(self.network) if s.name in setting.sizes]
        split = self.right.letters
        fixed = self.right.task.sizes.keys() | split.keys()
        attributes = [s.name for s in free if isinstance(s, Attribute) and s.name in self._passed]
        plain = [s.name for s in free if not isinstance(s, Attribute) and s.name not in fixed]
        letters = [a for group in split.values() for a in group]
        return [*attributes, *plain, *letters]

    def least(self, name: str) -> int:
        """The least value of a size: 0 for a padding."""
        symbol = next((s for s in free_sizes(self.network) if s.name == name), None)
        return 0 if isinstance(symbol, Attribute) and not symbol.is_positive else 1

    @property
    def _passed(self) -> set[str]:
        calls = self.right.task.calls
        trees = [t for c in calls for t in (c.arguments, c.named, c.sets)]
        return {n for t in trees for text in self.right.task.names_in(t) for n in terms_of(text)}

    def with_size(self, setting: Setting, name: str, number: int) -> Setting | None:
        """A setting with another size; None if nothing of that size fits."""
        sizes = {**setting.sizes, name: number}
        for whole, letters in self.right.letters.items():
            sizes[whole] = int(np.prod([sizes[a] for a in letters]))
        same = {n: k for n, k in self.right.task.sizes.items() if isinstance(k, str)}
        sizes |= {n: sizes[k] for n, k in same.items() if k in sizes}
        by_name = {s.name: s for s in free_sizes(self.network)}
        try:
            filled = with_definitions(
                self.network, {by_name[n]: k for n, k in sizes.items() if n in by_name}
            )
        except (DeltaruleError, ZeroDivisionError, ArithmeticError):
            return None
        if any(filled[s] < 1 for s in self.network.definitions):
            return None
        if setting.exact and any(remainders(self.network, filled).values()):
            return None
        return replace(setting, sizes={**sizes, **{s.name: int(n) for s, n in filled.items()}})

    def at(
        self, setting: Setting, seed: int = 0, zeroed: frozenset[tuple[str, int]] = frozenset()
    ) -> RightValues | None:
        """What is right at a setting, for small integers with some entries 0; None if nothing is
        defined there, or a kink is too near."""
        numbers = setting.numbers, setting.seed, setting.again
        key = (tuple(setting.sizes.items()), *numbers, seed, zeroed)
        if key not in self._known:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            try:
                self._known[key] = self._made(setting, seed, zeroed)
            except (DeltaruleError, ArithmeticError, ValueError, IndexError):
                self._known[key] = None
        return self._known[key]

    def _made(self, setting: Setting, seed: int, zeroed) -> RightValues | None:
        derivation = self.right.derivation
        if setting.numbers == "edges":
            found = EdgyValues(derivation, setting, self.right.computation(setting))
            return found if found.defined else None
        usual = replace(setting, numbers="usual", seed=setting.seed + 100 * seed)
        computation, givens = self.right.computation(usual), {}
        for name, array in computation.givens.items():
            tensor = self.network.tensors.get(name)
            fine = seed >= FRACTIONS
            given = self._simple(np.array(array), name, tensor, setting.numbers, fine)
            for other, place in zeroed:
                if other == name:
                    given.flat[place] = 0
            givens[name] = given
        found = RightValues(derivation, setting, computation.with_givens(givens))
        if not found.has_layouts(self.right.task.values.values()):
            return None
        return found if found.defined and not self._at_kink(found, givens) else None

    def _simple(
        self, drawn: np.ndarray, name: str, tensor: Tensor | None, numbers: str, fine: bool
    ) -> np.ndarray:
        """Small integers in the place of what was drawn; what is declared stays so."""
        if name in self.right.fixed or name in self.right.task.labels:
            return drawn
        if fine and (tensor is None or not tensor.integral and tensor.sums_to_one is None):
            return np.round(drawn, 3)
        if tensor is None:
            return _whole(drawn)
        if tensor.integral or tensor.definite:
            return drawn
        if tensor.sums_to_one is not None:
            top, one = drawn.argmax(axis=tensor.sums_to_one, keepdims=True), np.zeros_like(drawn)
            np.put_along_axis(one, top, 1.0, tensor.sums_to_one)
            return one
        if tensor.within is not None:
            return np.round(drawn, 2)
        if numbers == "large":
            return large_numbers(_whole(drawn), tensor)
        if tensor.role != "input" or numbers in ("usual", "zeros"):
            return _whole(drawn)
        return 1.5 + 0.01 * _whole(drawn)

    def _at_kink(self, found: RightValues, givens: Mapping[str, np.ndarray]) -> bool:
        """Whether gradients are others nearby, as at a kink or a tie."""
        if not kinked(self.network):
            return False
        random = np.random.default_rng(1)
        moved = {
            n: a + _NUDGE * random.uniform(-1, 1, a.shape)
            for n, a in givens.items()
            if a.dtype.kind == "f" and n in self.network.tensors
        }
        other = found.with_givens(moved)
        return any(
            np.abs(other.arrays[n] - a).max(initial=0.0) > 0.01
            for n, a in found.arrays.items()
            if n not in moved and a.dtype.kind == "f"
        )


def _whole(drawn: np.ndarray) -> np.ndarray:
    """Numbers between -1 and 1 as integers from -3 to 3, none of them 0."""
    return np.where(drawn < 0, -1.0, 1.0) * np.clip(np.ceil(3.0 * np.abs(drawn)), 1.0, 3.0)


@lru_cache(maxsize=256)
def small_examples(right: RightTask) -> SmallExamples:
    """The examples of a task, kept in a process."""
    return SmallExamples(right)
