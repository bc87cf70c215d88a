"""What a sheet would cost, from its sizes alone, before anything of it is evaluated."""

from __future__ import annotations

from deltarule.arithmetic.evaluate import Values
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Reduction, walk
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.tracing.computation import Computation

#: Names, numbers and signs in the equations of a network that is derived for a sheet: to derive it
#: takes about 6 ms for each. 20 dense layers have 280, a recurrent network of two LSTM layers 430.
MOST_NODES = 440
#: Numbers, terms of sums counted one by one, that are evaluated exactly for one run. The largest
#: published example has two thousand.
MOST_TERMS = 40_000
#: The same for all updates together, which are evaluated in float64.
MOST_UPDATED = 700_000
_BY_HAND = "a sheet is worked out as by hand, line by line and exactly"


def check_network(network: Network, place: str) -> None:
    """Raises DeltaruleError for a network that would take long to derive."""
    nodes = sum(1 for equation in network.equations for _ in walk(equation.rhs))
    if nodes > MOST_NODES:
        raise DeltaruleError(
            f"a network of {len(network.equations)} equations, too long to derive for a sheet",
            place,
            f"{_BY_HAND}: take fewer layers, so that about "
            f"{len(network.equations) * MOST_NODES // nodes} equations are left",
        )


def check_computation(computation: Computation, updates: int) -> None:
    """Raises DeltaruleError for a run that would take long to work out."""
    sizes = Values({}, computation.sizes, computation.network.scalars, computation.network.tensors)
    costs = {line.quantity: terms(line.equation, sizes) for line in computation.lines}
    total = sum(costs.values())
    if total > MOST_TERMS:
        dearest = max(costs, key=lambda name: costs[name])
        raise DeltaruleError(
            f"this asks for {total} terms, {costs[dearest]} of them for {dearest}",
            f"the sizes of {computation.network.name}",
            f"{_BY_HAND}: give smaller sizes, at most {MOST_TERMS} terms together",
        )
    if updates > 1:
        each = sum(costs[line.quantity] for line in computation.needed())
        most = max(MOST_UPDATED // max(each, 1), 1)
        if updates > most:
            raise DeltaruleError(
                f"{updates} updates of {each} terms each",
                "updates",
                f"give at most {most} for this network",
            )


def terms(equation: Equation, sizes: Values) -> int:
    """How many terms an equation has, those of all its sums and all its entries."""
    entries = 1
    for _, extent in equation.ranges:
        entries *= max(sizes.extent(extent), 1)
    inner = 1
    for node in walk(equation.rhs):
        if isinstance(node, Reduction):
            points = 1
            for _, extent in node.ranges:
                points *= max(sizes.extent(extent), 1)
            inner += points
    return entries * inner
