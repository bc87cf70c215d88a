"""Of a module's statements those that run in a sandbox: its definitions and what they need."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from deltarule.submissions.reading.harmless_values import dotted
from deltarule.submissions.reading.module_imports import Import, Importable, Source
from deltarule.submissions.reading.module_units import Purpose, Unit
from deltarule.submissions.reading.names_used import BUILTIN

#: Decorators that change how fast a function is, or what is recorded of it, and no value.
TRANSPARENT = {"njit", "jit", "autojit", "no_grad", "function", "profile", "typechecked", "export"}
_FUTURE = "annotations"


@dataclass
class KeptCode:
    """`units` that stay, and the others; imports by unit; what could not be found.

    `unresolved` are names that definitions use and nothing that stays binds; `decorators` are
    those left out. `unreached` are statements behind an import that fails, and is caught.
    """

    units: list[Unit] = field(default_factory=list)
    dropped: list[Unit] = field(default_factory=list)
    imports: dict[int, list[Import]] = field(default_factory=dict)
    unresolved: set[str] = field(default_factory=set)
    unreached: list[ast.stmt] = field(default_factory=list)
    decorators: list[ast.expr] = field(default_factory=list)

    def taken(self) -> Iterator[Import]:
        """The imports that stay."""
        for unit in self.units:
            yield from self.imports.get(id(unit), ())

    def users(self, name: str) -> tuple[str, ...]:
        """The definitions that use a name."""
        found = [u for u in self.units if u.purpose is Purpose.DEFINITION and name in u.uses]
        return tuple(sorted({n for u in found for n in u.binds}))

    def decorator_names(self) -> list[list[str]]:
        """The decorators that are left out, each as its dotted name's parts."""
        return [_dotted_decorator(d) for d in self.decorators]


def kept_code(units: list[Unit], importable: Importable, everything: bool = False) -> KeptCode:
    """What stays of a module; `everything`: constants that no definition uses stay, too."""
    found = KeptCode()
    for unit in units:
        found.imports[id(unit)] = [i for node in _imports(unit) for i in importable.of(node)]
    for unit in units:
        found.unreached += _cut_short(unit, importable)
    possible = [u for u in units if u.purpose is not Purpose.OTHER and not _no_use(u, found)]
    possible = _without_missing_decorators(possible, found)
    possible = _computable(possible, found)
    kept = _reached(possible, everything)
    found.units = [u for u in units if id(u) in kept]
    found.dropped = [u for u in units if id(u) not in kept]
    bound = {n for u in found.units for n in u.binds} | BUILTIN
    found.unresolved = {n for u in found.units for n in u.uses} - bound
    return found


def _cut_short(unit: Unit, importable: Importable) -> list[ast.stmt]:
    """Take the statements behind an import that is missing out of a `try` that catches that."""
    if not unit.guarded or not isinstance(unit.node, ast.Try):
        return []
    for place, node in enumerate(unit.node.body):
        own = importable.of(node) if isinstance(node, (ast.Import, ast.ImportFrom)) else ()
        if any(i.source is Source.MISSING for i in own):
            left = unit.node.body[place + 1 :] + unit.node.orelse
            unit.node.body, unit.node.orelse = unit.node.body[: place + 1], []
            return left
    return []


def _imports(unit: Unit) -> Iterator[ast.Import | ast.ImportFrom]:
    """The import statements of a unit, but for those inside of functions."""
    waiting: list[ast.AST] = [unit.node]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif isinstance(node, (ast.If, ast.Try, ast.ExceptHandler)):
            waiting = [*ast.iter_child_nodes(node), *waiting]


def _no_use(unit: Unit, found: KeptCode) -> bool:
    """Whether an import is one that is left out always: of all names of what is missing, or of
    what Python 3 does anyway."""
    if not isinstance(unit.node, (ast.Import, ast.ImportFrom)):
        return False
    own = found.imports[id(unit)]
    if isinstance(unit.node, ast.ImportFrom) and unit.node.module == "__future__":
        return not any(i.name == _FUTURE for i in own)
    return all(i.bound == "*" and i.source is Source.MISSING for i in own)


def _without_missing_decorators(units: list[Unit], found: KeptCode) -> list[Unit]:
    """Missing decorators that change no value are left out; with others the definition is."""
    missing = {i.bound for u in units for i in found.imports[id(u)] if i.source is Source.MISSING}
    there = {n for u in units for n in u.binds} | BUILTIN
    kept = []
    for unit in units:
        names = [(d, _dotted_decorator(d)) for d in _decorators(unit)]
        lost = [(d, n) for d, n in names if n and (n[0] in missing or n[0] not in there)]
        if all(n[-1] in TRANSPARENT for _, n in lost):
            found.decorators += [d for d, _ in lost]
            kept.append(unit)
    return kept


def _dotted_decorator(node: ast.expr) -> list[str]:
    return dotted(node.func if isinstance(node, ast.Call) else node)


def _decorators(unit: Unit) -> list[ast.expr]:
    """The decorators of a definition, and of a class's methods."""
    nodes = [unit.node, *(unit.node.body if isinstance(unit.node, ast.ClassDef) else ())]
    return [d for node in nodes for d in getattr(node, "decorator_list", ())]


def _computable(units: list[Unit], found: KeptCode) -> list[Unit]:
    """Without the constants that need what nothing that is kept binds."""
    stars = any(
        i.bound == "*" and i.source is not Source.MISSING
        for u in units
        for i in found.imports[id(u)]
    )
    for _ in () if stars else range(len(units)):
        bound = {n for u in units for n in u.binds} | BUILTIN
        kept = [u for u in units if u.purpose is not Purpose.CONSTANT or u.needs <= bound]
        if len(kept) == len(units):
            break
        units = kept
    return units


def _reached(units: list[Unit], everything: bool) -> set[int]:
    """The definitions, and what they use, and what that uses."""
    by_name: dict[str, list[Unit]] = {}
    for unit in units:
        for name in unit.binds:
            by_name.setdefault(name, []).append(unit)
    waiting = [u for u in units if u.purpose is Purpose.DEFINITION]
    if everything:
        waiting = list(units)
    waiting += by_name.get("*", [])
    waiting += [u for u in units if u.binds == {_FUTURE}]
    kept: set[int] = set()
    while waiting:
        unit = waiting.pop()
        if id(unit) not in kept:
            kept.add(id(unit))
            for name in unit.uses | unit.binds:
                waiting += by_name.pop(name, ())
    return kept
