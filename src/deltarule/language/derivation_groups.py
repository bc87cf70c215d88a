"""The groups of the derivations, by the words that each uses: no file is run for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from deltarule.language.catalogue import catalogue, declared_aliases
from deltarule.spelling.lowered import lowered

GROUPS = (
    "Layers with parameters",
    "Layers without parameters",
    "Losses",
    "Sequences",
    "Networks",
    "Updates",
)


#: The parts of a syntax tree that may hold calls; the others are operators and contexts.
_HELD = (ast.expr, ast.stmt, ast.keyword)


def in_group(group: str) -> list[str]:
    """The names of the derivations of one group, such as "Updates"."""
    return [name for name, path in catalogue().items() if entry_of(name, path)["group"] == group]


def entry_of(name: str, path: Path) -> dict:
    """A derivation as its file tells it, read without running the file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    title = lowered(ast.get_docstring(tree) or name).partition("\n")[0].rstrip(".")
    return {
        "name": name,
        "title": title,
        "aliases": list(declared_aliases(path)),
        "group": _group(tree),
    }


def described(path: Path) -> str:
    """What a derivation's file says of it, read without running the file."""
    return lowered(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")


def _group(tree: ast.Module) -> str:
    """The group of a derivation, by the words that it uses."""
    calls = list(_calls(tree))
    used = {name for name, _ in calls}
    if "rate" in used:
        return "Updates"
    if "state" in used or any(_is_sequence(*call) for call in calls):
        return "Sequences"
    if "loss" in used and "parameter" not in used:
        return "Losses"
    if used & {"layer", "loss"}:
        return "Networks"
    return "Layers with parameters" if "parameter" in used else "Layers without parameters"


def _is_sequence(called: str, call: ast.Call) -> bool:
    """Whether it is `layer("rnn", …)` of a derivation that carries a state."""
    if called != "layer" or not call.args or not isinstance(call.args[0], ast.Constant):
        return False
    return _carries_state(str(call.args[0].value))


@lru_cache(maxsize=256)
def _carries_state(name: str) -> bool:
    path = next((p for n, p in catalogue().items() if name in (n, *declared_aliases(p))), None)
    return path is not None and _group(ast.parse(path.read_text(encoding="utf-8"))) == "Sequences"


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """The calls of functions by their names; `ast.walk` takes twice as long."""
    left = [tree]
    while left:
        node = left.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node
        for part in node.__dict__.values():
            if isinstance(part, list):
                left += [p for p in part if isinstance(p, ast.AST)]
            elif isinstance(part, _HELD):
                left.append(part)
