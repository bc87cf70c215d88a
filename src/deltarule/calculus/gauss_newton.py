"""The Gauss–Newton matrix of a loss: G = Jᵀ H J, with J = ∂z/∂θ and H = ∂²E/∂z² at some output z.

    v_z = J v      how z moves along v                  (tangents.py)
    q_z = H v_z    the loss's own second derivative     (gradient_network.py)
    S = ½ Σ v_z·q_z = ½ vᵀ G v

S is quadratic in v, so ∂S/∂v is G v, and the second derivatives of S by v are the entries of G.
Where the loss is convex in z, as cross-entropy is in the logits, S ≥ 0 for all v (Schraudolph, Fast
Curvature Matrix-Vector Products for Second-Order Gradient Descent, 2002).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sympy import Rational

from deltarule.calculus.gradient_network import (
    SLOPE,
    GradientNetwork,
    hessian_vector_network,
    without_ends,
)
from deltarule.calculus.reverse import derive
from deltarule.calculus.tangents import tangent_network
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.expressions.nodes import Read, Sum, read, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.networks.argmax_equations import unused_name
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network, ordered
from deltarule.networks.reachability import needed_for
from deltarule.networks.tensors import DIRECTION, FIXED, Tensor
from deltarule.spelling.counted import in_a_sentence, joined
from deltarule.spelling.names import pretty


def gauss_newton_network(network: Network, at: str, wrt: Iterable[str] = ()) -> Network:
    """The network of S = ½ vᵀ G v, of which ∂S/∂v is the Gauss–Newton matrix at `at` times v.

    `wrt` are the tensors that v is along; all parameters that lead to `at` if none are named, or
    all inputs where there is no parameter. Raises DeltaruleError where there is no loss, where `at`
    does not lead to it, where the loss is linear in `at`, and for tensors that do not lead to `at`.
    """
    loss = _loss_of(network)
    _refuse_beside(network, at, loss)
    along = _along(network, at, wrt)
    second, product = _curvature(network, at, loss)
    moved = _moved(network, at, along)
    own = {e.name for e in moved.equations}
    equations = [*moved.equations, *(e for e in second.equations if e.name not in own)]
    used = {n for e in equations for n in (e.name, *e.read_names())}
    tensors = {n: t for n, t in {**second.tensors, **moved.tensors}.items() if n in used}
    total = unused_name(SLOPE[0], {**network.tensors, **tensors})
    (line, *_) = network.equation_of(at)
    indices, axes = line.axis_indices, network.tensors[at].axes
    body = read(f"v_{at}", *indices) * read(product, *indices) * Rational(1, 2)
    equations.append(Equation(total, (), Sum(body, tuple(zip(indices, axes, strict=True))), ()))
    tensors[total] = Tensor(total, (), "loss")
    directions = {f"v_{name}" for name in along}
    tensors = {n: _role(t, directions, total) for n, t in tensors.items()}
    return replace(
        network,
        name=f"{network.name}_gauss_newton",
        title=f"Gauss–Newton matrix of: {in_a_sentence(network.title)}",
        text=_text(network, at, loss, along, total),
        tensors=tensors,
        equations=ordered(equations, tensors),
        options={},
        aliases=(),
        uses=(),
    )


def _loss_of(network: Network) -> str:
    if network.loss is None:
        raise DeltaruleError(
            f"{network.name} has no loss, and so no Gauss–Newton matrix",
            network.name,
            "name a network with a loss, such as mlp; --jacobian y/x and --jvp are for layers",
        )
    return network.loss.name


def _refuse_beside(network: Network, at: str, loss: str) -> None:
    """Raises DeltaruleError for what is no tensor between the parameters and the loss."""
    given = {t.name for t in network.tensors.values() if t.given}
    between = needed_for(network.equations, [loss]) - {loss} - given
    if at in between:
        return
    raise DeltaruleError(
        f"{pretty(at)} is {_what(network, at)}, and not on the way to {pretty(loss)}"
        if at in network.tensors
        else f"{network.name} has no tensor {at}",
        "--gauss-newton",
        did_you_mean(at, sorted(between))
        or f"name what the loss is of, one of {', '.join(sorted(between))}",
    )


def _what(network: Network, name: str) -> str:
    return "the loss itself" if network.tensors[name].role == "loss" else "given or unread"


def _along(network: Network, at: str, wrt: Iterable[str]) -> list[str]:
    leading = needed_for(network.equations, [at]) - {at}
    moving = [
        t.name
        for t in network.with_role("parameter", "input")
        if t.name in leading and not t.integral
    ]
    for name in (asked := list(wrt)):
        if name not in moving:
            raise DeltaruleError(
                f"{pretty(at)} does not depend on {pretty(name)}"
                if name in network.tensors
                else f"{network.name} has no tensor {name}",
                network.name,
                did_you_mean(name, moving) or f"it depends on {joined(list(map(pretty, moving)))}",
            )
    parameters = [n for n in moving if network.tensors[n].role == "parameter"]
    return asked or parameters or moving


def _curvature(network: Network, at: str, loss: str) -> tuple[Network, str]:
    """The equations of H v_z, and what H v_z is called there."""
    lines = [e for e in network.equations if e.name != at]
    needed = needed_for(lines, [loss])
    tensors = {
        n: replace(t, role="input" if n == at else "target") if t.given or n == at else t
        for n, t in network.tensors.items()
        if n in needed
    }
    equations = tuple(e for e in lines if e.name in needed)
    part = replace(network, tensors=tensors, equations=equations, uses=(), derived=(), options={})
    slopes = hessian_vector_network(part, [at])
    derivation = derive(slopes)
    if derivation.gradients[at].expr == 0:
        raise DeltaruleError(
            f"{pretty(loss)} is linear in {pretty(at)}: its Gauss–Newton matrix there is 0",
            "--gauss-newton",
            "name a tensor before, in which the loss is curved",
        )
    whole = GradientNetwork(derivation, lambda name: f"q_{name}")
    product = whole.bars[at]
    needed = needed_for(whole.equations, {product})
    found = without_copies([e for e in whole.equations if e.name in needed], {product})
    return replace(slopes, tensors=whole.tensors, equations=tuple(found)), product


def without_copies(equations: list[Equation], kept: set[str]) -> list[Equation]:
    """The equations without those that copy a whole tensor, but for those of some names."""
    copied = {
        e.name: tensor_name(e.rhs)
        for e in equations
        if isinstance(e.rhs, Read) and e.rhs.indices == e.subscripts and e.name not in kept
    }

    def original(access: Read) -> Read:
        name = tensor_name(access)
        while name in copied:
            name = copied[name]
        return read(name, *access.indices)

    left = [e for e in equations if e.name not in copied]
    return [replace(e, rhs=replace_reads(e.rhs, original)) for e in left]


def _moved(network: Network, at: str, along: list[str]) -> Network:
    """The forward pass to `at`, with its tangents along v."""
    needed = needed_for(network.equations, [at])
    tensors = {n: t for n, t in without_ends(network).items() if n in needed}
    tensors[at] = replace(tensors[at], role="output")
    equations = tuple(e for e in network.equations if e.name in needed)
    part = replace(network, tensors=tensors, equations=equations, uses=(), derived=(), options={})
    found, _ = tangent_network(part, along)
    return found


def _role(tensor: Tensor, directions: set[str], loss: str) -> Tensor:
    """The tensor in a network that is of v alone: all else that is given is data."""
    if tensor.name in directions:
        return replace(tensor, note=DIRECTION)
    if tensor.name == loss:
        return tensor
    if tensor.given:
        note = tensor.note if tensor.role == "target" else FIXED
        return replace(tensor, role="target", note=note)
    return replace(tensor, role="intermediate") if tensor.role in ("output", "loss") else tensor


def _text(network: Network, at: str, loss: str, along: list[str], total: str) -> str:
    z, e, total = pretty(at), pretty(loss), pretty(total)
    products = joined([f"∂{total}/∂{pretty(f'v_{n}')}" for n in along])
    rest = [e for e in network.equations if e.name != at]
    beside = sorted(set(along) & needed_for(rest, [loss]))
    left_out = (
        f" What leads from {joined(list(map(pretty, beside)))} to {e} beside {z} is left out."
        if beside
        else ""
    )
    return (
        f"{total} = ½ vᵀ G v, so that {products} {'is' if len(along) == 1 else 'are'} G v, and its "
        f"second derivatives by v are G = Jᵀ H J: J = ∂{z}/∂({', '.join(map(pretty, along))}), "
        f"H = ∂²{e}/∂{z}².{left_out}"
    )
