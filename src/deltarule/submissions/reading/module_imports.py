"""The imports of a module: what is there, what was handed in with it, what is missing."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from importlib.util import find_spec

from deltarule.submissions.reading.stand_ins import FOR_TWO_AND_THREE


class Source(Enum):
    """Where a module comes from."""

    THERE = auto()
    PROVIDED = auto()
    TWO_AND_THREE = auto()
    MISSING = auto()


@dataclass(frozen=True)
class Import:
    """One name of an import: `module` without leading dots, `level` dots, `name` of the module's
    (empty for `import module`), and as what it is `bound` ("*": all of them)."""

    line: int
    module: str
    level: int
    name: str
    bound: str
    source: Source
    key: str = ""

    @property
    def whole(self) -> str:
        """The dotted name of what is imported."""
        return ".".join(part for part in (self.module, self.name) if part and part != "*")


@dataclass(frozen=True)
class Importable:
    """What can be imported: the standard library, `packages`, and the texts `provided`."""

    packages: Collection[str]
    provided: Mapping[str, str]

    def of(self, node: ast.Import | ast.ImportFrom) -> Iterator[Import]:
        """What an import statement takes, name by name."""
        if isinstance(node, ast.Import):
            for a in node.names:
                own = a.asname or a.name.split(".")[0]
                yield Import(node.lineno, a.name, 0, "", own, *self.source(a.name, 0))
            return
        module = node.module or ""
        for a in node.names:
            # `from . import layers` takes the module layers.
            wanted = module or a.name
            found = self.source(wanted, node.level)
            if found[0] is Source.MISSING and module:
                deeper = self.source(f"{module}.{a.name}", node.level)
                found = deeper if deeper[0] is Source.PROVIDED else found
            yield Import(node.lineno, module, node.level, a.name, a.asname or a.name, *found)

    def source(self, module: str, level: int = 0) -> tuple[Source, str]:
        """Where a module comes from, and the key of what is provided for it."""
        top = module.split(".")[0]
        if not level and (top in self.packages or _in_the_library(top)):
            return Source.THERE, ""
        for key in (module, module.split(".")[-1]):
            if key in self.provided:
                return Source.PROVIDED, key
        if not level and module in FOR_TWO_AND_THREE:
            return Source.TWO_AND_THREE, ""
        return Source.MISSING, ""


def _in_the_library(top: str) -> bool:
    """Whether Python itself has a module (it may be named and yet be gone, or left out)."""
    if top == "__future__":
        return True
    if top not in sys.stdlib_module_names:
        return False
    return top in sys.modules or find_spec(top) is not None
