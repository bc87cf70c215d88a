"""The fields of a page with answers, as the tables of an answers file.

A field is called by places: `n.0.2.1` is entry 1 of quantity 2 of question 0, `p` a whole array
as pasted, `f` a formula, `t` a text, `c` code. What has no place on the page is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deltarule.errors import DeltaruleError
from deltarule.exams.exam import CODE, FORMULA, NUMBERS
from deltarule.serving.served_layout import nested_texts
from deltarule.spelling.names import pretty

#: So many characters of a field are kept.
LONGEST, LONGEST_CODE = 20_000, 100_000


def field_name(kind: str, question: int, quantity: int = 0, index: tuple[int, ...] = ()) -> str:
    """The name of a field."""
    return ".".join([kind, str(question), str(quantity), *map(str, index)])


def fields_of(layout: Mapping[str, Any]) -> Iterator[str]:
    """The names of all fields that a page has."""
    for k, question in enumerate(layout["questions"]):
        if question["kind"] == CODE:
            yield field_name("c", k)
        elif question["kind"] not in (NUMBERS, FORMULA):
            yield field_name("t", k)
        for j, quantity in enumerate(question["quantities"]):
            yield from _fields(k, j, quantity)


def _fields(k: int, j: int, quantity: Mapping[str, Any]) -> Iterator[str]:
    for matrix in quantity["matrices"]:
        yield from (field_name("n", k, j, tuple(at)) for row in matrix["rows"] for at in row)
    if quantity["pasted"]:
        yield field_name("p", k, j)
    if quantity["formula"]:
        yield field_name("f", k, j)


def not_too_long(typed: str, longest: int = LONGEST, place: str | None = None) -> str:
    """What is typed into a field. Raises DeltaruleError where it is longer than is kept: a part of
    it would be read as something that nobody wrote.
    """
    if len(typed) > longest:
        remedy = f"at most {longest} are read: shorten what stands there, and send it again"
        raise DeltaruleError(f"{len(typed)} characters in one field", place, remedy)
    return typed


def kept_fields(
    layout: Mapping[str, Any], sent: Mapping[str, str], code: bool = False
) -> dict[str, str]:
    """Of what was sent, the fields that the page has and that are not empty; `code` only where
    that is run. Raises DeltaruleError for one that is too long.
    """
    found: dict[str, str] = {}
    for name in fields_of(layout):
        if name.startswith("c.") and not code:
            continue
        longest = LONGEST_CODE if name.startswith("c.") else LONGEST
        typed = not_too_long(sent.get(name, ""), longest, _called(layout, name))
        if typed.strip():
            found[name] = typed
    return found


def _called(layout: Mapping[str, Any], name: str) -> str:
    """What a field is for, as the page calls it."""
    kind, k, *places = name.split(".")
    question = layout["questions"][int(k)]
    if kind not in ("n", "p", "f"):
        return f"the answer to {question['id']}"
    quantity = pretty(question["quantities"][int(places[0])]["name"])
    entry = f"[{','.join(places[1:])}]" if places[1:] else ""
    return f"the formula for {quantity}" if kind == "f" else f"the field for {quantity}{entry}"


def typed_tables(
    layout: Mapping[str, Any], typed: Mapping[str, str]
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """The tables, of a plain sheet those of each run that is answered; and the files of code."""
    runs: dict[int, dict[str, Any]] = {}
    code: list[tuple[str, str]] = []
    for k, question in enumerate(layout["questions"]):
        if question["kind"] == CODE:
            if text := typed.get(field_name("c", k)):
                code.append((f"question-{k + 1}.py", text))
            continue
        run = question["run"] if layout["plain"] else 1
        tables = runs.setdefault(run, {"run": run, "answers": {}, "formulas": {}})
        if not question["quantities"]:
            if text := typed.get(field_name("t", k)):
                tables["answers"][question["id"]] = text
        elif layout["plain"]:
            for j, quantity in enumerate(question["quantities"]):
                _take(tables["answers"], tables["formulas"], (k, j), quantity, typed)
        else:
            own: dict[str, Any] = {}
            for j, quantity in enumerate(question["quantities"]):
                _take(own, own, (k, j), quantity, typed)
            if own:
                tables["answers"][question["id"]] = own
    answered = [t for t in runs.values() if t["answers"] or t["formulas"]]
    return answered or [{"run": 1, "answers": {}}], code


def _take(
    answers: dict[str, Any],
    formulas: dict[str, Any],
    place: tuple[int, int],
    quantity: Mapping[str, Any],
    typed: Mapping[str, str],
) -> None:
    """The numbers and the formula of one quantity."""
    name = quantity["name"]
    places = [tuple(at) for m in quantity["matrices"] for row in m["rows"] for at in row]
    texts = {at: text for at in places if (text := typed.get(field_name("n", *place, at)))}
    if texts:
        answers[name] = nested_texts(texts, quantity["extents"])
    elif pasted := typed.get(field_name("p", *place)):
        answers[name] = pasted
    if formula := typed.get(field_name("f", *place)):
        formulas[name] = formula
