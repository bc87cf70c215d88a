"""Shapes that nothing states, found by trying: both passes work, and each gradient fits.

Sizes are all different while it is tried, so that what fits does not fit by chance; of several
shapes that do, those with the most different sizes are taken, and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice, product

import numpy as np

from deltarule.errors import DeltaruleError
from deltarule.gradcheck.user_code.calling import Caller
from deltarule.gradcheck.user_code.extents import Extent
from deltarule.gradcheck.user_code.function import OwnFunction, nothing_tells
from deltarule.gradcheck.user_code.given_gradients import Fault
from deltarule.gradcheck.user_code.shapes import Shape, drawn
from deltarule.gradcheck.user_code.sized_layers import sized

#: So many shapes are tried; axes of an array beyond two are not.
MOST_TRIED, MOST_AXES = 4000, 2
_LETTERS = "NDMHKPQ"
_EXTENTS = (3, 5, 7, 2, 11, 4, 6)


def with_all_shapes(function: OwnFunction, seed: int) -> tuple[OwnFunction, list[str]]:
    """The function with shapes for all its arrays, and what was found, in words.

    Raises DeltaruleError where some are unknown and nothing fits.
    """
    unknown = _in_order(function)
    if not unknown:
        return function, []
    if function.backward is None:
        raise nothing_tells(unknown[0], function.place)
    best: tuple[tuple[int, int], OwnFunction] | None = None
    for found in islice(_assignments(function, unknown), MOST_TRIED):
        tried = replace(function, shapes=_ordered(function, found), unknown=())
        letters = {n for shape in tried.shapes.values() for n in shape.sizes}
        score = (len(letters), sum(len(found[name].axes) for name in unknown))
        if (best is None or score > best[0]) and _works(tried, seed):
            best = score, tried
    for tried in sized(function) if best is None else ():
        if best is None and _works(tried, seed):
            best, unknown = ((0, 0), tried), list(tried.shapes)
    if best is None:
        raise nothing_tells(unknown[0], function.place)
    shapes = ", ".join(
        f"{n} [{', '.join(a.text for a in best[1].shapes[n].axes)}]" for n in unknown
    )
    return best[1], [f"nothing states all shapes; these fit: {shapes}"]


def _in_order(function: OwnFunction) -> list[str]:
    """The arrays without a shape; what a layer's forward pass takes comes first."""
    return list(reversed(function.unknown)) if function.layer else list(function.unknown)


def _ordered(function: OwnFunction, shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    return {leaf: shapes[leaf] for a in function.arguments for leaf in a.leaves}


def _assignments(function: OwnFunction, unknown: list[str]) -> Iterator[dict[str, Shape]]:
    """Every way to give the unknown arrays axes, of known sizes and of new ones in turn."""
    known = list(dict.fromkeys(n for s in function.shapes.values() for n in s.sizes))
    fresh = [letter for letter in _LETTERS if letter not in known]
    ranks = sorted(product(range(MOST_AXES, -1, -1), repeat=len(unknown)), key=lambda r: -sum(r))
    for row in ranks:
        for axes in _axes(sum(row), known, fresh):
            names, found = iter(axes), dict(function.shapes)
            for name, rank in zip(unknown, row):
                found[name] = Shape(tuple(Extent(next(names)) for _ in range(rank)))
            yield found


def _axes(count: int, known: list[str], fresh: list[str]) -> Iterator[tuple[str, ...]]:
    """Rows of sizes, in which a new one is the next that was not used."""
    if count == 0:
        yield ()
        return
    for first in _axes(count - 1, known, fresh):
        used = [letter for letter in fresh if letter in first]
        new = fresh[len(used) : len(used) + 1]
        for letter in (*new, *used, *known):
            yield (*first, letter)


def _works(function: OwnFunction, seed: int) -> bool:
    """Whether both passes work, and each gradient has its argument's shape."""
    names = dict.fromkeys(n for s in function.shapes.values() for n in s.sizes)
    if len(names) > len(_EXTENTS):
        return False
    sizes = dict(zip(names, _EXTENTS))
    random = np.random.default_rng(seed)
    arrays = {}
    for name, shape in function.shapes.items():
        try:
            arrays[name] = drawn(shape, sizes, random)
        except ValueError:
            return False
    caller = Caller(function, function.constants)
    try:
        value = caller.run_quietly(arrays)
        caller.outside(value)
        found = caller.gradients(arrays, np.ones(value.flat.shape))
    except (DeltaruleError, Fault):
        return False
    return all(found[n].shape == arrays[n].shape for n in function.real)
