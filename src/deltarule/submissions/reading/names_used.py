"""Which names statements bind, and which of the module's names they use."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

BUILTIN = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bound(node: ast.AST) -> set[str]:
    """The names that a statement binds in its own scope."""
    return set(_bound(node))


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        yield node.name
        return
    if isinstance(node, (ast.Lambda, *_COMPREHENSIONS)):
        return
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (a.asname or a.name.split(".")[0] for a in node.names)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
        yield node.id
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
    for child in ast.iter_child_nodes(node):
        yield from _bound(child)


def used(node: ast.AST, deferred: bool = True) -> set[str]:
    """The names that a statement reads of the scope around it, those of its functions included.

    Without `deferred` only those that are read when the statement itself runs.
    """
    return set(_used(node, deferred))


def _used(node: ast.AST, deferred: bool) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load):
            yield node.id
    elif isinstance(node, (*_FUNCTIONS, ast.Lambda)):
        yield from _of_all(_when_defined(node), deferred)
        if deferred:
            yield from _in_body(node)
    elif isinstance(node, ast.ClassDef):
        yield from _of_all([*node.decorator_list, *node.bases, *node.keywords], deferred)
        # A class's own names are read in its body before those around it; its methods do not see
        # them.
        own = {name for part in node.body for name in _bound(part)}
        for part in node.body:
            yield from _used_in_class(part, own, deferred)
    elif isinstance(node, _COMPREHENSIONS):
        targets = {name for part in node.generators for name in _bound(part.target)}
        yield from _of_all(ast.iter_child_nodes(node), deferred, targets)
    else:
        yield from _of_all(ast.iter_child_nodes(node), deferred)


def _of_all(nodes: Iterable[ast.AST], deferred: bool, without: Iterable[str] = ()) -> Iterator[str]:
    hidden = set(without)
    yield from (n for node in nodes for n in _used(node, deferred) if n not in hidden)


def _used_in_class(part: ast.stmt, own: set[str], deferred: bool) -> Iterator[str]:
    if isinstance(part, _FUNCTIONS):
        yield from (n for n in _of_all(_when_defined(part), deferred) if n not in own)
        if deferred:
            yield from _in_body(part)
    else:
        yield from (n for n in _used(part, deferred) if n not in own)


def _when_defined(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.AST]:
    """What is evaluated when a function is defined: decorators, defaults, annotations."""
    a = node.args
    found: list[ast.AST | None] = [*a.defaults, *a.kw_defaults]
    found += [p.annotation for p in _parameters(a)]
    if not isinstance(node, ast.Lambda):
        found += [*node.decorator_list, node.returns]
    return [f for f in found if f is not None]


def _parameters(a: ast.arguments) -> list[ast.arg]:
    rest = [p for p in (a.vararg, a.kwarg) if p is not None]
    return [*a.posonlyargs, *a.args, *a.kwonlyargs, *rest]


def _in_body(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Iterator[str]:
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    outer = {n for part in body for n in _declared(part)}
    own = {p.arg for p in _parameters(node.args)}
    own |= {n for part in body for n in _bound(part)} - outer
    yield from (n for n in _of_all(body, True) if n not in own)
    yield from outer


def _declared(node: ast.AST) -> Iterator[str]:
    """The names that a function's body takes from outside by a statement (global, nonlocal)."""
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        yield from node.names
    if not isinstance(node, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)):
        for child in ast.iter_child_nodes(node):
            yield from _declared(child)
