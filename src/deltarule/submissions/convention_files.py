"""Convention files, read: TOML of the courses here, or of a teacher."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.marking.toml_text import Digits, TomlText, read_toml
from deltarule.submissions.axes_layout import layout
from deltarule.submissions.course_conventions import Call, Convention, Otherwise, Place, Task, Value

_KINDS = ("function", "class", "method")
_TASK: set[str] = {
    *("derivation", "values", "calls", "options", "sizes", "otherwise", "about"),
    *("recovered", "fixed", "drawn", "instead_of"),
}
_CALL = {*_KINDS, "arguments", "named", "returns", "sets", "reads", "leaves"}
_VALUE = {"of", "layout", "axis", "times", "over"}
_TOP = {"title", "gradient", "provided"}
_PROVIDED = {"modules", "text"}


def convention_names() -> list[str]:
    """The names of the conventions that come with the program."""
    folder = files("deltarule.submissions") / "courses"
    return sorted(
        p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml")
    )


@lru_cache(maxsize=64)
def convention(name: str) -> Convention:
    """A convention by its name, or by the path of its file. Raises DeltaruleError."""
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
            raise _unknown(key, _TOP, text.where("", key))
        tasks.append(_task(key, table, gradient, text))
    if not tasks:
        raise DeltaruleError("a convention has no task", text.name, "write a table for each layer")
    provided = _provided(data.get("provided", []), text)
    return Convention(name, str(data.get("title", name)), tuple(tasks), provided)


def _provided(said: Any, text: TomlText) -> dict[str, str]:
    """The modules that the course hands out, each with its text."""
    found: dict[str, str] = {}
    place = text.where("provided")
    for one in _list(said, place):
        _only(_mapping(one, place), _PROVIDED, place)
        for module in _list(one.get("modules"), place):
            found[str(module)] = str(one.get("text", ""))
    return found


def _task(name: str, table: Mapping[str, Any], gradient: str, text: TomlText) -> Task:
    place = text.where(name)
    _only(table, _TASK, place)
    if not isinstance(table.get("derivation"), str):
        raise DeltaruleError(
            f"the task {name} has no derivation", place, 'write derivation = "dense"'
        )
    calls = tuple(_call(c, place) for c in _list(table.get("calls", []), place))
    otherwise = tuple(
        _otherwise(o, gradient, place) for o in _list(table.get("otherwise", []), place)
    )
    return Task(
        name,
        table["derivation"],
        values_of(_mapping(table.get("values", {}), place), gradient, place),
        calls,
        {k: _plain(v) for k, v in _mapping(table.get("options", {}), place).items()},
        {k: _size(v) for k, v in _mapping(table.get("sizes", {}), place).items()},
        otherwise,
        place,
        str(table.get("about", "")),
        dict(_mapping(table.get("recovered", {}), place)),
        {k: float(v) for k, v in _mapping(table.get("fixed", {}), place).items()},
        {
            k: _sizes(_list(v, place), place)
            for k, v in _mapping(table.get("drawn", {}), place).items()
        },
        str(table.get("instead_of", "")),
    )


def values_of(table: Mapping[str, Any], gradient: str, place: str) -> dict[str, Value]:
    """The values of a table by name, and the gradients by each, in the same layout."""
    found: dict[str, Value] = {}
    for name, said in table.items():
        own = _value(name, said, place)
        found[name] = own
        if not own.gradient:
            slope = gradient.format(name)
            parts = tuple(Place(p.tensor, True, p.layout) for p in own.parts)
            found.setdefault(slope, Value(slope, parts, own.axis, own.times, own.over))
    for name, said in table.items():
        found[name] = _value(name, said, place)
    return found


def _value(name: str, said: Any, place: str) -> Value:
    where = f"{place}: {name}"
    if isinstance(said, Mapping):
        _only(said, _VALUE, where)
        parts = said.get("of", "")
        several = parts if isinstance(parts, list) else [parts]
        places = tuple(_place(p, where, said.get("layout")) for p in several)
        factors = (_sizes(said.get(key, []), where) for key in ("times", "over"))
        axis = int(said["axis"]) if "axis" in said else None
        return Value(name, places, axis, *factors)
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
    if len(words) != 1 and not slope:
        raise DeltaruleError(f"{tensor.strip()!r} is no tensor", place, 'write "W" or "gradient W"')
    return Place(words[-1], slope, layout(pattern, place) if pattern else None)


def _call(said: Any, place: str) -> Call:
    said = _mapping(said, place)
    _only(said, _CALL, place)
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
        tuple(_plain(a) for a in _list(said.get("arguments", []), place)),
        {k: _plain(v) for k, v in _mapping(said.get("named", {}), place).items()},
        _plain(said.get("returns")),
        {k: _plain(v) for k, v in _mapping(said.get("sets", {}), place).items()},
        dict(_mapping(said.get("reads", {}), place)),
        {
            int(at): dict(_mapping(names, place))
            for at, names in _mapping(said.get("leaves", {}), place).items()
        },
    )


def _otherwise(said: Any, gradient: str, place: str) -> Otherwise:
    said = dict(_mapping(said, place))
    words = said.pop("says", None)
    _only(said, {"derivation", "options", "values", "sizes", "calls"}, place)
    if not isinstance(words, str):
        raise DeltaruleError("another choice has no words", place, 'write says = "…"')
    if "values" in said:
        said["values"] = values_of(said["values"], gradient, place)
    if "calls" in said:
        said["calls"] = tuple(_call(c, place) for c in _list(said["calls"], place))
    if "options" in said:
        said["options"] = {k: _plain(v) for k, v in said["options"].items()}
    return Otherwise(words, said)


def _plain(value: Any) -> Any:
    """Numbers as numbers: the reader keeps their digits as they were written."""
    if isinstance(value, Digits):
        return float(value)
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value


def _sizes(said: Any, place: str) -> tuple[int | str, ...]:
    """Numbers and names of sizes, or one of them."""
    several = said if isinstance(said, list) else [said]
    return tuple(_size(s) for s in several)


def _size(value: Any) -> int | str:
    """A number, or the name of a size."""
    return value if isinstance(value, str) else int(value)


def _only(table: Mapping[str, Any], known: set[str], place: str) -> None:
    for key in table:
        if key not in known:
            raise _unknown(key, known, place)


def _unknown(key: str, known: set[str], place: str) -> DeltaruleError:
    return DeltaruleError(
        f"{key} has no meaning here",
        place,
        did_you_mean(key, known) or f"what is read: {', '.join(sorted(known))}",
    )


def _mapping(said: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(said, Mapping):
        raise DeltaruleError(f"{said!r} is no table", place, "write { name = value }")
    return said


def _list(said: Any, place: str) -> list[Any]:
    if not isinstance(said, list):
        raise DeltaruleError(f"{said!r} is no list", place, "write [a, b], or [[task.calls]]")
    return said
