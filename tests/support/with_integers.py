"""The derivations of the catalogue that are given whole numbers: labels, positions, masks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from agreement import evaluated
from once import loaded, settings_of, traced

from deltarule.arithmetic.evaluate import Values
from deltarule.kernels.passes.program import Program
from deltarule.language.catalogue import catalogue
from deltarule.networks.tensors import Tensor

#: Options that bring whole numbers into the data of a derivation.
ASKED = ({}, {"mask": "given"}, {"lengths": True}, {"masked": True})
#: The types of numbers that such data come in.
TYPES = ("int8", "int32", "uint8", "uint32", "uint64", "bool", "float32", "float64")


def _with_integers(name: str) -> dict | None:
    """The first of these options with which a derivation has whole numbers among its data; None
    for a derivation that puts out integers alone.
    """
    options = set(loaded(name).options)
    return next(
        (
            asked
            for asked in ASKED
            if options >= asked.keys()
            and any(t.given and t.integral for t in loaded(name, **asked).tensors.values())
        ),
        None,
    )


#: What brings whole numbers into the data of those that have such.
INDEXED = {
    name: asked
    for name, path in catalogue().items()
    if re.search("(below|earlier|later)=", path.read_text(encoding="utf-8"))
    and (asked := _with_integers(name)) is not None
}


def whole_numbers(made: Program) -> list[Tensor]:
    """The whole numbers that a program is given."""
    return [t for t in made.network.tensors.values() if t.given and t.integral]


def with_data(name: str) -> tuple[Program, Values]:
    """The program of one of the INDEXED, and all of its arrays at small random sizes."""
    sizes = settings_of(name)
    made = traced(name, **INDEXED[name] | sizes)[0]
    return made, evaluated(made, 1)


def of_other_types(made: Program, arrays: dict) -> Iterator[tuple[str, dict]]:
    """A program's arrays with its whole numbers as each of the types that can hold them all."""
    names = [t.name for t in whole_numbers(made)]
    for kind in TYPES:
        cast = {n: arrays[n].astype(kind) for n in names}
        if all(cast[n].tolist() == arrays[n].tolist() for n in names):
            yield kind, {**arrays, **cast}


def out_of_range(tensor: Tensor, given: np.ndarray, sizes: dict) -> Iterator[np.ndarray]:
    """Arrays whose last entry is none that a tensor may hold."""
    limit = int(tensor.integers_below.subs(sizes))
    # Of a tree −1 is no node; the last node is no child, and no parent, of its own.
    for bad in (-2, 10**9, given.size - 1) if tensor.points else (-1, -100, 10**9, limit, 0.5):
        array = given.astype(type(bad) if bad == 0.5 else given.dtype)
        array.flat[-1] = bad
        yield array
