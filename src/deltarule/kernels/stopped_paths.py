"""Which outputs differences see through a stopped gradient, and a derivation does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sympy import Basic

from deltarule.expressions.nodes import Frozen, reads, tensor_name, walk
from deltarule.networks.network import Network
from deltarule.networks.reachability import reachable


class StoppedPaths:
    """The ways from the tensors of a network to some outputs, `roots`: stopped or not."""

    def __init__(self, network: Network, roots: Iterable[str]):
        self._all: dict[str, set[str]] = {}
        self._open: dict[str, set[str]] = {}
        stopped: dict[str, set[str]] = {}
        for e in network.equations:
            behind = [reads(n) for n in walk(e.rhs) if isinstance(n, Frozen)]
            self._all.setdefault(e.name, set()).update(e.read_names())
            self._open.setdefault(e.name, set()).update(_open_reads(e.rhs))
            names = (tensor_name(r) for found in behind for r in found)
            stopped.setdefault(e.name, set()).update(names)
        #: By output, what it depends on along a way without a stop, and along one with a stop.
        self._plain = {y: _from([y], self._open) for y in roots}
        self._through = {
            y: _from({n for e in _from([y], self._all) for n in stopped.get(e, ())}, self._all)
            for y in roots
        }

    def beside(self, name: str) -> tuple[str, ...]:
        """The outputs that depend on a tensor through stops: its gradient leaves them out."""
        return tuple(y for y, names in self._through.items() if name in names)

    def hidden(self) -> frozenset[str]:
        """The tensors of whose gradients differences say nothing.

        One output depends on them both ways, or none without a stop.
        """
        names = frozenset().union(*self._through.values())
        return frozenset(n for n in names if self._is_hidden(n))

    def _is_hidden(self, name: str) -> bool:
        plain = {y for y, names in self._plain.items() if name in names}
        return not plain or not plain.isdisjoint(self.beside(name))


def _from(starts: Iterable[str], needs: dict[str, set[str]]) -> set[str]:
    starts = set(starts)
    return starts.union(reachable(starts, lambda name: needs.get(name, ())))


def _open_reads(node: Basic) -> Iterator[str]:
    """The tensors that an expression reads outside its stops."""
    if isinstance(node, Frozen):
        return
    found = reads(node) if not node.has(Frozen) else []
    yield from map(tensor_name, found)
    if node.has(Frozen):
        for part in node.args:
            yield from _open_reads(part)
