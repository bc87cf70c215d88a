"""Tables of a convention file, as they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.marking.sheet_files.toml_text import Digits


def plain(value: Any) -> Any:
    """Numbers as numbers: the reader keeps their digits as they were written."""
    if isinstance(value, Digits):
        return float(value)
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list) else value


def sizes(said: Any) -> tuple[int | str, ...]:
    """Numbers and names of sizes, or one of them."""
    several = said if isinstance(said, list) else [said]
    return tuple(size(s) for s in several)


def size(value: Any) -> int | str:
    """A number, or the name of a size."""
    return value if isinstance(value, str) else int(value)


def number(value: Any) -> float | str:
    """A number, or the text of one that is computed."""
    return value if isinstance(value, str) else float(plain(value))


def only(table: Mapping[str, Any], known: set[str], place: str) -> None:
    """Raises DeltaruleError for a key that is none of those known."""
    for key in table:
        if key not in known:
            raise unknown(key, known, place)


def unknown(key: str, known: set[str], place: str) -> DeltaruleError:
    """The error for a key that has no meaning."""
    return DeltaruleError(
        f"{key} has no meaning here",
        place,
        did_you_mean(key, known) or f"what is read: {', '.join(sorted(known))}",
    )


def mapping(said: Any, place: str) -> Mapping[str, Any]:
    """A table. Raises DeltaruleError for anything else."""
    if not isinstance(said, Mapping):
        raise DeltaruleError(f"{said!r} is no table", place, "write { name = value }")
    return said


def listed(said: Any, place: str) -> list[Any]:
    """A list. Raises DeltaruleError for anything else."""
    if not isinstance(said, list):
        raise DeltaruleError(f"{said!r} is no list", place, "write [a, b], or [[task.calls]]")
    return said


def truth(said: Any, key: str, place: str) -> bool:
    """True or false. Raises DeltaruleError for anything else."""
    if not isinstance(said, bool):
        raise DeltaruleError(f"{key} = {said} is neither true nor false", place, f"{key} = true")
    return said
