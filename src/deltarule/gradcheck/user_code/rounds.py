"""One setting of a person's function: sizes, other arguments, values inside its domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from deltarule.errors import DeltaruleError
from deltarule.gradcheck.user_code.black_box import BlackBox
from deltarule.gradcheck.user_code.calling import Caller, Value
from deltarule.gradcheck.user_code.constants import numbers_in
from deltarule.gradcheck.user_code.function import OwnFunction
from deltarule.gradcheck.user_code.shapes import DOMAINS, ROWS, chosen_sizes, drawn


@dataclass(frozen=True)
class Tolerance:
    """What a person allows: relative to the largest entry, and besides; None is the method's."""

    relative: float | None = None
    absolute: float = 0.0


class Round:
    """Arrays, the function's value, and an upstream gradient; `drawn` says from where."""

    def __init__(
        self,
        function: OwnFunction,
        constants: Mapping[str, object],
        number: int,
        seed: int,
        given: Mapping[str, int],
        left_out: frozenset[str] = frozenset(),
    ):
        self.function, self.constants = function, constants
        sizes = chosen_sizes(function.shapes.values(), number, given)
        self.sizes = {n: k for n, k in sizes.items() if n not in numbers_in(constants)}
        self.settings = {**self.sizes, **numbers_in(constants)}
        where = ", ".join(f"{n} = {k}" for n, k in self.settings.items())
        self.caller = Caller(function, constants, where)
        self.caller.left_out = set(left_out)
        self.settings |= dict.fromkeys(sorted(left_out), "left out")
        self.random, self.domains = np.random.default_rng(seed), {}
        self.arrays, self.value = self._inside()
        self.real = [n for n in function.real if n not in left_out]
        flat = self.value.flat
        self.upstream = (
            self.random.normal(size=flat.shape)
            if self.caller.outside(self.value)
            else np.ones(flat.shape)
        )
        self.box = BlackBox(self.caller.flat, self.arrays, self.real)
        again = self.caller.run(self.arrays).flat  # now its warnings are heard
        if not np.array_equal(again, flat, equal_nan=True):
            raise self.caller.refused(
                "it gives another value when it is called again",
                "fix the seed of whatever it draws",
            )
        self.box.judge()

    @property
    def root(self) -> str:
        """What the gradients are of: the function itself where it gives one number."""
        outputs = self.value.outputs
        return "L" if len(outputs) > 1 or outputs[0].ndim else self.function.name

    @property
    def free(self) -> list[str]:
        """The real arrays that may be 0 or negative."""
        return [
            n
            for n in self.real
            if not self.function.shapes[n].positive and self.domains.get(n, "any") == "any"
        ]

    def _inside(self) -> tuple[dict[str, np.ndarray], Value]:
        """Arrays at which the value is a number."""
        refused = False
        for domains in self._all_domains():
            arrays = self._drawn(domains)
            value = self.caller.run_quietly(arrays)
            if np.isfinite(value.flat).all():
                self.domains = domains
                return arrays, value
            refused = True
        raise self.caller.refused(
            "its value is no number" + ", wherever its arguments are drawn" * refused,
            "say where they lie: x [N positive]; or give sizes that fit: --set N=4",
        )

    def _all_domains(self) -> Iterator[dict[str, str]]:
        """For each real array a domain: all the same one, then all mixtures."""
        names = [n for n in self.function.real if not self.function.shapes[n].positive]
        yield from (dict.fromkeys(names, domain) for domain in DOMAINS)
        for mixture in product(DOMAINS, repeat=len(names)) if 1 < len(names) <= 3 else ():
            if len(set(mixture)) > 1:
                yield dict(zip(names, mixture))

    def _drawn(self, domains: Mapping[str, str]) -> dict[str, np.ndarray]:
        arrays = {}
        for name, shape in self.function.shapes.items():
            try:
                arrays[name] = drawn(
                    shape,
                    {**self.constants_as_sizes(), **self.sizes},
                    self.random,
                    domains.get(name, "any"),
                )
            except ValueError as error:
                raise self.caller.refused(
                    f"{name} would be {error}",
                    "name its sizes by letters, or give small ones: "
                    f'--set N=4, --shape "{name}=N D"',
                ) from None
        return arrays

    def constants_as_sizes(self) -> dict[str, int]:
        """The integers among the other arguments, which shapes may name."""
        return {n: k for n, k in numbers_in(self.constants).items() if type(k) is int}


def round_at(
    function: OwnFunction,
    constants: Mapping[str, object],
    number: int,
    seed: int,
    given: Mapping[str, int],
    left_out: frozenset[str] = frozenset(),
) -> Round:
    """A round at the first sizes at which the function works.

    Raises DeltaruleError, of the sizes tried first, where there are none.
    """
    first: DeltaruleError | None = None
    for row in dict.fromkeys((number, 3, *range(ROWS - 1))):
        try:
            return Round(function, constants, row, seed, given, left_out)
        except DeltaruleError as error:
            first = first or error
    raise first or DeltaruleError(f"{function.name} cannot be called", function.place)
