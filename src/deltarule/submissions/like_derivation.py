"""Functions of any name, checked like a derivation: the convention is made of their own text.

Their arguments are matched with the derivation's tensors, gradients, sizes and numbers by name, and
what they return by the names behind `return`. What matches nothing is refused: nothing is guessed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.submissions.course_conventions import Call, Convention, Task, Value
from deltarule.submissions.derivation_names import DerivationNames, meanings_said
from deltarule.submissions.right_task import derivation_of

_LEFT_OUT = "-"


#: What a function is called that gives gradients.
_SLOPE = re.compile(r"grad|back|deriv|prime|delta", re.IGNORECASE)


@dataclass(frozen=True)
class Like:
    """What is asked: `functions` by name, forward ones first, the derivation, its options,
    `names` as `{"dout": "dy"}`, and what the last of them `returns`, as `dx,dw,db`."""

    functions: Sequence[str]
    derivation: str
    options: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    returns: str = ""


def convention_like(text: str, file: str, like: Like) -> tuple[Convention, str]:
    """A convention of one task, made for a file's functions, and what is said of their names.

    Raises DeltaruleError for a function that the file has not, for an argument that matches
    nothing, and where it is not clear what is returned.
    """
    defined = {n.name: n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)}
    for name in like.functions:
        if name not in defined:
            remedy = did_you_mean(name, defined) or f"it has {', '.join(defined) or 'none'}"
            raise DeltaruleError(f"there is no function {name}", file, remedy)
    maker = _Maker(like, DerivationNames(derivation_of(like.derivation, like.options)), file)
    calls = [maker.call(defined[name], name == like.functions[-1]) for name in like.functions]
    unused = set(like.names) - maker.used
    if unused:
        raise maker.unused(sorted(unused)[0])
    task = Task(like.derivation, like.derivation, maker.values, tuple(calls), dict(like.options))
    return Convention("like", f"{like.derivation}'s own names", (task,)), meanings_said(maker.known)


class _Maker:
    """Makes the calls, one after the other; what one keeps the next may be given."""

    def __init__(self, like: Like, names: DerivationNames, file: str):
        self.like, self.names, self.file = like, names, file
        self.values: dict[str, Value] = {}
        self.known: dict[str, Any] = {}
        self.kept: list[str] = []
        self.used: set[str] = set()
        self.seen: list[str] = []

    def call(self, node: ast.FunctionDef, last: bool) -> Call:
        """The call of a function."""
        place = f"{self.file}, line {node.lineno}: {node.name}"
        arguments, named = self._arguments(node, place)
        slopes = [v for v in map(self.values.get, self._trees(arguments, named)) if v]
        backward = any(v.gradient for v in slopes) or bool(self.kept)
        if not backward:
            self._refuse_missing(slopes, place)
        returns = self._returns(node, backward, last, place)
        return Call((node.name,), "function", tuple(arguments), named, returns)

    def _arguments(self, node: ast.FunctionDef, place: str) -> tuple[list[Any], dict[str, Any]]:
        plain = [*node.args.posonlyargs, *node.args.args]
        optional = {a.arg for a in plain[len(plain) - len(node.args.defaults) :]}
        optional |= {a.arg for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults) if d}
        arguments: list[Any] = []
        named: dict[str, Any] = {}
        skipped = False
        for argument in (*plain, *node.args.kwonlyargs):
            name = argument.arg
            self.seen.append(name)
            tree = self._argument(name, name in optional, place)
            if tree is None:
                skipped = True
            elif skipped or argument in node.args.kwonlyargs:
                named[name] = tree
            else:
                arguments.append(tree)
        return arguments, named

    def _argument(self, name: str, optional: bool, place: str) -> Any:
        """What an argument is given; None for the function's own default."""
        found = self._meaning(name)
        if found is not None:
            self.known[name] = found
            if isinstance(found, Value):
                self.values[name] = found
                return name
            return found
        if name in self.kept:
            return name
        if optional:
            return None
        if len(self.kept) == 1:
            return self.kept[0]
        remedy = f"say what it is: --map {name}=NAME;"
        if not self.kept and len(self.like.functions) == 1:
            own = place.rpartition(" ")[2]
            remedy += f" or name what gives it first: --function FORWARD --function {own};"
        raise self.names.unknown(name, place, remedy)

    def _meaning(self, name: str) -> Any:
        if name in self.like.names:
            self.used.add(name)
            return self.names.mapped(name, self.like.names[name])
        return self.names.meaning(name)

    def _returns(self, node: ast.FunctionDef, backward: bool, last: bool, place: str) -> Any:
        tree = _returned(node)
        if last and self.like.returns:
            tree = [n.strip() for n in self.like.returns.split(",")]
            tree = tree if len(tree) > 1 else tree[0]
        if tree is None:
            raise self._unclear(node, place)
        several = tree if isinstance(tree, list) else [tree]
        if isinstance(tree, dict):
            tree = {key: self._slope_of(name) for key, name in tree.items()}
            several = list(tree.values())
        found = {name: self._returned_value(name, backward) for name in several if name}
        if any(value is not None and self._given(value) for value in found.values()):
            raise self._unclear(node, place)
        if not any(found.values()):
            self._only_one(several, found, backward, node, place)
        for name, value in found.items():
            if value is not None:
                self.known[name] = self.values[name] = value
            elif backward and name != _LEFT_OUT:
                remedy = f"say what it is, --map {name}=NAME, or leave it out: --returns dx,-;"
                raise self.names.unknown(name, place, remedy)
        return self._as_tree(tree, found, node.name)

    def _slope_of(self, key: str) -> str:
        """The gradient, where a dictionary that is returned has an input's name: `{"x": …}`."""
        meaning = self._meaning(key)
        given = isinstance(meaning, Value) and self._given(meaning)
        return f"d{meaning.tensor}" if isinstance(meaning, Value) and given else key

    def _given(self, value: Value) -> bool:
        """Whether a value is one that functions are given, and not what they compute."""
        return not value.gradient and self.names.network.tensor(value.tensor).given

    def _returned_value(self, name: str, backward: bool) -> Value | None:
        self.seen.append(name)
        found = self._meaning(name) if name != _LEFT_OUT else None
        if isinstance(found, Value):
            return found
        return None if backward else self.names.output(name)

    def _only_one(self, several, found: dict, backward: bool, node, place: str) -> None:
        """The output, or the only gradient, where an expression is returned that has no name."""
        gradients = [
            t for t in self.names.derivation.gradients if self.names.network.tensor(t).given
        ]
        only = self.names.outputs if not backward else gradients
        first = several[0] if several else None
        # Of a gradient's name, or behind what gives the output, it may be another thing.
        given = {v.tensor for v in self.values.values() if not v.gradient} & set(self.names.outputs)
        other = not backward and (given or _SLOPE.search(node.name))
        if other or len(only) != 1 or (first and backward) or (backward and len(several) > 1):
            raise self._unclear(node, place)
        name = f"d{only[0]}" if backward else only[0]
        meaning = self.names.meaning(name)
        if not isinstance(meaning, Value):
            raise self._unclear(node, place)
        several[0] = name
        found.pop(first, None)
        found[name] = meaning

    def _as_tree(self, tree: Any, found: Mapping[str, Value | None], function: str) -> Any:
        if isinstance(tree, dict):
            return {key: name for key, name in tree.items() if found.get(name) is not None}
        if not isinstance(tree, list):
            return next(name for name, value in found.items() if value is not None)
        parts = []
        for place, name in enumerate(tree):
            if name and found.get(name) is not None:
                parts.append(name)
                continue
            own = name if name and name != _LEFT_OUT else f"{function} {place}"
            parts.append(own)
            if name != _LEFT_OUT:
                self.kept.append(own)
        return parts

    def _trees(self, arguments: Sequence[Any], named: Mapping[str, Any]) -> list[str]:
        return [t for t in (*arguments, *named.values()) if isinstance(t, str)]

    def _refuse_missing(self, given: Sequence[Value], place: str) -> None:
        """Raises DeltaruleError for a forward function that is not given all that is read."""
        have = {v.tensor for v in given}
        for tensor in self.names.network.tensors.values():
            if tensor.given and tensor.name not in have:
                options = [o for o in ("bias",) if o in self.names.network.options]
                raise DeltaruleError(
                    f"it takes no {tensor.name}, which {self.names.network.name} reads",
                    place,
                    f"say which argument it is: --map NAME={tensor.name}"
                    + "".join(f"; or leave it out: --no-{o}" for o in options),
                )

    def _unclear(self, node: ast.FunctionDef, place: str) -> DeltaruleError:
        return DeltaruleError(
            f"its return statements do not say what {node.name} returns",
            place,
            "name it: --returns dx,dw,db (- leaves one out)",
        )

    def unused(self, name: str) -> DeltaruleError:
        """The error for a name in --map that no function has."""
        return DeltaruleError(
            f"no argument or returned value is called {name}",
            "--map",
            did_you_mean(name, self.seen) or f"there are {', '.join(dict.fromkeys(self.seen))}",
        )


def _returned(node: ast.FunctionDef) -> Any:
    """The names behind `return`: a name, a list, or a table of them; "" for what has no name.

    None where the statements do not agree.
    """
    found = [_names(r.value) for r in _returns_of(node) if r.value is not None]
    kinds = {(type(f), len(f) if isinstance(f, (list, dict)) else 1) for f in found}
    return found[-1] if len(kinds) == 1 else None


def _returns_of(node: ast.AST) -> list[ast.Return]:
    """The return statements of a function, those of functions in it left out."""
    found: list[ast.Return] = []
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.Return):
            found.append(part)
        elif not isinstance(part, (ast.FunctionDef, ast.ClassDef, ast.Lambda)):
            found += _returns_of(part)
    return found


def _names(value: ast.expr) -> Any:
    if isinstance(value, ast.Tuple | ast.List):
        return [part.id if isinstance(part, ast.Name) else "" for part in value.elts]
    if isinstance(value, ast.Dict):
        keys = [k.value for k in value.keys if isinstance(k, ast.Constant)]
        return {k: k for k in keys if isinstance(k, str)}
    return value.id if isinstance(value, ast.Name) else ""
