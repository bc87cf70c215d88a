"""Lines: what a person computes, one quantity after the other, from the givens to the update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deltarule.calculus import Derivation
from deltarule.language.optimisers import update_equations
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.reachability import depending_on
from deltarule.networks.tensors import TARGET

PHASES = ("forward", "error", "backward", "update")


@dataclass(frozen=True)
class Line:
    """One quantity: its name (`s1`, `dE/dTheta2`, `Theta2 after`), phase and equation."""

    quantity: str
    phase: str
    equation: Equation


def lines(
    derivation: Derivation, optimiser: str | None = None, parameters: Sequence[str] = ()
) -> list[Line]:
    """The whole way: forward, error, backward, and the update of some parameters."""
    network = derivation.network
    touched = _after_the_target(network)
    found = [
        Line(e.name, "error" if e.name in touched else "forward", e) for e in network.equations
    ]
    found += [Line(e.name, "backward", e) for e in derivation.equations()]
    if optimiser is not None:
        updates = update_equations(optimiser, network, derivation.of, parameters)
        found += [Line(e.name, "update", e) for e in updates]
    return found


def _after_the_target(network: Network) -> set[str]:
    """The tensors that depend on a target, or are the loss: the error phase."""
    targets = (t.name for t in network.with_role("target") if t.called == TARGET)
    touched = depending_on(network.equations, targets)
    loss = network.loss
    return touched | ({loss.name} if loss is not None else set())
