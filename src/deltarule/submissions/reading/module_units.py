"""The statements of a module by what they are for: definitions, imports, constants, the rest."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from deltarule.submissions.reading.harmless_values import dotted, harmless, made_of_another
from deltarule.submissions.reading.names_used import bound, used

_IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException", "NameError"}


class Purpose(Enum):
    """What a statement is for."""

    DEFINITION = auto()
    IMPORT = auto()
    CONSTANT = auto()
    OTHER = auto()


@dataclass
class Unit:
    """A statement of a module: of `if` and `try` with definitions inside, what may be kept.

    `needs` is read when it runs, `uses` then or when what it defines is called. `inner` are the
    statements in it that are left out. `guarded`: it deals with failed imports by itself.
    """

    node: ast.stmt
    purpose: Purpose
    binds: set[str] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    inner: list[ast.stmt] = field(default_factory=list)
    guarded: bool = False

    @property
    def line(self) -> int:
        """Its first line, decorators included."""
        decorators = getattr(self.node, "decorator_list", [])
        return min([self.node.lineno, *(d.lineno for d in decorators)])


def module_units(body: Iterable[ast.stmt], origins: Mapping[str, str]) -> list[Unit]:
    """The statements of a module, each with its purpose. `origins`: see `harmless`."""
    origins, found, body = dict(origins), [], list(body)
    for node in body:
        found.append(_unit(node, origins))
        if found[-1].purpose is Purpose.CONSTANT:
            # Methods of constants may be called: `rng.normal(size=3)`.
            origins |= {name: origins.get(name, "builtins") for name in found[-1].binds}
    for unit in found:
        if isinstance(unit.node, ast.Try) and not unit.guarded:
            elsewhere = {name for other in found if other is not unit for name in other.uses}
            unit.guarded = unit.purpose is not Purpose.OTHER and _catches(unit.node, elsewhere)
    return found


def imported_from(body: Iterable[ast.stmt]) -> dict[str, str]:
    """The modules that the names of a module's imports come from, those inside `if` and `try`
    included."""
    found: dict[str, str] = {}
    for node in body:
        if isinstance(node, ast.Import):
            for a in node.names:
                found[a.asname or a.name.split(".")[0]] = a.name
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found |= {a.asname or a.name: module for a in node.names}
        elif isinstance(node, (ast.If, ast.Try)):
            found |= imported_from(_inside(node))
    return found


def _inside(node: ast.If | ast.Try) -> list[ast.stmt]:
    parts = [*node.body, *node.orelse]
    if isinstance(node, ast.Try):
        parts += [*node.finalbody, *(s for h in node.handlers for s in h.body)]
    return parts


def _unit(node: ast.stmt, origins: Mapping[str, str]) -> Unit:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return Unit(node, Purpose.DEFINITION, {node.name}, used(node, False), used(node))
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return Unit(node, Purpose.IMPORT, bound(node))
    if isinstance(node, (ast.If, ast.Try)):
        return _compound(node, origins)
    return _assignment(node, origins) or Unit(node, Purpose.OTHER, bound(node))


def _assignment(node: ast.stmt, origins: Mapping[str, str]) -> Unit | None:
    targets: Sequence[ast.expr]
    if isinstance(node, ast.Assign):
        targets, value = node.targets, node.value
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)) and node.value is not None:
        targets, value = [node.target], node.value
    else:
        return None
    bases = [_base(t) for target in targets for t in _single(target)]
    plain = all(b is not None for b in bases) and harmless(value, origins)
    if not plain or any(not harmless(t, origins) for t in targets):
        return None
    names = {b for b in bases if b is not None}
    define = isinstance(value, ast.Lambda) or bool(dotted(value)) or made_of_another(value)
    purpose = Purpose.DEFINITION if define and _named(targets) else Purpose.CONSTANT
    changed = set() if _named(targets) and not isinstance(node, ast.AugAssign) else names
    return Unit(node, purpose, names, used(node, False) | changed, used(node) | changed)


def _single(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, (ast.Tuple, ast.List)):
        return [t for part in target.elts for t in _single(part)]
    return [target.value if isinstance(target, ast.Starred) else target]


def _base(target: ast.expr) -> str | None:
    """The name that an assignment binds or changes: of `cache["x"]` and `Net.forward` too."""
    while isinstance(target, (ast.Attribute, ast.Subscript)):
        target = target.value
    return target.id if isinstance(target, ast.Name) else None


def _named(targets: Sequence[ast.expr]) -> bool:
    return all(isinstance(t, ast.Name) for target in targets for t in _single(target))


def _compound(node: ast.If | ast.Try, origins: Mapping[str, str]) -> Unit:
    """`if` and `try`: kept where they hold definitions, imports or constants; of other statements
    in them nothing is."""
    tests = [node.test] if isinstance(node, ast.If) else []
    runs = any(isinstance(n, ast.Name) and n.id == "__name__" for t in tests for n in ast.walk(t))
    inside = [_unit(part, origins) for part in _inside(node)]
    kept = [u for u in inside if u.purpose is not Purpose.OTHER]
    if runs or not kept or not all(harmless(t, origins) for t in tests):
        return Unit(node, Purpose.OTHER, bound(node))
    purposes = {u.purpose for u in kept}
    purpose = next(p for p in Purpose if p in purposes)
    found = Unit(node, purpose, guarded=isinstance(node, ast.Try) and _catches(node, None))
    found.binds = {n for u in kept for n in u.binds}
    found.needs = {n for u in kept for n in u.needs} | {n for t in tests for n in used(t)}
    found.uses = found.needs | {n for u in kept for n in u.uses}
    for u in inside:
        found.inner += [u.node] if u.purpose is Purpose.OTHER else u.inner
    return found


def _catches(node: ast.Try, elsewhere: Collection[str] | None) -> bool:
    """Whether failed imports are caught, and the names that they bind are bound otherwise; of what
    is imported those alone that are used `elsewhere`, if that is known."""
    caught = [h for h in node.handlers if h.type is None or used(h.type) & _IMPORT_ERRORS]
    imports = (ast.Import, ast.ImportFrom)
    own = {
        name
        for part in node.body
        for name in bound(part)
        if elsewhere is None or not isinstance(part, imports) or name in elsewhere
    }
    return bool(caught) and all(own <= {n for part in h.body for n in bound(part)} for h in caught)
