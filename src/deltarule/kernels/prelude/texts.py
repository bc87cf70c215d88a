"""The text of the prelude, in the order in which its functions need each other."""

from __future__ import annotations

import importlib.resources

from deltarule.kernels import transforms
from deltarule.kernels.store import fingerprint

_MARK = "# ---- what follows goes into kernels\n"
#: What each part needs before it.
_NEEDS = {
    "tiles": ("vectors",), "products": ("vectors", "tiles"),
    "windows": ("vectors", "tiles", "products", "dots"),
    "toom": ("vectors", "tiles", "products", "dots", "windows", "lanes", "transforms", "strips"),
}
_ORDER = (
    "addresses", "views", "elementary", "largest", "matrices", "vectors", "tiles", "products",
    "dots", "windows", "lanes", "transforms", "strips", "toom",
)  # fmt: skip
#: Outputs and taps of the Cook–Toom algorithm that window sums may take.
_SHORT = (4, 3)


def text(parts: set[str]) -> str:
    """The parts asked for, and those that they need."""
    wanted = set(parts).union(*(_NEEDS.get(part, ()) for part in parts))
    whole = "\n\n\n".join(_file(part) for part in _ORDER if part in wanted)
    return whole.replace('VERSION = "plain"', f'VERSION = "{fingerprint(whole)}"')


def _file(part: str) -> str:
    if part == "transforms":
        return transforms.text(*_SHORT)
    whole = importlib.resources.files("deltarule.kernels.prelude").joinpath(f"{part}.py")
    return whole.read_text(encoding="utf-8").partition(_MARK)[2].strip()
