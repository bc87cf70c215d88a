"""How many windows fit, computed wrongly: H // S, a padding counted once, 1 forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, cast

import numpy as np
from einops import EinopsError
from sympy import Add, Expr, Integer, Mul

from deltarule.expressions.nodes import free_symbols
from deltarule.expressions.quotients import FloorQuotient
from deltarule.expressions.symbols import Attribute
from deltarule.spelling.text import text
from deltarule.submissions.course_conventions import Value
from deltarule.submissions.explanations import Seen
from deltarule.submissions.right_values import RightValues
from deltarule.submissions.slip import Slip, array_of, nothing
from deltarule.submissions.student_arrays import same


@dataclass(frozen=True)
class _Count:
    """⌊above / under⌋ + more: how many windows fit; `up` if it is rounded up."""

    above: Expr
    under: Expr
    more: Expr
    up: bool = False

    def number(self, sizes: Mapping[str, int]) -> int:
        """What it comes to at some sizes."""
        above, under, more = (_number(e, sizes) for e in (self.above, self.under, self.more))
        return -(-above // under) + more if self.up else above // under + more

    def __str__(self) -> str:
        above = text(self.above)
        if self.under != 1:
            above = f"({above})" if isinstance(self.above, Add) else above
            above = f"{above} / {text(self.under)}" if self.up else f"{above} // {text(self.under)}"
        above = f"⌈{above}⌉" if self.up and self.under != 1 else above
        return above if self.more == 0 else f"{text(self.more)} + {above}"


def size_slips(value: Value, right: RightValues) -> Iterator[Slip]:
    """The sizes that a value may have by other formulas for how many windows fit."""
    own = {s for p in value.parts for s in right.network.tensor(p.tensor).axes}
    counts = {str(s): _count(d) for s, d in right.network.definitions.items() if s in own}
    if not counts or value.gradient or None in counts.values():
        return
    rights = {n: c for n, c in counts.items() if c is not None}
    seen: set[tuple[str, int]] = set()
    for change in product((0, 1), range(3), (0, 1), range(3), (False, True)):
        for along in (rights, *({n: c} for n, c in rights.items() if len(rights) > 1)):
            others = {n: _otherwise(c, *change) for n, c in along.items()}
            said = [f"{o}, where {c} belongs" for n, c in along.items() if (o := others[n]) != c]
            if said and (said[0], len(along)) not in seen:
                seen.add((said[0], len(along)))
                words = f"how many windows fit is computed as {said[0]}"
                words += "" if along is rights else ", along one axis alone"
                cost = 3.7 + 0.1 * sum(bool(c) for c in change)
                fits = partial(_fits, value, others)
                yield Slip("number of windows", cost, words, nothing, fits, least=2)


def _number(size: Expr, sizes: Mapping[str, int]) -> int:
    table: dict[Any, Any] = {s: Integer(sizes[str(s)]) for s in free_symbols(size)}
    return int(cast(Integer, size.xreplace(table)))


def _count(definition: Expr) -> _Count | None:
    more, rest = definition.as_coeff_Add()
    if isinstance(rest, FloorQuotient):
        return _Count(rest.args[0], rest.args[1], more)
    return _Count(rest, Integer(1), more) if isinstance(rest, Add) else None


def _otherwise(count: _Count, more: int, padding: int, window: int, under: int, up: bool) -> _Count:
    """1 lost; the padding once or lost; the window lost; divided by its size, or not; upwards."""
    above = Add(
        *(t for part in Add.make_args(count.above) for t in [_changed(part, padding, window)])
    )
    lost = [
        -t for t in Add.make_args(count.above) if t.could_extract_minus_sign() and not t.is_number
    ]
    divisor = count.under
    if under == 1 and len(lost) == 1:
        divisor = lost[0]
    elif under == 2:
        divisor = Integer(1)
    return _Count(above, divisor, Integer(0) if more else count.more, up)


def _changed(term: Expr, padding: int, window: int) -> Expr:
    number, rest = term.as_coeff_Mul()
    if isinstance(rest, Attribute) and number == 2 and padding:
        return rest if padding == 1 else Integer(0)
    lost = window and term.could_extract_minus_sign() and not term.is_number
    return Integer(0) if lost else Mul(number, rest)


def _fits(value: Value, counts: Mapping[str, _Count], seen: Seen) -> bool:
    """Whether it has this size, and what is right as far as both go."""
    array, right = array_of(seen), seen.right
    if array is None:
        return True  # an error was raised
    sizes = {**right.setting.sizes}
    sizes.update({n: c.number(sizes) for n, c in counts.items()})
    place = value.parts[0]
    shape = [_number(a, sizes) for a in right.network.tensor(place.tensor).axes]
    if min(shape) < 0:
        return False
    wrong = np.zeros(shape)
    try:
        wrong = wrong if place.layout is None else place.layout.to_course(wrong, sizes)
    except EinopsError:
        return False
    rightly = np.asarray(right.value(value))
    if wrong.shape != array.shape or (wrong.shape == rightly.shape) == seen.wrong:
        return False
    common = tuple(slice(min(n, m)) for n, m in zip(wrong.shape, rightly.shape, strict=True))
    return same(array[common], rightly[common], seen.near)
