"""What somebody gives for an option, in the type of the option's usual value."""

from __future__ import annotations

from typing import Any

from deltarule.errors import DeltaruleError, in_short
from deltarule.expressions.given_numbers import refuse_no_value, whole_number
from deltarule.language.literals import decimal

_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def as_default(name: str, value: object, default: object, place: str) -> Any:
    """`value` for the option `name`, given as such or as text, in the type of `default`.

    Raises DeltaruleError for a value of another kind, and for none (`--layers` with nothing behind
    it).
    """
    if isinstance(default, bool):
        if str(value).lower() in _YES_NO:
            return _YES_NO[str(value).lower()]
        raise _other_kind(name, value, "yes or no", place)
    refuse_no_value(name, value, place)
    if isinstance(default, int):
        return whole_number(name, value, place)
    if not isinstance(default, float):
        return str(value)
    try:
        return float(decimal(float(str(value))))
    except (TypeError, ValueError):
        raise _other_kind(name, value, "a number", place) from None


def _other_kind(name: str, value: object, kind: str, place: str) -> DeltaruleError:
    return DeltaruleError(
        f"{name} = {value if isinstance(value, str) else in_short(value)} is not {kind}",
        place,
        f"give {name} as {kind}",
    )
