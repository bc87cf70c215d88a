"""How an output depends on a tensor: affine, analytic, or with kinks."""

from __future__ import annotations

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
    """Whether the gradient reads nothing that depends on the tensor."""
    network = program.network
    live = needed_for(program.derivation.equations(), {program.gradients[tensor]})
    return not live & depending_on(network.equations, {tensor}) & network.tensors.keys()
