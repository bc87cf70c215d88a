"""Strides and padding among the arguments of a person's own function: other ones in each round.

A backward pass that loses the stride is right for a stride of 1, and one that cuts off [p:−p] is
right unless p is 0; so neither is left at its default.
"""

from __future__ import annotations

from collections.abc import Mapping

#: What is taken in rounds 1, 2 and 3.
_ROWS = {"stride": (2, 1, 3), "pad": (0, 1, 2), "padding": (0, 1, 2)}


def varied(
    constants: Mapping[str, object], number: int, given: Mapping[str, object]
) -> dict[str, object]:
    """The arguments with other strides and padding, also within a dict; not those `given`."""
    return {
        name: value if name in given else _other(name, value, number)
        for name, value in constants.items()
    }


def _other(name: str, value: object, number: int) -> object:
    if isinstance(value, dict):
        return {key: _other(str(key), part, number) for key, part in value.items()}
    if name in _ROWS and type(value) is int:
        return _ROWS[name][number % len(_ROWS[name])]
    return value


def numbers_in(constants: Mapping[str, object]) -> dict[str, int]:
    """The whole numbers among the arguments, also within a dict, by name."""
    found: dict[str, int] = {}
    for name, value in constants.items():
        if isinstance(value, dict):
            found |= numbers_in({str(key): part for key, part in value.items()})
        elif type(value) is int:
            found[name] = value
    return found
