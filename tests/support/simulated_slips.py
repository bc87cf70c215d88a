"""Slips that happen in any line of any network: signs, layouts, numbers read or written wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_DOWN, Decimal

import numpy as np
from simulated_lines import Kind, Slip, Step, worked

#: A decimal point one place off is found in the whole or in one number.
_POINT = ("misprint", "decimal point")


def anywhere(kind: Kind, line: str, givens: dict, random: np.random.Generator) -> Iterator[Slip]:
    """The slips that may happen in a line."""
    for name, change in _OF_THE_RESULT:
        kinds = _POINT if name.startswith("decimal") else ()
        yield Slip(name, line, _changed(kind, line, change), kinds)
    right = worked(kind, givens, {}, np.asarray)[line]
    for name, change in _OF_A_GIVEN:
        found = _misread(kind, line, givens, change, random, right)
        if found is not None:
            yield Slip(name, line, found, ("given misread",))
    for name, write in _OF_THE_PEN:
        place = float(random.random())
        yield Slip(
            name, line, None, _POINT, lambda texts, exact, w=write, p=place: _one_entry(texts, w, p)
        )
    yield Slip("cut off, not rounded", line, None, ("rounding rule",), _cut_off)


def _changed(kind: Kind, line: str, change: Callable) -> Callable:
    right = kind.lines[line]
    if isinstance(right, Step):
        return lambda q, t: change(right.work(q, t))
    return lambda q: change(right(q))


def _rows_exchanged(value):
    if np.ndim(value) < 2 or len(value) < 2:
        return value
    return np.concatenate([value[1::-1], value[2:]])


def _transposed(value):
    square = np.ndim(value) == 2 and len(value) == len(value[0])
    return np.transpose(value) if square else value


def _by_columns(value):
    return np.reshape(np.transpose(value), np.shape(value)) if np.ndim(value) == 2 else value


_OF_THE_RESULT = (
    ("sign", lambda v: -v),
    ("twice", lambda v: 2 * v),
    ("half", lambda v: v / 2),
    ("decimal point of the result", lambda v: 10 * v),
    ("entries reversed", lambda v: v[..., ::-1] if np.ndim(v) else v),
    ("rows exchanged", _rows_exchanged),
    ("transposed", _transposed),
    ("read by columns", _by_columns),
)


def _swapped(number: float, decimals: int) -> float:
    """The last two digits of a number exchanged, as it is printed with so many decimals."""
    text = f"{number:.{decimals}f}"
    if len(text.removeprefix("-")) < 2:
        return number  # one digit alone
    if text[-2] == ".":
        return float(f"{text[:-3]}{text[-1]}.{text[-3]}")
    return float(text[:-2] + text[-1] + text[-2])


def _decimals(numbers: np.ndarray) -> int:
    """How many decimals numbers are printed with, side by side."""
    texts = (f"{number:.9f}".rstrip("0") for number in np.ravel(numbers))
    return max(len(text.partition(".")[2]) for text in texts)


_OF_A_GIVEN = (
    ("sign of a given", lambda v, decimals: -v),
    ("decimal point of a given", lambda v, decimals: 10 * v),
    ("digits of a given", _swapped),
)


def _misread(
    kind: Kind, line: str, givens: dict, change: Callable, random: np.random.Generator, right
) -> Callable | None:
    """The line worked out with one entry of one given read otherwise, so that it matters."""
    work = kind.lines[line]
    plain = work.work if isinstance(work, Step) else work
    names = [n for n in givens if n not in kind.whole]
    for name in random.permutation(names):
        entry = tuple(random.integers(np.shape(givens[name])))

        def reread(q, *time, name=name, entry=entry):
            other = np.array(q[name], dtype=float)
            other[entry] = change(other[entry], _decimals(q[name]))
            return plain({**q, name: other}, *time)

        wrong = worked(kind, givens, {line: reread}, np.asarray)[line]
        if not np.allclose(wrong, right, rtol=1e-9, atol=1e-12):
            return reread
    return None


def _one_entry(texts: np.ndarray, write: Callable, place: float) -> np.ndarray:
    other = texts.copy()
    entry = np.unravel_index(int(place * other.size), other.shape)
    other[entry] = write(other[entry])
    return other


def _digits_exchanged(text: str) -> str:
    places = [
        k
        for k in range(len(text) - 1)
        if text[k].isdigit() and text[k + 1].isdigit() and text[k] != text[k + 1]
    ]
    return (
        text
        if not places
        else (text[: places[-1]] + text[places[-1] + 1] + text[places[-1]] + text[places[-1] + 2 :])
    )


def _point_moved(text: str) -> str:
    return str(Decimal(text).scaleb(1))


_OF_THE_PEN = (("digits of an entry", _digits_exchanged), ("point of an entry", _point_moved))


def _cut_off(texts: np.ndarray, exact: np.ndarray) -> np.ndarray:
    def short(text: str, value: float) -> str:
        return str(Decimal(f"{value:.12f}").quantize(Decimal(text), ROUND_DOWN))

    return np.vectorize(short, otypes=[object])(texts, exact)
