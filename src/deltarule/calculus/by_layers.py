"""Large networks, derived layer by layer: at small sizes, and layers that are alike once.

The gradient of a tensor follows from the layers that read it, and from the gradients of what these
put out. Such layers are taken out of the network, with symbols for their sizes; their gradients
are derived and every step verified at small sizes, as those of any network; and the formulas are
put in their place. An image of 224 × 224 pixels is never computed with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import prod

from sympy import Expr

from deltarule.calculus.backward_order import (
    backwards,
    live_tensors,
    only_selecting,
    roots,
    varying,
)
from deltarule.calculus.layer_groups import NotAlone, grouped
from deltarule.calculus.put_in_place import Place
from deltarule.calculus.rules.chain_rule import without_paths
from deltarule.calculus.single_lines import as_layer
from deltarule.calculus.steps import Derivation, Gradient
from deltarule.expressions.gradient_names import gradient_name
from deltarule.expressions.nodes import Selection, read, tensor_name
from deltarule.networks.equations import Equation
from deltarule.networks.gradient_indices import target_indices
from deltarule.networks.network import LayerUse, Network
from deltarule.networks.reachability import reachable
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.networks.tensors import Tensor

#: A network with a larger tensor, or with more equations, is large.
MOST_ENTRIES, MOST_EQUATIONS = 20_000, 100

#: Lines of its own that read each other are taken out together if there are no more than this.
_MOST_LINES = 12

#: So many layers that share tensors are taken out together, at most.
_MOST_TOGETHER = 8


def is_large(network: Network) -> bool:
    """Whether a network takes long to be tried out as a whole."""
    if len(network.equations) > MOST_EQUATIONS:
        return True
    return any(_entries(t.axes) > MOST_ENTRIES for t in network.tensors.values())


def _entries(axes: Iterable[Expr]) -> int:
    # A size without a number is 2 at least when a network is tried out.
    return prod(int(a) if a.is_Integer else 2 for a in axes)


def derive_by_layers(
    network: Network,
    of: str | None,
    seed: int,
    derive: Callable[[Network], Derivation],
    like: Network | None = None,
) -> Derivation | None:
    """All gradients of a large network; None where its layers cannot be taken apart.

    `derive` derives a group of layers by itself. A scaled-down copy of a network is taken apart
    `like` that.
    """
    try:
        return _ByLayers(network, of, derive, like or network).derivation(seed)
    except NotAlone:
        return None


class _ByLayers:
    """The derivation of one network; each kind of layers is derived once."""

    def __init__(
        self,
        network: Network,
        of: str | None,
        derive: Callable[[Network], Derivation],
        like: Network,
    ):
        self._network, self._derive = network, derive
        self._root, upstream = roots(network, of)
        self._upstream = tuple(t.name for t in upstream)
        self._live = live_tensors(network, {self._root, *self._upstream})
        self._selecting = only_selecting(network)
        self._known = self._live | self._selecting
        self._uses = _uses(network, like)
        self._use_of = {
            u.names[e.name]: k for k, u in enumerate(self._uses) for e in u.part.equations
        }
        self._readers: dict[str, dict[int, None]] = {}
        for equation in network.equations:
            if equation.name in self._live:
                for name in equation.read_names():
                    self._readers.setdefault(name, {})[self._use_of[equation.name]] = None
        self._tied = {n: set(readers) for n, readers in self._readers.items() if len(readers) > 1}
        self._tail = self._last_layers()
        self._kinds: dict[tuple, Derivation] = {}
        self._places: dict[tuple[int, ...], tuple[Place, dict[str, str]]] = {}

    def derivation(self, seed: int) -> Derivation:
        """The whole backward pass."""
        moving = varying(self._network)
        gradients = {
            t.name: self._gradient(t)
            for group in backwards(self._network)
            for t in group
            if t.name not in self._upstream and t.name in moving
        }
        kinds = tuple(self._kinds.values())
        return Derivation(self._network, self._root, gradients, self._upstream, seed, layers=kinds)

    def _gradient(self, tensor: Tensor) -> Gradient:
        if tensor.name == self._root or tensor.name not in self._readers:
            return self._without_readers(tensor)
        place, own = self._place(self._together(tensor.name))
        return place.gradient(own[tensor.name], tensor)

    def _without_readers(self, tensor: Tensor) -> Gradient:
        indices = target_indices(tensor, [], self._network.equation_of(tensor.name))
        lhs = read(gradient_name(self._root, tensor.name), *indices)
        step = without_paths(lhs, tensor.name == self._root)
        return Gradient(self._root, tensor, indices, step.after, (step,))

    def _together(self, name: str) -> tuple[int, ...]:
        """The layers that read a tensor, and those that read what these put out among themselves.

        A gradient may be written out in that of another: that must be the whole of it. Beside a
        loss nothing has an upstream gradient: all that leads to it is there.
        """
        found = dict(self._readers[name])
        last = bool(self._tail & set(found))
        if last:
            found.update(dict.fromkeys(self._tail))
        while len(found) <= _MOST_TOGETHER + len(self._tail):
            written = {n: None for k in found for n in _written(self._uses[k])}
            inside = written if last else {n for k in found for n in self._reads(k) if n in written}
            more = [k for n in written if n in inside for k in self._readers.get(n, ())]
            if set(more) <= set(found):
                return tuple(sorted(found))
            found.update(dict.fromkeys(more))
        raise NotAlone

    def _reads(self, number: int) -> set[str]:
        use = self._uses[number]
        return {
            use.names[n]
            for e in use.part.equations
            if not isinstance(e.rhs, Selection)
            for n in e.read_names()
        }

    def _last_layers(self) -> set[int]:
        """The layers at the end that lead to the loss alone, a few lines together.

        The gradients of a loss, of a softmax and of what is before it belong together: p − t.
        """
        loss = self._network.loss
        if loss is None or loss.name != self._root:
            return set()
        found, lines = {self._use_of[loss.name]}, 0
        while lines <= _MOST_LINES:
            more = {
                self._use_of[name]
                for number in found
                for name in self._reads(number)
                if name in self._use_of and set(self._readers[name]) <= found
            } - found
            if not more:
                break
            found |= more
            lines = sum(len(self._uses[k].part.equations) for k in found)
        return found

    def _place(self, numbers: tuple[int, ...]) -> tuple[Place, dict[str, str]]:
        """Where some layers stand, their gradients derived; and their own names of tensors."""
        if numbers not in self._places:
            uses = [self._uses[k] for k in numbers]
            if not all(n in self._known for use in uses for n in _written(use)):
                raise NotAlone
            tied = {n for n, readers in self._tied.items() if readers - set(numbers)}
            group = grouped(uses, self._network, self._selecting, tied)
            if group.key not in self._kinds:
                self._kinds[group.key] = self._derive(group.network)
            place = Place(group, self._kinds[group.key], self._root)
            self._places[numbers] = place, {name: own for own, name in group.names.items()}
        return self._places[numbers]


def _written(use: LayerUse) -> dict[str, None]:
    """The tensors that a layer computes; what a maximum selects has no gradient."""
    return {use.names[e.name]: None for e in use.part.equations if not isinstance(e.rhs, Selection)}


def _uses(network: Network, like: Network) -> list[LayerUse]:
    """Every equation of a network as one of a layer: those of its layers, and lines of its own.

    It has the layers that another has, of which each is taken apart that is large there.

    Raises NotAlone for a network that was changed after it was put together, and for recurrences
    that go through several layers.
    """
    pairs = zip(network.uses, like.uses, strict=True)
    uses = [small for use, model in pairs for small in _parts(use, model.part)]
    known = {(e.name, e.subscripts): e for use in uses for e in use.equations()}
    lines: list[Equation] = []
    for equation in network.equations:
        same = known.get((equation.name, equation.subscripts))
        if same is None:
            lines.append(equation)
        elif (same.rhs, same.ranges) != (equation.rhs, equation.ranges):
            raise NotAlone
    if len(known) + len(lines) != len(network.equations):
        raise NotAlone
    uses += [as_layer(group, network) for group in _neighbours(lines, network)]
    computed = [{use.names[e.name] for e in use.part.equations} for use in uses]
    loops = [b.names for b in blocks(network.equations) if isinstance(b, Recurrence)]
    if not all(any(loop <= names for names in computed) for loop in loops):
        raise NotAlone
    return uses


def _parts(use: LayerUse, like: Network) -> list[LayerUse]:
    """A layer; one that is a large network itself in its own layers."""
    if not is_large(like):
        return [use]
    return [use.inner(part) for part in _uses(use.part, like)]


def _neighbours(lines: Sequence[Equation], network: Network) -> Iterator[list[Equation]]:
    """The lines in groups: few that read each other together, of many each tensor's by itself.

    A normalisation, or a softmax and its loss, has a closed form of its own. A piece of a line that
    got a name is no line more.
    """
    readers = _linked(lines)
    left = dict.fromkeys(e.name for e in lines)
    while left:
        first = next(iter(left))
        names = {first, *reachable([first], lambda name: readers.get(name, ()))}
        group = [e for e in lines if e.name in names]
        left = {name: None for name in left if name not in names}
        written = [e for e in group if not network.tensors[e.name].piece]
        if len(written) <= _MOST_LINES:
            yield group
        else:
            by_tensor: dict[str, list[Equation]] = {}
            for line in group:
                by_tensor.setdefault(_maximum_of(line), []).append(line)
            yield from by_tensor.values()


def _linked(lines: Sequence[Equation]) -> dict[str, list[str]]:
    written = {e.name for e in lines}
    found: dict[str, list[str]] = {}
    for line in lines:
        for name in line.read_names() & written:
            found.setdefault(name, []).append(line.name)
            found.setdefault(line.name, []).append(name)
    return found


def _maximum_of(line: Equation) -> str:
    """The tensor of a line; a selection stands with the maximum that it is of."""
    return tensor_name(line.rhs.args[1]) if isinstance(line.rhs, Selection) else line.name
