"""How long axes are at least, so that every lag written as a number is seen: 5 for s[t − 4].

Of a shorter sequence everything that far back lies before its first entry, and its terms are
never tried. An axis that is read at a number, x[n, 3], has that entry.
"""

from __future__ import annotations

from sympy import Expr, Integer, Symbol

from deltarule.expressions.nodes import reads, tensor_name
from deltarule.expressions.symbols import Attribute, Size
from deltarule.networks.network import Network

#: Longer lags are not waited for: a season of a year would make every trial that long.
LONGEST_LAG = 30


def least_sizes(network: Network) -> dict[Symbol, int]:
    """The sizes that lags of 2 and more reach along, with the least at which an entry is read."""
    found: dict[Symbol, int] = {}
    for equation in network.equations:
        for access in reads(equation.rhs):
            tensor = network.tensors.get(tensor_name(access))
            axes = tensor.axes if tensor is not None else ()
            for subscript, axis in zip(access.indices, axes, strict=False):
                lag = _lag(subscript)
                if isinstance(axis, Size) and not isinstance(axis, Attribute) and lag:
                    found[axis] = max(found.get(axis, 0), lag + 1)
    return found


def named_entries(network: Network) -> list[Expr]:
    """What is at least 1 so that there are entries which are read at numbers: M − 3 for x[n, 3]."""
    last: dict[Expr, int] = {}
    for equation in network.equations:
        for access in reads(equation.rhs):
            tensor = network.tensors.get(tensor_name(access))
            if tensor is None or tensor.outside is not None:
                continue
            for subscript, axis in zip(access.indices, tensor.axes, strict=False):
                if isinstance(subscript, Integer) and isinstance(axis, Size):
                    last[axis] = max(last.get(axis, 0), int(subscript))
    return [axis - number for axis, number in last.items() if 0 < number <= LONGEST_LAG]


def _lag(subscript: Expr) -> int:
    """The number added to what else a subscript is, or taken from it; 0 for none that counts."""
    number, rest = subscript.as_coeff_Add()
    counts = rest != 0 and number.is_Integer and 2 <= abs(int(number)) <= LONGEST_LAG
    return abs(int(number)) if counts else 0
