"""Functions that a file has copied from what the course hands out: they are no homework."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from copy import deepcopy

#: What is put in the place of a name has so many nodes at most: a helper is short.
MOST_NODES = 60


def copied_helpers(text: str, provided: Iterable[str]) -> set[str]:
    """The functions of a text that stand in a provided text, too.

    Docstrings, assertions, the names of arguments and variables, what is given a name first, and
    how an array is copied may be others.
    """
    handed_out = {shape for other in provided for shape in _shapes(other).items()}
    return {name for name, shape in _shapes(text).items() if (name, shape) in handed_out}


def _shapes(text: str) -> dict[str, str]:
    return {n.name: _shape(n) for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)}


def _shape(function: ast.FunctionDef) -> str:
    """What a function is, whatever its variables are called."""
    body = [s for s in function.body if not _says_nothing(s)]
    body = [_Plain().visit(s) for s in _without_names(deepcopy(body))]
    own = {n.arg: "" for n in ast.walk(function.args) if isinstance(n, ast.arg)}
    stored = (n for s in body for n in ast.walk(s) if isinstance(n, ast.Name))
    own |= {n.id: "" for n in stored if isinstance(n.ctx, ast.Store)}
    numbers = {name: f"v{k}" for k, name in enumerate(own)}
    inside = " ".join(ast.dump(s) for s in (function.args, *body))
    for name, number in numbers.items():
        for key in ("arg", "id"):
            inside = inside.replace(f"{key}='{name}'", f"{key}=<{number}>")
    return inside


def _without_names(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements with what is given a name once, and not written into, in its places."""
    times = Counter(
        part.id
        for statement in body
        for part in ast.walk(statement)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    )
    written = {
        part.value.id
        for statement in body
        for part in ast.walk(statement)
        if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Name)
        if isinstance(part.ctx, ast.Store)
    }
    meant: dict[str, ast.expr] = {}
    kept: list[ast.stmt] = []
    for statement in body:
        statement = _Meant(meant).visit(statement)
        name = _named(statement)
        once = times[name] == 1 and name not in written
        short = sum(1 for _ in ast.walk(statement)) <= MOST_NODES
        if once and short and isinstance(statement, ast.Assign):
            meant[name] = statement.value
        else:
            kept.append(statement)
    return kept


def _named(statement: ast.stmt) -> str:
    """The name that an assignment gives; "" for other statements."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    return target.id if isinstance(target, ast.Name) else ""


class _Meant(ast.NodeTransformer):
    """Puts expressions in the places of names."""

    def __init__(self, meant: dict[str, ast.expr]):
        self.meant = meant

    def visit_Name(self, node: ast.Name) -> ast.expr:  # noqa: N802
        read = isinstance(node.ctx, ast.Load) and node.id in self.meant
        return deepcopy(self.meant[node.id]) if read else node


class _Plain(ast.NodeTransformer):
    """`np.array(x, copy=True)` and `np.copy(x)` as `x.copy()`."""

    def visit_Call(self, node: ast.Call) -> ast.expr:  # noqa: N802
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name in ("array", "copy") and len(node.args) == 1:
            copied = ast.Attribute(node.args[0], "copy", ast.Load())
            return ast.Call(copied, [], [])
        return node


def _says_nothing(node: ast.stmt) -> bool:
    """A docstring or an assertion."""
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return text or isinstance(node, ast.Assert)
