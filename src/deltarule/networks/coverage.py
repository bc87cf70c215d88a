"""Whether the equations of a tensor write each of its entries, and each of them once.

A tensor may be written in parts, y[n, c] = a[n, c] and y[n, c + A] = b[n, c], and at positions,
v[n, (c·H + i)·W + j] = x[n, c, i, j]. What the ranges prove is taken as proved; the rest is
counted out at small sizes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from random import Random

from sympy import Expr, Integer, Symbol

from deltarule.errors import DeltaruleError
from deltarule.expressions.affine import never_negative
from deltarule.expressions.mixed_radix import digits
from deltarule.expressions.nodes import free_symbols, multiply
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.symbols import Size
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


def check_written_once(
    equations: list[Equation], tensors: Mapping[str, Tensor], definitions: Mapping[Size, Expr]
) -> None:
    """Raises DeltaruleError, naming the equations, for entries written twice or never."""
    writers: dict[str, list[Equation]] = {}
    for equation in equations:
        writers.setdefault(equation.name, []).append(equation)
    for name, group in writers.items():
        tensor = tensors[name]
        if len(group) == 1 and _whole(group[0], tensor):
            continue
        if not _proved(group, tensor, definitions):
            _count_out(group, tensor, definitions)


def _whole(equation: Equation, tensor: Tensor) -> bool:
    return (
        equation.subscripts == equation.indices
        and tuple(n for _, n in equation.ranges) == tensor.axes
    )


def _proved(group: list[Equation], tensor: Tensor, definitions: Mapping[Size, Expr]) -> bool:
    """Whether all parts are shown to be apart from each other and to fill the tensor."""
    boxes = []
    for equation in group:
        box = [_span(s, equation, definitions) for s in equation.subscripts]
        if None in box:
            return False
        boxes.append(box)
    for one, other in itertools.combinations(boxes, 2):
        if not any(
            never_negative(b[0] - a[1] - 1) or never_negative(a[0] - b[1] - 1)
            for a, b in zip(one, other, strict=True)
        ):
            return False
    filled = sum(multiply(high - low + 1 for low, high in box) for box in boxes)
    wanted = multiply(_defined(a, definitions) for a in tensor.axes)
    return (filled - wanted).expand() == 0


def _span(subscript: Expr, equation: Equation, definitions: Mapping) -> tuple | None:
    """The first and last place of an axis, if every place between them is written once."""
    ranges = {i: _defined(n, definitions) for i, n in equation.ranges}
    if not free_symbols(subscript) & set(ranges):
        return subscript, subscript
    found = digits(_defined(subscript, definitions), ranges)
    if found is None:
        return None
    parts, low = found
    filled = Integer(1)
    for part in reversed(parts):
        if (part.coefficient - filled).expand() != 0:
            return None
        filled = (filled * part.extent).expand()
    return low, (low + filled - 1).expand()


def _defined(expression: Expr, definitions: Mapping) -> Expr:
    for _ in definitions:
        after = replaced(expression, definitions)
        if after == expression:
            break
        expression = after
    return expression


def _count_out(group: list[Equation], tensor: Tensor, definitions: Mapping[Size, Expr]) -> None:
    """Mark every entry that is written, at a few small sizes."""
    for sizes in _small_sizes(group, tensor, definitions):
        shape = tuple(int(replaced(a, sizes)) for a in tensor.axes)
        seen: dict[tuple, Equation] = {}
        for equation in group:
            for place in _places(equation, sizes):
                if place in seen:
                    raise _twice(tensor, seen[place], equation, place, sizes)
                if not all(0 <= at < n for at, n in zip(place, shape, strict=True)):
                    raise _outside(tensor, equation, place, shape, sizes)
                seen[place] = equation
        if len(seen) < _product(shape):
            raise _never(group, tensor, seen, shape, sizes)


def _small_sizes(
    group: list[Equation], tensor: Tensor, definitions: Mapping[Size, Expr]
) -> Iterator[dict[Size, Expr]]:
    symbols: set[Symbol] = set().union(*(free_symbols(a) for a in tensor.axes))
    for equation in group:
        symbols |= set().union(
            *(free_symbols(e) for e in (*equation.subscripts, *(n for _, n in equation.ranges)))
        )
    for definition in definitions.values():
        symbols |= free_symbols(definition)
    free = sorted((s for s in symbols if isinstance(s, Size) and s not in definitions), key=str)
    random = Random(0)
    found = 0
    for attempt in range(60):
        sizes: dict[Size, Expr] = {s: Integer(random.randint(1, 3 + attempt // 10)) for s in free}
        for symbol, definition in definitions.items():
            sizes[symbol] = replaced(definition, sizes)
        if all(n.is_Integer and n >= 1 for n in sizes.values()):
            found += 1
            yield sizes
        if found == 4:
            return


def _places(equation: Equation, sizes: dict) -> Iterator[tuple[int, ...]]:
    indices = equation.indices
    for point in itertools.product(*(range(int(replaced(n, sizes))) for _, n in equation.ranges)):
        table = {**sizes, **dict(zip(indices, map(Integer, point), strict=True))}
        yield tuple(int(replaced(s, table)) for s in equation.subscripts)


def _product(shape: tuple[int, ...]) -> int:
    return int(multiply(Integer(n) for n in shape))


def _at(sizes: Mapping) -> str:
    return ", ".join(f"{s} = {n}" for s, n in sorted(sizes.items(), key=lambda p: str(p[0])))


def _twice(tensor, first: Equation, second: Equation, place, sizes) -> DeltaruleError:
    where = first.place if first.place == second.place else f"{first.place} and {second.place}"
    return DeltaruleError(
        f"{tensor.name}{list(place)} is written twice (for {_at(sizes)})",
        where,
        "let the equations write different parts, or different positions",
    )


def _outside(tensor, equation: Equation, place, shape, sizes) -> DeltaruleError:
    return DeltaruleError(
        f"{tensor.name}{list(place)} is written, outside its shape {list(shape)} "
        f"(for {_at(sizes)})",
        equation.place,
        f"mend the subscripts, or the axes of {tensor.name}",
    )


def _never(group, tensor, seen, shape, sizes) -> DeltaruleError:
    missing = next(p for p in itertools.product(*map(range, shape)) if p not in seen)
    for equation in group:
        for subscript, axis in zip(equation.subscripts, tensor.axes, strict=True):
            extent = dict(equation.ranges).get(subscript)
            if len(group) == 1 and extent is not None and extent != axis:
                return DeltaruleError(
                    f"index {subscript} of {tensor.name} runs to {axis} on the left "
                    f"but to {extent} on the right",
                    equation.place,
                    f"give both the same size, or let another equation write the rest of "
                    f"{tensor.name}",
                )
    return DeltaruleError(
        f"{tensor.name}{list(missing)} is never written (for {_at(sizes)})",
        group[-1].place,
        f"write the rest of {tensor.name} too, or make it smaller",
    )
