"""Every derivation of the catalogue, as it is and with its options turned.

The variants are read off the options that a file declares, so that a new file is tested without
a line here. All of them run with DELTARULE_FULL=1; else each derivation as it is, and a sample
of the variants, drawn from a fixed seed. For `pytest -m fast`, which runs the first of a table,
tables begin with the first derivations and end there: to read all takes two seconds a worker.
"""

from __future__ import annotations

import os
from functools import cache
from random import Random

from once import derived, loaded

from deltarule.calculus import Derivation
from deltarule.language.catalogue import catalogue
from deltarule.language.optimisers import is_update
from deltarule.networks.network import Option

FULL = bool(os.environ.get("DELTARULE_FULL"))
#: Set by tests/conftest.py.
FAST = bool(os.environ.get("DELTARULE_FAST"))
#: So many derivations are in tables then.
FIRST = 20

#: How many variants of all are tried in a run that is not full, and of networks of how many
#: equations: of larger ones a variant takes as long as ten others, and they are made of layers.
SAMPLE, EQUATIONS = 20, 8

#: Values of options whose choices a file does not list.
SPOKEN = {
    ("mlp", "loss"): (
        "squared_error",
        "mean_squared_error",
        "absolute_error",
        "binary_cross_entropy",
        "softmax_cross_entropy",
        "label_cross_entropy",
    )
}

Case = tuple[str, tuple[tuple[str, object], ...]]


def cases() -> list[Case]:
    """(name, options) for all derivations that have gradients."""
    plain = [(name, ()) for name in names()]
    if FAST:
        return plain
    turned = [(name, ((option, value),)) for name in names() for option, value in turns(name)]
    if not FULL:
        small = [case for case in turned if len(loaded(case[0]).equations) <= EQUATIONS]
        turned = sorted(Random(2).sample(small, min(SAMPLE, len(small))), key=str)
    return plain + turned


def catalogued() -> list[str]:
    """All derivations that come with deltarule, for tables that read each."""
    return list(catalogue())[:FIRST] if FAST else list(catalogue())


def names() -> list[str]:
    """All derivations but the updates, which have no gradient."""
    found = [name for name in catalogue() if name not in updates()]
    return found[:FIRST] if FAST else found


@cache
def updates() -> list[str]:
    """The updates: files that declare a gradient. No other file is run for this list."""
    declaring = [n for n, path in catalogue().items() if 'gradient("' in path.read_text("utf-8")]
    return [name for name in declaring if is_update(loaded(name))]


def turns(name: str) -> list[tuple[str, object]]:
    """One option at a time, at each other value that it is known to have."""
    return [
        (option.name, value)
        for option in loaded(name).options.values()
        for value in SPOKEN.get((name, option.name), _values(option))
    ]


def _values(option: Option) -> tuple:
    if option.choices:
        return tuple(c for c in option.choices if c != option.default)
    if isinstance(option.default, bool):
        return (not option.default,)
    if option.value is None and isinstance(option.default, int):  # a stride, a padding
        return (0, 1, 2) if option.default == 0 else (1, 2, 3)
    return (option.default + 1,) if isinstance(option.default, int) else ()


def told(case: Case) -> str:
    """The case as it would be typed."""
    name, options = case
    return " ".join([name, *(f"{option}={value}" for option, value in options)])


def derivation(case: Case) -> Derivation:
    """The case derived, once."""
    name, options = case
    return derived(name, **dict(options))
