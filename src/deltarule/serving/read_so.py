"""How typed equations were read, in words: what each letter is, and what was made of small ones."""

from __future__ import annotations

from collections.abc import Iterator

from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text

_KINDS = ("a number", "a vector", "a matrix")
#: What a tensor is for, beside its shape; of all others that is plain.
_ROLES = {
    "target": "held fixed, as a target is",
    "constant": "a constant",
    "loss": "what the gradients are of",
    "state": "a state, from time to time",
}


def read_so(network: Network) -> str:
    """`W is a matrix of M × N, x a vector of N, t a vector of M (held fixed, as a target is).`"""
    known = [t for t in network.tensors.values() if t.role != "intermediate" or t.axes == ()]
    said = list(_each(known))
    return f"Read so: {', '.join(said)}." if said else ""


def _each(tensors: list[Tensor]) -> Iterator[str]:
    for k, tensor in enumerate(tensors):
        rank = len(tensor.axes)
        kind = _KINDS[rank] if rank < len(_KINDS) else f"an array with {rank} axes"
        extents = f" of {' × '.join(map(text, tensor.axes))}" if rank else ""
        role = f" ({_ROLES[tensor.called]})" if tensor.called in _ROLES else ""
        yield f"{pretty(tensor.name)} {'is ' if k == 0 else ''}{kind}{extents}{role}"
