"""The one exception that a person may meet: a fact, a place and a remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from numbers import Number
from reprlib import Repr
from typing import Self

from deltarule.nearest import nearest


class DeltaruleError(Exception):
    """Something that the person can mend: `fact` is what is the case, `place` where it is, such as
    a file and line, and `remedy` what to do about it.

    `str(error)` is one readable block; the place and the remedy may be missing.
    """

    def __init__(self, fact: str, place: str | None = None, remedy: str | None = None):
        super().__init__(fact, place, remedy)
        self.fact = fact
        self.place = place
        self.remedy = remedy

    def __str__(self) -> str:
        lines = [self.fact]
        if self.place:
            lines.append(f"  where: {self.place}")
        if self.remedy:
            lines.append(f"  remedy: {self.remedy}")
        return "\n".join(lines)

    def at(self, place: str) -> Self:
        """The same error said with a wider place: `place`, then the place it already had."""
        inner = f"{place}: {self.place}" if self.place else place
        return type(self)(self.fact, inner, self.remedy)


class UnknownOption(DeltaruleError):
    """An option that does not exist: `option` as it was typed, `known` those that do."""

    option = ""
    known: tuple[str, ...] = ()

    @classmethod
    def named(
        cls,
        option: str,
        fact: str,
        place: str,
        known: Iterable[str] = (),
        also: Iterable[str] = (),
        otherwise: str = "",
    ) -> UnknownOption:
        """The error; its remedy is the nearest of `known` and `also`, else `otherwise`."""
        known = list(known)
        otherwise = otherwise or f"its options are: {', '.join(known) or 'none'}"
        error = cls(fact, place, did_you_mean(option, [*known, *also]) or otherwise)
        error.option, error.known = option, (*known, *also)
        return error

    def at(self, place: str) -> Self:
        """The same error said with a wider place."""
        wider = super().at(place)
        wider.option, wider.known = self.option, self.known
        return wider


class _Short(Repr):
    """Texts and lists are cut; other things are called by their kind."""

    def repr_instance(self, x: object, level: int) -> str:
        if callable(x) and hasattr(x, "__name__"):
            return x.__name__
        if x is None or isinstance(x, Number | bytes):
            return repr(x) if len(repr(x)) < 40 else f"{repr(x)[:40]}…"
        shape = getattr(x, "shape", None)
        if isinstance(shape, tuple):
            return f"an array of shape {shape}"
        return _kind(x)


def _kind(x: object) -> str:
    """ "an OpenSheet"."""
    name = type(x).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def in_short(value: object) -> str:
    """A value as messages show it: a short one as it is written, any other by its kind."""
    try:
        shown = _Short().repr(value)
    except ValueError:  # an integer of more digits than Python writes
        return _kind(value)
    return shown if len(shown) <= 80 else _kind(value)


def in_one_line(error: DeltaruleError) -> str:
    """An error as one sentence: fact (place): remedy."""
    place = f" ({error.place})" if error.place else ""
    return f"{error.fact}{place}" + (f": {error.remedy}" if error.remedy else "")


@contextmanager
def placed_at(place: str) -> Iterator[None]:
    """Errors raised inside tell this place first."""
    try:
        yield
    except DeltaruleError as error:
        raise error.at(place) from None


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """ "did you mean 'decimals'?" for the nearest of `candidates`; empty when none is near."""
    near = nearest(word, candidates)
    return f"did you mean '{near}'?" if near else ""


def unwritten(path: object, error: OSError, remedy: str = "name another file") -> DeltaruleError:
    """What is said of a file that cannot be written."""
    return DeltaruleError(
        f"the file cannot be written: {error.strerror or error}", str(path), remedy
    )


def not_positive(tensor: str, place: str | None) -> DeltaruleError:
    """What is said of a log-determinant that does not exist."""
    return DeltaruleError(
        f"{tensor} takes the logarithm of a determinant that is not above 0",
        place,
        "give a matrix whose determinant is above 0",
    )
