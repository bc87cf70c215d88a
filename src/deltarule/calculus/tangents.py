"""Tangents: how every tensor of a network moves when its inputs move along a direction.

    s = Σ_d W[d]·x[d] moves by v_s = Σ_d W[d]·v_x[d] + Σ_d x[d]·v_W[d]

The tangents of a network are the gradients of the slope S = Σ v·x̄ by the gradients ȳ, which x̄ is
linear in: see gradient_network.py. So they need no rules of their own, and each step is verified.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from deltarule.calculus.gradient_network import slope_network, without_ends
from deltarule.calculus.reverse import derive
from deltarule.calculus.steps import Derivation
from deltarule.expressions.gradient_names import gradient_name
from deltarule.expressions.nodes import Read, read, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.networks.network import Network, ordered
from deltarule.networks.tensors import Tensor
from deltarule.spelling.counted import in_a_sentence
from deltarule.spelling.names import pretty


def tangent_network(network: Network, wrt: Iterable[str] = ()) -> tuple[Network, Derivation]:
    """The network with the tangent of each tensor, v_y of y, and the derivation that it is from.

    `wrt` are the tensors that move; all inputs and parameters if none are named. v_y is the
    Jacobian ∂y/∂x times the direction v_x. Raises DeltaruleError as `hessian_vector_network`.
    """
    ends = [network.loss] if network.loss is not None else network.with_role("output")
    names = {t.name for t in ends}
    tensors = without_ends(network)
    tensors |= {name: replace(tensors[name], role="output") for name in names}
    slopes, own = slope_network(replace(network, tensors=tensors), wrt, direct=True)
    derivation = derive(slopes)
    of = derivation.of
    bars = {own[n]: n for n in network.tensors if own.get(n) in slopes.tensors}
    known = {gradient_name(of, bar): f"v_{n}" for bar, n in bars.items()}

    def tangent(access: Read) -> Read:
        name = tensor_name(access)
        return read(known.get(name, name), *access.indices)

    found = dict(network.tensors)
    for name in names:
        found[name] = replace(found[name], role="intermediate")
    equations = list(network.equations)
    for bar, name in bars.items():
        moved = f"v_{name}"
        if moved in slopes.tensors:
            found[moved] = replace(slopes.tensors[moved], role="input")
            continue
        if bar not in derivation.gradients:
            continue  # its gradient is the same whatever comes from above: no tangent reads its own
        line = derivation.gradients[bar].equation()
        role = "output" if name in names else "intermediate"
        found[moved] = Tensor(moved, network.tensors[name].axes, role)
        equations.append(replace(line, name=moved, rhs=replace_reads(line.rhs, tangent)))
    moving = [n for n in network.tensors if slopes.tensors.get(f"v_{n}")]
    along = f"{', '.join(map(pretty, moving))} {'move' if len(moving) > 1 else 'moves'}"
    whole = replace(
        network,
        name=f"{network.name}_jvp",
        title=f"Jacobian-vector product of: {in_a_sentence(network.title)}",
        text=f"v_y is how y moves when {along} along the direction v: the Jacobian times v.",
        tensors=found,
        equations=ordered(equations, found),
        options={},
        aliases=(),
        uses=(),
    )
    return whole, derivation
