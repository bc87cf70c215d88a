"""A sheet's own sizes, written as numbers: (ŷ − y)/3 where the sheet has three samples."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from sympy import Expr, Integer, Rational

from deltarule.arithmetic.evaluate import evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.small_sizes import free_sizes
from deltarule.errors import DeltaruleError
from deltarule.expressions.gradient_names import tensor_of
from deltarule.expressions.nodes import reads, tensor_name, walk
from deltarule.expressions.symbols import Attribute
from deltarule.marking.formula_answers.comparison import Comparison
from deltarule.tracing.computation import Computation

#: A size beyond this is not tried with its own number.
LARGEST_SIZE = 30


def own_sizes(written: Expr, computation: Computation) -> dict[str, int]:
    """The sizes that a formula may have written as numbers, with the sheet's numbers for them.

    Strides, dilations and paddings are the sheet's; of sizes those count of which a number in the
    formula is a multiple, so that a forgotten 1/N is none of them, those all of whose entries it
    reads one by one, as dy[0] + dy[1] does, and of sizes of 1 those that the formula names: a mean
    over one output is a sum.
    """
    read_out = _read_one_by_one(written, computation)
    numbers = {abs(n) for r in walk(written) if isinstance(r, Rational) for n in (r.p, r.q)}
    found = {}
    for size in free_sizes(computation.network):
        value = int(computation.floats.extent(size))
        typed = 2 <= value <= LARGEST_SIZE and any(n and n % value == 0 for n in numbers)
        named = value == 1 and size in written.free_symbols
        if isinstance(size, Attribute) or typed or named or str(size) in read_out:
            found[str(size)] = value
    return found


def _read_one_by_one(written: Expr, computation: Computation) -> set[str]:
    """The sizes of axes along which a formula reads the first, the second … and the last entry."""
    tensors, places = computation.network.tensors, defaultdict(set)
    for access in reads(written):
        tensor = tensors.get(tensor_of(tensor_name(access)))
        for axis, index in zip(tensor.axes if tensor else (), access.indices, strict=False):
            if isinstance(index, Integer):
                places[axis].add(int(index))
    extent = computation.floats.extent
    return {str(a) for a, found in places.items() if found == {*range(extent(a))}}


def in_words(sizes: dict[str, int]) -> str:
    """What is said of a formula that is right with them."""
    numbers = ", ".join(f"{name} = {value}" for name, value in sizes.items())
    return f"right with this sheet's {numbers}; in general it is another one"


def agrees(compared: Comparison, computation: Computation | None) -> bool:
    """Whether the formula is right at the sheet's own numbers; False where it has none."""
    if computation is None:
        return False
    values = computation.floats
    try:
        with np.errstate(all="ignore"):
            one, two = (
                np.asarray(evaluate(f, compared.target.ranges, values, Float64()), dtype=float)
                for f in (compared.written, compared.full)
            )
    except DeltaruleError:
        return False
    return bool(np.allclose(one, two, rtol=1e-9, atol=1e-12))
