"""What somebody gives for a stride, a dilation or a padding: 2, "2,3", (2, 3), "S,R", "0:1,2:2"."""

from __future__ import annotations

import re
from typing import NamedTuple

from deltarule.errors import DeltaruleError
from deltarule.expressions.given_numbers import LARGEST, refuse_no_value

#: A number, or a name for any number, which is written as sizes are: P, P_1.
_PART = re.compile(r"-?[0-9]{1,40}|[A-Z][A-Za-z0-9_]{0,19}|same")


class Given(NamedTuple):
    """An option's value as text, and where it belongs."""

    name: str
    text: str
    place: str

    def unfit(self, fact: str, remedy: str) -> DeltaruleError:
        """The error for a value that does not fit."""
        return DeltaruleError(f"{self.name} = {self.text[:40]} {fact}", self.place, remedy)


def is_whole(part: str) -> bool:
    """Whether a part is an integer, which may be below 0."""
    return part.removeprefix("-").isdigit()


def of_each_axis(
    name: str, value: object, rank: int, place: str
) -> tuple[Given, list[tuple[str, ...]]]:
    """What is given for each of `rank` axes: one part, or two, before and behind.

    Raises DeltaruleError for what is neither numbers nor names, and for another number of axes.
    """
    refuse_no_value(name, value, place)
    given = Given(name, _as_text(value).replace(" ", ""), place)
    axes = [tuple(axis.split(":")) for axis in given.text.split(",")]
    for part in (p for axis in axes for p in axis):
        if not _PART.fullmatch(part):
            raise given.unfit(
                "is neither a whole number nor a name",
                f"give {name} as 2, or as a name for any number, as P"
                + (", or as 2,3 for two axes" if rank > 1 else ""),
            )
        if is_whole(part) and int(part) > LARGEST:
            raise given.unfit("is too large", f"{name} is at most {LARGEST}")
    if len(axes) not in (1, rank) or any(len(axis) > 2 for axis in axes):
        raise given.unfit(
            f"has {len(axes)} values for {rank} axes" if len(axes) > 1 else "has too many ends",
            f"give one for all axes, or {rank} with commas" if rank > 1 else "give one",
        )
    return given, axes * rank if len(axes) == 1 else axes


def _as_text(value: object) -> str:
    """Numbers in sequences as they are typed: (2, 3) is 2,3, and ((0, 1), (2, 2)) is 0:1,2:2."""
    if not isinstance(value, tuple | list):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return ",".join(
        ":".join(map(str, part)) if isinstance(part, tuple | list) else str(part) for part in value
    )
