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
from dataclasses import dataclass, field, replace
from pathlib import Path

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.marking.sheet_files.arrays import Numbers
from deltarule.marking.sheet_files.lenient import Lenient, read_leniently
from deltarule.marking.sheet_files.other_names import Names, in_own_names, own_name
from deltarule.marking.sheet_files.sheet_format import SHEET_KEYS
from deltarule.marking.sheet_files.sheet_names import is_reference
from deltarule.marking.sheet_files.sheets import PUBLISHED, sheet_names
from deltarule.marking.sheet_files.text_files import read_text
from deltarule.marking.sheet_files.toml_text import TomlText, expect, refuse_unknown
from deltarule.marking.sheet_files.unread import Unread, read_typed, read_values, unread_line
from deltarule.spelling.names import parse_reference

_SECTIONS = ("answers", "formulas")
KEYS = ("sheet", "who", "run", "answers", "formulas")


@dataclass(frozen=True)
class Answers:
    """Answers by canonical name, as text; None where one entry of a list was left empty.

    `sheet` is what the file calls its sheet, as written; None when it names none. `notes` say
    which lines were read otherwise than they stand in the file.
    """

    sheet: str | None
    who: str
    values: dict[str, Numbers]
    path: str
    run: int = 1
    formulas: dict[str, str] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()

    def in_own_names(self, names: Names) -> Answers:
        """The answers in the network's names; of what is answered under two, the first counts."""
        if not names:
            return self

        def renamed(table: dict) -> dict:
            found: dict = {}
            for name, value in table.items():
                found.setdefault(in_own_names(name, names), value)
            return found

        unread = tuple(replace(u, name=own_name(u.name, names)) for u in self.unread)
        values, formulas = renamed(self.values), renamed(self.formulas)
        return replace(self, values=values, formulas=formulas, unread=unread)

    def example(self) -> str:
        """The example that the answers are to. Raises DeltaruleError for any other sheet."""
        if self.sheet is None:
            raise DeltaruleError(
                "the answers do not say which sheet they are to",
                self.path,
                'give --sheet slide, or write sheet = "slide" on top of the file',
            )
        if self.sheet not in sheet_names():
            hint = did_you_mean(self.sheet, sheet_names())
            remedy = f"name it yourself: check {Path(self.path).name} --sheet sheet.toml"
            raise DeltaruleError(
                f"the answers name {self.sheet!r}, which is none of the examples, and a file that "
                "somebody else names is not opened",
                self.path,
                f"{hint} {remedy}" if hint else remedy,
            )
        return self.sheet


def load_answers(path: str | Path) -> Answers:
    """The answers file at `path`. What cannot be read of it stops nothing else.

    Raises DeltaruleError, naming line and key, for a file that holds no answers at all.
    """
    return read_answers(read_text(Path(path), str(path)), str(path))


def read_answers(text: str, name: str) -> Answers:
    """The answers in the text of a file, which is called `name`; otherwise as `load_answers`."""
    return answers_in(read_leniently(text, name, _SECTIONS))


def answers_in(read: Lenient) -> Answers:
    """The answers in tables that are read already, whatever file they stood in."""
    toml = read.toml
    _refuse_loose(toml)
    if not toml.data.keys() & set(_SECTIONS) and not read.lost:
        refuse_unknown(toml.data, KEYS, toml.name)
        raise DeltaruleError(
            "there are no answers", toml.name, "write them under [answers], as yhat = 0.62"
        )
    unread: list[Unread] = [unread_line(lost) for lost in read.lost]
    formulas = read_typed(toml, unread)
    values = read_values(toml, unread)
    for name in [unread_line(lost).name for lost in read.lost if lost.section == "answers"]:
        values.pop(name, None)
    run = expect(toml.data.get("run", 1), int, toml.where("", "run"))
    if run < 1:
        raise DeltaruleError(f"run = {run}", toml.where("", "run"), "runs are counted from 1")
    who = expect(toml.data.get("who", ""), str, toml.where("", "who"))
    sheet = expect(toml.data.get("sheet", ""), str, toml.where("", "sheet")) or None
    once = {(u.name, u.index): u for u in reversed(unread)}
    notes = (*read.notes, *_not_read(toml))
    return Answers(
        sheet, who, values, toml.name, run, formulas, tuple(reversed(once.values())), notes
    )


def _refuse_loose(toml: TomlText) -> None:
    """Raises DeltaruleError for answers that stand on top, under no [answers]."""
    loose = [key for key in toml.data if key not in (*KEYS, *SHEET_KEYS) and _is_name(key)]
    if loose and not toml.data.keys() & set(_SECTIONS):
        raise DeltaruleError(
            f"{loose[0]} stands under no heading",
            toml.where("", loose[0]),
            "write a line [answers] above the answers, or [formulas] above formulas",
        )


def _is_name(key: str) -> bool:
    return is_reference(key) and did_you_mean(key, KEYS) == ""


def _not_read(toml: TomlText) -> list[str]:
    """Notes on keys that mean nothing here."""
    found = []
    for key in toml.data:
        if key not in KEYS:
            hint = did_you_mean(key, KEYS)
            line = toml.where("", key).removeprefix(toml.name).lstrip(", ")
            found.append(f"{line}: unknown, and not read" + (f"; {hint}" if hint else ""))
    return found


def holds_answers(path: str | Path) -> bool:
    """Whether a file holds answers, not a sheet: what it has tells, whatever it is called."""
    either = (*_SECTIONS, *PUBLISHED)
    keys = read_leniently(read_text(Path(path), str(path)), str(path), either).toml.data.keys()
    if keys & {"answers", "who"}:
        return True
    return not keys & (set(SHEET_KEYS) - set(KEYS))


def template(
    quantities: Iterable[tuple[str, tuple[int, ...]]],
    sheet: str = "",
    run: int = 1,
    formulas: Iterable[str] = (),
) -> str:
    """An empty answers file for `quantities`, each a name and the lengths of its axes.

    `formulas` are names of which formulas are asked.
    """
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
        lines.append(f"{json.dumps(reference)} = {blank_value(tuple(extent))}")
    asked = [f'{json.dumps(name)} = ""' for name in formulas]
    lines += ["", "[formulas]", *asked] if asked else []
    return "\n".join(lines) + "\n"


def blank_value(extent: tuple[int, ...], indent: str = "") -> str:
    """Empty quotes in nested lists, one row a line."""
    if not extent:
        return '""'
    if len(extent) == 1:
        return "[" + ", ".join(['""'] * extent[0]) + "]"
    inner = indent + "  "
    rows = [f"{inner}{blank_value(extent[1:], inner)},\n" for _ in range(extent[0])]
    return "[\n" + "".join(rows) + indent + "]"
