"""A submitted file, ready for a sandbox."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from deltarule.submissions.reading.code_places import CodePlaces
from deltarule.submissions.reading.harmless_values import made_of_another
from deltarule.submissions.reading.older_semantics import with_older_semantics
from deltarule.submissions.reading.remarks import Remark

#: The function that gives an array of ones, of the sizes that it is called with.
GIVEN = "_deltarule_ones"


@dataclass(frozen=True)
class Definition:
    """A function or class of a file, at lines `first` to `last` of the text that runs.

    `parameters` are a function's, `methods` a class's, by name.
    """

    name: str
    first: int
    last: int
    parameters: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    is_class: bool = False


@dataclass
class SubmittedFile:
    """What `read_submission` makes of a file.

    `text` is what runs in a sandbox, after `prelude`: definitions and what they need, each at the
    line (`places` says of which line of the file, or of which cell). `lost` are definitions that
    could not be loaded. `remarks` say what is missing, was left out, translated or not loaded.
    `body` are the statements of `text`. `unfilled`: see `unfilled_names`. `division`: quotients are
    those of Python 2.
    """

    name: str
    text: str
    definitions: dict[str, Definition]
    places: CodePlaces
    remarks: list[Remark] = field(default_factory=list)
    lost: dict[str, int] = field(default_factory=dict)
    imports: dict[str, Any] = field(default_factory=dict)
    body: list[ast.stmt] = field(default_factory=list)
    unfilled: dict[str, tuple[str, str]] = field(default_factory=dict)
    division: bool = False

    @property
    def running(self) -> str:
        """The text as it is run: with what older versions of Python and NumPy did, and with the
        function behind it that a class may be given to make its first weights."""
        return f"{with_older_semantics(self.text, self.division)}\n{GIVEN} = {GIVEN}\n"

    @property
    def prelude(self) -> str:
        """Python text that runs in the sandbox first, so that the imports of `text` work."""
        return f"{_stand_ins()}\n\ninstall({json.dumps(json.dumps(self.imports))})\n"

    def place(self, line: int | None) -> str:
        """A line of `text` as a person finds it: "line 12", or "cell 4, line 7"."""
        return self.places.place(line) if line else self.name


@lru_cache
def _stand_ins() -> str:
    return files(__package__ or "").joinpath("stand_ins.py").read_text(encoding="utf-8")


def definitions(body: list[ast.stmt]) -> dict[str, Definition]:
    """The definitions among statements, by name; of several with one name the last."""
    found: dict[str, Definition] = {}
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found[node.name] = _function(node)
        elif isinstance(node, ast.ClassDef):
            inner = [n for n in node.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
            names = tuple(dict.fromkeys(n.name for n in inner))
            last = node.end_lineno or node.lineno
            found[node.name] = Definition(node.name, node.lineno, last, (), names, True)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and _gives_a_function(node.value, found):
                    found[target.id] = _assigned(target.id, node, found)
        elif isinstance(node, ast.Try):
            instead = [statement for h in node.handlers for statement in h.body]
            found |= definitions([*instead, *node.body, *node.orelse])
        elif isinstance(node, ast.If):
            found |= definitions([*node.body, *node.orelse])
    return found


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Definition:
    last = node.end_lineno or node.lineno
    return Definition(node.name, node.lineno, last, _parameters(node.args))


def _gives_a_function(value: ast.expr, known: dict[str, Definition]) -> bool:
    known_name = isinstance(value, ast.Name) and value.id in known
    return isinstance(value, ast.Lambda) or known_name or made_of_another(value)


def _assigned(name: str, node: ast.Assign, known: dict[str, Definition]) -> Definition:
    last, value = node.end_lineno or node.lineno, node.value
    if isinstance(value, ast.Lambda):
        return Definition(name, node.lineno, last, _parameters(value.args))
    other = known[value.id] if isinstance(value, ast.Name) else None
    if other is None:
        return Definition(name, node.lineno, last)
    return Definition(name, node.lineno, last, other.parameters, other.methods, other.is_class)


def _parameters(a: ast.arguments) -> tuple[str, ...]:
    return tuple(p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs))
