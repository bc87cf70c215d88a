"""Answers read although some lines are no TOML: what is meant is clear, or costs only itself."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field

from deltarule.arithmetic.printed import shortened
from deltarule.marking.sheet_files.toml_faults import fault_of
from deltarule.marking.sheet_files.toml_lines import Fault, begins
from deltarule.marking.sheet_files.toml_rules import HEADER
from deltarule.marking.sheet_files.toml_text import TomlText, parse, refused
from deltarule.marking.sheet_files.toml_values import PAIR

#: So many lines are put right, and so much text is read again for it.
MOST_LINES, MOST_TEXT = 100, 2_000_000
_RUN = re.compile(r"\s*\[\[\s*run\s*\]\]")


@dataclass(frozen=True)
class Lost:
    """A line that cannot be read: its name, what stands there, and why.

    `run` counts the [[run]] above it, 0 where there is none.
    """

    section: str
    name: str
    text: str
    why: str
    run: int = 0


@dataclass
class Lenient:
    """A file of answers; `notes` say which lines were read otherwise than they stand there."""

    toml: TomlText
    notes: list[str] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)


def read_leniently(
    text: str, name: str, sections: tuple[str, ...], elsewhere: bool = True
) -> Lenient:
    """A file's text; in `sections` a line that cannot be read stops no other.

    Raises DeltaruleError for what is wrong elsewhere and cannot be put right, or for all that is,
    unless `elsewhere`.
    """
    found = Lenient(TomlText(name, text, {}))
    spent = 0
    while True:
        try:
            found.toml = TomlText(name, text, parse(text, name))
        except tomllib.TOMLDecodeError as error:
            fault = fault_of(text, error)
            spent += len(text)
            known = _section(text, fault.line)
            there = known.removeprefix("run.").partition(".")[0] in sections
            alone = fault.name and there  # it costs nothing but itself
            hopeless = not (alone or (fault.corrected is not None and (there or elsewhere)))
            if hopeless or spent > MOST_TEXT or len(found.notes) + len(found.lost) >= MOST_LINES:
                raise refused(text, fault, name) from None
            text = _put_right(text, fault, known, found)
        else:
            return found


def _put_right(text: str, fault: Fault, section: str, found: Lenient) -> str:
    """The text with the line put right, or without it."""
    lines = text.split("\n")
    line = lines[fault.line - 1].strip()
    where = f"line {fault.line}"
    if fault.corrected is not None:
        # As many lines as before, so that others keep their numbers.
        lines[fault.line - 1 : fault.end or fault.line] = [fault.corrected]
        read = fault.corrected.strip().replace("\n", ", and ")
        found.notes.append(
            f"{where} ({shortened(line)}): {fault.fact}; "
            + (f"it is read as {shortened(read)}" if read else "it is left out")
        )
        return "\n".join(lines)
    end = fault.line
    while end < len(lines) and not begins(lines[end]):
        end += 1
    why = f"{fault.fact} ({where}): {fault.example}"
    run = sum(_RUN.match(above) is not None for above in lines[: fault.line])
    found.lost.append(Lost(section, fault.name, shortened(_value(line)), why, run))
    for k in range((fault.first or fault.line) - 1, end):
        lines[k] = ""
    return "\n".join(lines)


def _value(line: str) -> str:
    """What stands behind the name and the sign of a line, if it has them."""
    pair = PAIR.fullmatch(line)
    return pair["value"] or line if pair else line


def _section(text: str, line: int) -> str:
    """The table in which a line stands."""
    for before in reversed(text.split("\n")[:line]):
        if HEADER.fullmatch(before):
            return before.split("#")[0].strip().strip("[] ")
    return ""
