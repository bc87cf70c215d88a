"""Python spellings for tensors, sizes and indices, all different within one kernel."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from sympy import Symbol

from deltarule.expressions.symbols import Index
from deltarule.kernels.prelude import texts

#: Names of a kernel's file beside those of the prelude.
OWN = frozenset(
    """np math ctypes inspect os sys threading traceback numba types ir cgutils llvmlite CFunc
    intrinsic njit prange carray real U range min max abs int float len value taken run
    filled data place entry most larger total first end piece start stop found compiled
    inlined in_threads kept kept_in_threads inputs entries ready_forward ready_backward
    forward backward forward_loops backward_loops forward_at backward_at forward_inside
    backward_inside forward_in_stages backward_in_stages OPTIONS REAL PARALLEL GIVEN KEPT UPSTREAM
    OUTPUTS STEPS DETERMINANTS STRIP UNCUT STORED INNER in_order""".split()
)


@cache
def reserved() -> frozenset[str]:
    """Names that no tensor, size or index of a kernel may have."""
    return OWN | texts.names()


class Spelling:
    """One Python name for each tensor and symbol: tensors first, then sizes, then indices."""

    def __init__(self, taken: Iterable[str] | None = None):
        self._names: dict[tuple[str, str], str] = {}
        self._same: dict[str, str] = {}
        self._taken: set[str] = set(reserved() if taken is None else taken)

    def tensor(self, name: str) -> str:
        """`dE/dTheta2` is spelled dE_dTheta2."""
        name = self.array(name)
        return self._spell(("tensor", name), name)

    def array(self, name: str) -> str:
        """The tensor in whose array another lies: itself for most."""
        return self._same.get(name, name)

    def written_over(self, name: str, other: str) -> None:
        """Say that a tensor lies in the array of another."""
        self._same[name] = self.array(other)

    def symbol(self, symbol: Symbol) -> str:
        """A size, index or scalar; bound indices of one name share a spelling."""
        kind = "index" if isinstance(symbol, Index) else "size"
        return self._spell((kind, symbol.name), symbol.name)

    def fresh(self, stem: str) -> str:
        """A name for something new, such as a running total."""
        number = 1
        while f"{stem}{number}" in self._taken:
            number += 1
        return self._spell(("index", f"{stem}{number}"), f"{stem}{number}")

    def begin(self) -> None:
        """A new equation begins."""

    def _spell(self, key: tuple[str, str], wanted: str) -> str:
        if key not in self._names:
            name = re.sub(r"\W+", "_", wanted.replace("′", "_").replace("/", "_"))
            while name in self._taken or keyword.iskeyword(name) or not name.isidentifier():
                name += "_"
            self._names[key] = name
            self._taken.add(name)
        return self._names[key]


class PlainSpelling(Spelling):
    """Names in a text that is read: new ones have no number where none is needed."""

    #: What such a text uses itself.
    OWN = frozenset(
        "np math njit compiled range min max abs int float value forward backward larger".split()
    )

    def __init__(self):
        super().__init__(
            self.OWN | {"invert", "exchanged", "log_determinant", "whole_numbers", "pointers"}
        )
        self._free: set[str] = set()

    def fresh(self, stem: str) -> str:
        number, name = 1, stem
        while name in self._taken | self._free:
            number += 1
            name = f"{stem}{number}"
        self._free.add(name)
        return name

    def begin(self) -> None:
        """Running totals of other equations are done with."""
        self._free.clear()


class LoopSpelling(PlainSpelling):
    """Names in plain loops: each new one is another, until it is known how long each is kept."""

    OWN = PlainSpelling.OWN - {"value"}

    def __init__(self):
        super().__init__()
        #: New names of a function by what they stand for.
        self.stems: dict[str, str] = {}

    @property
    def taken(self) -> frozenset[str]:
        """The names of all else."""
        return frozenset(self._taken)

    def fresh(self, stem: str) -> str:
        number = 1
        while (name := f"{stem}{number}") in self._taken or name in self.stems:
            number += 1
        self.stems[name] = stem
        return name

    def index(self, name: str) -> Index | None:
        """The index that is spelled so."""
        keys = (key for key, own in self._names.items() if own == name)
        return next((Index(key[1]) for key in keys if key[0] == "index"), None)


def spelled_class(name: str, snake: bool = False) -> str:
    """A derivation's name as that of a class, Conv2d; or as that of a function."""
    words = [w for w in re.split(r"\W+|_", Path(name).stem) if w]
    if snake:
        return "_".join(words).lower()
    return "".join(w[0].upper() + w[1:] for w in words)
