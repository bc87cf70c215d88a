"""The text of the prelude, in the order in which its functions need each other."""

from __future__ import annotations

import importlib.resources

from deltarule.kernels.prelude import blocks

_MARK = "# ---- what follows goes into kernels\n"
#: What each part needs before it.
_NEEDS = {"runs": ("blocks",), "windows": ("runs",)}
_ORDER = ("elementary", "matrices", "blocks", "runs", "windows")


def text(parts: set[str]) -> str:
    """The parts asked for, and those that they need."""
    wanted = set(parts)
    for part in ("windows", "runs"):
        if part in wanted:
            wanted.update(_NEEDS[part])
    order = [p for p in _ORDER if p in wanted]
    return "\n\n\n".join(blocks.text() if p == "blocks" else _file(p) for p in order)


def _file(part: str) -> str:
    whole = importlib.resources.files("deltarule.kernels.prelude").joinpath(f"{part}.py")
    return whole.read_text(encoding="utf-8").partition(_MARK)[2].strip()
