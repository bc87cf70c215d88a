"""Which line is the loss, where others are read by none: L = …, y_n = …, L2 = Σ_d w_d².

It is the one that is written first, if it is called a loss and no line reads it; else the last, or
the only one that is called a loss.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Protocol, TypeVar

from deltarule.expressions.matrices import Inverse
from deltarule.networks.network import Network
from deltarule.spelling.names import pretty
from deltarule.typed.quantities.usual_letters import is_loss


class _Line(Protocol):
    """A typed equation."""

    @property
    def name(self) -> str: ...

    @property
    def indices(self) -> tuple[str, ...]: ...

    @property
    def formula(self) -> str: ...

    def reads(self) -> Container[str]: ...


Line = TypeVar("Line", bound=_Line)
#: What makes a number of arrays; E = W x is no loss.
_OF_ARRAYS = re.compile(r"[Σ∑‖ᵀ⊤|]|\b(?:sum|mean|log|ln|Sum|Mean|dot)|\^\{?T|\[")


def with_loss_last(equations: list[Line]) -> list[Line]:
    """The equations, as they were typed, with such a loss at the end."""
    unread = [e for e in equations if not any(e.name in o.reads() for o in equations if o is not e)]
    losses = [e for e in unread if not e.indices and is_loss(e.name)]
    losses = [e for e in losses if _OF_ARRAYS.search(e.formula)]
    first, last = equations[0], equations[-1]
    if first in losses:
        loss = first
    elif len(losses) == 1 and last in unread and not is_loss(last.name) and not last.indices:
        loss = losses[0]
    else:
        return equations
    return [*(e for e in equations if e is not loss), loss]


def note_of_loss(network: Network) -> str:
    """What is said where another line is read by none: it has no gradients."""
    losses = network.with_role("loss")
    read = {n for e in network.equations for n in e.read_names()}
    others = [
        pretty(e.name)
        for e in network.equations
        if e.name not in read and not isinstance(e.rhs, Inverse)
        if not network.tensors[e.name].piece and network.tensors[e.name].role == "intermediate"
    ]
    if not losses or not others:
        return ""
    loss, verb = pretty(losses[0].name), "is" if len(others) == 1 else "are"
    return f"The loss is {loss}; {' and '.join(others)} {verb} read by no line, and no part of it."
