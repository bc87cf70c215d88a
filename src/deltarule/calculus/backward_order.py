"""What is differentiated, what depends on what, and in which order gradients are computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.matrices import Inverse
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.reachability import depending_on, needed_for
from deltarule.networks.recurrences import blocks, equations_of, sequence_lengths
from deltarule.networks.tensors import Tensor

#: What any loss is called, the first that no tensor has: a Laplacian may be L.
_LOSSES = ("L", "E", "J", "C", *(f"L_{k}" for k in range(100)))


def roots(network: Network, of: str | None) -> tuple[str, list[Tensor]]:
    """What is differentiated, and the tensors whose gradients come from upstream."""
    if of is not None and (network.loss is None or of != network.loss.name):
        return of, [network.tensor(of)]
    if network.loss is not None:
        return network.loss.name, []
    taken = {*network.tensors, network.another_loss}
    loss = next(name for name in _LOSSES if name not in taken)
    return loss, [t for t in network.with_role("output") if not t.integral]


def live_tensors(network: Network, roots: set[str]) -> set[str]:
    """The tensors on which the roots depend, themselves included; through no selection, which
    has the derivative 0.
    """
    selected = {e.name for e in network.equations if isinstance(e.rhs, nodes.Selection)}
    return needed_for(_differentiable(network), roots) - selected


def _differentiable(network: Network) -> list[Equation]:
    """The equations whose values a small step may change: those of no selection and no integer."""
    return [e for e in network.equations if _lets_through(network, e)]


def _lets_through(network: Network, equation: Equation) -> bool:
    selects = isinstance(equation.rhs, nodes.Selection)
    return not selects and not network.tensors[equation.name].integral


def varying(network: Network) -> set[str]:
    """The tensors that depend on something that has a gradient; counts, say, do not.

    Nor do maxima that nothing but their selection reads, and inverses that derivatives alone read.
    """
    found = {t.name for t in network.tensors.values() if not t.integral and t.role != "target"}
    found -= {e.name for e in network.equations}
    return depending_on(_differentiable(network), found) - only_selecting(network)


def only_selecting(network: Network) -> set[str]:
    """The maxima that nothing but their selection reads, and inverses and shares that no equation
    reads."""
    lines = _differentiable(network)
    read = {name for e in lines for name in e.read_names()}
    chosen = (e.rhs for e in network.equations if isinstance(e.rhs, nodes.Selection))
    found = {nodes.tensor_name(rhs.args[1]) for rhs in chosen} - read
    found |= {
        e.name for e in lines if isinstance(e.rhs, Inverse) or network.tensors[e.name].piece
    } - read
    return {name for name in found if network.tensors[name].role == "intermediate"}


def consumers(network: Network, name: str, live: set[str]) -> list[Equation]:
    """The live equations that read a tensor and let a small step through: no selection does."""
    return [e for e in network.reading(name) if e.name in live and _lets_through(network, e)]


def at_least_one_time(network: Network) -> dict[Index, Expr]:
    """That every sequence has at least one time, as the range of an index says it."""
    return {Index(f"0 ≤ … < {n}"): n for n in sequence_lengths(network.equations)}


def refuse_read_roots(network: Network, names: tuple[str, ...], live: set[str]) -> None:
    """What comes from upstream is the whole gradient of an output that nothing else reads."""
    for equation in network.equations:
        for name in names:
            if equation.name in live and name in equation.read_names():
                raise DeltaruleError(
                    f"{name} is an output, and {equation.name} reads it: its gradient would be "
                    "part from outside, part from here",
                    equation.place,
                    f"give the output an equation of its own, such as y[…] = {name}[…]",
                )


def backwards(network: Network) -> Iterator[list[Tensor]]:
    """The tensors in the order of the backward pass, those of a recurrence together.

    Parameters come right behind their layer.
    """
    waiting = Counter(name for e in network.equations for name in e.read_names())
    read = frozenset(waiting)
    place = {name: k for k, name in enumerate(network.tensors)}
    done: set[str] = set()
    for block in reversed(blocks(network.equations)):
        members = equations_of(block)
        group = dict.fromkeys(
            e.name
            for e in reversed(members)
            if e.name not in done and not isinstance(e.rhs, nodes.Selection)
        )
        done.update(group)
        yield [network.tensors[name] for name in group]
        for equation in reversed(members):
            for name in sorted(equation.read_names(), key=place.__getitem__, reverse=True):
                waiting[name] -= 1
                tensor = network.tensors[name]
                if (
                    not waiting[name]
                    and tensor.role in ("parameter", "input")
                    and not tensor.integral
                ):
                    yield [tensor]
    for tensor in network.with_role("parameter", "input"):
        if tensor.name not in read:
            yield [tensor]
