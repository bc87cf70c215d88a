"""Means that no line gives: x̄ of Σ_n (x_n − x̄)², which is a quantity of its own then."""

from __future__ import annotations

from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import pretty


def note_of_means(network: Network) -> str:
    """What is said of an x̄ that is given: no gradient by x goes through it."""
    written = {e.name for e in network.equations}
    notes = []
    for name, tensor in network.tensors.items():
        stem = name.replace("bar", "", 1)
        found = [network.tensors[n] for n in (stem, stem.upper()) if n in network.tensors]
        if stem == name or name in written or not found:
            continue
        line = _line(tensor, found[0])
        computed = f"; for that begin with {line};" if line else ""
        notes.append(
            f"{pretty(name)} is given here, and no mean of {pretty(found[0].name)}{computed or '.'}"
        )
    return " ".join(notes)


def _line(mean: Tensor, of: Tensor) -> str:
    """The line of a mean over the one axis more that its tensor has."""
    own = [str(n).lower() for n in mean.axes]
    every = [str(n).lower() for n in of.axes]
    over = [i for i in every if i not in own]
    if len(every) != len(own) + 1 or len(over) != 1 or not all(len(i) == 1 for i in every):
        return ""
    left = f"{pretty(mean.name)}[{','.join(own)}]" if own else pretty(mean.name)
    return f"{left} = Mean[{over[0]}]({pretty(of.name)}[{','.join(every)}])"
