"""What somebody wrote and nobody can read: it costs itself, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from deltarule.arithmetic.printed import LARGEST_ANSWER, Printed, shortened
from deltarule.errors import DeltaruleError, in_one_line
from deltarule.marking.sheet_files.array_text import as_lists
from deltarule.marking.sheet_files.arrays import Numbers, entries, read_numbers, refuse_many
from deltarule.marking.sheet_files.lenient import Lost
from deltarule.marking.sheet_files.sheet_names import is_reference, reference
from deltarule.marking.sheet_files.toml_text import TomlText, expect
from deltarule.spelling.names import parse_reference

#: Answers and formulas in one file.
MOST_QUANTITIES = 500


@dataclass(frozen=True)
class Unread:
    """What was written for a quantity, or for one entry of it, and cannot be read; `why` not.

    `name` is as it was written where it is the name of nothing.
    """

    name: str
    index: tuple[int, ...]
    text: str
    why: str


def read_values(toml: TomlText, unread: list[Unread]) -> dict[str, Numbers]:
    """The numbers under [answers] by name; what is none is added to `unread`."""
    table = _table(toml, "answers")
    return read_table(table, lambda key: toml.where("answers", key), reference, unread, blanks=True)


def read_table(
    table: Mapping[str, Any],
    where: Callable[[str], str],
    spelled: Callable[[str], str],
    unread: list[Unread],
    blanks: bool = False,
) -> dict[str, Numbers]:
    """The numbers of a table by name, as `spelled` reads names; what is none is added to `unread`.

    With `blanks`, nothing is written where a text is empty. Of what stands there twice, neither
    is taken.
    """
    values: dict[str, Numbers] = {}
    twice: set[str] = set()
    for key, written in table.items():
        place = where(key)
        name = _name(key, written, place, spelled, unread)
        if name is None:
            continue
        if name in values and name not in twice:
            twice.add(name)
            why = f"{name} stands here twice ({place}): leave one of them out"
            unread.append(Unread(name, (), _shown(written), why))
        written = as_lists(without_name(written, name))
        try:
            refuse_many(written, place)
            readable = _readable(written, name, (), place, unread, blanks)
            values[name] = read_numbers(readable, place, True, LARGEST_ANSWER)
        except DeltaruleError as error:
            unread.append(Unread(name, (), _shown(written), in_one_line(error)))
    return {n: v for n, v in values.items() if n not in twice and _written(v)}


def unread_line(lost: Lost) -> Unread:
    """What is said of a line that is no TOML."""
    name = reference(lost.name) if is_reference(lost.name) else shortened(lost.name)
    return Unread(name, (), lost.text, lost.why)


def without_name(written: Any, name: str) -> Any:
    """The value of "ŷ = 0.62" where that is written for ŷ, and of "E = 0.07" for E."""
    if not isinstance(written, str) or len(written) > 400:
        return written
    before, sign, value = written.partition("=")
    try:
        named = sign and before.strip() and str(parse_reference(before)) == name
    except DeltaruleError:
        return written
    return value.strip() if named else written


def read_typed(toml: TomlText, unread: list[Unread]) -> dict[str, str]:
    """The formulas under [formulas] by name; what is none is added to `unread`."""
    found = read_formulas(
        _table(toml, "formulas"), lambda key: toml.where("formulas", key), reference, unread
    )
    return {name: formula for name, formula in found.items() if formula.strip()}


def read_formulas(
    table: Mapping[str, Any],
    where: Callable[[str], str],
    spelled: Callable[[str], str],
    unread: list[Unread],
) -> dict[str, str]:
    """The formulas of a table by name, as `read_table` does it."""
    found: dict[str, str] = {}
    for key, formula in table.items():
        place = where(key)
        name = _name(key, formula, place, spelled, unread)
        if name is None:
            continue
        if isinstance(formula, str):
            found[name] = without_name(str(formula), name)
        else:
            why = f'no formula ({place}): write it in quotes, such as "(yhat − y)·x"'
            unread.append(Unread(name, (), _shown(formula), why))
    return found


def _table(toml: TomlText, section: str) -> dict[str, Any]:
    table = expect(toml.data.get(section, {}), dict, toml.where(section))
    if len(table) > MOST_QUANTITIES:
        raise DeltaruleError(
            f"{len(table)} quantities under [{section}]",
            toml.where(section),
            f"at most {MOST_QUANTITIES} are read",
        )
    return table


def _name(
    key: str, written: Any, place: str, spelled: Callable[[str], str], unread: list[Unread]
) -> str | None:
    try:
        return spelled(key)
    except DeltaruleError as error:
        message = in_one_line(error.at(place))
        unread.append(Unread(shortened(key), (), _shown(written), message))
        return None


def _readable(
    written: Any, name: str, index: tuple[int, ...], place: str, unread: list[Unread], blanks: bool
) -> Any:
    """What is written, without the texts that are no numbers."""
    if isinstance(written, list):
        return [
            _readable(inner, name, (*index, k), place, unread, blanks)
            for k, inner in enumerate(written)
        ]
    if isinstance(written, int) and not isinstance(written, bool):
        written = str(written)
    if isinstance(written, str) and (written.strip() or not blanks):
        here = place + (f"[{','.join(map(str, index))}]" if index else "")
        try:
            Printed(written, here, LARGEST_ANSWER)
        except DeltaruleError as error:
            from deltarule.marking.formula_answers.misplaced import looks_like

            message = in_one_line(looks_like(written, here) or error)
            unread.append(Unread(name, index, shortened(written), message))
            return ""
    return written


def _written(value: Numbers) -> bool:
    return any(number is not None for _, number in entries(value))


def _shown(written: Any) -> str:
    text = written if isinstance(written, str) else str(written).replace("'", "")
    return shortened(text)
