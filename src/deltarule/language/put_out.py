"""What a derivation file has to put out, what it may not state, and outputs that others read.

An output that another equation reads (the sum of a residual block, which its norm reads; c of an
LSTM, which h reads) gets a gradient from upstream and more from there. So what is put out is a copy
with a gradient of its own, s_out[n, d] = s[n, d], and ∂L/∂s is ∂L/∂s_out and the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Selection, read
from deltarule.language.given_expressions import with_indices
from deltarule.networks.argmax_equations import unused_name
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


def refuse_nothing_put_out(
    page: str, tensors: Iterable[Tensor], equations: Sequence[Equation], path: str
) -> None:
    """Raises DeltaruleError where nothing comes out, or an output or loss by no equation."""
    written = {e.name for e in equations}
    roles = set()
    for tensor in tensors:
        roles.add(tensor.role)
        if tensor.role in ("output", "loss") and tensor.name not in written:
            raise DeltaruleError(
                f"{tensor.name} is declared as {tensor.role}, but no equation gives it",
                path,
                f"write an equation {with_indices(tensor)} = …, or leave the declaration out",
            )
    if roles & {"output", "loss", "gradient", "memory"}:
        return
    last = equations[-1].name
    raise DeltaruleError(
        f"nothing is put out: {page} declares no output and no loss",
        path,
        f'declare what comes out as output, such as {last} = output("{last}", …), or write '
        'a loss("E", …)',
    )


def outputs_apart(
    equations: list[Equation], tensors: dict[str, Tensor]
) -> tuple[list[Equation], dict[str, Tensor]]:
    """The equations and tensors with copies of outputs that other equations read.

    Where there is a loss, no gradient comes from upstream; nor does any into an update.
    """
    if {t.role for t in tensors.values()} & {"loss", "gradient", "memory"}:
        return equations, tensors
    # Which entry is the largest depends on what comes out, and passes no gradient back.
    flowing = (e for e in equations if not isinstance(e.rhs, Selection))
    read_names = {name for e in flowing for name in e.read_names()}
    equations, tensors = list(equations), dict(tensors)
    for tensor in tuple(tensors.values()):
        if tensor.role == "output" and tensor.name in read_names:
            copy = replace(tensor, name=unused_name(f"{tensor.name}_out", tensors), outside=None)
            tensors[tensor.name] = replace(tensor, role="intermediate")
            tensors[copy.name] = copy
            last = [e for e in equations if e.name == tensor.name][-1]
            equations.append(_copied(last, copy))
    return equations, tensors


def _copied(equation: Equation, copy: Tensor) -> Equation:
    """The equation that copies all of what another gives, with its indices where they fit."""
    at = equation.axis_indices
    return replace(
        equation,
        name=copy.name,
        subscripts=at,
        rhs=read(equation.name, *at),
        ranges=tuple(zip(at, copy.axes, strict=True)),
    )


def refuse_stated_gradients(tensors: Iterable[Tensor], path: str) -> None:
    """Gradients come from upstream into an update; a file with a loss derives its own."""
    of = {t.role: t for t in tensors}
    if "gradient" in of and "loss" in of:
        raise DeltaruleError(
            f"{of['gradient'].name} is declared as a gradient next to the loss {of['loss'].name}",
            path,
            "take it out: the gradients of a loss are derived, never stated",
        )
