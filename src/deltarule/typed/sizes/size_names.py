"""What sizes are called: by their indices, T or H and W where windows alone stand, or else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Expr

from deltarule.expressions.symbols import Size
from deltarule.typed.sizes.axis_sizes import AxisSizes
from deltarule.typed.sizes.windows_fit import Window

#: What axes are called that no index stands on alone: of an image, of a sequence.
_OF_WINDOWS = {1: ("T",), 2: ("H", "W"), 3: ("Z", "H", "W")}


def size_names(
    found: AxisSizes, windows: Sequence[Window], taken: Iterable[str]
) -> dict[Expr, Expr]:
    """A letter for each class of sizes, none of which is `taken`."""
    sizes, taken = found.sizes, set(taken)
    every = [n for own in found.axes.values() for n in own]
    given = [found.axes[u.name][k] for u, k, _ in windows if u.name not in found.written]
    alone = list(dict.fromkeys(map(sizes.of, given)))
    if not alone:
        return sizes.named(every, taken)
    letters = {sizes.of(n) for n in sizes.letters.values()}
    names = sizes.named([], taken)
    unnamed = [n for n in alone if n not in letters and not n.is_Integer]
    used = {str(n) for n in names.values()} | taken | sizes.ends
    usual = [n for n in _OF_WINDOWS.get(len(unnamed), ()) if n not in used]
    for k, size in enumerate(unnamed):
        names[size] = Size(usual[k] if len(usual) == len(unnamed) else f"N_{k + 1}")
    return {**sizes.named(every, used | {str(n) for n in names.values()}), **names}
