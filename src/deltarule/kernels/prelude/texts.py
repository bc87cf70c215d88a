"""The text of the prelude, in the order in which its functions need each other."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Callable

from deltarule.kernels.cache.store import module_name
from deltarule.kernels.winograd import transforms
from deltarule.signed_files import fingerprint

_MARK = "# ---- what follows goes into kernels\n"
#: Parts that kernels share: one file each, compiled once and not for every kernel, in an order
#: in which each stands behind those that it needs.
_SHARED = {
    "strided_products": (
        *("first_calls", "calls", "vectors", "micro_kernel", "thread_count", "turns"),
        *("panel_products", "row_dots", "row_sums", "outer_products"),
        *("vector_products", "strided_products", "column_sums"),
    ),
    "window_sums": (
        *("dots", "channel_panels", "paired_rows", "window_layout", "window_tap"),
        *("tap_rows", "folded_rows", "tile_runs", "unfolded_rows"),
        *("unfolded_sums", "image_blocks", "block_totals", "flat_sums"),
        *("im2col", "im2col_sums", "pointwise_windows", "pointwise_sums", "window_sums"),
    ),
    "window_groups": (
        *("tap_sums", "window_planes", "stacked_planes"),
        *("stepped_squares", "stepped_spread", "stepped_planes", "window_groups"),
    ),
    "winograd_blocks": ("lanes", "transforms", "dynamic_range", "strips", "winograd_blocks"),
}
_NEEDS = {
    "window_sums": {"strided_products"},
    "window_groups": {"strided_products", "window_sums"},
    "winograd_blocks": {"strided_products", "window_sums"},
}
#: What a kernel may also hold by itself, without the rest of its group.
_BY_ITSELF = {"thread_count", "turns"}
_ORDER = (
    "checked_arrays", "addresses", "views", "elementary", "maximum", "picked",
    "gaussian_elimination", "listed_places", "finite_arrays", "open_ends", "closed_ends",
    "stream_sizes", "streams",
    *sum(_SHARED.values(), ()),
)  # fmt: skip
_DEFINED = re.compile(r"^(?:def |class )?([A-Za-z_]\w*(?:, \w+)*)(?: *[=(:])", re.MULTILINE)
#: Outputs and taps of the Cook–Toom algorithm that window sums may take.
_SHORT = (4, 3)


def text(parts: set[str], loops: Callable[[str], str] = str) -> str:
    """The parts asked for, and those that they need; `loops` writes those that threads share."""
    wanted = _with_needs(parts)
    return _marked("\n\n\n".join(loops(_file(part)) for part in _ORDER if part in wanted))


def own(parts: set[str]) -> str:
    """The parts asked for without those that kernels share."""
    shared = {part for name in _groups(parts) for part in _SHARED[name]}
    return "\n\n\n".join(_file(part) for part in _ORDER if part in set(parts) - shared)


def plain(parts: set[str]) -> str:
    """The parts asked for, in Python without machine code."""
    found = (_file(part) for part in _ORDER if part in parts)
    return "".join(f"\n\n{part.strip()}\n" for part in found)


def shared(
    parts: set[str], head: str, loops: Callable[[str], str] = str
) -> list[tuple[str, str]]:
    """Stem and text of the files that kernels share and that are asked for, in order.

    Each begins with `head` and takes in the names of the file before it. `loops` writes those
    that threads share.
    """
    wanted, files = _groups(parts), []
    for name, group in _SHARED.items():
        if name not in wanted:
            continue
        before = [taken_in(stem) for stem, _ in files[-1:]]
        whole = "\n\n\n".join(loops(_file(part)) for part in group)
        everything = '__all__ = [name for name in globals() if not name.startswith("__")]'
        written = _marked("\n\n".join([head, *before, whole, everything]) + "\n")
        files.append((f"{name}_{fingerprint(written)}", written))
    return files


def taken_in(stem: str) -> str:
    """The line that takes in all names of a shared file."""
    return f"from {module_name(stem)} import *"


def names() -> frozenset[str]:
    """Everything that the parts define: functions, classes and constants."""
    files = (part for part in _ORDER if part != "transforms")
    found = (several for part in files for several in _DEFINED.findall(_file(part)))
    return frozenset(transforms.NAMES).union(*(several.split(", ") for several in found))


def _groups(parts: set[str]) -> set[str]:
    """The shared files that these parts are in, or need."""
    wanted = set(parts) - _BY_ITSELF
    groups = {name for name, group in _SHARED.items() if wanted & set(group)}
    return groups.union(*(_NEEDS.get(name, set()) for name in groups))


def _with_needs(parts: set[str]) -> set[str]:
    return set(parts).union(*(_SHARED[name] for name in _groups(parts)))


def _marked(written: str) -> str:
    return written.replace('VERSION = "plain"', f'VERSION = "{fingerprint(written)}"')


def _file(part: str) -> str:
    if part == "transforms":
        return transforms.text(*_SHORT)
    whole = importlib.resources.files("deltarule.kernels.prelude").joinpath(f"{part}.py")
    return whole.read_text(encoding="utf-8").partition(_MARK)[2].strip()
