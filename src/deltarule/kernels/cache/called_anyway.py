"""What functions of kernels' files call whichever way they take: it can be compiled ahead of them.

While another process compiles a function, this one compiles what that will call.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator

from deltarule.kernels.cache.held_texts import text_of


def called_anyway(function: str, files: Iterable[str], known: Iterable[str]) -> list[str]:
    """Those of the `known` functions that a function calls, by others of these files too, in order.

    What those call themselves is not among them.
    """
    calls = {name: found for file in files for name, found in _calls(file).items()}
    known, found, seen = frozenset(known), [], {function}
    stack = [*reversed(calls.get(function, ()))]
    while stack:
        name = stack.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in known:
            found.append(name)
        else:
            stack += reversed(calls.get(name, ()))
    return found


@functools.cache
def _calls(file: str) -> dict[str, list[str]]:
    """Of each function of a file the names that it calls in any case; none if it is gone."""
    try:
        tree = ast.parse(text_of(file))
    except OSError:
        return {}
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    return {f.name: [*_called(f.body)] for f in functions}


def _called(statements: list[ast.stmt]) -> Iterator[str]:
    """The names that statements call: loops run, and of conditions nothing is known."""
    for statement in statements:
        if isinstance(statement, ast.If):
            if any(isinstance(node, ast.Return) for node in ast.walk(statement)):
                return  # what follows is a way of its own
        elif isinstance(statement, ast.For | ast.While):
            yield from _called(statement.body)
        else:
            nodes = ast.walk(statement)
            yield from (n.func.id for n in nodes if _is_call(n))  # pyright: ignore


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
