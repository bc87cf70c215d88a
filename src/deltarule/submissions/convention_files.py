"""Convention files, read: TOML of the courses here, or of a teacher."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.language.update_networks import AFTER
from deltarule.marking.sheet_files.toml_text import TomlText, read_toml
from deltarule.submissions.accepted_verdicts import USUAL, Policy, accepted_verdicts
from deltarule.submissions.axes_layout import layout
from deltarule.submissions.convention_tables import (
    listed,
    mapping,
    number,
    only,
    plain,
    size,
    sizes,
    truth,
    unknown,
)
from deltarule.submissions.course_conventions import Call, Convention, Otherwise, Place, Task, Value

_KINDS = ("function", "class", "method")
_TASK: set[str] = {
    *("derivation", "values", "calls", "options", "sizes", "otherwise", "about"),
    *("recovered", "fixed", "drawn", "instead_of", "numbers", "rates", "accumulates"),
    *("optional", "labels", "parameters", "called"),
}
_CALL = {*_KINDS, "arguments", "named", "returns", "sets", "reads", "leaves", "may_change"}
_VALUE = {"of", "layout", "axis", "times", "over", "one_hot", "boolean"}
_TOP = {"title", "gradient", "provided", "policy"}
_PROVIDED = {"modules", "text"}
_POLICY = {"accept", "functions"}


def convention_names() -> list[str]:
    """The names of the conventions that come with the program."""
    folder = files("deltarule.submissions") / "courses"
    return sorted(
        p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml")
    )


def convention(name: str) -> Convention:
    """A convention by its name, or by the path of its file. Raises DeltaruleError."""
    try:
        changed = Path(name).stat().st_mtime_ns if name.endswith(".toml") else 0
    except OSError:
        changed = 0
    return _convention(name, changed)


@lru_cache(maxsize=64)
def _convention(name: str, changed: int) -> Convention:
    """The convention of a file that was `changed` last at some time."""
    known = convention_names()
    if name in known:
        path = files("deltarule.submissions") / "courses" / f"{name}.toml"
        return _read(read_toml(path, f"{name}.toml"), name)
    if not name.endswith(".toml"):
        raise DeltaruleError(
            f"there is no convention {name}",
            "--convention",
            did_you_mean(name, known) or f"they are {', '.join(known)}, or the path of a TOML file",
        )
    return _read(read_toml(Path(name), name), Path(name).stem)


def _read(text: TomlText, name: str) -> Convention:
    data = dict(text.data)
    gradient = data.get("gradient", "d{}")
    if not isinstance(gradient, str) or gradient.count("{}") != 1:
        raise DeltaruleError(
            "the names of gradients are not said", text.where("", "gradient"), 'gradient = "d{}"'
        )
    tasks = []
    for key, table in data.items():
        if key in _TOP:
            continue
        if not isinstance(table, Mapping):
            raise unknown(key, _TOP, text.where("", key))
        tasks.append(_task(key, table, gradient, text))
    if not tasks:
        raise DeltaruleError("a convention has no task", text.name, "write a table for each layer")
    provided = _provided(data.get("provided", []), text)
    found = Convention(name, str(data.get("title", name)), tuple(tasks), provided)
    return replace(found, policy=_policy(data.get("policy", {}), found, text))


def _policy(said: Any, convention: Convention, text: TomlText) -> Policy:
    """Which verdicts pass: of all functions, and of single ones."""
    place, of_one = text.where("policy"), text.where("policy", "functions")
    only(mapping(said, place), _POLICY, place)
    functions = mapping(said.get("functions", {}), of_one)
    for name in functions:
        if name.partition(".")[0] not in convention.functions:
            known = did_you_mean(name, convention.functions)
            fact = f"there is no function {name} in the convention"
            raise DeltaruleError(fact, of_one, known or "name one of a task's calls")
    accepted = accepted_verdicts(listed(said.get("accept", [USUAL]), place), place)
    return Policy(
        accepted,
        {n: accepted_verdicts(listed(words, of_one), of_one) for n, words in functions.items()},
    )


def _provided(said: Any, text: TomlText) -> dict[str, str]:
    """The modules that the course hands out, each with its text."""
    found: dict[str, str] = {}
    place = text.where("provided")
    for one in listed(said, place):
        only(mapping(one, place), _PROVIDED, place)
        for module in listed(one.get("modules"), place):
            found[str(module)] = str(one.get("text", ""))
    return found


def _task(name: str, table: Mapping[str, Any], gradient: str, text: TomlText) -> Task:
    place = text.where(name)
    only(table, _TASK, place)
    if not isinstance(table.get("derivation"), str):
        raise DeltaruleError(
            f"the task {name} has no derivation", place, 'write derivation = "dense"'
        )
    calls = tuple(_call(c, place) for c in listed(table.get("calls", []), place))
    gradient = "" if table.get("parameters") else gradient
    otherwise = tuple(
        _otherwise(o, gradient, place) for o in listed(table.get("otherwise", []), place)
    )
    return Task(
        name,
        table["derivation"],
        values_of(mapping(table.get("values", {}), place), gradient, place),
        calls,
        {k: plain(v) for k, v in mapping(table.get("options", {}), place).items()},
        {k: size(v) for k, v in mapping(table.get("sizes", {}), place).items()},
        otherwise,
        place,
        str(table.get("about", "")),
        dict(mapping(table.get("recovered", {}), place)),
        {k: number(v) for k, v in mapping(table.get("fixed", {}), place).items()},
        {k: sizes(listed(v, place)) for k, v in mapping(table.get("drawn", {}), place).items()},
        str(table.get("instead_of", "")),
        {
            k: tuple(float(plain(n)) for n in listed(v, place))
            for k, v in mapping(table.get("numbers", {}), place).items()
        },
        dict(mapping(table.get("rates", {}), place)),
        truth(table.get("accumulates", False), "accumulates", place),
        truth(table.get("optional", False), "optional", place),
        tuple(str(name) for name in listed(table.get("labels", []), place)),
        {
            k: tuple(map(str, listed(v, place)))
            for k, v in mapping(table.get("parameters", {}), place).items()
        },
        {k: str(v) for k, v in mapping(table.get("called", {}), place).items()},
    )


def values_of(table: Mapping[str, Any], gradient: str, place: str) -> dict[str, Value]:
    """The values of a table by name, and the gradients by each, in the same layout; without names
    for these, as of an optimiser, none."""
    found: dict[str, Value] = {}
    for name, said in table.items():
        own = _value(name, said, place)
        found[name] = own
        if gradient and not own.gradient:
            slope = gradient.format(name)
            parts = tuple(Place(p.tensor, True, p.layout) for p in own.parts)
            found.setdefault(slope, Value(slope, parts, own.axis, own.times, own.over))
    for name, said in table.items():
        found[name] = _value(name, said, place)
    return found


def _value(name: str, said: Any, place: str) -> Value:
    where = f"{place}: {name}"
    if isinstance(said, Mapping):
        only(said, _VALUE, where)
        parts = said.get("of", "")
        several = parts if isinstance(parts, list) else [parts]
        places = tuple(_place(p, where, said.get("layout")) for p in several)
        times, over = (sizes(said.get(key, [])) for key in ("times", "over"))
        axis = int(said["axis"]) if "axis" in said else None
        one_hot, boolean = str(said.get("one_hot", "")), said.get("boolean") is True
        return Value(name, places, axis, times, over, one_hot, boolean)
    if isinstance(said, list):
        return Value(name, tuple(_place(p, where) for p in said), 0)
    return Value(name, (_place(said, where),))


def _place(said: Any, place: str, pattern: str | None = None) -> Place:
    if not isinstance(said, str) or not said.strip():
        raise DeltaruleError(
            "a value says no tensor", place, 'write the tensor, and its layout: x = "x: n d -> d n"'
        )
    tensor, _, own = said.partition(":")
    pattern = own.strip() or pattern
    words = tensor.split()
    slope = len(words) == 2 and words[0] == "gradient"
    after = len(words) == 2 and words[1] == AFTER.strip()
    if len(words) != 1 and not slope and not after:
        raise DeltaruleError(f"{tensor.strip()!r} is no tensor", place, 'write "W" or "gradient W"')
    name = f"{words[0]}{AFTER}" if after else words[-1]
    return Place(name, slope, layout(pattern, place) if pattern else None)


def _call(said: Any, place: str) -> Call:
    said = mapping(said, place)
    only(said, _CALL, place)
    kinds = [k for k in _KINDS if k in said]
    if len(kinds) != 1:
        raise DeltaruleError(
            "a call names no function, or several things",
            place,
            'write function = "affine_forward", or class = or method =',
        )
    names = said[kinds[0]]
    names = tuple(names) if isinstance(names, list) else (names,)
    for name in names:
        if not isinstance(name, str) or not re.fullmatch(r"[^\W\d]\w*", name):
            raise DeltaruleError(f"{name!r} is no name of a {kinds[0]}", place, "write its name")
    return Call(
        names,
        kinds[0],
        tuple(plain(a) for a in listed(said.get("arguments", []), place)),
        {k: plain(v) for k, v in mapping(said.get("named", {}), place).items()},
        plain(said.get("returns")),
        {k: plain(v) for k, v in mapping(said.get("sets", {}), place).items()},
        dict(mapping(said.get("reads", {}), place)),
        {
            int(at): dict(mapping(names, place))
            for at, names in mapping(said.get("leaves", {}), place).items()
        },
        tuple(str(name) for name in listed(said.get("may_change", []), place)),
    )


def _otherwise(said: Any, gradient: str, place: str) -> Otherwise:
    said = dict(mapping(said, place))
    words, left_open = said.pop("says", None), said.pop("open", False)
    only(said, {"derivation", "options", "values", "sizes", "calls"}, place)
    if not isinstance(words, str):
        raise DeltaruleError("another choice has no words", place, 'write says = "…"')
    if "values" in said:
        said["values"] = values_of(said["values"], gradient, place)
    if "calls" in said:
        said["calls"] = tuple(_call(c, place) for c in listed(said["calls"], place))
    if "options" in said:
        said["options"] = {k: plain(v) for k, v in said["options"].items()}
    return Otherwise(words, said, truth(left_open, "open", place))
