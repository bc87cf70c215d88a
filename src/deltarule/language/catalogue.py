"""The catalogue: derivation files found by name, alias or path, without running any.

Nothing here needs SymPy, so that names are listed and kernels are found at once.
"""

from __future__ import annotations

import ast
import importlib.resources
import os
from functools import lru_cache
from pathlib import Path

from deltarule.errors import DeltaruleError, did_you_mean


def find(name: str) -> Path:
    """The path of a derivation. Raises DeltaruleError, with near names, where there is none."""
    if name.endswith(".py") or "/" in name:
        path = Path(name)
        if not path.is_file():
            raise DeltaruleError(
                f"there is no derivation file {name}", name, "check the path, or see derive --list"
            )
        return path
    known = {**whole_networks(), **catalogue()}
    if name in known:
        return known[name]
    for path in known.values():
        if name in declared_aliases(path):
            return path
    names = [*known, *(alias for path in known.values() for alias in declared_aliases(path))]
    raise DeltaruleError(
        f"there is no derivation called {name}",
        "derivations/",
        did_you_mean(name, names) or "derive --list shows them all; a file of yours needs its path",
    )


def catalogue() -> dict[str, Path]:
    """Every derivation that comes with deltarule, by name."""
    return _files("derivations")


def whole_networks() -> dict[str, Path]:
    """The networks that are put together to be counted, such as alexnet, by name."""
    return _files("derivations/networks")


def _files(folder_name: str) -> dict[str, Path]:
    folder = str(importlib.resources.files("deltarule").joinpath(*folder_name.split("/")))
    return dict(_listed(folder, os.stat(folder).st_mtime_ns))


@lru_cache(maxsize=4)
def _listed(folder: str, changed: int) -> dict[str, Path]:
    """The derivations in a folder that was last `changed` then."""
    names = sorted(n for n in os.listdir(folder) if n.endswith(".py") and not n.startswith("_"))
    return {name.removesuffix(".py"): Path(folder, name) for name in names}


@lru_cache(maxsize=256)
def declared_aliases(path: Path) -> tuple[str, ...]:
    """The names in a file's line `aliases("conv", …)`, read without running the file."""
    text = path.read_text(encoding="utf-8")
    if "aliases(" not in text:
        return ()
    for node in ast.parse(text).body:
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "aliases":
            return tuple(str(a.value) for a in call.args if isinstance(a, ast.Constant))
    return ()
