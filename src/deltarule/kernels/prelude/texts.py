"""The text of the prelude, in the order in which its functions need each other."""

from __future__ import annotations

import importlib.resources

_MARK = "# ---- what follows goes into kernels\n"
#: What each part needs before it.
_NEEDS = {
    "tiles": ("vectors",), "products": ("vectors", "tiles"),
    "windows": ("vectors", "tiles", "products"),
}
_ORDER = ("addresses", "elementary", "matrices", "vectors", "tiles", "products", "windows")


def text(parts: set[str]) -> str:
    """The parts asked for, and those that they need."""
    wanted = set(parts).union(*(_NEEDS.get(part, ()) for part in parts))
    return "\n\n\n".join(_file(part) for part in _ORDER if part in wanted)


def _file(part: str) -> str:
    whole = importlib.resources.files("deltarule.kernels.prelude").joinpath(f"{part}.py")
    return whole.read_text(encoding="utf-8").partition(_MARK)[2].strip()
