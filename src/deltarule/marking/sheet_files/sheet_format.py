"""What may stand in a sheet: its keys, what each must hold, and how runs inherit.

The format itself is described in sheets.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from deltarule.arithmetic.printed import LARGEST, LARGEST_ANSWER, Printed
from deltarule.arithmetic.rounding import check_rule
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.marking.sheet_files.arrays import Numbers, read_numbers
from deltarule.marking.sheet_files.lenient import Lost
from deltarule.marking.sheet_files.marks_table import read_credit, read_marks
from deltarule.marking.sheet_files.other_names import in_own_names, own_name, read_names
from deltarule.marking.sheet_files.sheet_names import is_reference, named, reference, restated_name
from deltarule.marking.sheet_files.toml_text import Digits, TomlText, expect, refuse_unknown
from deltarule.marking.sheet_files.unread import Unread, read_formulas, read_table, unread_line
from deltarule.spelling.names import ascii_name, canonical

_INHERITED = ("network", "optimiser", "rate", "updates", "not_updated", "rounding")
_MERGED = ("options", "given", "properties", "names", "rename")
_OWN = ("title", "at", "asked", "restated", "published", "formulas", "marks")
RUN_KEYS = (*_OWN, *_INHERITED, *_MERGED)
#: What makes an exam of a sheet is read in exams/, and passed over here.
EXAM_KEYS = ("question", "total", "instructions")
SHEET_KEYS = (*RUN_KEYS, "source", "run", *EXAM_KEYS)
ROUNDING_KEYS = ("decimals", "significant", "rule")
#: What may be declared of a sheet's data.
PROPERTIES = ("one-hot", "sums to one", "symmetric", "positive")
#: What makes the top of a sheet with runs a run itself.
_OF_A_RUN = ("published", "asked", "formulas")
#: Each run is evaluated by itself.
MOST_RUNS = 50


def read_runs(toml: TomlText, lost: Sequence[Lost] | None = None) -> list[dict[str, Any]]:
    """The settings of every run, checked and with what it inherits: keywords of `Run`.

    With `lost`, lines that were no TOML and are left out of `toml`, what cannot be read of what
    a run publishes costs itself alone, as these do; without, it is an error of the sheet.
    """
    data = toml.data
    refuse_unknown(data, SHEET_KEYS, toml.name)
    if "title" not in data:
        raise DeltaruleError("the sheet has no title", toml.name, 'write title = "…" on top')
    further = expect(data.get("run", []), list, toml.where("", "run"))
    if len(further) > MOST_RUNS:
        raise DeltaruleError(
            f"{len(further)} runs", toml.where("run", run=1), f"give at most {MOST_RUNS}"
        )
    itself = not further or any(key in data for key in _OF_A_RUN)
    own = [(0, data)] if itself else []
    for key in () if itself else ("at", "restated", "marks"):
        if key in data:
            place = toml.where("", key) if key == "at" else toml.where(key)
            raise DeltaruleError(
                f"{key} stands before the first run and belongs to none",
                place,
                f"put it into a run, as [run.{key}]" if key != "at" else "put it below [[run]]",
            )
    for number, run in enumerate(further, 1):
        place = toml.where("run", run=number)
        refuse_unknown(expect(run, dict, place), RUN_KEYS, place)
        own.append((number, _inherit(data, run)))
    return [_Reader(toml, number, settings, lost).run(len(own)) for number, settings in own]


def _inherit(sheet: dict[str, Any], run: dict[str, Any]) -> dict[str, Any]:
    settings = {key: sheet[key] for key in _INHERITED if key in sheet} | run
    for key in _MERGED:
        tables = [table for table in (sheet.get(key), run.get(key)) if table is not None]
        if len(tables) == 2 and all(isinstance(table, dict) for table in tables):
            settings[key] = tables[0] | tables[1]
        elif tables:
            settings[key] = tables[-1]
    return settings


class _Reader:
    """Reads the settings of one run; `number` counts `[[run]]`, 0 is the sheet's own top."""

    def __init__(
        self, toml: TomlText, number: int, settings: dict[str, Any], lost: Sequence[Lost] | None
    ):
        self.toml = toml
        self.number = number
        self.settings = settings
        self.lost = lost
        self.names = read_names(self._table("names"), partial(self._where, "names"))

    def run(self, runs: int) -> dict[str, Any]:
        sheet = expect(self.toml.data["title"], str, self.toml.where("", "title"))
        title = f"{sheet}, run {self.number}" if self.number and runs > 1 else sheet
        given = self._numbers("given", self._own(canonical))
        published, formulas, unread = self._published()
        restated = self._numbers("restated", self._own(restated_name))
        fixed = self._names("not_updated", self._own(ascii_name))
        self._refuse_not_given("restated", restated, given)
        self._refuse_not_given("not_updated", fixed, given)
        of_unread = (u.name for u in unread if is_reference(u.name))
        asked = self._names("asked", self._own(reference)) or tuple(
            dict.fromkeys((*published, *formulas, *of_unread))
        )
        self._refuse_asked_givens(given)
        marks, where = self._table("marks"), partial(self._where, "marks")
        rate = self._rate()
        at = self._at()
        updates = self._updates(rate, at, (*asked, *published))
        return {
            "title": self._text("title", title),
            "network": self._network(),
            "options": self._options(),
            "optimiser": self._text("optimiser", "gradient_descent"),
            "rate": rate,
            "updates": updates,
            "at": at,
            "not_updated": fixed,
            "rounding": self._rounding(),
            "given": given,
            "properties": self._properties(),
            "names": self.names,
            "restated": restated,
            "published": published,
            "formulas": formulas,
            "unread": tuple(unread),
            "asked": asked,
            "marks": read_marks(self._marks(marks), asked, where),
            "credit": read_credit(marks, where),
        }

    def _options(self) -> dict[str, Any]:
        """The options of the derivation; that its quantities get other names is one of them."""
        found = {key: _option(value) for key, value in self._table("options").items()}
        table, where = self._table("rename"), partial(self._where, "rename")
        renamed = {key: expect(value, str, where(key)) for key, value in table.items()}
        return {**found, "rename": renamed} if renamed else found

    def _own(self, spelled: Callable[[str], str]) -> Callable[[str], str]:
        """The same spelling, in the network's names."""
        return lambda text: in_own_names(spelled(text), self.names)

    def _marks(self, table: dict[str, Any]) -> dict[str, Any]:
        """The table of points in the network's names."""
        return {own_name(key, self.names): value for key, value in table.items()}

    def _where(self, section: str, key: str = "") -> str:
        return self.toml.where(section, key, self.number)

    def _text(self, key: str, default: str) -> str:
        return expect(self.settings.get(key, default), str, self._where("", key))

    def _table(self, key: str) -> dict[str, Any]:
        return expect(self.settings.get(key, {}), dict, self._where(key))

    def _network(self) -> str:
        if "network" not in self.settings:
            raise DeltaruleError(
                "the sheet names no network",
                self.toml.name,
                'write network = "mlp", or the path of a derivation of your own',
            )
        return self._text("network", "")

    def _published(self) -> tuple[dict[str, Numbers], dict[str, str], list[Unread]]:
        """What the run publishes, numbers and formulas, and what of it nobody can read."""
        spelled = self._own(reference)
        if self.lost is None:
            return self._numbers("published", spelled), self._formulas(spelled), []
        lost = [line for line in self.lost if line.run == self.number]
        unread = [unread_line(line) for line in lost]
        values, typed = self._table("published"), self._table("formulas")
        published = read_table(values, partial(self._where, "published"), spelled, unread)
        formulas = read_formulas(typed, partial(self._where, "formulas"), spelled, unread)
        for line in lost:
            if line.section.endswith("published"):
                published.pop(unread_line(line).name, None)  # it stands there twice
        return published, formulas, unread

    def _formulas(self, spelled: Callable[[str], str]) -> dict[str, str]:
        """Formulas as typed, keyed by canonical names of gradients."""
        found = {}
        for key, formula in self._table("formulas").items():
            place = self._where("formulas", key)
            found[named(key, spelled, place)] = expect(formula, str, place)
        return found

    def _numbers(self, section: str, spelled: Callable[[str], str]) -> dict[str, Numbers]:
        """A table of quantities, keyed by canonical names."""
        found: dict[str, Numbers] = {}
        for key, value in self._table(section).items():
            place = self._where(section, key)
            name = named(key, spelled, place)
            if name in found:
                raise DeltaruleError(f"{name} stands here twice", place, "leave one of them out")
            power = LARGEST_ANSWER if section == "published" else LARGEST
            found[name] = read_numbers(value, place, False, power)
        return found

    def _names(self, key: str, spelled: Callable[[str], str]) -> tuple[str, ...]:
        place = self._where("", key)
        names = expect(self.settings.get(key, []), list, place)
        return tuple(named(expect(name, str, place), spelled, place) for name in names)

    def _refuse_not_given(self, key: str, names: Iterable[str], given: dict[str, Numbers]) -> None:
        for name in names:
            tensor = name.removesuffix(" transposed")
            if tensor not in given:
                where = (key, name) if key == "restated" else ("", key)
                hint = did_you_mean(tensor, given) or f"given are {', '.join(given) or 'none'}"
                raise DeltaruleError(f"{tensor} is not given", self._where(*where), hint)

    def _rate(self) -> Printed | None:
        if "rate" not in self.settings:
            return None
        return _number(self.settings["rate"], self._where("", "rate"))

    def _at(self) -> str:
        at = self._text("at", "before")
        if at not in ("before", "after"):
            raise DeltaruleError(
                f"at = {at!r} is neither before nor after",
                self._where("", "at"),
                'write at = "after" when the published values are those after the updates',
            )
        return at

    def _refuse_asked_givens(self, given: Mapping[str, object]) -> None:
        for name in self._names("asked", self._own(reference)):
            if name.partition("[")[0] in given:
                raise DeltaruleError(
                    f"{name} is asked, and it is given",
                    self._where("", "asked"),
                    f'leave it out, or ask for "{name} after", its value after the updates',
                )

    def _updates(self, rate: Printed | None, at: str, names: tuple[str, ...]) -> int:
        after = at == "after" or any(name.endswith(" after") for name in names)
        place = self._where("", "updates")
        updates = expect(self.settings.get("updates", int(after or rate is not None)), int, place)
        if updates < 0:
            raise DeltaruleError(f"{updates} updates", place, "give 0 or more")
        if updates and rate is None:
            raise DeltaruleError(
                "an update is asked for, and there is no learning rate",
                self.toml.name,
                "write rate = 0.5, or whatever it is",
            )
        if after and not updates:
            raise DeltaruleError(
                "values after the update are asked for, with updates = 0",
                place,
                "leave updates out, or give 1 or more",
            )
        return updates

    def _rounding(self) -> dict[str, Any]:
        table, place = self._table("rounding"), self._where("rounding")
        refuse_unknown(table, ROUNDING_KEYS, place)
        if "decimals" in table and "significant" in table:
            raise DeltaruleError(
                "both decimals and significant figures", place, "keep the one that was used"
            )
        for key, least in (("decimals", 0), ("significant", 1)):
            place = self._where("rounding", key)
            if key in table and not least <= expect(table[key], int, place) <= 100:
                raise DeltaruleError(f"{key} = {table[key]}", place, f"give {least} to 100")
        if "rule" in table:
            place = self._where("rounding", "rule")
            named(expect(table["rule"], str, place), check_rule, place)
        return dict(table)

    def _properties(self) -> dict[str, str]:
        found = {}
        for key, value in self._table("properties").items():
            place = self._where("properties", key)
            if expect(value, str, place) not in PROPERTIES:
                hint = did_you_mean(value, PROPERTIES) or f"known are {', '.join(PROPERTIES)}"
                raise DeltaruleError(f"{value!r} is no property of data", place, hint)
            found[named(key, self._own(canonical), place)] = value
        return found


def _number(value: Any, place: str) -> Printed:
    number = read_numbers(value, place)
    if isinstance(number, Printed):
        return number
    raise DeltaruleError("a list stands where one number belongs", place, "give one number")


def _option(value: Any) -> Any:
    """An option's value for the derivation: numbers with a point become exact fractions."""
    if isinstance(value, Digits):
        return Fraction(Printed(value).value)
    return [_option(inner) for inner in value] if isinstance(value, list) else value
