"""A writer that writes each part once: formulas that are compared by length have most in common."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sympy import Basic


def written_once(kind: type) -> Any:
    """A writer of a kind that depends on nothing but the node and on which quotients are whole."""

    @lru_cache(maxsize=1 << 14, typed=True)
    def written(node: Basic, whole: frozenset) -> tuple[str, int]:
        writer = WrittenOnce()
        writer._whole = whole
        return kind.write(writer, node)

    class WrittenOnce(kind):
        def write(self, node: Basic) -> tuple[str, int]:
            return written(node, self._whole)

    return WrittenOnce()
