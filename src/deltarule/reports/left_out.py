"""What no gradient of a typed text is by: what was taken for targets and constants, and labels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from deltarule.networks.network import Network
from deltarule.networks.tensors import CONSTANT, TARGET, Tensor
from deltarule.spelling.counted import joined
from deltarule.spelling.names import pretty


class LeftOut(NamedTuple):
    """A tensor, and what it was taken for: target, constant or labels, which have no gradient."""

    tensor: Tensor
    taken_for: str

    @property
    def remedy(self) -> str:
        """The option by which there is a gradient by it; empty for labels."""
        return "" if self.tensor.integral else f"--wrt {self.tensor.name}"


def left_out(network: Network) -> list[LeftOut]:
    """The tensors that no gradient is by though nobody said so, in the order of the text; none of
    a file, which declares its targets.
    """
    typed = network.name.partition("_")[0] == "formula" and not network.path
    found = []
    for tensor in network.tensors.values() if typed else ():
        if tensor.integral:
            found.append(LeftOut(tensor, "labels"))
        elif tensor.role == "target" and tensor.note in (CONSTANT, TARGET):
            found.append(LeftOut(tensor, tensor.note))
    return found


def how_it_was_read(network: Network) -> str:
    """What is said of a typed text that could be read otherwise."""
    return network.text if network.name.partition("_")[0] == "formula" and not network.path else ""


def left_out_sentence(network: Network, by: Iterable[str], field: str = "") -> str:
    """`Left out: t (target); derive by it with --wrt t, …`, beside what is derived `by`.

    Empty where nothing but labels is left out, and where somebody asked for some gradients alone.
    `field` is the one of a page into which names are written, in place of an option.
    """
    found = left_out(network)
    usual = {t.name for t in network.with_role("input", "parameter") if not t.integral}
    if not any(o.remedy for o in found) or not usual <= {*by}:
        return ""
    names = ", ".join(f"{pretty(o.tensor.name)} ({o.taken_for})" for o in found)
    again = [o.tensor.name for o in found if o.remedy]
    it = "it" if len(found) == 1 else joined([pretty(n) for n in again])
    if field:
        return f"Left out: {names}; to derive by {it}, write {' '.join(again)} into {field}."
    options = " ".join(f"--wrt {n}" for n in again)
    listed = ", ".join(f'"{n}"' for n in again)
    return f"Left out: {names}; derive by {it} with {options}, in Python with wrt=[{listed}]."
