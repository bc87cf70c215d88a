"""Numbers that somebody gives for sizes, options and constants, whatever their type."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from numbers import Integral
from typing import TYPE_CHECKING

from deltarule.errors import DeltaruleError, in_short

if TYPE_CHECKING:
    from sympy import Rational

#: Sizes are counted in 64 bits, and products of two of them too.
LARGEST = 2**31 - 1


def whole_number(name: str, value: object, place: str) -> int:
    """An integer, given as one or as text. Raises DeltaruleError for anything else."""
    refuse_no_value(name, value, place)
    text = "" if isinstance(value, bool) else str(value).strip().replace("−", "-")
    if not re.fullmatch(r"[-+]?[0-9]+", text):
        kind = "a whole number"
        raise DeltaruleError(
            f"{name} = {_shown(value)} is not {kind}", place, f"give {name} as {kind}"
        )
    if len(text) > 20 or abs(int(text)) > LARGEST:
        raise DeltaruleError(
            f"{name} = {text if len(text) < 30 else text[:20] + '…'} is too large",
            place,
            f"{name} is at most {LARGEST}",
        )
    return int(value) if isinstance(value, Integral) else int(text)


def real_number(name: str, value: object, place: str) -> Fraction:
    """A real number, given as one or as text: 0.1, 1/3, 1e-5. Raises DeltaruleError."""
    refuse_no_value(name, value, place)
    text = str(value).strip().replace("−", "-")
    try:
        if re.search(r"[eE][-+]?[0-9_]{5,}", text):
            raise ValueError("a power of ten that would take forever to write out")
        number = Fraction(text)
        near = float(number)
    except (ValueError, ZeroDivisionError):
        raise DeltaruleError(
            f"{name} = {_shown(value)} is no number", place, f"give {name} as 0.1, 1/3 or 1e-5"
        ) from None
    except OverflowError:
        near = math.inf
    if math.isinf(near) or (near == 0) != (number == 0):
        size = "large" if near else "small"
        raise DeltaruleError(
            f"{name} = {_shown(value)} is too {size} for a floating-point number",
            place,
            f"give a number nearer to 1 for {name}",
        )
    return number


def rational(value: Fraction | str) -> Rational:
    """A fraction, or one as text, as SymPy's number. Raises ValueError for what is none."""
    from sympy import Rational  # a kernel that is in the cache runs without it

    found = Rational(value)
    if not isinstance(found, Rational):
        raise ValueError(f"{value} is no fraction")
    return found


class Alone(int):
    """What an option is on a command line with no value behind it: yes, where that is a value."""


def _shown(value: object) -> str:
    """A value in messages: text as it was typed, as far as it is short."""
    return value[:40] if isinstance(value, str) else in_short(value)


def refuse_no_value(name: str, value: object, place: str) -> None:
    """Raises DeltaruleError for an option that stood alone and takes a value."""
    if isinstance(value, Alone):
        raise DeltaruleError(f"{name} has no value", place, f"write one behind {name}")
