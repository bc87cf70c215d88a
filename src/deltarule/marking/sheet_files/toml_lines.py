"""Faults of files that are no TOML, and values that go on over several lines."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from deltarule.marking.sheet_files.array_text import as_toml, nested
from deltarule.marking.sheet_files.toml_rules import HEADER, PAIR
from deltarule.marking.sheet_files.toml_values import put

_EXAMPLE = 'write lines such as yhat = 0.62, h1 = [0.79, 0.92] and "dE/dTheta2" = "3/4"'
#: Longer lines are not searched for what is wrong.
LONGEST = 2000
#: A value goes on over so many lines at most.
_MOST_LINES = 60


@dataclass(frozen=True)
class Fault:
    """A fault in lines `first` to `line` (from 1): what it is, and `line` put right, if known.

    `name` is the key of the line, if it has one; `first` is where its value begins. `corrected`
    stands for all the lines from `first` to `end`, if there is one.
    """

    line: int
    fact: str
    corrected: str | None = None
    name: str = ""
    first: int = 0
    remedy: str = ""
    end: int = 0

    @property
    def example(self) -> str:
        """What to write instead."""
        if self.corrected is None:
            return self.remedy or _EXAMPLE
        if self.end:
            shown = self.corrected.strip()
            several = "write it on one line, or so:\n" if "\n" in shown else "write "
            return several + shown
        parts = self.corrected.split("\n")
        if not any(p.strip() for p in parts):
            return "leave the line out"
        return "write " + ", and on a line of its own ".join(p.strip() for p in parts)


def reads(before: str, line: str, on: bool = False) -> bool:
    """Whether TOML reads a line behind what stands before it; where it goes `on`, an open list."""
    try:
        tomllib.loads(f"{before}\n{line}" if before else line)
    except tomllib.TOMLDecodeError as error:
        return on and str(error).endswith("(at end of document)")
    except (RecursionError, ValueError):
        return False
    return True


def begins(line: str) -> bool:
    """Whether a line begins a statement: a name and its sign, or the name of a table."""
    return (
        bool(HEADER.fullmatch(line))
        or len(line) < LONGEST
        and bool((pair := PAIR.fullmatch(line)) and pair["key"].strip())
    )


def over_lines(lines: list[str], first: int) -> Fault | None:
    """The fault of a value that goes on over several lines, and is clear; else None."""
    pair = PAIR.fullmatch(lines[first - 1]) if len(lines[first - 1]) < LONGEST else None
    if pair is None or not pair["value"]:
        return None
    if pair["value"][0] in ("'", '"'):
        return _text(lines, first, pair)
    return _array(lines, first, pair)


def _array(lines: list[str], first: int, pair) -> Fault | None:
    """[[0.1 0.2], and the next row on the next line, as NumPy prints it."""
    value = pair["value"]
    if value.count("[") <= value.count("]") and value.count("(") <= value.count(")"):
        return None
    end = first
    for end in range(first + 1, min(first + _MOST_LINES, len(lines)) + 1):
        line = lines[end - 1].partition("#")[0].rstrip()
        if begins(line) and not line.lstrip().startswith("[") or len(line) > LONGEST:
            return None
        value += "\n" + line
        if value.count("[") == value.count("]") and value.count("(") == value.count(")"):
            break
    lists = nested(value)
    if lists is None or reads("", put(pair, value)):
        return None
    corrected = put(pair, as_toml(lists)) + "\n" * value.count("\n")
    name = pair["key"].strip().strip("\"'")
    fact = "the entries of a list are parted by commas"
    return Fault(first, fact, corrected, name, first, end=end) if reads("", corrected) else None


def _text(lines: list[str], first: int, pair) -> Fault | None:
    """A text in plain quotes that goes on over several lines."""
    quote = pair["value"][0]
    if quote in pair["value"][1:]:
        return None
    for end in range(first + 1, min(first + _MOST_LINES, len(lines)) + 1):
        line = lines[end - 1].rstrip()
        if begins(line) or len(line) > LONGEST:
            return None
        if quote in line:
            break
    else:
        return None
    if line.partition("#")[0].rstrip()[-1:] != quote or line.count(quote) > 1:
        return None
    inner = "\n".join([pair["value"][1:], *lines[first : end - 1], line[: line.index(quote)]])
    triple = "'''" if "\\" in inner else '"""'
    corrected = put(pair, f"{triple}{inner}{triple}")
    if not reads("", corrected):
        return None
    name = pair["key"].strip().strip("\"'")
    fact = f"a text over several lines stands between three quotes {triple}"
    return Fault(first, fact, corrected, name, first, end=end)
