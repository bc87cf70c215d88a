"""What the tensors of a text are for: inputs, targets, parameters, constants.

A name alone says little: t is a target in ½(t − y)², and none in t·x. So what is no input has its
usual name and a use that fits (target_uses.py), and a note of it, which is shown with gradients.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from deltarule.expressions.matrices import Inverse
from deltarule.expressions.nodes import Selection
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import CONSTANT, TARGET, Tensor
from deltarule.typed.quantities.target_uses import TargetUses
from deltarule.typed.quantities.usual_letters import is_guard, is_input, is_loss, is_target, role_of


def with_roles(
    tensors: Mapping[str, Tensor],
    wrt: Iterable[str],
    equations: Sequence[Equation],
    counts: Iterable[str] = (),
    orders: Iterable[str] = (),
) -> dict[str, Tensor]:
    """The tensors, each that no line writes with the role that its name and its use say.

    `counts` are the names of what says how many there are: N of 1/N, `orders` those of
    norms. A constant and a target have that as their note. There are targets, and constants that
    are neither counts nor ε, in losses alone, and beside something else that a gradient is by.
    """
    written = {e.name for e in equations}
    usual = {n: role_of(n, wrt, len(t.axes)) for n, t in tensors.items() if n not in written}
    notes = _notes(tensors, usual, equations, {*counts})
    notes |= {n: CONSTANT for n in orders if n in usual}
    found = dict(tensors)
    for name, role in usual.items():
        if name in notes:
            role = "target"
        elif role in ("target", "constant"):
            role = "input" if role == "target" and name[:1] != "T" else "parameter"
        found[name] = replace(tensors[name], role=role, note=notes.get(name, ""))
    return found


def with_outputs(tensors: Mapping[str, Tensor], equations: Sequence[Equation]) -> dict[str, Tensor]:
    """The tensors, where the last is an output also those that no line reads: u of u = x y;
    v = x + y. What is selected and inverses are lines that others need for their gradients.

    Of several numbers none is the loss, unless it is called so: S′, I′ and R′.
    """
    found, read = dict(tensors), {n for e in equations for n in e.read_names()}
    alone = [
        e.name
        for e in equations
        if tensors[e.name].role == "intermediate" and e.name not in read
        if not isinstance(e.rhs, Selection | Inverse)
    ]
    loss = next((n for n, t in tensors.items() if t.role == "loss"), "")
    numbers = [n for n in alone if not tensors[n].axes and not is_loss(n)]
    if loss and numbers and not is_loss(loss):
        alone, loss = [*numbers, loss], ""
    if not loss:
        found |= {n: replace(tensors[n], role="output") for n in alone}
    return found


def _notes(
    tensors: Mapping[str, Tensor],
    usual: Mapping[str, str],
    equations: Sequence[Equation],
    counts: set[str],
) -> dict[str, str]:
    """Which names are constants and targets. Of a formula y may be any variable, and is none."""
    moving = {n for n, r in usual.items() if r in ("input", "parameter") or n[:1] in "yY"}
    moving = {n for n in moving if not tensors[n].integral}
    fixed = {n for n, r in usual.items() if r in ("constant", "target") and n in counts}
    fixed |= {n for n, r in usual.items() if r == "constant" and is_guard(n)}
    last, uses = equations[-1].name, TargetUses(equations, moving)
    notes = dict.fromkeys(fixed, CONSTANT)
    if tensors[last].axes or is_input(last) or is_target(last) or not moving:
        return notes
    targets = {n for n in usual if is_target(n)}
    for name, role in usual.items():
        if role == "constant" and not uses.in_prediction(name, targets):
            notes[name] = CONSTANT
        elif tensors[name].integral or name in moving:
            continue
        elif role == "target" and uses.as_target(name):
            notes[name] = TARGET
    return notes
