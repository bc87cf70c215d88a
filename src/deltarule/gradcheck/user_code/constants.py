"""Arguments of a person's own function that are no arrays: stride, padding, axis, factor, flag.

A backward pass that loses the stride is right for a stride of 1, and one that cuts off [p:−p] is
right unless p is 0; so each of these takes its own default, and other values too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

#: What is taken besides the default, by the argument's name.
_BY_NAME: dict[tuple[str, ...], tuple] = {
    ("stride", "strides", "s"): (2, 1, 3),
    ("pad", "padding", "p"): (0, 1, 2),
    ("dilation", "dilate", "rate"): (1, 2, 3),
    ("groups", "group", "num_groups", "heads", "num_heads", "n_heads"): (2, 1),
    ("axis", "dim"): (0, -1, 1),
    (
        "kernel",
        "kernel_size",
        "pool",
        "pool_size",
        "window",
        "k",
        "size",
        "pool_height",
        "pool_width",
        "block",
    ): (2, 3, 1),
}
#: What an argument without a default is taken to be.
_USUAL = {
    "stride": 1, "strides": 1, "pad": 0, "padding": 0, "dilation": 1, "groups": 1, "axis": -1,
    "dim": -1, "eps": 1e-5, "epsilon": 1e-5, "kernel_size": 2, "pool_size": 2, "pool_height": 2,
    "pool_width": 2, "num_heads": 2, "n_heads": 2, "keepdims": False, "slope": 0.1,
    "negative_slope": 0.1, "momentum": 0.9,
}  # fmt: skip
#: So many other values are tried of one argument.
MOST = 3
#: So many settings besides the person's own are tried.
MOST_SETTINGS = 12


def usual(name: str) -> object:
    """The value of an argument that has no default; None where its name says nothing."""
    return _USUAL.get(name)


def plan(
    constants: Mapping[str, object],
    pinned: Mapping[str, object],
    choices: Mapping[str, Sequence] | None = None,
) -> Iterator[dict[str, object]]:
    """All settings to try: first the person's own, then others, in which all change at once.

    In the end every two values of two arguments have stood beside each other, as far as
    MOST_SETTINGS allow: a backward pass may be wrong for a stride of 1 without padding alone.
    """
    yield dict(constants)
    others = {
        name: found
        for name, value in constants.items()
        if name not in pinned
        and (found := alternatives(name, value, (choices or {}).get(name, ())))
    }
    rows = max(map(len, others.values()), default=0)
    tried = [
        {n: 1 + (row + k) % len(found) for k, (n, found) in enumerate(others.items())}
        for row in range(rows)
    ]
    counts = {n: 1 + len(found) for n, found in others.items()}
    for places in (tried + list(_pairs(counts, tried)))[:MOST_SETTINGS]:
        yield {**constants, **{n: others[n][k - 1] for n, k in places.items() if k}}


def _pairs(
    counts: Mapping[str, int], tried: Sequence[Mapping[str, int]]
) -> Iterator[dict[str, int]]:
    """More settings until every two values of two arguments have been tried together.

    Values are said by their number, 0 being the person's own.
    """
    open_ = {
        ((one, i), (two, j))
        for one, two in combinations(counts, 2)
        for i in range(counts[one])
        for j in range(counts[two])
    }
    for places in (dict.fromkeys(counts, 0), *tried):
        open_ -= set(combinations(places.items(), 2))
    while open_:
        places = dict(min(open_))
        for name in counts:
            if name not in places:
                places[name] = max(
                    range(counts[name]),
                    key=lambda k: sum(
                        _in_order(counts, (name, k), other) in open_ for other in places.items()
                    ),
                )
        places = {n: places[n] for n in counts}
        open_ -= set(combinations(places.items(), 2))
        yield places


def _in_order(counts: Mapping[str, int], one: tuple[str, int], two: tuple[str, int]) -> tuple:
    return (one, two) if list(counts).index(one[0]) < list(counts).index(two[0]) else (two, one)


def apart(constants: Mapping[str, object], mixed: Mapping[str, object]) -> Iterator[dict]:
    """The settings of `mixed` one at a time, for a function that refuses them together."""
    changed = [n for n in constants if mixed[n] != constants[n]]
    for name in changed if len(changed) > 1 else []:
        yield {**constants, name: mixed[name]}


def alternatives(name: str, value: object, words: Sequence = ()) -> list:
    """Other values of an argument than its own."""
    if isinstance(value, dict):
        return _of_dict(value)
    if isinstance(value, tuple | list):
        return _of_row(name, value)
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        row = next((row for names, row in _BY_NAME.items() if name.lower() in names), None)
        row = row or (1, 2, 3, value + 1)
        return [v for v in row if v != value][:MOST]
    if isinstance(value, float):
        return [_other_float(value)]
    return [w for w in words if w != value][:MOST] if isinstance(value, str) else []


def _of_dict(value: dict) -> list[dict]:
    parts = {key: found for key, part in value.items() if (found := alternatives(str(key), part))}
    rows = max(map(len, parts.values()), default=0)
    return [
        {
            **value,
            **{key: found[(row + k) % len(found)] for k, (key, found) in enumerate(parts.items())},
        }
        for row in range(rows)
    ]


def _of_row(name: str, value: tuple | list) -> list:
    """Numbers beside each other (a stride down and one across) change apart."""
    parts = [[part, *alternatives(name, part)] for part in value]
    if any(not isinstance(part, int | float) for part in value):
        return []
    rows = max(map(len, parts), default=0)
    make = getattr(value, "_make", type(value))  # a named tuple stays one
    found = [
        make([part[(row + k) % len(part)] for k, part in enumerate(parts)]) for row in range(rows)
    ]
    return [row for row in found if row != value][:MOST]


def _other_float(value: float) -> float:
    """Another number of the same kind: a share stays between 0 and 1, a small ε grows."""
    if 0 < value < 1:
        return round(0.3 + value / 2, 6)
    return 0.25 if value == 0 else 1.5 * value


def numbers_in(constants: Mapping[str, object]) -> dict[str, object]:
    """What there is to say of the other arguments, also within a dict, by name."""
    found: dict[str, object] = {}
    for name, value in constants.items():
        if isinstance(value, dict):
            found |= numbers_in({str(key): part for key, part in value.items()})
        elif isinstance(value, int | float | str):
            found[name] = value
        elif isinstance(value, tuple | list) and all(isinstance(v, int | float) for v in value):
            found[name] = str(value)
    return found
