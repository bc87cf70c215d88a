"""What no gradient of a typed text is by: what was taken for targets and constants, labels, and
what is only compared, by which all gradients are 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sympy import Basic

from deltarule.expressions.conditions import Condition
from deltarule.expressions.nodes import Read, tensor_name
from deltarule.networks.network import Network
from deltarule.networks.tensors import CONSTANT, TARGET, Tensor
from deltarule.spelling.counted import joined
from deltarule.spelling.names import pretty

COMPARED = "only compared"


class LeftOut(NamedTuple):
    """A tensor, and what it was taken for: target, constant or labels, which have no gradient, or
    something that is only compared, by which it is 0."""

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
    typed = is_typed(network)
    compared = only_compared(network) if typed else ()
    found = []
    for tensor in network.tensors.values() if typed else ():
        if tensor.integral:
            found.append(LeftOut(tensor, "labels"))
        elif tensor.name in compared:
            found.append(LeftOut(tensor, COMPARED))
        elif tensor.role == "target" and tensor.note in (CONSTANT, TARGET):
            found.append(LeftOut(tensor, tensor.note))
    return found


def is_typed(network: Network) -> bool:
    """Whether it is a typed text, where nobody declares what is given."""
    return network.name.partition("_")[0] == "formula" and not network.path


def only_compared(network: Network) -> set[str]:
    """The inputs and parameters that are read in conditions alone."""
    given = {t.name for t in network.with_role("input", "parameter")}
    return given - {n for e in network.equations for n in _outside_conditions(e.rhs)}


def _outside_conditions(node: Basic) -> Iterator[str]:
    if isinstance(node, Condition):
        return
    if isinstance(node, Read):
        yield tensor_name(node)
    for part in node.args:
        yield from _outside_conditions(part)


def how_it_was_read(network: Network) -> str:
    """What is said of a typed text that could be read otherwise."""
    return network.text if is_typed(network) else ""


def left_out_sentence(network: Network, by: Iterable[str], field: str = "") -> str:
    """`Left out: t (target); derive by it with --wrt t, …`, beside what is derived `by`.

    Empty where nothing but labels is left out, and where somebody asked for some gradients alone.
    `field` is the one of a page into which names are written, in place of an option.
    """
    found = left_out(network)
    out = {o.tensor.name for o in found}
    usual = {t.name for t in network.with_role("input", "parameter")} - out
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
