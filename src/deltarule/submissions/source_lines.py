"""The line of a student's code where a returned value comes from, as far as the text tells it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from deltarule.submissions.course_conventions import Call

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class SourceLines:
    """Where the functions of a file compute what they return. Text that does not parse has none."""

    def __init__(self, text: str):
        try:
            self.tree: ast.Module | None = ast.parse(text)
        except (SyntaxError, ValueError):
            self.tree = None

    def of(self, function: str, call: Call, value: str) -> int | None:
        """The line that computes a value of a call, the last one to change it; None if unknown."""
        for node in self._functions(function):
            for attribute, name in call.reads.items():
                if name == value:
                    return _changed_last(node, f"self.{attribute}")
            given = next((r for r in _returns(node)[::-1] if r.value is not None), None)
            if given is not None and given.value is not None:
                return _from(node, given.value, call.returns, value)
        return None

    def _functions(self, name: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """The definitions of a function, or of a method, `Linear.forward`; the last one first."""
        if self.tree is None:
            return
        owner, _, own = name.rpartition(".")
        for place in self._with_bases(owner) if owner else [self.tree]:
            inside = place.body if isinstance(place, ast.ClassDef) else ast.walk(place)
            found = [n for n in inside if isinstance(n, _FUNCTIONS) and n.name == own]
            yield from found[::-1]

    def _with_bases(self, name: str) -> Iterator[ast.ClassDef]:
        """A class of the file, and the classes of the file that it inherits from."""
        known = (
            {n.name: n for n in ast.walk(self.tree) if isinstance(n, ast.ClassDef)}
            if self.tree
            else {}
        )
        left, seen = [name], set()
        while left:
            one = left.pop(0)
            if one in known and one not in seen:
                seen.add(one)
                yield known[one]
                left += [b.id for b in known[one].bases if isinstance(b, ast.Name)]


def _from(node: ast.AST, expression: ast.expr, tree: object, value: str) -> int | None:
    """The line of a value within what is returned."""
    if isinstance(tree, str):
        if tree != value:
            return None
        name = _name(expression)
        return (None if name is None else _changed_last(node, name)) or expression.lineno
    if isinstance(tree, dict):
        return _of_key(node, expression, next((k for k, n in tree.items() if n == value), None))
    if not isinstance(tree, (list, tuple)):
        return None
    if isinstance(expression, ast.Name):
        packed = _assigned(node, expression.id)
        expression = packed if isinstance(packed, (ast.Tuple, ast.List)) else expression
    if isinstance(expression, (ast.Tuple, ast.List)):
        for part, below in zip(expression.elts, tree):
            line = _from(node, part, below, value)
            if line is not None:
                return line
        return None
    return expression.lineno if value in _names(tree) else None


def _of_key(node: ast.AST, expression: ast.expr, key: str | None) -> int | None:
    """The line of an entry of a dictionary that is returned."""
    if key is None:
        return None
    if isinstance(expression, ast.Name):
        filled = _filled(node, expression.id, key)
        if filled:
            return filled[-1]
        made = _assigned(node, expression.id)
        expression = made if made is not None else expression
    if isinstance(expression, ast.Dict):
        for own, part in zip(expression.keys, expression.values):
            if isinstance(own, ast.Constant) and own.value == key:
                name = _name(part)
                return (None if name is None else _changed_last(node, name)) or part.lineno
        return None
    return expression.lineno


def _filled(node: ast.AST, table: str, key: str) -> list[int]:
    """The lines that fill an entry of a dictionary: by its key, else by one that is computed."""
    found: dict[bool, list[int]] = {True: [], False: []}
    for statement in ast.walk(node):
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = [u for t in statement.targets for u in ast.walk(t) if isinstance(u, ast.expr)]
        elif isinstance(statement, ast.AugAssign):
            targets = [statement.target]
        for target in targets:
            if not isinstance(target, ast.Subscript) or _name(target.value) != table:
                continue
            own = target.slice
            if not isinstance(own, ast.Constant) or own.value == key:
                found[isinstance(own, ast.Constant)].append(target.lineno)
    return sorted(found[True] or found[False])


def _changed_last(node: ast.AST, name: str) -> int | None:
    """The last statement that assigns a name, adds to it, or writes into it."""
    lines = [
        s.lineno for s in ast.walk(node) if isinstance(s, ast.stmt) and name in set(_targets(s))
    ]
    return max(lines, default=None)


def _assigned(node: ast.AST, name: str) -> ast.expr | None:
    found = [s for s in ast.walk(node) if isinstance(s, ast.Assign) and name in set(_targets(s))]
    return max(found, key=lambda s: s.lineno).value if found else None


def _targets(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement assigns, or whose entries it assigns."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = list(statement.targets)
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
        targets = [statement.target]
    while targets:
        target = targets.pop()
        if isinstance(target, (ast.Tuple, ast.List)):
            targets += target.elts
        elif isinstance(target, (ast.Starred, ast.Subscript)):
            targets.append(target.value)
        elif (name := _name(target)) is not None:
            yield name


def _name(node: ast.expr) -> str | None:
    """A name, or an attribute of self."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return None


def _returns(node: ast.AST) -> list[ast.Return]:
    """The function's own returns, in their order."""
    found: list[ast.Return] = []
    stack: list[ast.AST] = list(ast.iter_child_nodes(node))
    while stack:
        one = stack.pop()
        if isinstance(one, ast.Return):
            found.append(one)
        if not isinstance(one, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)):
            stack += ast.iter_child_nodes(one)
    return sorted(found, key=lambda r: r.lineno)


def _names(tree: object) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, (list, tuple)):
        for part in tree:
            yield from _names(part)
