"""Code as it ran when it was written: quotients of Python 2, and numbers of older NumPy.

Of the text that runs alone: calls of functions that `stand_ins` defines are put around expressions,
and lines keep their numbers. Python 2 rounded quotients of integers down. NumPy took an array of
one entry as a number until 2.4, and None as a shape and generators for a sum before.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from deltarule.submissions.reading.edited_text import EditedText, end, start

_NUMPY = ("np", "numpy")
_FILLED = ("zeros", "ones", "empty")
#: Expressions that may be evaluated twice.
_PURE = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Slice, ast.Tuple, ast.BinOp,
    ast.UnaryOp, ast.expr_context, ast.operator, ast.unaryop,
)  # fmt: skip
#: Values that cannot be an argument as they stand.
_NO_ARGUMENT = (ast.Tuple, ast.Starred, ast.GeneratorExp, ast.Yield, ast.YieldFrom, ast.Constant)


@lru_cache(maxsize=64)
def with_older_semantics(text: str, division: bool) -> str:
    """The text as it runs; `division`: quotients are Python 2's."""
    return _Older(text, division).edited()


@lru_cache(maxsize=64)
def unkept_divisions(text: str) -> tuple[int, ...]:
    """The lines with a quotient that stays Python 3's."""
    older = _Older(text, True)
    older.edited()
    return tuple(sorted(set(older.unkept)))


@lru_cache(maxsize=1)
def numpy_refuses_arrays() -> bool:
    """Whether NumPy takes no array of one entry as a number."""
    import warnings

    import numpy

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            float(numpy.ones(1))
        except TypeError:
            return True
    return False


class _Older:
    def __init__(self, text: str, division: bool):
        self.text, self.division = EditedText(text), division
        self.tree = ast.parse(text)
        self.unkept: list[int] = []

    def edited(self) -> str:
        for node in _without_formats(self.tree):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                self._quotient(node)
            elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div):
                self._quotient_in_place(node)
            elif isinstance(node, (ast.Assign, ast.AugAssign)):
                self._entry(node)
            elif isinstance(node, ast.Call):
                self._call(node)
            elif isinstance(node, ast.JoinedStr) and self.division and _divides(node):
                self.unkept.append(node.lineno)
        return str(self.text)

    def _quotient(self, node: ast.BinOp) -> None:
        sign = self.text.operator(node.left, node.right, "/") if self.division else None
        if sign is not None:
            self.text.around(node, "_deltarule_quotient(", ")")
            self.text.instead(sign, 1, ",")
        elif self.division:
            self.unkept.append(node.lineno)

    def _quotient_in_place(self, node: ast.AugAssign) -> None:
        """`x /= y` as `x = _deltarule_divided(x, y)`, which works in place, too."""
        if not self.division:
            return
        target = self.text.part(node.target) if _pure(node.target) else None
        sign = self.text.operator(node.target, node.value, "/=")
        if target is None or sign is None or isinstance(node.value, _NO_ARGUMENT[:-1]):
            self.unkept.append(node.lineno)
            return
        self.text.instead(sign, 2, "=")
        self.text.around(node.value, f"_deltarule_divided({target}, ", ")")

    def _entry(self, node: ast.Assign | ast.AugAssign) -> None:
        """`out[i, j] = value`: an array of one entry goes into one entry of an array."""
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if len(targets) != 1 or not isinstance(targets[0], ast.Subscript):
            return
        if isinstance(node.value, _NO_ARGUMENT) or not numpy_refuses_arrays():
            return
        if _pure(targets[0]):
            owner, index = self.text.part(targets[0].value), self.text.part(targets[0].slice)
            if owner is not None and index is not None:
                where = f", {owner}, _deltarule_at[{index}])"
                self.text.around(node.value, "_deltarule_entry(", where)

    def _call(self, node: ast.Call) -> None:
        if len(node.args) != 1 or isinstance(node.args[0], ast.Starred):
            return
        only, function = node.args[0], node.func
        if isinstance(function, ast.Name) and function.id in ("float", "int") and not node.keywords:
            if not isinstance(only, _NO_ARGUMENT) and numpy_refuses_arrays():
                self.text.around(only, "_deltarule_entry(", ")")
        elif isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            self._of_numpy(node, function, function.value.id)

    def _of_numpy(self, node: ast.Call, function: ast.Attribute, module: str) -> None:
        only = node.args[0]
        if module not in _NUMPY or end(function)[0] != start(function)[0]:
            return
        if function.attr in _FILLED and isinstance(only, ast.Constant) and only.value is None:
            self.text.instead(start(only), 4, "()")
        elif function.attr == "sum" and isinstance(only, ast.GeneratorExp) and not node.keywords:
            self.text.instead(start(function), end(function)[1] - start(function)[1], "sum")


def _without_formats(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a tree, outer ones first, without what stands in formatted strings: of that
    some versions of Python do not tell the places."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.JoinedStr):
            waiting += ast.iter_child_nodes(node)


def _divides(node: ast.AST) -> bool:
    return any(isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div) for n in ast.walk(node))


def _pure(node: ast.expr) -> bool:
    return all(isinstance(part, _PURE) for part in ast.walk(node))
