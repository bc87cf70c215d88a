"""What somebody wrote for a sheet: printed numbers, read from a TOML file.

    sheet = "slide"          # an example's name; may be left out
    who = "Emmy N."          # may be left out
    run = 2                  # which run of the sheet, counted from 1; left out: the first

    [answers]
    yhat = 0.62
    "dE/dTheta2" = [-0.07, "−0,08", "-1/100"]
    E = ""                   # nothing written

    [formulas]               # formulas, may be left out
    "dE/ds2" = "(yhat - y) yhat (1 - yhat)"

Names are spelled as on sheets. An empty string is a missing answer, one entry of a list too.

Answers come from somebody else, so that nothing they name is opened: a sheet of one's own is
named by whoever marks, never followed from here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deltarule.marking.arrays import Numbers, entries, read_numbers
from deltarule.marking.printed import Printed, shortened
from deltarule.marking.sheet_format import SHEET_KEYS, read_formulas
from deltarule.marking.sheets import sheet_names
from deltarule.marking.toml_text import TomlText, expect, read_toml, refuse_unknown
from deltarule.notation.errors import DeltaruleError, did_you_mean, in_one_line
from deltarule.notation.names import parse_reference

KEYS = ("sheet", "who", "run", "answers", "formulas")


@dataclass(frozen=True)
class Unread:
    """What was written for a quantity, or for one entry of it, and is no number; `why` not."""

    name: str
    index: tuple[int, ...]
    text: str
    why: str


@dataclass(frozen=True)
class Answers:
    """Answers by canonical name, as text; None where one entry of a list was left empty.

    `sheet` is what the file calls its sheet, as written; None when it names none.
    """

    sheet: str | None
    who: str
    values: dict[str, Numbers]
    path: str
    run: int = 1
    formulas: dict[str, str] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()

    def example(self) -> str:
        """The example that the answers are to. Raises DeltaruleError for any other sheet."""
        if self.sheet is None:
            raise DeltaruleError(
                "the answers do not say which sheet they are to", self.path,
                'give --sheet slide, or write sheet = "slide" on top of the file',
            )  # fmt: skip
        if self.sheet not in sheet_names():
            hint = did_you_mean(self.sheet, sheet_names())
            remedy = f"name it yourself: check {Path(self.path).name} --sheet sheet.toml"
            raise DeltaruleError(
                f"the answers name {self.sheet!r}, which is none of the examples, and a file that "
                "somebody else names is not opened",
                self.path, f"{hint} {remedy}" if hint else remedy,
            )  # fmt: skip
        return self.sheet


def load_answers(path: str | Path) -> Answers:
    """The answers file at `path`; DeltaruleError naming line and key for whatever is wrong."""
    toml = read_toml(Path(path), str(path))
    refuse_unknown(toml.data, KEYS, toml.name)
    formulas = read_formulas(expect(toml.data.get("formulas", {}), dict, str(path)), toml)
    if "answers" not in toml.data and not formulas:
        raise DeltaruleError(
            "there are no answers", toml.name, "write them under [answers], as yhat = 0.62"
        )
    run = expect(toml.data.get("run", 1), int, toml.where("", "run"))
    if run < 1:
        raise DeltaruleError(f"run = {run}", toml.where("", "run"), "runs are counted from 1")
    who = expect(toml.data.get("who", ""), str, toml.where("", "who"))
    sheet = expect(toml.data.get("sheet", ""), str, toml.where("", "sheet")) or None
    unread: list[Unread] = []
    values = _values(toml, unread)
    return Answers(sheet, who, values, str(path), run, formulas, tuple(unread))


def holds_answers(path: str | Path) -> bool:
    """Whether a file holds answers, not a sheet: what it has tells, whatever it is called."""
    keys = read_toml(Path(path), str(path)).data.keys()
    if keys & {"answers", "who"}:
        return True
    return not keys & (set(SHEET_KEYS) - set(KEYS))


def template(
    quantities: Iterable[tuple[str, tuple[int, ...]]], sheet: str = "", run: int = 1
) -> str:
    """An empty answers file for `quantities`, each a name and the lengths of its axes."""
    lines = [
        "# Write each answer between its quotes, or instead of them. Empty means no answer.",
        '# Numbers: "0.62", "−0,38", "3/4", "1.2e-3". Print the digits that you worked with.',
        f"sheet = {json.dumps(sheet)}" if sheet else '# sheet = "slide"',
        *([f"run = {run}"] if run != 1 else []),
        'who = ""',
        "",
        "[answers]",
    ]
    for name, extent in quantities:
        reference = str(parse_reference(name))
        lines.append(f"{json.dumps(reference)} = {_blank(tuple(extent))}")
    return "\n".join(lines) + "\n"


def _values(toml: TomlText, unread: list[Unread]) -> dict[str, Numbers]:
    table = expect(toml.data.get("answers", {}), dict, toml.where("answers"))
    values: dict[str, Numbers] = {}
    for key, written in table.items():
        place = toml.where("answers", key)
        try:
            name = str(parse_reference(key))
        except DeltaruleError as error:
            raise error.at(place) from None
        if name in values:
            raise DeltaruleError(f"{name} is answered twice", place, "leave one of them out")
        readable = _readable(written, name, (), place, unread)
        values[name] = read_numbers(readable, place, blanks=True)
    return {name: value for name, value in values.items() if _written(value)}


def _readable(
    written: Any, name: str, index: tuple[int, ...], place: str, unread: list[Unread]
) -> Any:
    """What is written, without the texts that are no numbers: they are told as unread."""
    if isinstance(written, list):
        return [
            _readable(inner, name, (*index, k), place, unread) for k, inner in enumerate(written)
        ]
    if isinstance(written, str) and written.strip():
        here = place + (f"[{','.join(map(str, index))}]" if index else "")
        try:
            Printed(written, here)
        except DeltaruleError as error:
            unread.append(Unread(name, index, shortened(written), in_one_line(error)))
            return ""
    return written


def _written(value: Numbers) -> bool:
    return any(number is not None for _, number in entries(value))


def _blank(extent: tuple[int, ...], indent: str = "") -> str:
    """Empty quotes in nested lists, one row a line."""
    if not extent:
        return '""'
    if len(extent) == 1:
        return "[" + ", ".join(['""'] * extent[0]) + "]"
    inner = indent + "  "
    rows = [f"{inner}{_blank(extent[1:], inner)},\n" for _ in range(extent[0])]
    return "[\n" + "".join(rows) + indent + "]"
