"""What simulated papers are made of: lines of NumPy, in order, and slips in single ones.

Nothing here comes from the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np


@dataclass(frozen=True)
class Step:
    """A line over time: a function of what is known and of the time."""

    work: Callable
    back: bool = False


Line = Callable | Step


@dataclass(frozen=True)
class Slip:
    """One mistake in one line, with the kinds by which it may be named.

    `work` stands for the line; `write` changes what is written of it and nothing else.
    Slips without kinds are compared with what is found by their values at other numbers.
    """

    name: str
    line: str
    work: Callable | None = None
    kinds: tuple[str, ...] = ()
    write: Callable | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of network: its name and options, its givens, its lines, and slips in them."""

    network: str
    options: dict
    givens: Callable[[np.random.Generator], dict]
    lines: Mapping[str, Line]
    slips: tuple[Slip, ...]
    rate: str | None = None
    whole: frozenset[str] = field(default_factory=frozenset)


def numbers(random: np.random.Generator, *shape: int, low: int = -190, high: int = 190):
    """Numbers of two decimals, none of them 0, all different in size where that can be."""
    found = random.integers(low, high, shape)
    return np.where(found == 0, 7, found) / 100


def worked(kind: Kind, givens: dict, wrong: Mapping[str, Callable], keep: Callable) -> dict:
    """Every line, each kept as `keep` says before it is used; `wrong` stand for right ones."""
    q = dict(givens)
    runs = groupby(
        kind.lines.items(), lambda item: item[1].back if isinstance(item[1], Step) else item[0]
    )
    for _, group in runs:
        lines = list(group)
        if not isinstance(lines[0][1], Step):
            name, line = lines[0]
            q[name] = keep(wrong.get(name, line)(q))
            continue
        times = range(len(q["x"]))
        for t in times[::-1] if lines[0][1].back else times:
            for name, step in lines:
                found = keep(wrong.get(name, step.work)(q, t))
                q.setdefault(name, np.zeros((len(times), *found.shape)))[t] = found
    return {name: value for name, value in q.items() if name not in givens}
