"""How an output depends on a tensor: affine, analytic, or with kinks."""

from __future__ import annotations

from dataclasses import replace

from deltarule.kernels.passes.program import Program
from deltarule.networks.nonsmooth import kinked
from deltarule.networks.reachability import depending_on, needed_for


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
    """Whether the gradient reads nothing that depends on the tensor.

    Where a slope jumps with the tensor, as in a gradient that is derived again, the value is affine
    between the jumps alone.
    """
    network = program.network
    live = needed_for(program.derivation.equations(), {program.gradients[tensor]})
    moved = depending_on(network.equations, {tensor})
    if live & moved & network.tensors.keys():
        return False
    behind = [e for e in network.equations if e.name in moved]
    return not kinked(replace(network, equations=tuple(behind)))
