"""Arguments that somebody gives to a public function, tested before anything is computed.

Each function gives the argument in the type that is wanted, and raises DeltaruleError for another;
`argument` is its name, and `place` the function that it was given to, or what that is about.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from fractions import Fraction
from numbers import Integral
from typing import Any

import numpy as np

from deltarule.errors import DeltaruleError, in_short
from deltarule.expressions.given_numbers import real_number

#: No name of a tensor or of a file is as long as that.
LONGEST = 255


def wrong_kind(
    argument: str, value: object, wanted: str, place: str, remedy: str
) -> DeltaruleError:
    """The error for an argument that is not what is `wanted`."""
    return DeltaruleError(f"{argument} = {in_short(value)} is not {wanted}", place, remedy)


def known_mapping(argument: str, value: object, place: str, example: str) -> dict[str, Any]:
    """Values by name; none given are none."""
    if value is None:
        return {}
    remedy = f"give values by name, such as {example}"
    if not isinstance(value, Mapping):
        raise wrong_kind(argument, value, "a dict", place, remedy)
    stray = [name for name in value if not isinstance(name, str)]
    if stray:
        raise wrong_kind(f"a name in {argument}", stray[0], "a text", place, remedy)
    return dict(value)


def known_names(argument: str, value: Any, place: str, example: str) -> tuple[str, ...]:
    """Names of tensors or other quantities; one may stand by itself."""
    alone = isinstance(value, str | bytes) or not isinstance(value, Iterable)
    names: list[str] = []
    for name in (value,) if alone else value:
        if not isinstance(name, str) or len(name) > LONGEST:
            remedy = f"give names, such as {argument}={example}"
            raise wrong_kind(argument, name, "a name", place, remedy)
        names.append(name)
    return tuple(names)


def known_name(argument: str, value: object, place: str, example: str) -> str:
    """One name."""
    if not isinstance(value, str) or len(value) > LONGEST:
        raise wrong_kind(argument, value, "a name", place, f"give one, such as {example}")
    return value


def known_path(argument: str, value: object, place: str, remedy: str) -> str:
    """A name, or the path of a file, as text."""
    path = os.fsdecode(value) if isinstance(value, str | os.PathLike) else None
    if path is None or max(map(len, path.split("/"))) > LONGEST:
        raise wrong_kind(argument, value, "a name or a path", place, remedy)
    return path


def known_seed(value: object, place: str) -> int:
    """What random numbers are drawn from."""
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise wrong_kind("seed", value, "a whole number", place, "give one, such as seed=0")
    return int(value)


def known_rate(value: Any, place: str) -> Fraction:
    """A learning rate: a number, or one as text, that float64 holds; 0.1 is exactly one tenth."""
    return real_number("rate", getattr(value, "value", value), place)


def yes_or_no(argument: str, value: object, place: str, none: bool = False) -> bool | None:
    """True or False; with `none`, None too."""
    if value is None and none:
        return None
    if not isinstance(value, bool | np.bool_):
        raise DeltaruleError(
            f"{argument} = {in_short(value)} is neither True nor False",
            place,
            f"give {argument}=True or {argument}=False" + (", or leave it out" if none else ""),
        )
    return bool(value)


def known_progress(value: Any, place: str) -> Any:
    """A function that is called with a line of text; or None."""
    if value is not None and not callable(value):
        fact = f"progress = {in_short(value)} cannot be called"
        raise DeltaruleError(fact, place, "give a function, such as print")
    return value
