"""The arguments of a person's function: arrays, dicts and tuples of arrays, and all others."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Argument:
    """An argument that holds arrays: its own, or those of a dict, tuple or namespace.

    `leaves` names its arrays and how each is found in it; of a plain array the key is None.
    `optional` says that it may be left out, for its default.
    """

    name: str
    leaves: Mapping[str, str | int | None]
    kind: str = "array"
    optional: bool = False

    def built(self, arrays: Arrays):
        """The argument that holds these arrays."""
        if self.kind == "array":
            return arrays[self.name]
        parts = {key: arrays[leaf] for leaf, key in self.leaves.items()}
        if self.kind == "tuple":
            return tuple(parts.values())
        if self.kind == "namespace":
            return SimpleNamespace(**{str(key): part for key, part in parts.items()})
        return parts


def arrays_in(name: str, keys: list[str], taken: set[str], definition: ast.AST) -> Argument:
    """An argument that holds several arrays, as the function's text uses it."""
    leaves = {key if key not in taken else f"{name}.{key}": key for key in keys}
    kind = "tuple"
    for node in ast.walk(definition):
        if isinstance(node, ast.Subscript) and _is(node.value, name):
            if isinstance(node.slice, ast.Constant) and node.slice.value in keys:
                kind = "dict"
        elif isinstance(node, ast.Attribute) and _is(node.value, name) and node.attr in keys:
            kind = "namespace"
    return Argument(name, leaves, kind)


def unpacked(name: str, definition: ast.AST) -> list[str]:
    """The names that an argument is taken apart into: `W, b = p`, p["W"], p.W."""
    found: dict[str, None] = {}
    for node in ast.walk(definition):
        if isinstance(node, ast.Assign) and _is(node.value, name):
            for target in node.targets:
                if isinstance(target, ast.Tuple | ast.List):
                    found |= dict.fromkeys(t.id for t in target.elts if isinstance(t, ast.Name))
        elif isinstance(node, ast.Subscript) and _is(node.value, name):
            key = node.slice.value if isinstance(node.slice, ast.Constant) else None
            found |= {key: None} if isinstance(key, str) else {}
    return list(found)


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
