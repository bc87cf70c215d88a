"""Conventions of courses in words, and as plain values for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deltarule.submissions.course_conventions import Call, Convention, Place, Task, Value


def conventions_values(shown: tuple[Sequence[Convention], bool]) -> dict:
    """Conventions: of each `name`, `title` and its tasks with their functions; `values` say which
    tensor of the derivation each name is, and how it is laid out."""
    return {"conventions": [_values(one) for one in shown[0]]}


def _values(one: Convention) -> dict:
    return {
        "name": one.name,
        "title": one.title,
        "functions": sorted(one.functions),
        "accepted": one.policy.words(),
        "tasks": [_task_values(task) for task in one.tasks],
    }


def _task_values(task: Task) -> dict:
    return {
        "name": task.name,
        "about": task.about,
        "derivation": task.derivation,
        "options": dict(task.options),
        "values": {name: value_text(value) for name, value in task.values.items()},
        "calls": [
            {"names": list(c.names), "kind": c.kind, "call": call_text(c)} for c in task.calls
        ],
        "other_choices": [other.words for other in task.otherwise],
    }


def call_text(call: Call) -> str:
    """A call as it is written: `out, cache = affine_forward(x, w, b)`."""
    arguments = [_tree(a) for a in call.arguments]
    arguments += [f"{name}={_tree(a)}" for name, a in call.named.items()]
    dot = "." if call.kind == "method" else ""
    made = " or ".join(f"{dot}{name}" for name in call.names)
    text = f"{made}({', '.join(arguments)})"
    if call.returns is not None:
        text = f"{_returned(call.returns)} = {text}"
    sets = [f".{name} = {_tree(v)}" for name, v in call.sets.items()]
    reads = [f"{value} = .{name}" for name, value in call.reads.items()]
    return "; ".join([*sets, text, *reads])


def _returned(tree: Any) -> str:
    if isinstance(tree, (list, tuple)):
        return ", ".join(_tree(t).replace("-", "_") if t == "-" else _tree(t) for t in tree)
    return "_" if tree == "-" else _tree(tree)


def _tree(tree: Any) -> str:
    """A tree of arguments as Python; names stand for values, `'test'` for a text."""
    if isinstance(tree, Mapping):
        return f"{{{', '.join(f'{name!r}: {_tree(v)}' for name, v in tree.items())}}}"
    if isinstance(tree, (list, tuple)):
        return f"({', '.join(map(_tree, tree))})"
    return str(tree)


def value_text(value: Value) -> str:
    """What a name stands for: `the tensor W, laid out m d -> d m, over N`."""
    words = " and ".join(_place(part) for part in value.parts)
    words += f", joined along axis {value.axis}" if value.axis is not None else ""
    words += f", times {value.times}" if value.times else ""
    return words + (f", over {value.over}" if value.over else "")


def _place(place: Place) -> str:
    words = f"the gradient by {place.tensor}" if place.gradient else place.tensor
    layout = place.layout
    return f"{words} ({layout.own} -> {layout.course})" if layout else words
