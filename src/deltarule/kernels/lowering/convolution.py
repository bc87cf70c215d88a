"""Window patterns as calls of the prelude's functions, with the axes brought into their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from sympy import Expr

from deltarule.expressions import nodes
from deltarule.expressions.nodes import tensor_name
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.patterns import Place, Window, Windows, product_of, windows_of
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code


@dataclass(frozen=True)
class Convolution:
    """A sum over windows, and what is left of its equation."""

    total: nodes.Sum
    windows: Windows
    rest: Expr


def match(site: Site) -> Convolution | None:
    """A sum over windows that a function of the prelude computes; none inside of loops."""
    found = None if site.loop_indices or site.code.complex else product_of(site.equation)
    windows = None if found is None else windows_of(site.equation, found, site.code.tensors)
    if found is None or windows is None or not fits(windows):
        return None
    return Convolution(found[0], windows, found[1])


def emit(plan: Convolution, site: Site, out: Emitter) -> None:
    """What is left of the equation, and the call that adds the windows to it."""
    out.lower(replace(site.equation, rhs=plan.rest))
    out.prelude.add("window_sums")
    write_windows(plan.windows, out.code, out.lines)


def fits(pattern: Windows) -> bool:
    """Whether the prelude has a function: one or two windows, at most one index of each kind."""
    kinds = [tuple(a is None for a in pair) for pair in pattern.pairs]
    return len(pattern.windows) <= 2 and len(set(kinds)) == len(kinds)


_NAMES = {"one": "to_y", "other": "to_w", "wide": "to_x"}


def write_windows(pattern: Windows, code: Code, lines: Lines, forced: bool | None = None) -> None:
    """The call that adds the sum to what is written.

    Of the two tensors beside the wide one, that whose window axes are longer is run along; the
    other holds the weights. Where `forced` is said, the call is one of Python, which chooses by
    cost, or is forced to take the transforms.
    """
    call = _call if forced is None else partial(_choosing_call, forced=forced)
    runs = [code.integer(pattern.one.axes[w.one_axis], 3) for w in pattern.windows]
    taps = [code.integer(pattern.other.axes[w.other_axis], 3) for w in pattern.windows]
    with lines.block(f"if {' * '.join(runs)} >= {' * '.join(taps)}:"):
        lines.add(*call(pattern, code))
    with lines.block("else:"):
        lines.add(*call(_turned(pattern), code))


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
        pattern, one=pattern.other, other=pattern.one, windows=windows, pairs=pairs, written=written
    )


def _call(pattern: Windows, code: Code) -> list[str]:
    """A call from compiled code: where the arrays lie, and what there is to tell of them."""
    pointers = ", ".join(code.pointer(tensor_name(place.access)) for place, _ in _places(pattern))
    strides = [", ".join(_strides(place, axes, code)) for place, axes in _places(pattern)]
    arguments = [*strides, ", ".join(_extents(pattern, code)), ", ".join(_steps(pattern))]
    name = f"windows_{_NAMES[pattern.written]}"
    return [f"{name}({pointers}, numbers((", *(f"    {line}," for line in arguments), ")))"]


def _choosing_call(pattern: Windows, code: Code, forced: bool) -> list[str]:
    """A call from Python: arrays and their strides."""
    arguments = [
        f"{code.flat(tensor_name(place.access))}, {_row(_strides(place, axes, code))},"
        for place, axes in _places(pattern)
    ]
    arguments.append(f"{_row(_extents(pattern, code))}, {_row(_steps(pattern))}, {forced}, ranges,")
    name = f"by_cost_{_NAMES[pattern.written]}"
    return [f"{name}(", *("    " + line for line in arguments), ")"]


def _places(pattern: Windows) -> list[tuple[Place, list[int | None]]]:
    """X, W and Y with the axes of X[n, c, …], W[f, c, …] and Y[n, f, …].

    X is wide, Y is run along, W holds the weights.
    """
    n, c, f = (_pair(pattern, missing) for missing in (2, 1, 0))
    h, k, i = ([None if w is None else axis(w) for w in _order(pattern)] for axis in _AXES)
    return [
        (pattern.wide, [n[0], c[0], *h]),
        (pattern.other, [f[2], c[2], *k]),
        (pattern.one, [n[1], f[1], *i]),
    ]


def _order(pattern: Windows) -> list[Window | None]:
    """The windows of the rows and of the columns; None where there is but one."""
    windows = sorted(pattern.windows, key=lambda w: w.wide_axis)
    return [None] * (2 - len(windows)) + windows


def _steps(pattern: Windows) -> list[str]:
    """Stride, dilation and pad of both axes."""
    steps = [(1, 1, 0) if w is None else (w.stride, w.dilation, w.pad) for w in _order(pattern)]
    return [str(v) for axis in steps for v in axis]


def _extents(pattern: Windows, code: Code) -> list[str]:
    """N, C, F, H, W, K, L, I, J."""
    x, w, y = ((place, axes) for place, axes in _places(pattern))
    found = [(x[0], x[1][0]), (x[0], x[1][1]), (y[0], y[1][1])]
    found += [(place, axis) for place, axes in (x, w, y) for axis in axes[2:]]
    return [_extent(place, axis, code) for place, axis in found]


_AXES = (lambda w: w.wide_axis, lambda w: w.other_axis, lambda w: w.one_axis)


def _pair(pattern: Windows, missing: int) -> tuple:
    """The axes of the index that does not stand in one of (wide, one, other)."""
    return next((p for p in pattern.pairs if p[missing] is None), (None, None, None))


def _extent(place: Place, axis: int | None, code: Code) -> str:
    return "1" if axis is None else code.integer(place.axes[axis])


def _strides(place: Place, axes: Sequence[int | None], code: Code) -> list[str]:
    """The strides of four axes in a contiguous array; 0 for an axis that is missing."""

    def stride(axis: int | None) -> str:
        if axis is None:
            return "0"
        return " * ".join(code.integer(n, 3) for n in place.axes[axis + 1 :]) or "1"

    return [stride(axis) for axis in axes]


def _row(parts: Sequence[str]) -> str:
    return f"({', '.join(parts)})"
