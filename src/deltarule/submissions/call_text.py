"""A call of a task, written as the convention has it."""

from __future__ import annotations

from collections.abc import Mapping

from deltarule.submissions.course_conventions import Call


def written(name: str, call: Call) -> str:
    """A call as the convention has it: `loss(X, y)`."""
    trees = [_tree(a) for a in call.arguments]
    trees += [f"{key}={_tree(a)}" for key, a in call.named.items()]
    return f"{name.rpartition('.')[2]}({', '.join(trees)})"


def returned_text(tree: object) -> str:
    """What a call returns, as the convention has it: `dx, dw, db`."""
    return ", ".join(map(_tree, tree)) if isinstance(tree, (list, tuple)) else _tree(tree)


def _tree(tree: object) -> str:
    if isinstance(tree, Mapping):
        return "{" + ", ".join(f"{key!r}: {_tree(a)}" for key, a in tree.items()) + "}"
    if isinstance(tree, (list, tuple)):
        return "[" + ", ".join(map(_tree, tree)) + "]"
    return str(tree)
