"""NumPy's names that are gone, and what stands for them (NumPy's notes on 1.20, 1.24, 2.0, 2.4)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache

from deltarule.submissions.reading.harmless_values import dotted

#: What stands for a name is Python's own where NumPy has none of that name.
REMOVED = {
    "float": "float", "int": "int", "bool": "bool", "object": "object", "str": "str",
    "complex": "complex", "long": "int", "unicode": "str",
    "float_": "float64", "complex_": "complex128", "bool8": "bool_", "int0": "intp",
    "uint0": "uintp", "object0": "object_", "str0": "str_", "unicode_": "str_",
    "string_": "bytes_", "bytes0": "bytes_", "singlecomplex": "complex64",
    "cfloat": "complex128", "longfloat": "longdouble", "clongfloat": "clongdouble",
    "longcomplex": "clongdouble",
    "product": "prod", "cumproduct": "cumprod", "sometrue": "any", "alltrue": "all",
    "in1d": "isin", "row_stack": "vstack", "trapz": "trapezoid", "round_": "round",
    "asfarray": "asarray", "mat": "asmatrix",
    "Inf": "inf", "Infinity": "inf", "infty": "inf", "PINF": "inf", "NaN": "nan", "NAN": "nan",
}  # fmt: skip


@lru_cache
def gone(name: str) -> str | None:
    """What stands for a name that this NumPy has no more; None for others."""
    if name not in REMOVED:
        return None
    import warnings

    import numpy

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # NumPy 2 has `bool` and `long` again, as its own types: they may be another thing.
        return None if hasattr(numpy, name) else REMOVED[name]


def uses_of_gone(node: ast.AST, origins: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """The names of NumPy's that are gone and used in a tree, with their lines."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute):
            names = dotted(part)
            if len(names) == 2 and origins.get(names[0]) == "numpy" and gone(names[1]):
                yield part.lineno, names[1]
        elif isinstance(part, ast.ImportFrom) and part.module == "numpy":
            yield from ((part.lineno, a.name) for a in part.names if gone(a.name))
