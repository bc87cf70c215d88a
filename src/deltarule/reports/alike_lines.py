"""Forward equations of a large network that differ in the names of their tensors alone."""

from __future__ import annotations

from deltarule.networks.equations import Equation
from deltarule.networks.layer_numbers import respelled
from deltarule.networks.network import Network
from deltarule.spelling.text import equation_text

#: Networks of fewer equations are shown whole.
MANY_LINES = 100


def alike_lines(network: Network) -> list[list[Equation]]:
    """The equations in groups in their order; each by itself where they are few."""
    if len(network.equations) < MANY_LINES:
        return [[equation] for equation in network.equations]
    found: dict[str, list[Equation]] = {}
    for equation in network.equations:
        found.setdefault(_form(equation), []).append(equation)
    return list(found.values())


def _form(equation: Equation) -> str:
    """The equation as it is spelled, with its tensors and constants numbered as they are met."""
    numbers: dict[str, str] = {}

    def numbered(name: str) -> str:
        return numbers.setdefault(name, f"a{len(numbers)}")

    return equation_text(respelled(equation.lhs, numbered), respelled(equation.rhs, numbered))
