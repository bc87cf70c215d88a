"""What a derivation file has to put out, and what it may not state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deltarule.errors import DeltaruleError
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
                f"write an equation {tensor.name}[…] = …, or leave the declaration out",
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


def refuse_stated_gradients(tensors: Iterable[Tensor], path: str) -> None:
    """Gradients come from upstream into an update; a file with a loss derives its own."""
    of = {t.role: t for t in tensors}
    if "gradient" in of and "loss" in of:
        raise DeltaruleError(
            f"{of['gradient'].name} is declared as a gradient next to the loss {of['loss'].name}",
            path,
            "take it out: the gradients of a loss are derived, never stated",
        )
