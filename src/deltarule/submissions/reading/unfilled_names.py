"""What statements that do not run would have filled: tables of a module that functions read."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from deltarule.submissions.reading.code_places import CodePlaces
from deltarule.submissions.reading.kept_code import KeptCode
from deltarule.submissions.reading.module_units import Purpose


def unfilled_names(kept: KeptCode, places: CodePlaces) -> dict[str, tuple[str, str]]:
    """For each definition that reads such a name, itself or what it calls: the name, and the place
    of the statement that writes it."""
    imported = {n for u in kept.units if u.purpose is Purpose.IMPORT for n in u.binds}
    written: dict[str, str] = {}
    for unit in kept.dropped:
        if unit.purpose is not Purpose.IMPORT:
            written |= dict.fromkeys(set(_written(unit.node)) - imported, places.place(unit.line))
    uses: dict[str, set[str]] = {}
    for unit in kept.units:
        for name in unit.binds:
            uses.setdefault(name, set()).update(unit.uses)
    found = {}
    for unit in kept.units:
        if unit.purpose is Purpose.DEFINITION:
            read = sorted(_reached(unit.uses, uses) & written.keys())
            found |= {name: (read[0], written[read[0]]) for name in unit.binds if read}
    return found


def _written(node: ast.AST) -> Iterator[str]:
    """The names that a statement binds, whose entries or attributes it sets, or whose methods it
    calls."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, (ast.Subscript, ast.Attribute)):
            if isinstance(part.ctx, ast.Store):
                yield from _base(part)
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            yield from _base(part.func)


def _base(node: ast.expr) -> Iterator[str]:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _reached(names: set[str], uses: dict[str, set[str]]) -> set[str]:
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += uses.get(name, ())
    return found
