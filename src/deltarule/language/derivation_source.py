"""A derivation file as Python code in which statements about numbers read as mathematics.

Inside `where(…)` and `where=…`, Python's own == would compare two formulas, and `and` would ask
whether one of them is true:

    where(y[n] == k, a, b)         is read as    where(equal(y[n], k), a, b)
    where(k != i)                                where=differ(k, i)
    where(0 < x[n] < 1, a, b)                    where((0 < x[n]) & (x[n] < 1), a, b)
    where(j <= i and i < K, a, b)                where((j <= i) & (i < K), a, b)

A statement that is calculated with is 1 where it holds and 0 elsewhere:

    s * (y[i] > y[j])              is read as    s * indicator(y[i] > y[j])
    Sum[n](y[n] == k)                            Sum[n](indicator(equal(y[n], k)))

A tensor without axes is one number, and is given as one writes it:

    mu = intermediate("mu")
    mu = Mean[n](x[n])             is read as    mu[()] = Mean[n](x[n])
"""

from __future__ import annotations

import ast
import re
from functools import reduce
from importlib.machinery import SourceFileLoader
from pathlib import PurePath
from types import CodeType

from deltarule.language.not_python import refuse_comparisons

_NEEDED = re.compile(rb"where\b.*(==|!=|<|>|\band\b|\bor\b|\bnot\b)", re.DOTALL)
#: A comparison in parentheses, or the whole of a right-hand side, on a line with square brackets.
_COUNTED = re.compile(rb"^[^#\n]*[\](=][^\n]*(?:==|!=|<|>)[^\n]*[\])]|indicator", re.MULTILINE)
_NUMBERS = re.compile(rb"=.*\b(?:intermediate|output)\(\s*['\"]\w+['\"]\s*\)")
_COMPARED = {ast.Eq: "equal", ast.NotEq: "differ"}
_JOINED = {ast.And: ast.BitAnd, ast.Or: ast.BitOr}


class DerivationLoader(SourceFileLoader):
    """Reads derivation files."""

    def get_code(self, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        source = self.get_data(path)
        refuse_comparisons(source, PurePath(path).name)
        numbers = bool(_NUMBERS.search(source))
        if not (numbers or _NEEDED.search(source) or _COUNTED.search(source)):
            return super().get_code(fullname)  # compiled before, if it was
        tree = _InStatements().visit(ast.parse(source, path))
        return self.source_to_code(_numbers_given(tree) if numbers else tree, path)


def _numbers_given(tree: ast.Module) -> ast.Module:
    """mu = … after mu = intermediate("mu") gives the tensor, and the name no other meaning."""
    numbers: set[str] = set()
    for line in tree.body:
        if not isinstance(line, ast.Assign) or len(line.targets) != 1:
            continue
        target, value = line.targets[0], line.value
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        values = value.elts if isinstance(value, ast.Tuple) else [value] * len(names)
        for name, declared in zip(names, values, strict=False):
            if isinstance(name, ast.Name):
                if _is_number(declared):
                    numbers.add(name.id)
                elif name.id in numbers:
                    at = _placed(ast.Tuple([], ast.Load()), name)
                    name = _placed(ast.Name(name.id, ast.Load()), name)
                    line.targets = [_placed(ast.Subscript(name, at, ast.Store()), name)]
    return tree


def _is_number(node: ast.expr) -> bool:
    """Does it declare a tensor without axes?"""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    return node.func.id in ("intermediate", "output") and len(node.args) == 1


class _InStatements(ast.NodeTransformer):
    """Rewrites what `where` is given, and statements that are calculated with."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.args:
            if node.func.id in _ASKED:
                node.args[0] = _statement(node.args[0])
            elif node.func.id in ("float", "int") and _is_statement(node.args[0]):
                return _counted(node.args[0])
        if isinstance(node.func, ast.Subscript) and node.args:
            node.args[0] = _counted(node.args[0])
        for keyword in node.keywords:
            if keyword.arg == "where":
                keyword.value = _statement(keyword.value)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, _CALCULATED):
            node.left, node.right = _counted(node.left), _counted(node.right)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.USub):
            node.operand = _counted(node.operand)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        if any(isinstance(target, ast.Subscript) for target in node.targets):
            node.value = _counted(node.value)
        return node


#: What a statement is calculated with by; & and | join statements.
_CALCULATED = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_ASKED = ("where", "indicator")


def _counted(node: ast.expr) -> ast.expr:
    """A statement as the number 1 or 0; anything else as it is."""
    if not _is_statement(node):
        return node
    word = _placed(ast.Name("indicator", ast.Load()), node)
    return _placed(ast.Call(word, [_statement(node)], []), node)


def _is_statement(node: ast.expr) -> bool:
    """Whether it compares, and not Python's own values alone, as (kind == "relu") does."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        return _is_statement(node.left) and _is_statement(node.right)
    if isinstance(node, ast.BoolOp):
        return all(map(_is_statement, node.values))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _is_statement(node.operand)
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    texts = (ast.Constant, ast.List, ast.Tuple, ast.Dict)
    named = (s for s in sides if not isinstance(s, texts))
    return any(True for _ in named) and not any(
        isinstance(s, ast.Constant) and isinstance(s.value, str | None.__class__) for s in sides
    )


def _statement(node: ast.expr) -> ast.expr:
    """A statement in Python's words as one that expressions can make."""
    if isinstance(node, ast.List | ast.Tuple):
        node.elts = [_statement(part) for part in node.elts]
        return node
    if isinstance(node, ast.BoolOp):
        join = _JOINED[type(node.op)]
        parts = [_statement(part) for part in node.values]
        return reduce(lambda a, b: _placed(ast.BinOp(a, join(), b), node), parts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _placed(ast.UnaryOp(ast.Invert(), _statement(node.operand)), node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        node.left, node.right = _statement(node.left), _statement(node.right)
        return node
    return _comparison(node) if isinstance(node, ast.Compare) else node


def _comparison(node: ast.Compare) -> ast.expr:
    """a < b < c as (a < b) & (b < c); a == b as equal(a, b)."""
    sides = [node.left, *node.comparators]
    parts = [
        _compared(one, sign, other, node) for one, sign, other in zip(sides, node.ops, sides[1:])
    ]
    return reduce(lambda a, b: _placed(ast.BinOp(a, ast.BitAnd(), b), node), parts)


def _compared(one: ast.expr, sign: ast.cmpop, other: ast.expr, at: ast.Compare) -> ast.expr:
    word = _COMPARED.get(type(sign))
    if word is None:
        return _placed(ast.Compare(one, [sign], [other]), at)
    return _placed(ast.Call(_placed(ast.Name(word, ast.Load()), at), [one, other], []), at)


def _placed(node: ast.expr, at: ast.expr) -> ast.expr:
    return ast.copy_location(node, at)
