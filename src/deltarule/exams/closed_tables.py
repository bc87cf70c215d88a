"""Tables with a fixed set of keys, and lists of tables of several kinds: see value_kinds.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.exams.value_kinds import Kind, OneOf, Path, Schema, Where, refused


@dataclass(frozen=True)
class Key:
    """One key of a table: the kind of its value, what an editor says of it, whether it has to be
    there."""

    kind: Kind
    says: str
    required: bool = False

    def schema(self) -> Schema:
        """The kind with its description."""
        schema = self.kind.schema()
        # Beside a $ref nothing else counts.
        inner = {"allOf": [schema]} if "$ref" in schema else schema
        return {"description": self.says, **inner}


@dataclass(frozen=True)
class Table:
    """A table with these keys and no other.

    Of each group in `excludes` one key may be given; a key in `needs` says nothing without one of
    its own.
    """

    keys: Mapping[str, Key]
    says: str = ""
    excludes: tuple[tuple[str, ...], ...] = ()
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: str = "a table"

    def schema(self) -> Schema:
        required = [name for name, key in self.keys.items() if key.required]
        schema: Schema = {
            **({"description": self.says} if self.says else {}),
            "type": "object",
            "properties": {name: key.schema() for name, key in self.keys.items()},
            "additionalProperties": False,
        }
        if required:
            schema["required"] = required
        if self.excludes:
            schema["not"] = {"anyOf": [{"required": list(group)} for group in self.excludes]}
        needed = [
            {"anyOf": [{"not": {"required": [key]}}, *({"required": [n]} for n in others)]}
            for key, others in self.needs.items()
        ]
        if needed:
            schema["allOf"] = needed
        return schema

    def check(self, value: Any, path: Path, where: Where) -> None:
        if not isinstance(value, dict):
            raise refused(value, self.words, path, where)
        for name, inner in value.items():
            if name not in self.keys:
                raise _unknown(name, self.keys, (*path, name), where)
            self.keys[name].kind.check(inner, (*path, name), where)
        for name, key in self.keys.items():
            if key.required and name not in value:
                raise DeltaruleError(f"{name} is missing", where(path), f"{name}: {key.says}")
        for group in self.excludes:
            if all(name in value for name in group):
                raise DeltaruleError(
                    f"{' and '.join(group)} stand together",
                    where((*path, group[-1])),
                    "keep one of them",
                )
        for name, others in self.needs.items():
            if name in value and not any(other in value for other in others):
                raise DeltaruleError(
                    f"{name} says nothing without {' or '.join(others)}",
                    where((*path, name)),
                    f"add {others[0]}, or leave {name} out",
                )


def _unknown(name: str, known: Mapping[str, Key], path: Path, where: Where) -> DeltaruleError:
    hint = did_you_mean(name, known)
    keys = f"known here: {', '.join(known)}"
    return DeltaruleError(
        f"unknown key {shortened(name)!r}", where(path), f"{hint} {keys}" if hint else keys
    )


@dataclass(frozen=True)
class Variants:
    """A table of one of several kinds, which one of its keys tells."""

    key: str
    says: str
    tables: Mapping[str, Table]
    words: str = "a table"

    def _table(self, value: str) -> Table:
        """The table for one value of the key, that key among its own."""
        table = self.tables[value]
        keys = {self.key: Key(OneOf([value]), self.says, required=True), **table.keys}
        return Table(keys, table.says, table.excludes, table.needs)

    def schema(self) -> Schema:
        return {"oneOf": [self._table(value).schema() for value in self.tables]}

    def check(self, value: Any, path: Path, where: Where) -> None:
        if not isinstance(value, dict):
            raise refused(value, self.words, path, where)
        if self.key not in value:
            raise DeltaruleError(f"{self.key} is missing", where(path), f"{self.key}: {self.says}")
        kind = value[self.key]
        OneOf(list(self.tables)).check(kind, (*path, self.key), where)
        self._table(kind).check(value, path, where)
