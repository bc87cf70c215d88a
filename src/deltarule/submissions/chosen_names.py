"""Which function, class or method of a file each call of a task takes."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from deltarule.submissions.course_conventions import Call, Task
from deltarule.submissions.reading.submitted_file import definitions as all_definitions


def definitions(text: str) -> dict[str, int]:
    """The functions, classes and methods (`Linear.forward`) of a file, with their lines.

    What is assigned a function is one, too. Raises SyntaxError for a text that is no Python.
    """
    body = ast.parse(text).body
    found = {name: one.first for name, one in all_definitions(body).items()}
    for node in body:
        if isinstance(node, ast.ClassDef):
            methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
            found.update({f"{node.name}.{n.name}": n.lineno for n in methods})
    return found


def chosen_names(
    task: Task, defined: Mapping[str, int], variant: int = 0, wanted: str = ""
) -> dict[int, str]:
    """The name that each call of a task takes of those that a file has, by the call's number.

    Where a file has several of a call's names, `variant` counts them; `wanted` comes first.
    """
    found: dict[int, str] = {}
    owner = ""
    for number, call in enumerate(task.calls):
        name = _name(call, owner, defined, variant, wanted)
        owner = name if call.kind == "class" else owner
        if name:
            found[number] = name
    return found


def possible_names(task: Task, defined: Mapping[str, int]) -> set[str]:
    """All names of a file that calls of a task may take."""
    most = max((len(call.names) for call in task.calls), default=0)
    return {n for variant in range(most) for n in chosen_names(task, defined, variant).values()}


def _name(call: Call, owner: str, defined: Mapping[str, int], variant: int, wanted: str) -> str:
    if call.kind == "method":
        names = [f"{owner}.{n}" for n in call.names] if owner else []
        own = [n for n in names if n in defined] or names[:1]
    else:
        own = [n for n in call.names if n in defined]
    if wanted in own:
        return wanted
    return own[min(variant, len(own) - 1)] if own else ""
