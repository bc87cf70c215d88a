"""Changes of a sheet's givens that are tried: of single entries, and of one given as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from deltarule.arithmetic.exact import finite_fraction
from deltarule.errors import DeltaruleError
from deltarule.exams.drawn_variants import Variants
from deltarule.exams.givens_as_printed import shown_decimal as shown
from deltarule.exams.pleasant_givens import PleasantSampler, draw_givens
from deltarule.exams.seeded_numbers import Seeded
from deltarule.spelling.names import pretty

#: So many entries at most are changed one by one, each to so many values.
MOST_ENTRIES, VALUES = 24, 2
#: The name of a given, its other numbers, and the change in words.
Tried = tuple[str, np.ndarray, str]


class ChangedGivens:
    """Other numbers for the givens of a run, each of the kind that the sheet's own are of."""

    def __init__(self, variants: Variants, seed: str):
        self.variants, self.seed = variants, seed

    def entries(self, givens: Mapping[str, np.ndarray], round_: int) -> Iterator[Tried]:
        """Givens with one entry changed to another number of its kind."""
        places = [
            (name, entry)
            for name, manner in sorted(self._manners.items())
            if manner.kind in ("numbers",) and not self._bound(name)
            for entry in np.ndindex(*givens[name].shape)
        ]
        Seeded(self.seed, "places", round_).shuffle(places)
        for name, entry in places[:MOST_ENTRIES]:
            random = Seeded(self.seed, name, entry, round_)
            sampler = self._sampler(random)
            sampler.manner = self._manners[name]
            for value in sampler.between((VALUES,), self._within(name)):
                old = finite_fraction(givens[name][entry])
                if value != old:
                    array = givens[name].copy()
                    array[entry] = value
                    yield name, array, f"{_place(name, entry)}: {shown(value)} for {shown(old)}"

    def whole(self, givens: Mapping[str, np.ndarray], round_: int) -> Iterator[Tried]:
        """Givens drawn anew, one at a time."""
        variants = self.variants
        extent = variants.first.computation.floats.extent
        network = variants.first.computation.network
        for name, manner in sorted(self._manners.items()):
            random = Seeded(self.seed, "whole", name, round_)
            drawn = draw_givens(network, extent, givens, {name: manner}, random)[name]
            yield name, drawn, f"other numbers for {pretty(name)}"

    def _sampler(self, random: Seeded) -> PleasantSampler:
        computation = self.variants.first.computation
        return PleasantSampler(computation.network, lambda axis: 0, random)

    @property
    def _manners(self):
        try:
            widening = self.variants.setting.widening
        except DeltaruleError:
            widening = 1
        return {n: m.wider(widening) for n, m in self.variants.manners.items()}

    def _tensor(self, name: str):
        return self.variants.first.computation.network.tensors.get(name)

    def _bound(self, name: str) -> bool:
        """Whether entries of a given may not be changed one by one."""
        tensor = self._tensor(name)
        return tensor is not None and bool(
            tensor.integral or tensor.definite or tensor.sums_to_one is not None
        )

    def _within(self, name: str):
        tensor = self._tensor(name)
        return None if tensor is None else tensor.drawn_within


def _place(name: str, entry: tuple[int, ...]) -> str:
    return pretty(name) + (f"[{','.join(map(str, entry))}]" if entry else "")
