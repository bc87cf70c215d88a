"""The kinds of value that a TOML file may hold: each checks a value, and is a JSON Schema.

One object does both, so that what an editor accepts by the schema is what the reader takes. The
schema is of draft 4: the editors' servers of TOML know no later one. A path is the keys that lead
to a value, those of lists counted from 0; `where` says it as a place in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.marking.sheet_files.toml_text import Digits

Path = tuple["str | int", ...]
Where = Callable[[Path], str]
Schema = dict[str, Any]

#: Texts are no longer.
LONGEST = 4000


class Kind(Protocol):
    """A kind of value."""

    @property
    def words(self) -> str:
        """What it is called in messages."""
        ...

    def schema(self) -> Schema:
        """The kind as a JSON Schema."""
        ...

    def check(self, value: Any, path: Path, where: Where) -> None:
        """Raises DeltaruleError for a value of another kind."""
        ...


def refused(value: Any, words: str, path: Path, where: Where) -> DeltaruleError:
    """The error for a value of the wrong kind."""
    return DeltaruleError(
        f"{shown(value)} stands where {words} belongs", where(path), f"write {words}"
    )


def shown(value: Any) -> str:
    """A value as a message names it."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and not isinstance(value, Digits):
        return f'"{shortened(value)}"' if value.strip() else "an empty text"
    return shortened(str(value))


def is_text(value: Any) -> bool:
    """Whether it is a text, not a number with a point kept as it was written."""
    return isinstance(value, str) and not isinstance(value, Digits)


def is_number(value: Any) -> bool:
    """Whether it is a number, whole or not."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float | Digits)


@dataclass(frozen=True)
class Text:
    """A text; with a `pattern` one that has it, and `words` say which."""

    words: str = "a text in quotes"
    pattern: str = ""
    least: int = 1

    def schema(self) -> Schema:
        limits = {"minLength": self.least, "maxLength": LONGEST}
        return {"type": "string", **limits, **({"pattern": self.pattern} if self.pattern else {})}

    def check(self, value: Any, path: Path, where: Where) -> None:
        if not is_text(value) or len(value) < self.least:
            raise refused(value, self.words, path, where)
        if len(value) > LONGEST:
            raise DeltaruleError(
                f"a text of {len(value)} characters", where(path), f"write at most {LONGEST}"
            )
        if self.pattern and not re.search(self.pattern, value):
            raise refused(value, self.words, path, where)


@dataclass(frozen=True)
class OneOf:
    """One of a few texts."""

    values: Sequence[str]

    @property
    def words(self) -> str:
        *first, last = (f'"{value}"' for value in self.values)
        return f"{', '.join(first)} or {last}" if first else last

    def schema(self) -> Schema:
        return {"enum": list(self.values)}

    def check(self, value: Any, path: Path, where: Where) -> None:
        if is_text(value) and value in self.values:
            return
        hint = did_you_mean(value, self.values) if is_text(value) else ""
        raise DeltaruleError(
            f"{shown(value)} stands where {self.words} belongs",
            where(path),
            hint or f"write {self.words}",
        )


@dataclass(frozen=True)
class Whole:
    """An integer in a range."""

    least: int = 0
    most: int = 1_000_000

    @property
    def words(self) -> str:
        return f"a whole number from {self.least} to {self.most}"

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def check(self, value: Any, path: Path, where: Where) -> None:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not self.least <= value <= self.most:
            raise refused(value, self.words, path, where)


@dataclass(frozen=True)
class Truth:
    """true or false."""

    words: str = "true or false"

    def schema(self) -> Schema:
        return {"type": "boolean"}

    def check(self, value: Any, path: Path, where: Where) -> None:
        if not isinstance(value, bool):
            raise refused(value, self.words, path, where)


@dataclass(frozen=True)
class Number:
    """A number in a range."""

    words: str
    least: float | None = None
    most: float | None = None

    def schema(self) -> Schema:
        limits = {"minimum": self.least, "maximum": self.most}
        return {"type": "number", **{k: v for k, v in limits.items() if v is not None}}

    def check(self, value: Any, path: Path, where: Where) -> None:
        if not is_number(value):
            raise refused(value, self.words, path, where)
        number = float(value)
        below = self.least is not None and not number >= self.least
        if below or (self.most is not None and not number <= self.most):
            raise refused(value, self.words, path, where)


@dataclass(frozen=True)
class Either:
    """A value of one of several kinds."""

    words: str
    kinds: Sequence[Kind]

    def schema(self) -> Schema:
        return {"anyOf": [kind.schema() for kind in self.kinds]}

    def check(self, value: Any, path: Path, where: Where) -> None:
        for kind in self.kinds:
            try:
                return kind.check(value, path, where)
            except DeltaruleError:
                continue
        raise refused(value, self.words, path, where)


@dataclass(frozen=True)
class Referred:
    """A kind that the schema states once, under a name, and that may hold itself."""

    name: str
    kind: Callable[[], Kind]

    @property
    def words(self) -> str:
        return self.kind().words

    def schema(self) -> Schema:
        return {"$ref": f"#/definitions/{self.name}"}

    def check(self, value: Any, path: Path, where: Where) -> None:
        self.kind().check(value, path, where)


@dataclass(frozen=True)
class ListOf:
    """A list, at least so long, whose entries are of one kind."""

    kind: Kind
    least: int = 0
    words: str = "a list"

    def schema(self) -> Schema:
        least = {"minItems": self.least} if self.least else {}
        return {"type": "array", "items": self.kind.schema(), **least}

    def check(self, value: Any, path: Path, where: Where) -> None:
        if not isinstance(value, list):
            raise refused(value, self.words, path, where)
        if len(value) < self.least:
            raise DeltaruleError(
                f"a list of {len(value)}", where(path), f"give at least {self.least}"
            )
        for number, inner in enumerate(value):
            self.kind.check(inner, (*path, number), where)


@dataclass(frozen=True)
class TableOf:
    """A table with keys of any name, at least so many, whose values are of one kind; those in
    `named` have kinds of their own."""

    kind: Kind
    named: Mapping[str, Kind] | None = None
    least: int = 0
    words: str = "a table"

    def schema(self) -> Schema:
        schema: Schema = {"type": "object", "additionalProperties": self.kind.schema()}
        if self.named:
            schema["properties"] = {name: kind.schema() for name, kind in self.named.items()}
        if self.least:
            schema["minProperties"] = self.least
        return schema

    def check(self, value: Any, path: Path, where: Where) -> None:
        if not isinstance(value, dict):
            raise refused(value, self.words, path, where)
        if len(value) < self.least:
            raise DeltaruleError(
                f"a table of {len(value)}", where(path), f"give at least {self.least}"
            )
        named = self.named or {}
        for key, inner in value.items():
            named.get(key, self.kind).check(inner, (*path, key), where)
