"""TOML files read so that printed digits survive and every complaint can name its line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.marking.sheet_files.text_files import read_text
from deltarule.marking.sheet_files.toml_faults import fault_of
from deltarule.marking.sheet_files.toml_lines import Fault
from deltarule.marking.sheet_files.toml_values import key_of

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z_.]+)\s*\]\]?\s*(?:#.*)?")
#: TOML takes time and memory that grow with the square of these.
_DOTTED = re.compile(r"(?<![\w\"'-])(?:[\w\"'-]+[ \t]*\.[ \t]*){17}")
#: Titles, names and formulas are no longer.
_LONGEST = 4000
_TABLE = "a table [section]"
_KINDS = {str: "a text in quotes", int: "a whole number", dict: _TABLE, list: "a list"}


class Digits(str):
    """A number with a point or an exponent, kept as it was written."""


@dataclass(frozen=True)
class TomlText:
    """A TOML file: `name` as it is said to the person, its text, and what it holds."""

    name: str
    text: str
    data: dict[str, Any]

    def where(self, section: str, key: str = "", run: int = 0) -> str:
        """The place of `key` in `[section]` of the `run`-th `[[run]]` (0: before all runs).

        What a run does not hold itself is looked for before the runs, which it inherits from.
        """
        label = shortened(".".join(part for part in (section, key) if part))
        line = self._line(section, key, run) or self._line(section, key, 0)
        return f"{self.name}, line {line}: {label}" if line else f"{self.name}: {label}"

    def _line(self, section: str, key: str, run: int) -> int | None:
        return self._places.get((run, section, key))

    @cached_property
    def _places(self) -> dict[tuple[int, str, str], int]:
        """The line of every section and key of each run, the first where there are several."""
        found: dict[tuple[int, str, str], int] = {}
        runs, current = 0, ""
        for number, line in enumerate(self.text.split("\n"), 1):
            header = _HEADER.fullmatch(line)
            if header:
                runs += header[1] == "[[" and header[2] == "run"
                current = re.sub(r"^run\.?", "", header[2])
                found.setdefault((runs, current, ""), number)
            elif (key := key_of(line)) is not None:
                found.setdefault((runs, current, key), number)
        return found


def read_toml(path: Path | Traversable, name: str) -> TomlText:
    """The TOML file at `path`, called `name` in errors; DeltaruleError when it is none."""
    text = read_text(path, name)
    try:
        return TomlText(name, text, parse(text, name))
    except tomllib.TOMLDecodeError as error:
        raise refused(text, fault_of(text, error), name) from None


def parse(text: str, name: str) -> dict[str, Any]:
    """What a TOML text holds. Raises TOMLDecodeError, and DeltaruleError for what swells."""
    if _DOTTED.search(text):
        raise DeltaruleError("names with many dots in them", name, "give each thing one name")
    try:
        return _loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise DeltaruleError("lists nested beyond reading", name, "nest fewer lists") from None
    except ValueError:
        raise DeltaruleError(
            "a whole number too long to read", name, "give a number of ordinary size"
        ) from None


@lru_cache(maxsize=2)
def _loads(text: str) -> dict[str, Any]:
    """The same text is read once to tell answers from sheets, and once for what it holds."""
    return tomllib.loads(text, parse_float=_digits)


def refused(text: str, fault: Fault, name: str) -> DeltaruleError:
    """The error that names a fault, its line as it stands, and the line put right."""
    line = text.split("\n")[fault.line - 1].strip()
    shown = f": {shortened(line)}" if line else ""
    return DeltaruleError(
        f"not TOML: {fault.fact}", f"{name}, line {fault.line}{shown}", fault.example
    )


def _digits(text: str) -> Digits:
    return Digits(text.replace("_", ""))


def expect(value: Any, kind: type, place: str) -> Any:
    """`value` when it is of `kind` (str, int, dict or list); a boolean is no integer."""
    wrong = isinstance(value, bool) if kind is int else isinstance(value, Digits)
    if isinstance(value, str) and len(value) > _LONGEST:
        raise DeltaruleError(
            f"a text of {len(value)} characters", place, f"write at most {_LONGEST}"
        )
    if isinstance(value, kind) and not wrong:
        return value
    raise DeltaruleError(
        f"{_kind_text(value)} stands where {_KINDS[kind]} belongs", place, f"write {_KINDS[kind]}"
    )


def refuse_unknown(table: dict[str, Any], known: tuple[str, ...], place: str) -> None:
    """DeltaruleError for the first key of `table` that is not `known`."""
    for key in table:
        if key not in known:
            hint = did_you_mean(key, known)
            keys = f"known here: {', '.join(known)}"
            raise DeltaruleError(
                f"unknown key {shortened(key)!r}", place, f"{hint} {keys}" if hint else keys
            )


def _kind_text(value: Any) -> str:
    if isinstance(value, dict):
        return _TABLE
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    return shortened(str(value) if isinstance(value, Digits | int) else repr(value))
