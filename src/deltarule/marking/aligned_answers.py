"""What somebody wrote, laid along the lines of the computation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np

from deltarule.arithmetic.printed import Printed
from deltarule.errors import DeltaruleError
from deltarule.marking.sheet_files.arrays import Numbers, entries, shape
from deltarule.marking.sheet_files.sheets import Rounding
from deltarule.spelling.names import parse_reference, pretty
from deltarule.tracing.computation import Computation
from deltarule.tracing.format_numbers import finite


@dataclass
class Written:
    """A quantity as printed: `numbers[entry]` is a Printed, or None where nothing is printed."""

    quantity: str
    numbers: np.ndarray
    transposed: bool = False

    def printed(self) -> list[tuple[tuple[int, ...], Printed]]:
        """The entries that are printed, looked for once they are all there."""
        return self._printed

    @cached_property
    def _printed(self) -> list[tuple[tuple[int, ...], Printed]]:
        found = ((entry, self.numbers[entry]) for entry in np.ndindex(*self.numbers.shape))
        return [(entry, printed) for entry, printed in found if printed is not None]

    @cached_property
    def negated(self) -> Written:
        """The same numbers with the other sign, as somebody who turned it round had them."""
        numbers = self.numbers.copy()
        for entry, printed in self.printed():
            numbers[entry] = printed.negated()
        return Written(self.quantity, numbers, self.transposed)

    @cached_property
    def decimals(self) -> int | None:
        """The most decimals that an entry is printed with."""
        found = [p.decimals for _, p in self.printed() if p.decimals is not None]
        return max(found, default=None)

    def bits(self, entries: Iterable[tuple[int, ...]]) -> float:
        """How much the printed digits of some entries tell, in bits: 3⅓ a figure, 1 a sign."""
        return sum(3.33 * (self.numbers[e].figures or 6) + 1 for e in entries)


@dataclass
class Aligned:
    """All written quantities by the name of their line, and how numbers were rounded."""

    written: dict[str, Written] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    rounding: Rounding = Rounding()

    def matches(self, printed: Printed, value) -> bool:
        """Whether a value would be printed like this, under the sheet's rule or to the nearest.

        A value in the middle between two numbers may be printed as either; NaN
        matches none.
        """
        if not finite(value) or _far(printed, value):
            return False
        if self.rounding.rule == "truncate":
            return printed.printable(value, "truncate")
        return printed.nearest(value)

    def unlike(
        self, written: Written, values: np.ndarray, entries: Iterable[tuple[int, ...]] | None = None
    ) -> list[tuple[int, ...]]:
        """The entries, all that are printed if left out, that do not match these values."""
        chosen = [e for e, _ in written.printed()] if entries is None else entries
        return [e for e in chosen if not self.matches(written.numbers[e], values[e])]


def _far(printed: Printed, value) -> bool:
    """Whether a value lies so far from what is printed that no rounding can make it that."""
    number, unit = printed.rough
    try:
        return abs(float(value) - number) > 2 * unit + 1e-9 * abs(number) + 1e-300
    except (OverflowError, TypeError):
        return False


def lay_out(
    numbers: Mapping[str, Numbers], computation: Computation, rounding: Rounding
) -> Aligned:
    """Somebody's numbers along the lines of a computation.

    Raises DeltaruleError for a quantity that the computation does not have, and for numbers whose
    shape is not the quantity's (a matrix that is given transposed is turned round).
    """
    aligned = Aligned(rounding=rounding)
    missing = []
    for reference, value in numbers.items():
        name, entry = computation.locate(reference)
        wanted = np.shape(computation.exact.arrays[name])
        if all(number is None for _, number in entries(value)):
            missing.append(reference)
            continue
        written = aligned.written.setdefault(name, Written(name, np.full(wanted, None, object)))
        if entry or parse_reference(reference).of_index:
            _put_entry(written, entry, value, reference)
        else:
            _put_all(written, value, wanted, reference)
    for written in aligned.written.values():
        for entry, number in np.ndenumerate(written.numbers):
            if number is not None:
                asked = number.as_asked(rounding.decimals, rounding.significant)
                written.numbers[entry] = asked
    aligned.missing = tuple(missing)
    return aligned


def _put_entry(written: Written, entry: tuple[int, ...], value: Numbers, reference: str) -> None:
    extents = written.numbers.shape
    if len(entry) != len(extents):
        squeezed = [k for k, n in enumerate(extents) if n != 1]
        if len(entry) == len(squeezed):
            full = [0] * len(extents)
            for k, position in zip(squeezed, entry, strict=True):
                full[k] = position
            entry = tuple(full)
    inside = len(entry) == len(extents) and all(
        0 <= k < n for k, n in zip(entry, extents, strict=True)
    )
    if not inside or shape(value):
        raise DeltaruleError(
            f"{reference} is not an entry of {pretty(written.quantity)}, "
            f"which is {_extents(extents)}",
            reference,
            "entries count from 0; write one number for one entry",
        )
    written.numbers[entry] = value


def _put_all(written: Written, value: Numbers, wanted: tuple[int, ...], reference: str) -> None:
    numbers = np.empty(shape(value), dtype=object)
    for entry, number in entries(value):
        numbers[entry] = number
    if _squeezed(numbers.shape) == _squeezed(wanted):
        numbers = numbers.reshape(wanted)
    elif numbers.ndim == 2 and _squeezed(numbers.T.shape) == _squeezed(wanted):
        numbers = numbers.T.reshape(wanted)
        written.transposed = True
    else:
        raise DeltaruleError(
            f"{pretty(written.quantity)} is {_extents(wanted)} "
            f"but {_extents(numbers.shape)} is written",
            reference,
            f"write one number for each entry; single entries as in {written.quantity}[0] = …",
        )
    for entry in np.ndindex(*wanted):
        if numbers[entry] is not None:
            written.numbers[entry] = numbers[entry]


def _squeezed(extents: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for n in extents if n != 1)


def _extents(extents: tuple[int, ...]) -> str:
    return " × ".join(str(n) for n in extents) if extents else "a single number"


def written_values(aligned: Aligned) -> dict[str, np.ndarray]:
    """The printed values of each quantity, as fractions, None where nothing is printed."""
    found = {}
    for name, written in aligned.written.items():
        values = np.full(written.numbers.shape, None, dtype=object)
        for entry, printed in written.printed():
            values[entry] = Fraction(printed.value)
        found[name] = values
    return found
