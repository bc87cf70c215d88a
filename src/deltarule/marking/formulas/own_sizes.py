"""A sheet's own sizes, written as numbers: (ŷ − y)/3 where the sheet has three samples."""

from __future__ import annotations

import numpy as np
from sympy import Expr, Rational

from deltarule.arithmetic.evaluate import evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.small_sizes import free_sizes
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import walk
from deltarule.expressions.symbols import Attribute
from deltarule.marking.formulas.comparison import Comparison
from deltarule.tracing.computation import Computation

#: A size beyond this is not tried with its own number.
LARGEST_SIZE = 30


def own_sizes(written: Expr, computation: Computation) -> dict[str, int]:
    """The sizes that a formula may have written as numbers, with the sheet's numbers for them.

    Strides, dilations and paddings are the sheet's; of sizes those count of which a number in the
    formula is a multiple, so that a forgotten 1/N is none of them, and of sizes of 1 those that
    the formula names: a mean over one output is a sum.
    """
    numbers = {abs(n) for r in walk(written) if isinstance(r, Rational) for n in (r.p, r.q)}
    found = {}
    for size in free_sizes(computation.network):
        value = int(computation.floats.extent(size))
        typed = 2 <= value <= LARGEST_SIZE and any(n and n % value == 0 for n in numbers)
        named = value == 1 and size in written.free_symbols
        if isinstance(size, Attribute) or typed or named:
            found[str(size)] = value
    return found


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
