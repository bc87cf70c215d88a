"""A person's own function and its gradient, read from their file.

    def dense(x, w, b):                                 the function: arrays to an array or number
        "x [N, D], w [D, M], b [M]"
        return x @ w + b

    def dense_backward(x, w, b, dy):                    its gradients, by name or in their order
        return {"x": dy @ w.T, "w": x.T @ dy, "b": dy.sum(axis=0)}

The companion of `dense` or `dense_forward` is `dense_backward` or `dense_gradient`. It takes any
of the arguments, by name; `y` or `out` is the value; what is left is the gradient of the value
(`dy`, `dout`). A function that gives `(out, cache)` has a companion of `(dout, cache)`.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from deltarule.checking.shapes import Shape, in_docstring, stated
from deltarule.notation.errors import DeltaruleError, did_you_mean

_ENDINGS = ("_backward", "_gradient", "_grad")
_VALUE = ("y", "out", "output", "value")


@dataclass(frozen=True)
class OwnFunction:
    """A function with the shapes of its arguments, its other arguments, and its companion.

    Of the other arguments those `held` have values that were asked for.
    """

    name: str
    place: str
    call: Callable
    shapes: Mapping[str, Shape]
    backward: Callable | None
    constants: Mapping[str, object] = field(default_factory=dict)
    held: Mapping[str, object] = field(default_factory=dict)

    @property
    def real(self) -> list[str]:
        """The arguments that gradients are taken by."""
        return [name for name, shape in self.shapes.items() if not shape.below]


def own_functions(
    path: Path, wanted: str | None = None, shapes: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
) -> list[OwnFunction]:
    """The functions of a file that have companions, or the one that is wanted.

    `shapes` states those of arguments, as annotations do; `constants` gives arguments with
    defaults other values. Raises DeltaruleError for what cannot be read.
    """
    module = _imported(path)
    own = {name: f for name, f in vars(module).items()
           if inspect.isfunction(f) and f.__module__ == module.__name__}  # fmt: skip
    if wanted is not None:
        if wanted not in own:
            raise DeltaruleError(
                f"{path.name} has no function {wanted}", str(path),
                did_you_mean(wanted, own) or "it has " + (", ".join(own) or "none"),
            )  # fmt: skip
        names = [wanted]
    else:
        names = [name for name in own if _companion(name, own) is not None]
        if not names:
            raise DeltaruleError(
                f"no function in {path.name} has a gradient", str(path),
                "name the gradient of f f_backward, or ask for one function: "
                f"{path.name}:{next(iter(own), 'f')}",
            )  # fmt: skip
    return [_read(path, name, own, shapes or {}, constants or {}) for name in names]


def _companion(name: str, own: Mapping[str, Callable]) -> Callable | None:
    stem = name.removesuffix("_forward")
    candidates = [stem + ending for ending in _ENDINGS]
    if name == "forward":
        candidates = ["backward", "gradient"]
    return next((own[c] for c in candidates if c in own and c != name), None)


def _read(path: Path, name: str, own: Mapping[str, Callable], given, constants) -> OwnFunction:
    call = own[name]
    place = f"{path.name}, line {call.__code__.co_firstlineno}"
    shapes, kept = {}, {}
    for argument in inspect.signature(call).parameters.values():
        note = argument.annotation if isinstance(argument.annotation, str) else None
        # `from __future__ import annotations` quotes an annotation once more.
        note = note.strip("'\"") if note and note[0] in "'\"" else note
        text = given.get(argument.name) or note or in_docstring(call.__doc__ or "", argument.name)
        if text is not None:
            shapes[argument.name] = stated(text, f"{place}: {argument.name}")
        elif argument.default is not inspect.Parameter.empty:
            kept[argument.name] = constants.get(argument.name, argument.default)
        elif argument.kind not in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
            raise DeltaruleError(
                f"nothing tells the shape of {argument.name}", place,
                f"say {argument.name} [N, D] in its docstring, or add "
                f'--shape "{argument.name}=N D"',
            )  # fmt: skip
    if not any(not s.below for s in shapes.values()):
        raise DeltaruleError(f"{name} takes no real array", place, "give it an argument: x")
    held = {n: v for n, v in kept.items() if n in constants}
    return OwnFunction(name, place, call, shapes, _companion(name, own), kept, held)


def _imported(path: Path) -> ModuleType:
    if not path.is_file():
        raise DeltaruleError(f"there is no file {path}", str(path.parent), "check the path")
    name = f"own_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise DeltaruleError(f"{path} is not a Python file", str(path), "name it something.py")
    module = importlib.util.module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise DeltaruleError(
            f"the file is not Python: {error.msg}", f"{path.name}, line {error.lineno}",
            "mend the line",
        ) from None  # fmt: skip
    except Exception as error:
        raise DeltaruleError(
            told(error), line_of(error, path), "run the file by itself and mend it"
        ) from None
    finally:
        sys.dont_write_bytecode = writes
        sys.path.remove(str(path.parent))
    return module


def told(error: Exception) -> str:
    """An error of somebody's code, in a line."""
    words = str(error).strip().splitlines()
    return f"{type(error).__name__}: {words[0]}" if words else type(error).__name__


def line_of(error: Exception, path: Path | str) -> str:
    """The last line of a file that an error went through."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__)
             if Path(f.filename).name == Path(path).name]  # fmt: skip
    return f"{Path(path).name}, line {lines[-1]}" if lines else Path(path).name


def roles(backward: Callable, arguments: Iterable[str], cache: bool) -> list[str]:
    """What each argument of a companion is: an argument's name, "value", "upstream" or "cache".

    Raises DeltaruleError for one too many.
    """
    known = set(arguments)
    names = [p.name for p in inspect.signature(backward).parameters.values()
             if p.default is p.empty or p.name in known]  # fmt: skip
    if cache and len(names) == 2 and not set(names) & known:
        return ["upstream", "cache"]
    unknown = [n for n in names if n not in known]
    found = []
    for name in names:
        if name in known:
            found.append(name)
        elif name in _VALUE and len(unknown) > 1:
            found.append("value")
        elif name == "cache" and cache:
            found.append("cache")
        else:
            found.append("upstream")
    if found.count("upstream") > 1:
        stray = [n for n, role in zip(names, found) if role == "upstream"][1]
        raise DeltaruleError(
            f"{backward.__name__} takes {stray}, which is nothing that is known",
            f"{Path(backward.__code__.co_filename).name}, line "
            f"{backward.__code__.co_firstlineno}",
            "it may take the function's own arguments, its value y, and the gradient dy",
        )  # fmt: skip
    return found
