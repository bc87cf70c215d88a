"""What the tensors of a text are for, by their names: inputs, targets, parameters, constants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from deltarule.marking.typed.typed_names import role_of
from deltarule.networks.tensors import CONSTANT, Tensor


def with_roles(
    tensors: Mapping[str, Tensor], wrt: Iterable[str], written: Sequence[str]
) -> dict[str, Tensor]:
    """The tensors, each that no line writes with the role that its name usually has.

    `written` are those that a line writes, the last one last. Of a formula y may be any variable,
    and where no number comes out, there are no targets.
    """
    loss, wrt = not tensors[written[-1]].axes, set(wrt)
    found = dict(tensors)
    for name, tensor in tensors.items():
        if name in written:
            continue
        role = role_of(name, wrt, len(tensor.axes))
        note = CONSTANT if role == "constant" else ""
        if role == "constant":
            role = "target"
        elif role == "target" and (name[:1] in "yY" or not loss):
            role = "parameter" if name[:1] == "T" else "input"
        found[name] = replace(tensor, role=role, note=note)
    return found
