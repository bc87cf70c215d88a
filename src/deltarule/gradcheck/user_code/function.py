"""A person's own function and its gradient, read from their file, which is run for that.

    def dense(x, w, b):                                 the function: arrays to an array or number
        "x [N, D], w [D, M], b [M]"
        return x @ w + b

    def dense_backward(x, w, b, dy):                    its gradients, by name or in their order
        return {"x": dy @ w.T, "w": x.T @ dy, "b": dy.sum(axis=0)}

The companion of `dense` or `dense_forward` is `dense_backward`, `dense_gradient`, `dense_grad`,
`dense_vjp`, `grad_dense` or `d_dense`. It takes any of the arguments, by name; `y` or `out` is the
value; what is left is the gradient of the value (`dy`, `dout`), one for each of several values. A
function that gives `(out, cache)` has a companion of `(dout, cache)`. A class has `forward` and
`backward`; the gradients of what its constructor takes are attributes: `dW`, `grads["W"]`.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.gradcheck.user_code.argument_trees import Argument, arrays_in, unpacked
from deltarule.gradcheck.user_code.classes import as_functions, docstrings, is_layer
from deltarule.gradcheck.user_code.companions import companion
from deltarule.gradcheck.user_code.constants import usual
from deltarule.gradcheck.user_code.importing import imported
from deltarule.gradcheck.user_code.shapes import Shape, in_docstring, parts_in_docstring, stated


@dataclass(frozen=True)
class OwnFunction:
    """A function with the shapes of its arrays, its other arguments, and its companion.

    `shapes` goes by array, `unknown` are arrays of which nothing states the shape. Of the other
    arguments (`constants`) those `pinned` have values that were asked for, and those in `choices`
    are compared with these words somewhere in the function.
    """

    name: str
    place: str
    file: str
    call: Callable
    arguments: tuple[Argument, ...]
    shapes: Mapping[str, Shape]
    backward: Callable | None
    constants: Mapping[str, object] = field(default_factory=dict)
    pinned: Mapping[str, object] = field(default_factory=dict)
    choices: Mapping[str, tuple] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    layer: bool = False

    @property
    def real(self) -> list[str]:
        """The arrays that gradients are taken by."""
        return [name for name, shape in self.shapes.items() if shape.below is None]

    @property
    def gradient(self) -> str:
        """What its companion is called."""
        return getattr(self.backward, "__qualname__", "")


@dataclass
class OwnFile:
    """A file that was imported: its functions, and its layers as functions."""

    path: Path
    own: dict[str, Callable]
    tree: ast.Module

    def companions(self) -> list[str]:
        """The names of all functions that have a gradient, and of all layers that do something."""
        return [
            n
            for n, f in self.own.items()
            if (inspect.isclass(f) and not _is_abstract(self.definition(n)))
            or companion(n, self.own) is not None
        ]

    def definition(self, name: str) -> ast.AST:
        """The text of a function."""
        of = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        found = [n for n in ast.walk(self.tree) if isinstance(n, of) and n.name == name]
        return found[-1] if found else ast.Module([], [])


def _is_abstract(definition: ast.AST) -> bool:
    """Whether both passes of a class are there for others to fill in: pass, …, or an error."""
    passes = [
        n
        for n in ast.iter_child_nodes(definition)
        if isinstance(n, ast.FunctionDef) and n.name in ("forward", "__call__", "backward")
    ]
    return bool(passes) and all(
        isinstance(s, ast.Pass | ast.Raise)
        or (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
        for one in passes
        for s in one.body
    )


def opened(path: Path) -> OwnFile:
    """A file, imported. Raises DeltaruleError where that fails."""
    module = imported(path)
    own = {
        name: f
        for name, f in vars(module).items()
        if (inspect.isfunction(f) or is_layer(f)) and f.__module__ == module.__name__
    }
    return OwnFile(path, own, ast.parse(path.read_text(encoding="utf-8")))


def names_in(file: OwnFile, wanted: str | None = None) -> list[str]:
    """The functions of a file that are checked. Raises DeltaruleError for none."""
    if wanted is not None:
        if wanted not in file.own:
            raise DeltaruleError(
                f"{file.path.name} has no function {wanted}",
                str(file.path),
                did_you_mean(wanted, file.own) or "it has " + (", ".join(file.own) or "none"),
            )
        return [wanted]
    names = file.companions()
    if not names:
        raise DeltaruleError(
            f"no function in {file.path.name} has a gradient",
            str(file.path),
            "name the gradient of f f_backward, or ask for one function: "
            f"{file.path.name}:{next(iter(file.own), 'f')}",
        )
    return names


def own_functions(
    path: Path,
    wanted: str | None = None,
    shapes: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
) -> list[OwnFunction]:
    """The functions of a file that have companions, or the one that is wanted.

    `shapes` states those of arguments, as annotations do; `constants` gives arguments with
    defaults other values. Raises DeltaruleError for what cannot be read.
    """
    file = opened(path)
    return [read(file, name, shapes or {}, constants or {}) for name in names_in(file, wanted)]


def read(
    file: OwnFile, name: str, given: Mapping[str, str], constants: Mapping[str, object]
) -> OwnFunction:
    """One function of a file. Raises DeltaruleError for what cannot be read."""
    call = file.own[name]
    layer = inspect.isclass(call)
    backward = companion(name, file.own)
    line = file.definition(name)
    place = f"{file.path.name}, line {getattr(line, 'lineno', 1)}"
    docstring = call.__doc__ or ""
    if layer:
        docstring = docstrings(call)
        call, backward = as_functions(call)
    reading = _Reading(file.definition(name), place, docstring, given, constants)
    reading.parameters(inspect.signature(call))
    if not reading.shapes and reading.unknown and not layer:
        raise nothing_tells(reading.unknown[0], place)
    real = [n for n, shape in reading.shapes.items() if shape.below is None]
    if not real and not reading.unknown:
        raise DeltaruleError(f"{name} takes no real array", place, "give it an argument: x")
    pinned = {n: v for n, v in reading.kept.items() if n in constants}
    return OwnFunction(
        name,
        place,
        str(file.path),
        call,
        tuple(reading.arguments),
        reading.shapes,
        backward,
        reading.kept,
        pinned,
        {n: _words(n, line) for n in reading.kept},
        tuple(reading.unknown),
        layer,
    )


def nothing_tells(name: str, place: str) -> DeltaruleError:
    """The error for an argument of which nothing states the shape."""
    return DeltaruleError(
        f"nothing tells the shape of {name}",
        place,
        f'say {name} [N, D] in its docstring, or add --shape "{name}=N D"',
    )


class _Reading:
    """The parameters of a function, sorted into arrays and all others."""

    def __init__(self, definition: ast.AST, place: str, docstring: str, given, constants):
        self.definition, self.place, self.docstring = definition, place, docstring
        self.given, self.constants = given, constants
        self.arguments: list[Argument] = []
        self.shapes: dict[str, Shape] = {}
        self.kept: dict[str, object] = {}
        self.unknown: list[str] = []

    def parameters(self, signature: inspect.Signature) -> None:
        """Sort all parameters."""
        named = set(signature.parameters)
        for p in signature.parameters.values():
            if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
                self._parameter(p, named)

    def _parameter(self, p: inspect.Parameter, named: set[str]) -> None:
        text = self.given.get(p.name) or _annotated(p) or in_docstring(self.docstring, p.name)
        default = p.default is not p.empty
        if text is not None:
            self.shapes[p.name] = stated(text, f"{self.place}: {p.name}")
            self.arguments.append(Argument(p.name, {p.name: None}, optional=p.default is None))
            return
        parts = parts_in_docstring(self.docstring, p.name, named)
        if parts:
            self._holding(p.name, list(parts), named, parts)
        elif default or usual(p.name) is not None or p.name in self.constants:
            own = p.default if default else usual(p.name)
            self.kept[p.name] = self.constants.get(p.name, own)
        elif keys := unpacked(p.name, self.definition):
            if all(usual(key) is not None for key in keys):
                self.kept[p.name] = {k: self.constants.get(k, usual(k)) for k in keys}
            else:
                self._holding(p.name, keys, named, {})
        else:
            self.unknown.append(p.name)
            self.arguments.append(Argument(p.name, {p.name: None}))

    def _holding(self, name: str, keys: list[str], named: set[str], parts) -> None:
        argument = arrays_in(name, keys, named | set(self.shapes), self.definition)
        self.arguments.append(argument)
        for leaf, key in argument.leaves.items():
            text = self.given.get(leaf) or parts.get(str(key))
            if text is None:
                self.unknown.append(leaf)
            else:
                self.shapes[leaf] = stated(text, f"{self.place}: {leaf}")


def _annotated(p: inspect.Parameter) -> str | None:
    """A shape that stands as an annotation; `from __future__ import annotations` quotes it."""
    note = p.annotation if isinstance(p.annotation, str) else None
    if note and note[0] in "'\"":
        return note.strip("'\"")
    words = note.replace(",", " ").split() if note else []
    plain = {"int", "float", "bool", "str", "dict", "tuple", "list", "None"}
    if not note or not words or plain & set(words) or "." in note or "[" in note:
        return None
    return note


def _words(name: str, definition: ast.AST) -> tuple:
    """The words that an argument is compared with in the function's text."""
    found: dict[str, None] = {}
    for node in ast.walk(definition):
        if not isinstance(node, ast.Compare) or not isinstance(node.left, ast.Name):
            continue
        for part in node.comparators if node.left.id == name else ():
            several = part.elts if isinstance(part, ast.Tuple | ast.List | ast.Set) else [part]
            words = [c.value for c in several if isinstance(c, ast.Constant)]
            found |= dict.fromkeys(w for w in words if isinstance(w, str))
    return tuple(found)
