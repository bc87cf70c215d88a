"""Functions, classes and modules of one's own, with the text that they come from."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any

from deltarule.errors import DeltaruleError


@dataclass
class OwnCode:
    """What may be called, by name; `wanted` of it is checked. `text` is its source, in which lines
    are those of the file `name` where `placed`."""

    names: Mapping[str, Any]
    wanted: Sequence[str]
    text: str
    name: str
    placed: bool = True
    files: list[str] = field(default_factory=list)


def own_code(things: Sequence[Any], known: Iterable[str]) -> OwnCode:
    """The code of some functions or classes, or of one module.

    Of functions, those of their modules that have one of the `known` names are there, too, as a
    backward function needs what its forward function kept. Raises DeltaruleError for other things.
    """
    for thing in things:
        if not isinstance(thing, (FunctionType, ModuleType, type)):
            raise DeltaruleError(
                f"{type(thing).__name__} is no function, class or module",
                "deltarule.check",
                "give it functions, or the path of a file",
            )
    modules = [t for t in things if isinstance(t, ModuleType)]
    if modules:
        return _of_module(modules[0], things)
    found = {t.__name__: t for t in things}
    around = [getattr(t, "__globals__", {}) for t in things]
    wanted = list(found)
    names = set(known)
    for space in around:
        for name in names & space.keys():
            if isinstance(space[name], (FunctionType, type)):
                found.setdefault(name, space[name])
    return _of_functions(found, wanted)


def _of_module(module: ModuleType, things: Sequence[Any]) -> OwnCode:
    if len(things) > 1:
        raise DeltaruleError(
            "a module stands beside something else", "deltarule.check", "check one at a time"
        )
    path = getattr(module, "__file__", None) or module.__name__
    try:
        text = inspect.getsource(module)
    except (OSError, TypeError):
        raise DeltaruleError(
            f"the source of {module.__name__} is not there",
            "deltarule.check",
            "check its functions",
        ) from None
    names = [n for n, v in vars(module).items() if isinstance(v, (FunctionType, type))]
    return OwnCode(vars(module), names, text, path, files=[path])


def _of_functions(found: Mapping[str, Any], wanted: Sequence[str]) -> OwnCode:
    parts = [_source(name, thing) for name, thing in found.items()]
    files = {file for file, _, _ in parts if file}
    placed = len(files) == 1
    lines: list[str] = []
    for _, line, text in sorted(parts, key=lambda p: p[1]):
        if placed and line > len(lines):
            lines += [""] * (line - 1 - len(lines))
        lines += text.splitlines()
    name = next(iter(files)) if placed else "these functions"
    return OwnCode(found, wanted, "\n".join(lines) + "\n", name, placed, sorted(files))


def _source(name: str, thing: Any) -> tuple[str, int, str]:
    """The file of a function or class, its line there, and its text."""
    try:
        lines, line = inspect.getsourcelines(thing)
        file = inspect.getsourcefile(thing) or ""
    except (OSError, TypeError):
        return "", 1, f"def {name}{_signature(thing)}:\n    pass\n"
    return file, max(line, 1), textwrap.dedent("".join(lines))


def _signature(thing: Any) -> str:
    try:
        parameters = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return "()"
    plain = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return f"({', '.join(plain)})"
