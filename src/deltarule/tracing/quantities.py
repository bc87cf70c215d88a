"""Quantities that a person may ask for beyond the usual lines: derivatives of other tensors.

`dyhat/ds2` is how each ŷ changes with its own s₂; `dE_o[0]/dh1` is the gradient of one entry of
a tensor, computed by the same backward pass with a start of its own. Both are total derivatives:
all ways from the one tensor to the other count. `direct dxhat/dx` is the direct part, through the
equation of x̂ alone, its mean and variance held.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sympy import Integer

from deltarule.calculus import Derivation
from deltarule.calculus.partial_derivatives import partials
from deltarule.calculus.without_steps import derive_as
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.expressions import nodes
from deltarule.expressions.gradient_names import GradientName, gradient_name
from deltarule.expressions.nodes import read, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.reachability import reachable
from deltarule.spelling.names import Reference, parse_reference
from deltarule.tracing.lines import Line


def locate(reference: Reference | str, derivation: Derivation) -> tuple[str, tuple[int, ...]]:
    """The name of the line that holds a quantity, and the entry of it that is meant.

    Raises DeltaruleError for a name that the network does not know.
    """
    reference = meant(reference, derivation)
    _refuse_unknown(reference, derivation)
    if reference.of is None or reference.of == derivation.of:
        return reference.name, reference.entry
    network = derivation.network
    local = local_derivative(network, reference.of, reference.wrt, reference.direct)
    if local is not None:
        entry = reference.entry or reference.of_index
        if reference.of_index and reference.entry and reference.of_index != reference.entry:
            raise DeltaruleError(
                f"{reference} is 0: each {reference.of} depends on its own {reference.wrt} alone",
                str(reference),
                "ask for entries with equal indices",
            )
        return local.name, entry
    tensor = network.tensor(reference.of)
    if reference.direct:
        raise DeltaruleError(
            f"{reference} is not one number for each entry of {reference.of}",
            str(reference),
            "ask for the total derivative, without the word direct",
        )
    if len(reference.of_index) != len(tensor.axes):
        example = "[" + ",".join("0" for _ in tensor.axes) + "]"
        direct = local_derivative(network, reference.of, reference.wrt, True) is not None
        wrt = str(reference.wrt)
        hint = f"; the direct part alone is {GradientName(reference.of, wrt, direct=True)}"
        raise DeltaruleError(
            f"{reference} does not say which entry of {reference.of} is meant",
            str(reference),
            f"write {gradient_name(reference.of + example, wrt)}" + (hint if direct else ""),
        )
    return gradient_name(_entry(reference), str(reference.wrt)), reference.entry


#: What lectures call the loss, whatever the network calls it.
_LOSSES = ("L", "E", "C", "J", "loss")
_DELTA = re.compile(r"delta(\d*)")


def meant(reference: Reference | str, derivation: Derivation) -> Reference:
    """The quantity in the network's own names: δ₂ is ∂E/∂s₂, ∂L/∂x is ∂E/∂x if E is the loss."""
    if isinstance(reference, str):
        reference = parse_reference(reference)
    tensors, root = derivation.network.tensors, derivation.of
    if reference.of in _LOSSES and reference.of not in tensors:
        name = derivation.gradient_name(str(reference.wrt))
        return replace(reference, name=name, of=root)
    if reference.of in tensors and reference.of != root and reference.entry:
        return _own_entry(reference, derivation.network)
    delta = _DELTA.fullmatch(reference.name)
    if delta and reference.name not in tensors and f"s{delta[1]}" in tensors:
        wrt = f"s{delta[1]}"
        return replace(reference, name=derivation.gradient_name(wrt), of=root, wrt=wrt)
    return reference


def _own_entry(reference: Reference, network: Network) -> Reference:
    """`dv/dx[0,2]` as `dv[2]/dx[0,2]`, where v[c] is made of the entries x[n, c] alone."""
    writers = network.equation_of(str(reference.of))
    if reference.of_index or reference.direct or len(writers) != 1:
        return reference
    equation = writers[0]
    if local_derivative(network, equation.name, reference.wrt) is not None:
        return reference
    found = set()
    for part in partials(equation.rhs, str(reference.wrt), equation.lhs):
        at = dict(zip(part.subscripts, reference.entry, strict=False))
        found.add(tuple(at.get(i) for i in equation.subscripts))
    if len(found) != 1 or None in (own := found.pop()):
        return reference
    return replace(reference, of_index=own)


def _entry(reference: Reference) -> str:
    inside = ",".join(str(i) for i in reference.of_index)
    return f"{reference.of}[{inside}]" if inside else str(reference.of)


def _refuse_unknown(reference: Reference, derivation: Derivation) -> None:
    network = derivation.network
    wanted = (
        [reference.of, reference.wrt] if reference.of else [reference.name.removesuffix(" after")]
    )
    for name in wanted:
        if name is not None and name not in network.tensors and name != derivation.of:
            raise DeltaruleError(
                f"{network.name} has no quantity {name}",
                str(reference),
                did_you_mean(name, network.tensors) or "it has " + ", ".join(network.tensors),
            )


def is_usual(reference: str, derivation: Derivation) -> bool:
    """Whether a quantity needs no lines beyond the usual ones: no derivative of another tensor."""
    try:
        found = meant(reference, derivation)
    except DeltaruleError:
        return False
    return found.of is None or found.of == derivation.of


def extra_lines(
    reference: Reference | str, derivation: Derivation, others: dict[str, Derivation]
) -> list[Line]:
    """The lines that a quantity needs beyond the usual ones; none for the usual ones.

    `others` keeps the derivations of other tensors: one serves all entries of a tensor.
    """
    reference = meant(reference, derivation)
    if reference.of is None or reference.of == derivation.of:
        return []
    local = local_derivative(derivation.network, reference.of, reference.wrt, reference.direct)
    if local is not None:
        return [Line(local.name, "backward", local)]
    locate(reference, derivation)
    of = str(reference.of)
    if of not in others:
        others[of] = derive_as(derivation, of)
    return _from_one_entry(reference, others[of])


def local_derivative(
    network: Network, of: str, wrt: str | None, direct: bool = False
) -> Equation | None:
    """∂A[i]/∂B[i] as an equation, where each A[i] depends on B at its own i alone; else None.

    If only the `direct` part is asked, other ways from B to A do not count.
    """
    writers = network.equation_of(of)
    if len(writers) != 1 or wrt is None:
        return None
    equation = writers[0]
    if not direct and _other_way(network, equation, wrt):
        return None
    found = list(partials(equation.rhs, wrt, equation.lhs))
    if not found or any(p.ranges or p.subscripts != equation.subscripts for p in found):
        return None
    total = sum((p.factor for p in found), Integer(0))
    name = str(GradientName(of, wrt, direct))
    return Equation(name, equation.subscripts, total, equation.ranges, equation.place)


def _other_way(network: Network, equation: Equation, wrt: str) -> bool:
    """Whether the equation reads another tensor that depends on `wrt`, at the same time."""
    others = [n for n in _read_now(equation) if n != wrt]
    return wrt in reachable(
        others, lambda name: [n for e in network.equation_of(name) for n in _read_now(e)]
    )


def _read_now(equation: Equation) -> list[str]:
    """The tensors that an equation reads, states of another time left out."""
    carried = {
        r
        for node in nodes.walk(equation.rhs)
        if isinstance(node, nodes.Carried)
        for r in nodes.reads(node)
    }
    return [tensor_name(r) for r in nodes.reads(equation.rhs) if r not in carried]


def _from_one_entry(reference: Reference, derivation: Derivation) -> list[Line]:
    """The backward pass of a derivation of some tensor that starts at one entry of it."""
    network = derivation.network
    root = _entry(reference)
    tensor = network.tensor(str(reference.of))
    start_name = gradient_name(root, tensor.name)

    def from_root(name: str) -> str:
        found = GradientName.parse(name)
        return name if found is None or found.of != reference.of else str(replace(found, of=root))

    def renamed(access: nodes.Read):
        return read(from_root(tensor_name(access)), *access.indices)

    indices = _names_of_axes(tensor, network)
    start = Equation(
        start_name,
        indices,
        nodes.multiply(
            nodes.Delta(i, Integer(k)) for i, k in zip(indices, reference.of_index, strict=True)
        ),
        tuple(zip(indices, tensor.axes, strict=True)),
        "the entry whose gradient is asked",
    )
    equations = [start]
    for equation in derivation.equations():
        name, rhs = from_root(equation.name), replace_reads(equation.rhs, renamed)
        equations.append(Equation(name, equation.subscripts, rhs, equation.ranges, equation.place))
    return [Line(e.name, "backward", e) for e in equations]


def _names_of_axes(tensor, network: Network) -> tuple:
    writer = network.equation_of(tensor.name)
    return writer[0].indices if writer else ()
