"""Names of quantities as they stand in the tables of sheets and answers."""

from __future__ import annotations

from collections.abc import Callable

from deltarule.errors import DeltaruleError
from deltarule.spelling.names import canonical, parse_reference

_TRANSPOSED = (" transposed", "ᵀ", "^T", ".T")


def named(text: str, spelled: Callable[[str], str], place: str) -> str:
    """The name as `spelled` reads it, its complaint said with a place."""
    try:
        return spelled(text)
    except DeltaruleError as error:
        raise error.at(place) from None


def reference(text: str) -> str:
    """`"∂E/∂Θ₂"` -> `dE/dTheta2`. Raises DeltaruleError for what is no name."""
    return str(parse_reference(text))


def is_reference(text: str) -> bool:
    """Whether a text may be the name of a quantity."""
    try:
        parse_reference(text)
    except DeltaruleError:
        return False
    return True


def restated_name(text: str) -> str:
    """`Θ₁ᵀ` -> `Theta1 transposed`."""
    for ending in _TRANSPOSED:
        if text.strip().endswith(ending):
            return canonical(text.strip().removesuffix(ending)) + " transposed"
    return canonical(text)
