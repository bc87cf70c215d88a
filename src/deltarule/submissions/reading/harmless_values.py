"""Which values of a module may be computed when it loads: literals, NumPy, names, no more."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

#: Modules of the standard library whose calls make constants, and read and write nothing.
_PLAIN_MODULES = {
    "math", "cmath", "functools", "collections", "itertools", "operator", "typing", "string",
    "enum", "dataclasses", "logging", "time", "random", "copy", "types", "numbers", "fractions",
    "decimal", "re", "abc", "datetime", "numpy", "builtins",
}  # fmt: skip
_PLAIN_BUILTINS = {
    "abs", "bool", "bytes", "complex", "dict", "divmod", "enumerate", "float", "frozenset", "int",
    "len", "list", "map", "max", "min", "object", "pow", "property", "range", "reversed", "round",
    "set", "slice", "sorted", "str", "sum", "tuple", "type", "zip", "getattr", "hasattr",
    "isinstance", "xrange",
}  # fmt: skip
#: What reads or writes files, or waits.
_NOT = {
    "load", "loadtxt", "genfromtxt", "fromfile", "memmap", "open_memmap", "save", "savez",
    "savetxt", "tofile", "DataSource", "sleep", "basicConfig", "FileHandler", "fileConfig",
    "input",
}  # fmt: skip
_PLAIN = (
    ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.BinOp, ast.UnaryOp,
    ast.BoolOp, ast.Compare, ast.IfExp, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.Starred,
    ast.JoinedStr, ast.FormattedValue, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
    ast.Call,
)  # fmt: skip


def harmless(node: ast.AST, origins: Mapping[str, str]) -> bool:
    """Whether a value may be computed at loading.

    `origins` are the modules that imported names come from (`np`: numpy, `sqrt`: math).
    """
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Lambda):
            waiting += [d for d in (*part.args.defaults, *part.args.kw_defaults) if d]
            continue
        if not isinstance(part, _PLAIN):
            return False
        if isinstance(part, ast.Call) and not _plain_call(part, origins):
            return False
        waiting += _parts(part)
    return True


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """The expressions right below one; loops of comprehensions count as below."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.comprehension, ast.keyword)):
            yield from _parts(child)
        elif isinstance(child, (ast.expr, ast.Slice)):
            yield child


def _plain_call(node: ast.Call, origins: Mapping[str, str]) -> bool:
    names = dotted(node.func)
    if not names:
        # A method of what was just computed: `np.arange(6).reshape(2, 3)`, `"a b".split()`.
        return isinstance(node.func, ast.Attribute) and node.func.attr not in _NOT
    if names[-1] in _NOT:
        return False
    origin = origins.get(names[0])
    if origin is None:
        return len(names) == 1 and names[0] in _PLAIN_BUILTINS
    return origin.split(".")[0] in _PLAIN_MODULES


def dotted(node: ast.AST) -> list[str]:
    """`np.random.randn` as its three names; nothing for other expressions."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else []


def made_of_another(value: ast.expr) -> bool:
    """Whether a value is a function made of another: np.vectorize(f), partial(f, 2)."""
    names = dotted(value.func) if isinstance(value, ast.Call) else []
    return bool(names) and names[-1] in ("vectorize", "partial", "frompyfunc", "jit", "njit")
