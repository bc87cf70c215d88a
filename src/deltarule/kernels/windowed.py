"""Window patterns as calls of the prelude's functions, with the axes brought into their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from deltarule.kernels.code import Code
from deltarule.kernels.lines import Lines
from deltarule.kernels.patterns import Place, Window, Windows
from deltarule.notation.nodes import tensor_name


def fits(pattern: Windows) -> bool:
    """Whether the prelude has a function: one or two windows, at most one index of each kind."""
    kinds = [tuple(a is None for a in pair) for pair in pattern.pairs]
    return len(pattern.windows) <= 2 and len(set(kinds)) == len(kinds)


_NAMES = {"one": "windows_to_y", "other": "windows_to_w", "wide": "windows_to_x"}


def write_windows(
    pattern: Windows, code: Code, lines: Lines, names: Mapping[str, str] = _NAMES, more: str = ""
) -> None:
    """The call that adds the sum to what is written; `names` are those of the functions.

    Of the two tensors beside the wide one, that whose window axes are longer is run along; the
    other holds the weights.
    """
    runs = [code.whole(pattern.one.axes[w.one_axis], 3) for w in pattern.windows]
    taps = [code.whole(pattern.other.axes[w.other_axis], 3) for w in pattern.windows]
    with lines.block(f"if {' * '.join(runs)} >= {' * '.join(taps)}:"):
        lines.add(*_call(pattern, code, names, more))
    with lines.block("else:"):
        lines.add(*_call(_turned(pattern), code, names, more))


def shapes(pattern: Windows, code: Code) -> list[str]:
    """N, C, F, H, W, K, L, I, J as the functions take them, for both ways to name the tensors."""
    return [_row(_extents(p, code)) for p in (pattern, _turned(pattern))]


def _turned(pattern: Windows) -> Windows:
    """The same pattern with `one` and `other` named the other way round."""
    windows = tuple(
        Window(w.wide_axis, w.other_axis, w.one_axis, w.dilation, w.stride, w.pad)
        for w in pattern.windows
    )
    written = {"one": "other", "other": "one", "wide": "wide"}[pattern.written]
    pairs = tuple((a, c, b) for a, b, c in pattern.pairs)
    return replace(
        pattern, one=pattern.other, other=pattern.one, windows=windows, pairs=pairs,
        written=written,
    )


def _call(pattern: Windows, code: Code, names: Mapping[str, str], more: str) -> list[str]:
    """X is wide, Y is run along, W holds the weights: X[n, c, …], W[f, c, …], Y[n, f, …]."""
    n, c, f = (_pair(pattern, missing) for missing in (2, 1, 0))
    order = _order(pattern)
    h, k, i = ([None if w is None else axis(w) for w in order] for axis in _AXES)
    told = []
    for place, axes in (
        (pattern.wide, [n[0], c[0], *h]), (pattern.other, [f[2], c[2], *k]),
        (pattern.one, [n[1], f[1], *i]),
    ):
        told.append(f"{code.flat(tensor_name(place.access))}, {_strides(place, axes, code)},")
    numbers = [(1, 1, 0) if w is None else (w.stride, w.dilation, w.pad) for w in order]
    told.append(f"{_row(_extents(pattern, code))}, {_row(str(v) for a in numbers for v in a)},")
    told += [f"{more},"] if more else []
    return [f"{names[pattern.written]}(", *("    " + line for line in told), ")"]


def _order(pattern: Windows) -> list[Window | None]:
    """The windows of the rows and of the columns; None where there is but one."""
    windows = sorted(pattern.windows, key=lambda w: w.wide_axis)
    return [None] * (2 - len(windows)) + windows


def _extents(pattern: Windows, code: Code) -> list[str]:
    n, c, f = (_pair(pattern, missing) for missing in (2, 1, 0))
    h, k, i = ([None if w is None else axis(w) for w in _order(pattern)] for axis in _AXES)
    return [
        _extent(pattern.wide, n[0], code), _extent(pattern.wide, c[0], code),
        _extent(pattern.one, f[1], code), *(_extent(pattern.wide, a, code) for a in h),
        *(_extent(pattern.other, a, code) for a in k), *(_extent(pattern.one, a, code) for a in i),
    ]


_AXES = (lambda w: w.wide_axis, lambda w: w.other_axis, lambda w: w.one_axis)


def _pair(pattern: Windows, missing: int) -> tuple:
    """The axes of the index that does not stand in one of (wide, one, other)."""
    return next((p for p in pattern.pairs if p[missing] is None), (None, None, None))


def _extent(place: Place, axis: int | None, code: Code) -> str:
    return "1" if axis is None else code.whole(place.axes[axis])


def _strides(place: Place, axes: Sequence[int | None], code: Code) -> str:
    """The strides of four axes in a contiguous array; 0 for an axis that is missing."""
    def stride(axis: int | None) -> str:
        if axis is None:
            return "0"
        return " * ".join(code.whole(n, 3) for n in place.axes[axis + 1:]) or "1"

    return _row(map(stride, axes))


def _row(parts) -> str:
    return f"({', '.join(parts)})"
