"""TOML files read so that printed digits survive and every complaint can name its line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from deltarule.notation.errors import DeltaruleError, did_you_mean

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z_.]+)\s*\]\]?\s*(?:#.*)?")
_AT = re.compile(r"(.*) \(at (line \d+, column \d+|end of document)\)", re.DOTALL)
_LARGEST = 10_000_000
_TABLE = "a table [section]"
_KINDS = {str: "a text in quotes", int: "a whole number", dict: _TABLE, list: "a list"}


class Digits(str):
    """A number with a point or an exponent, kept as it was written."""


@dataclass(frozen=True)
class TomlText:
    """A TOML file: `name` as it is told to the person, its text, and what it holds."""

    name: str
    text: str
    data: dict[str, Any]

    def where(self, section: str, key: str = "", run: int = 0) -> str:
        """The place of `key` in `[section]` of the `run`-th `[[run]]` (0: before all runs).

        What a run does not hold itself is looked for before the runs, which it inherits from.
        """
        label = ".".join(part for part in (section, key) if part)
        line = self._line(section, key, run) or self._line(section, key, 0)
        return f"{self.name}, line {line}: {label}" if line else f"{self.name}: {label}"

    def _line(self, section: str, key: str, run: int) -> int | None:
        wanted = rf"\s*([\"']?){re.escape(key)}\1\s*=" if key else None
        runs, current = 0, ""
        for number, line in enumerate(self.text.splitlines(), 1):
            header = _HEADER.fullmatch(line)
            if header:
                runs += header[1] == "[[" and header[2] == "run"
                current = re.sub(r"^run\.?", "", header[2])
            here = runs == run and current == section
            if here and (re.match(wanted, line) if wanted else header):
                return number
        return None


def read_toml(path: Path | Traversable, name: str) -> TomlText:
    """The TOML file at `path`, called `name` in errors; DeltaruleError when it is none."""
    text = _read_text(path, name)
    try:
        data = tomllib.loads(text, parse_float=Digits)
    except tomllib.TOMLDecodeError as error:
        found = _AT.fullmatch(str(error))
        fact, place = (found[1], f"{name}, {found[2]}") if found else (str(error), name)
        raise DeltaruleError(
            f"not TOML: {fact[:1].lower()}{fact[1:]}",
            place,
            "put quotes round names with /, [ or Greek letters, and round numbers such as "
            '"1/3" or "−0,5"',
        ) from None
    except RecursionError:
        raise DeltaruleError("lists nested beyond reading", name, "nest fewer lists") from None
    except ValueError:
        raise DeltaruleError(
            "a whole number too long to read", name, "give a number of ordinary size"
        ) from None
    return TomlText(name, text, data)


def _read_text(path: Path | Traversable, name: str) -> str:
    if path.is_dir():
        raise DeltaruleError(f"{name} is a folder", remedy="name a .toml file in it")
    if isinstance(path, Path) and path.exists() and not path.is_file():
        raise DeltaruleError(f"{name} is not a regular file", remedy="name a .toml file")
    try:
        if isinstance(path, Path) and path.stat().st_size > _LARGEST:
            raise DeltaruleError(f"{name} is larger than 10 MB", remedy="name a .toml file")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise DeltaruleError(f"there is no file {name}", remedy="check the path") from None
    except UnicodeDecodeError:
        raise DeltaruleError(
            f"{name} is not UTF-8 text", remedy="save it as plain text in UTF-8"
        ) from None
    except OSError as error:
        raise DeltaruleError(
            f"{name} cannot be read: {error.strerror}", remedy="check the path and its permissions"
        ) from None
    except ValueError:  # a NUL in the path
        raise DeltaruleError(f"{name!r} is no path", remedy="check the path") from None


def expect(value: Any, kind: type, place: str) -> Any:
    """`value` when it is of `kind` (str, int, dict or list); a boolean is no whole number."""
    wrong = isinstance(value, bool) if kind is int else isinstance(value, Digits)
    if isinstance(value, kind) and not wrong:
        return value
    raise DeltaruleError(
        f"{_told(value)} stands where {_KINDS[kind]} belongs", place, f"write {_KINDS[kind]}"
    )


def refuse_unknown(table: dict[str, Any], known: tuple[str, ...], place: str) -> None:
    """DeltaruleError for the first key of `table` that is not `known`."""
    for key in table:
        if key not in known:
            hint = did_you_mean(key, known)
            keys = f"known here: {', '.join(known)}"
            raise DeltaruleError(
                f"unknown key {key!r}", place, f"{hint} {keys}" if hint else keys
            )


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return _TABLE
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, Digits | int) else repr(value)
