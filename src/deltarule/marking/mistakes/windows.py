"""Windows: stride, dilation or padding lost, a kernel turned round, a divisor lost or another."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Mul

from deltarule.expressions import nodes
from deltarule.expressions.nodes import AtLeastZero, Read, Sum, free_indices, reads, tensor_name
from deltarule.expressions.rebuild import read_at
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Attribute
from deltarule.expressions.window_axis import WindowAxis, window_axis
from deltarule.marking.mistakes.changed import Change, wherever_it_is_used
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.marking.mistakes.positions import sites
from deltarule.networks.equations import Equation
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text


def window(context: Context) -> Iterator[Wrong]:
    """A window that moves, spreads, begins or is divided otherwise than it should."""
    yield from wherever_it_is_used(context, _changes)


def _changes(context: Context, equation: Equation) -> Iterator[Change]:
    if not sliding_subscripts(equation):
        return
    yield from _placed_otherwise(context, equation)
    yield from _kernel_turned(context, equation)
    yield from _divided_otherwise(context, equation)
    yield from _divided_by_all(context, equation)


def sliding_subscripts(equation: Equation) -> dict[Expr, WindowAxis]:
    """The subscripts S·i + D·k − P of an equation."""
    found = {}
    for access in reads(equation.rhs):
        for subscript in access.indices:
            inside = free_indices(subscript)
            axis = window_axis(subscript, equation.indices, inside)
            if axis is not None and axis.moving and axis.within:
                found[subscript] = axis
    # Where a stride is an attribute, A·g + a is channel a of the group g, and no window.
    strided = {s: x for s, x in found.items() if any(map(_attribute, x.moving.values()))}
    return strided or found


def _attribute(number: Expr) -> bool:
    return any(isinstance(s, Attribute) for s in number.free_symbols)


def _placed_otherwise(context: Context, equation: Equation) -> Iterator[Change]:
    of_kernel = _of_kernels(context, equation)
    for name, kept, words in (
        ("stride", 1, "the stride is lost: the window moves by 1"),
        ("dilation", 1, "the dilation is lost: the taps stand side by side"),
        ("padding", 0, "the padding is lost: the window begins at the first entry"),
    ):
        table = {}
        for subscript, axis in sliding_subscripts(equation).items():
            moved = without_number(context, subscript, axis, name, kept, subscript in of_kernel)
            if moved is not None:
                table[subscript] = moved
        if table:
            yield Change(f"{name} lost", 4.0, with_subscripts(equation.rhs, table), words)


def _of_kernels(context: Context, equation: Equation) -> set[Expr]:
    """The subscripts at which an equation reads its kernels."""
    kernels = {n for n, t in context.network.tensors.items() if t.role == "parameter"}
    return {s for a in reads(equation.rhs) if tensor_name(a) in kernels for s in a.indices}


def _window_numbers(axis: WindowAxis, of_kernel: bool) -> dict[str, list[tuple[Expr, Expr]]]:
    """Stride, dilation and padding of a subscript: what they multiply, and their values.

    A transposed window reads its kernel at i − S·k: there the stride is what k is multiplied by.
    What looks back in time reads its input at t − D·k: that is a dilation.
    """
    taps = axis.within.items()
    strides = [(k, n) for k, n in taps if of_kernel and _sign(n) < 0]
    return {
        "stride": [*axis.moving.items(), *strides],
        "dilation": [tap for tap in taps if tap not in strides],
        "padding": [(nodes.multiply(()), axis.rest)],
    }


def without_number(
    context: Context,
    subscript: Expr,
    axis: WindowAxis,
    name: str,
    kept: int,
    of_kernel: bool = False,
) -> Expr | None:
    """A subscript whose stride, dilation or padding is `kept`; None where it is that already."""
    found = _window_numbers(axis, of_kernel)[name] if axis.divisor == 1 else []
    if all(context.extent(abs(n)) == kept for _, n in found):
        return None
    return (subscript - sum((n - kept * _sign(n)) * factor for factor, n in found)).expand()


def _sign(number: Expr) -> int:
    return -1 if number.could_extract_minus_sign() else 1


def with_subscripts(formula: Expr, table: dict[Expr, Expr]) -> Expr:
    return replace_reads(formula, lambda a: read_at(a, (table.get(s, s) for s in a.indices)))


def _kernel_turned(context: Context, equation: Equation) -> Iterator[Change]:
    sliding = sliding_subscripts(equation)
    taps = {k for axis in sliding.values() for k in axis.within}
    for name in dict.fromkeys(tensor_name(a) for a in reads(equation.rhs)):
        tensor = context.network.tensors[name]
        # Of a transposed window, w[i − S·p], the kernel itself is what is read along it.
        ends = taps | sliding.keys() if tensor.role == "parameter" else taps
        axes = tensor.axes
        found = [a for a in reads(equation.rhs, name) if ends & set(a.indices)]
        along = [n for a in found for s, n in zip(a.indices, axes, strict=True) if s in ends]
        if not found or all(context.extent(n) < 2 for n in along):
            continue

        def turned(access: Read, name: str = name, axes=axes, ends=ends) -> Expr:
            if tensor_name(access) != name:
                return access
            places = [
                n - 1 - s if s in ends else s for s, n in zip(access.indices, axes, strict=True)
            ]
            return read_at(access, places)

        yield Change(
            "kernel turned",
            4.0,
            replace_reads(equation.rhs, turned),
            f"the kernel {pretty(name)} stands the wrong way round: it is turned "
            "where it should not be, or not turned where it should",
        )


def _divided_otherwise(context: Context, equation: Equation) -> Iterator[Change]:
    for site in sites(equation.rhs):
        if not isinstance(site.node, Mul):
            continue
        inner = [f for f in site.node.args if isinstance(f, Sum)]
        number = nodes.multiply(f for f in site.node.args if f.is_number or not reads(f))
        if len(inner) != 1 or number == 1 or _size(context, number) != _taps(context, inner[0]):
            continue
        yield Change(
            "divisor lost",
            4.0,
            site.replaced(site.node / number),
            f"the window's sum is not divided by {text(1 / number)}",
        )
        inside = _count_inside(context, inner[0])
        if inside is not None:
            yield Change(
                "another divisor",
                4.5,
                site.replaced(site.node / number / inside),
                "at the border the sum is divided by the number of entries inside alone",
            )


def _divided_by_all(context: Context, equation: Equation) -> Iterator[Change]:
    """Every window divided by its size where only the entries inside count."""
    counts = {
        e.name
        for e in context.network.equations
        if isinstance(e.rhs, Sum) and e.rhs.body == 1 and e.rhs.conditions
    }
    for site in sites(equation.rhs):
        inner = [f for f in site.node.args if isinstance(f, Sum)]
        under = [
            f
            for f in site.node.args
            if f.is_Pow
            and f.args[1] == -1
            and isinstance(f.args[0], Read)
            and tensor_name(f.args[0]) in counts
        ]
        if isinstance(site.node, Mul) and len(inner) == len(under) == 1:
            number = nodes.multiply(n for _, n in inner[0].ranges)
            yield Change(
                "another divisor",
                4.0,
                site.replaced(site.node / under[0] / number),
                f"every sum is divided by {text(number)}, at the border too",
            )


def _size(context: Context, number: Expr) -> int:
    """What a window is divided by; 0 where that is no integer."""
    under = 1 / number
    return context.extent(under) if under.is_integer else 0


def _taps(context: Context, node: Sum) -> int:
    return context.extent(nodes.multiply(n for _, n in node.ranges))


def _count_inside(context: Context, node: Sum) -> Expr | None:
    """How many entries of a window lie inside; None where nothing outside is ever read."""
    bound = set(node.indices)
    conditions = []
    for access in reads(node.body):
        tensor = context.network.tensors[tensor_name(access)]
        for subscript, extent in zip(access.indices, tensor.axes, strict=True):
            if tensor.outside is not None and free_indices(subscript) & bound:
                conditions += [AtLeastZero(subscript), AtLeastZero(extent - 1 - subscript)]
    return Sum(nodes.multiply(()), node.ranges, conditions) if conditions else None


ROWS = (window,)
