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
from deltarule.kernels.lowering.split_axes import joined
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code
from deltarule.networks.equations import Equation


@dataclass(frozen=True)
class Convolution:
    """A sum over windows, and what is left of its equation."""

    total: nodes.Sum
    windows: Windows
    rest: Expr

    def left(self, site: Site) -> Equation:
        """What is assigned before the windows are added."""
        rest = replace(site.equation, rhs=self.rest)
        axes = site.code.tensors[rest.name].axes
        return joined(rest, dict(zip(rest.subscripts, axes, strict=True)))


def match(site: Site) -> Convolution | None:
    """A sum over windows that a function of the prelude computes; none inside of loops."""
    found = None if site.loop_indices or site.code.complex else product_of(site.equation)
    windows = None if found is None else windows_of(site.equation, found, site.code.tensors)
    if found is None or windows is None or not fits(windows):
        return None
    return Convolution(found[0], windows, found[1])


def emit(plan: Convolution, site: Site, out: Emitter) -> None:
    """The call, and before it what is left of the equation if the call cannot begin with it."""
    alone = plan.rest == 0 or plan.windows.first is not None
    if not alone:
        out.lower(plan.left(site))
    out.prelude.add("window_groups" if in_groups(plan.windows) else "window_sums")
    write_windows(plan.windows, out.code, out.lines, begins="FROM_ZERO" if alone else "ADDED_TO")


def fits(pattern: Windows) -> bool:
    """Whether the prelude has a function: up to three windows, at most one index of each kind."""
    kinds = [tuple(a is None for a in pair) for pair in pattern.pairs]
    return len(pattern.windows) <= 3 and len(set(kinds)) == len(kinds)


def in_groups(pattern: Windows) -> bool:
    """Whether an index stands in all three tensors."""
    return any(None not in pair for pair in pattern.pairs)


_NAMES = {"one": "to_y", "other": "to_w", "wide": "to_x"}


def write_windows(
    pattern: Windows, code: Code, lines: Lines, forced: bool | None = None, begins: str = "ADDED_TO"
) -> None:
    """The call that adds the sum to what is written, or puts it there.

    Of the two tensors beside the wide one, that whose window axes are longer is run along; the
    other holds the weights. Where `forced` is said, the call is one of Python, which chooses by
    cost, or is forced to take the transforms.
    """
    call = partial(_call, begins=begins)
    if forced is not None:
        call = partial(_choosing_call, forced=forced)
    runs = [code.integer(pattern.one.axes[w.one_axis], 3) for w in pattern.windows]
    taps = [code.integer(pattern.other.axes[w.other_axis], 3) for w in pattern.windows]
    with lines.block(f"if {' * '.join(runs)} >= {' * '.join(taps)}:"):
        lines.add(*call(pattern, code))
    with lines.block("else:"):
        lines.add(*call(_turned(pattern), code))


def shapes(pattern: Windows, code: Code) -> list[str]:
    """N, C, F, H, W, K, L, I, J as transforms take them, for both ways to name the tensors."""
    return [_row(_flat_extents(p, code)) for p in (pattern, _turned(pattern))]


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


def _call(pattern: Windows, code: Code, begins: str) -> list[str]:
    """A call from compiled code: where the arrays lie, and what there is to tell of them."""
    first = None if begins == "ADDED_TO" else pattern.first
    arrays = [place.access for place, _ in _places(pattern)]
    arrays.append((first or pattern.into).access)
    strides = [", ".join(_strides(place, axes, code)) for place, axes in _places(pattern)]
    arguments = [*strides, ", ".join(_extents(pattern, code)), ", ".join(_steps(pattern))]
    begun = [begins if first is None else "FROM_FIRST", *_first_strides(pattern, first, code)]
    arguments.append(", ".join(begun))
    pointers = ", ".join(code.pointer(tensor_name(access)) for access in arrays)
    name = f"{'groups' if in_groups(pattern) else 'windows'}_{_NAMES[pattern.written]}"
    return [f"{name}({pointers}, numbers((", *(f"    {line}," for line in arguments), ")))"]


def _first_strides(pattern: Windows, first: Place | None, code: Code) -> list[str]:
    """The strides of `first` for the first three axes of what is written."""
    if first is None:
        return ["0"] * 3
    [axes] = [axes for place, axes in _places(pattern) if place is pattern.into]
    into, own = pattern.into.access.indices, first.access.indices
    found = [None if a is None or into[a] not in own else own.index(into[a]) for a in axes[:3]]
    return _strides(first, found, code)


def _choosing_call(pattern: Windows, code: Code, forced: bool) -> list[str]:
    """A call from Python, of windows that move along rows and columns: arrays and their strides."""
    arguments = []
    for place, axes in _places(pattern):
        b = 0 if place is pattern.other else 1
        strides = _strides(place, [*axes[:b], *axes[b + 1 : 3], *axes[4:]], code)
        arguments.append(f"{code.flat(tensor_name(place.access))}, {_row(strides)},")
    steps = [str(v) for direction in _of_directions(pattern)[1:] for v in direction]
    sizes = _row(_flat_extents(pattern, code))
    arguments.append(f"{sizes}, {_row(steps)}, {forced}, ranges,")
    name = f"by_cost_{_NAMES[pattern.written]}"
    return [f"{name}(", *("    " + line for line in arguments), ")"]


def _places(pattern: Windows) -> list[tuple[Place, list[int | None]]]:
    """X, W and Y with the axes of X[n, b, c, …], W[b, f, c, …] and Y[n, b, f, …].

    X is wide, Y is run along, W holds the weights; each has three axes more, of the directions.
    """
    n, c, f = (_pair(pattern, missing) for missing in (2, 1, 0))
    b = next((p for p in pattern.pairs if None not in p), (None, None, None))
    h, k, i = ([None if w is None else axis(w) for w in _order(pattern)] for axis in _AXES)
    return [
        (pattern.wide, [n[0], b[0], c[0], *h]),
        (pattern.other, [b[2], f[2], c[2], *k]),
        (pattern.one, [n[1], b[1], f[1], *i]),
    ]


def _order(pattern: Windows) -> list[Window | None]:
    """The windows of the slabs, of the rows and of the columns; None where there are fewer."""
    windows = sorted(pattern.windows, key=lambda w: w.wide_axis)
    return [None] * (3 - len(windows)) + windows


def _of_directions(pattern: Windows) -> list[tuple[int, int, int]]:
    """Stride, dilation and pad of slabs, rows and columns."""
    return [(1, 1, 0) if w is None else (w.stride, w.dilation, w.pad) for w in _order(pattern)]


def _steps(pattern: Windows) -> list[str]:
    """The strides of slabs, rows and columns, then the dilations, then the pads."""
    return [str(v) for kind in zip(*_of_directions(pattern), strict=True) for v in kind]


def _extents(pattern: Windows, code: Code) -> list[str]:
    """N, B, C, F, T, H, W, Q, K, L, G, I, J."""
    x, w, y = ((place, axes) for place, axes in _places(pattern))
    found = [(x[0], axis) for axis in x[1][:3]] + [(y[0], y[1][2])]
    found += [(place, axis) for place, axes in (x, w, y) for axis in axes[3:]]
    return [_extent(place, axis, code) for place, axis in found]


def _flat_extents(pattern: Windows, code: Code) -> list[str]:
    """N, C, F, H, W, K, L, I, J of windows that move along rows and columns."""
    N, _, C, F, _, H, W, _, K, L, _, I, J = _extents(pattern, code)
    return [N, C, F, H, W, K, L, I, J]


_AXES = (lambda w: w.wide_axis, lambda w: w.other_axis, lambda w: w.one_axis)


def _pair(pattern: Windows, missing: int) -> tuple:
    """The axes of the index that does not stand in one of (wide, one, other)."""
    return next((p for p in pattern.pairs if p[missing] is None), (None, None, None))


def _extent(place: Place, axis: int | None, code: Code) -> str:
    return "1" if axis is None else code.integer(place.axes[axis])


def _strides(place: Place, axes: Sequence[int | None], code: Code) -> list[str]:
    """The strides of axes in a contiguous array; 0 for an axis that is missing."""

    def stride(axis: int | None) -> str:
        if axis is None:
            return "0"
        return " * ".join(code.integer(n, 3) for n in place.axes[axis + 1 :]) or "1"

    return [stride(axis) for axis in axes]


def _row(parts: Sequence[str]) -> str:
    return f"({', '.join(parts)})"
