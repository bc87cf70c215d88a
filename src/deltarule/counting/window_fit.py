"""Windows that do not fit: output sizes are rounded down, and some rows may never be read."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Read, Selection, free_symbols, tensor_name, walk
from deltarule.expressions.window_axis import WindowAxis, window_axis
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.specialise import given_sizes


@dataclass(frozen=True)
class Unread:
    """An axis that a moving window does not use up.

    `remainder` is what is left of the division, `rows` the rows that no window reads.
    """

    tensor: str
    axis: int
    extent: int
    window: int
    stride: int
    pad: int
    outputs: int
    remainder: int
    rows: tuple[int, ...]

    def __str__(self) -> str:
        span = self.extent + 2 * self.pad - self.window
        fact = (
            f"({self.extent} + 2·{self.pad} − {self.window})/{self.stride} = "
            f"{span}/{self.stride} leaves {self.remainder}"
        )
        if not self.rows:
            return f"{fact}: {self.outputs} outputs, and padding that is never read"
        rows = ", ".join(map(str, self.rows))
        word = ("column" if self.axis == 3 else "row") + ("" if len(self.rows) == 1 else "s")
        return f"{fact}: {self.outputs} outputs, and {word} {rows} of {self.tensor} never read"

    def fitting(self) -> tuple[list[int], list[int]]:
        """The nearest paddings and strides with which the window fits."""

        def fits(pad: int, stride: int) -> bool:
            span = self.extent + 2 * pad - self.window
            return span >= 0 and span % stride == 0

        pads = [p for p in range(self.pad + self.stride + 1) if fits(p, self.stride)]
        strides = [s for s in range(1, self.stride + 3) if s != self.stride and fits(self.pad, s)]
        return _nearest(pads, self.pad), _nearest(strides, self.stride)


def _nearest(numbers: list[int], to: int) -> list[int]:
    return sorted(sorted(numbers, key=lambda n: abs(n - to))[:3])


def unread_by(equation: Equation, network: Network) -> list[Unread]:
    """What the windows of an equation leave out of the tensors that it reads."""
    if isinstance(equation.rhs, Selection):
        return []
    inner = dict(equation.inner_ranges)
    outer = dict(equation.ranges)
    found = []
    for access in [n for n in walk(equation.rhs) if isinstance(n, Read)]:
        tensor = network.tensors[tensor_name(access)]
        for axis, subscript in enumerate(access.indices):
            left = _left(tensor.name, axis, tensor.axes[axis], subscript, outer, inner)
            if left is not None and left not in found:
                found.append(left)
    return found


def _left(name, axis, extent: Expr, subscript: Expr, outer: dict, inner: dict) -> Unread | None:
    found = window_axis(subscript, outer, inner)
    if found is None or not _moves(found) or found.rest.is_positive:
        return None
    if not all(n.is_Integer for n in _numbers(found, extent, outer, inner)):
        return None
    return _numbered(name, axis, int(extent), found, outer, inner)


def _moves(axis: WindowAxis) -> bool:
    """Whether one index moves the window over the axis."""
    return axis.divisor == 1 and len(axis.moving) == 1


def _numbers(axis: WindowAxis, extent: Expr, outer: dict, inner: dict) -> list[Expr]:
    """All that decides whether the windows fit."""
    coefficients = {**axis.moving, **axis.within}
    return [extent, axis.rest, *coefficients.values(), *((outer | inner)[i] for i in coefficients)]


def _numbered(
    name: str, axis: int, extent: int, found: WindowAxis, outer: dict, inner: dict
) -> Unread | None:
    stride, outputs, pad = int(found.a), int(outer[found.i]), int(-found.rest)
    window = 1 + int(found.span(inner))
    last = stride * (outputs - 1) + window - 1 - pad
    remainder = extent - 1 + pad - last
    if stride < 2 or window < 1 or not 0 < remainder < stride:
        return None
    rows = tuple(range(max(last + 1, 0), extent))
    return Unread(name, axis, extent, window, stride, pad, outputs, remainder, rows)


def undecided_by(equation: Equation, network: Network) -> list[str]:
    """The sizes without a number that decide whether windows of more than one step fit."""
    if isinstance(equation.rhs, Selection):
        return []
    inner = dict(equation.inner_ranges)
    outer = dict(equation.ranges)
    missing: dict[str, None] = {}
    for access in [n for n in walk(equation.rhs) if isinstance(n, Read)]:
        axes = network.tensors[tensor_name(access)].axes
        for extent, subscript in zip(axes, access.indices, strict=True):
            found = window_axis(subscript, outer, inner)
            if found is None or not _moves(found) or found.a in (1, -1):
                continue
            numbers = _numbers(found, extent, outer, inner)
            missing.update(dict.fromkeys(_given_in(numbers, network)))
    return list(missing)


def _given_in(expressions: list[Expr], network: Network) -> list[str]:
    """The sizes that may be given and that the expressions depend on."""
    known = given_sizes(network)
    found = {s for e in expressions for s in free_symbols(e)}
    for symbol, definition in reversed(network.definitions.items()):
        if symbol in found:
            found |= free_symbols(definition)
    return [name for name, symbol in known.items() if symbol in found]


def refuse_to_guess(network: Network, layer: str, missing: list[str]) -> DeltaruleError:
    """A window of which it cannot be decided whether it fits."""
    names = list(dict.fromkeys(missing))
    return DeltaruleError(
        f"whether the window of {layer} fits cannot be told: {', '.join(names)} "
        + ("has no number" if len(names) == 1 else "have no numbers"),
        network.name,
        "give numbers: --set " + ",".join(f"{name}=…" for name in names),
    )


def refuse(network: Network, layer: str, left: Unread) -> DeltaruleError:
    """The window that does not fit, and what would."""
    pads, strides = left.fitting()
    ways = []
    if pads:
        ways.append("padding " + " or ".join(map(str, pads)))
    if strides:
        ways.append("stride " + " or ".join(map(str, strides)))
    return DeltaruleError(
        f"the window of {layer} does not fit: {left}",
        network.name,
        "it fits with " + ", or with ".join(ways) if ways else "change the window",
    )
