"""How an output depends on a tensor: affine, analytic, or with kinks."""

from __future__ import annotations

from deltarule.kernels.passes.program import Program
from deltarule.networks.network import Network
from deltarule.networks.nonsmooth import kinked


def steps(program: Program) -> dict[str, str]:
    """For each real input and parameter how its gradient is best measured."""
    network = program.network
    kinks = kinked(network)
    found = {}
    for tensor in program.gradients:
        if _affine(program, tensor):
            found[tensor] = "affine"
        else:
            found[tensor] = "other" if kinks else "analytic"
    return found


def _affine(program: Program, tensor: str) -> bool:
    """Whether the gradient reads nothing that depends on the tensor."""
    downstream = _closure(network := program.network, {tensor})
    equations = program.derivation.equations()
    live, seen = {program.gradients[tensor]}, 0
    while len(live) > seen:
        seen = len(live)
        live = live.union(*(e.read_names() for e in equations if e.name in live))
    return not live & (downstream | {tensor}) & set(network.tensors)


def _closure(network: Network, touched: set[str]) -> set[str]:
    seen = 0
    while len(touched) > seen:
        seen = len(touched)
        touched = touched | {e.name for e in network.equations if e.read_names() & touched}
    return touched
