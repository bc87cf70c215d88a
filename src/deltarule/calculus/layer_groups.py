"""Layers of a network taken out of it: a small network with symbols for sizes, and plain names.

What a tensor's gradient is depends on the layers that read it alone. Such layers together are a
network of their own, in which a channel is not 512 wide but C wide. Layers that are alike give
the very same one, whatever they are called and however large they are.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Basic, Expr, Rational

from deltarule.arithmetic.settings import windows_of
from deltarule.expressions.nodes import Selection, free_symbols, read
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Attribute, Index, Scalar, Size, suffixed
from deltarule.networks.equations import Equation
from deltarule.networks.gradient_indices import target_indices
from deltarule.networks.network import LayerUse, Network, ordered
from deltarule.networks.respelled import put_in, resized, with_sizes
from deltarule.networks.tensors import Tensor


class NotAlone(Exception):
    """The layers cannot be taken out of their network; never shown."""


@dataclass(frozen=True)
class Group:
    """`network` is that of some layers; `names` and `sizes` say what stands for its tensors and
    sizes in the network that they were taken from.
    """

    network: Network
    names: Mapping[str, str]
    sizes: Mapping[Basic, Expr]

    @property
    def key(self) -> tuple:
        """The same for groups of layers that are alike."""
        own = self.network
        known = own.tensors, own.definitions, own.attributes, own.scalars
        return own.equations, *(tuple(table.items()) for table in known)


def grouped(
    uses: Sequence[LayerUse], network: Network, selecting: set[str], shared: Container[str]
) -> Group:
    """Some layers of a network as a network of their own; `selecting` are the tensors that only
    selections read, `shared` those that other layers read too.

    Raises NotAlone where the shapes of what they share do not tell which sizes are the same.
    """
    return _Grouping(uses, network, selecting, shared).group()


class _Grouping:
    """The making of one group."""

    def __init__(
        self,
        uses: Sequence[LayerUse],
        network: Network,
        selecting: set[str],
        shared: Container[str],
    ):
        self._whole, self._selecting, self._shared = network, selecting, shared
        self._plain: dict[str, str] = {}  # our name for a tensor of the network
        self._tensors: dict[str, Tensor] = {}
        self._equations: list[Equation] = []
        self._definitions: dict[Size, Expr] = {}
        self._attributes: dict[Attribute, int] = {}
        self._scalars: dict[Scalar, Rational] = {}
        self._ranges: dict = {}
        self._sizes: dict[Basic, Expr] = {}
        self._same: dict[Basic, Expr] = {}
        for number, use in enumerate(uses):
            self._add(use, number)

    def group(self) -> Group:
        """The group, all that was found to be the same written in one way."""
        definitions = self._settled()
        same = self._same
        equations = [with_sizes(e, same) for e in self._equations]
        tensors = {
            plain: self._finished(name, self._tensors[plain], equations)
            for name, plain in self._plain.items()
        }
        for name, plain in self._plain.items():
            _with_its_indices(plain, self._whole.equation_of(name), tensors, equations)
        network = Network(
            self._whole.name,
            "",
            "",
            tensors,
            ordered(equations, tensors),
            definitions,
            {s: d for s, d in self._attributes.items() if s not in same},
            self._scalars,
            path=self._whole.path,
            ranges=self._ranges,
        )
        names = {plain: name for name, plain in self._plain.items()}
        return Group(network, names, {s: n for s, n in self._sizes.items() if s not in same})

    def _settled(self) -> dict[Size, Expr]:
        """The definitions of sizes; one that follows from itself is as free as what it is equal to.

        Raises NotAlone where a size would have to be another than itself.
        """
        while True:
            same = self._same
            found = {s: substitute(d, same) for s, d in self._definitions.items() if s not in same}
            symbol = next((s for s in found if _in_a_circle(found, s)), None)
            if symbol is None:
                return _one_after_another(found)
            value = found[symbol]
            if value == symbol or isinstance(value, Size):
                del self._definitions[symbol]
                self._unite(value, symbol)
            elif symbol in free_symbols(value):
                raise NotAlone
            else:
                put = {symbol: value}
                self._definitions = {
                    s: d if s == symbol else substitute(d, put) for s, d in found.items()
                }

    def _add(self, use: LayerUse, number: int) -> None:
        table = self._symbols(use, number)
        for tensor in use.part.tensors.values():
            name = use.names[tensor.name]
            plain = self._plain.setdefault(name, f"t{len(self._plain)}")
            own = replace(resized(tensor, table), name=plain, note="")
            known = self._tensors.setdefault(own.name, own)
            for one, other in zip(known.axes, own.axes, strict=True):
                self._unite(one, other)
            if known.outside is None and own.outside is not None:
                self._tensors[own.name] = replace(known, outside=own.outside)
        names = {t: self._plain[use.names[t]] for t in use.part.tensors}
        for equation in use.part.equations:
            self._equations.append(replace(put_in(equation, names, table), place="", layer=""))

    def _symbols(self, use: LayerUse, number: int) -> dict[Basic, Expr]:
        """What the sizes, attributes and constants of a part are called in the group."""
        part, windows, table = use.part, windows_of(use.part), {}
        for symbol, there in use.sizes.items():
            if (
                isinstance(symbol, Size)
                and not self._a_number(symbol, there, windows)
                or isinstance(symbol, Scalar)
                and not there.is_number
            ):
                table[symbol] = suffixed(symbol, f"_{number}" if number else "")
            else:
                table[symbol] = there
        for symbol, own in table.items():
            if own.is_Symbol:
                self._sizes[own] = use.sizes[symbol]
            if symbol in part.definitions and own.is_Symbol:
                self._definitions[own] = substitute(part.definitions[symbol], table)
            if symbol in part.attributes and own.is_Symbol:
                self._attributes[own] = part.attributes[symbol]
            if symbol in part.scalars and own.is_Symbol:
                self._scalars[own] = part.scalars[symbol]
                if symbol in part.ranges:
                    self._ranges[own] = part.ranges[symbol]
        return table

    def _a_number(self, symbol: Size, there: Expr, windows: Iterable[Basic]) -> bool:
        """Whether a size stays the number that it is: small ones that change what a formula is."""
        return bool(there.is_Integer) and (
            isinstance(symbol, Attribute) or symbol in windows or there == 1
        )

    def _unite(self, one: Expr, other: Expr) -> None:
        """Axes of one tensor, of which two layers know, have one size."""
        one, other = substitute(one, self._same), substitute(other, self._same)
        if one == other:
            return
        for free, value in ((other, one), (one, other)):
            if isinstance(free, Size) and free not in self._definitions:
                self._same = {s: substitute(n, {free: value}) for s, n in self._same.items()}
                self._same[free] = value
                return
        raise NotAlone

    def _finished(self, name: str, tensor: Tensor, equations: Sequence[Equation]) -> Tensor:
        """A tensor with the role that it has among these layers."""
        role = self._whole.tensors[name].role
        # Selections of maxima come with them, and have no gradient.
        lines = [e for e in equations if not isinstance(e.rhs, Selection)]
        if any(e.name == tensor.name for e in lines):
            inside = name in self._selecting or any(tensor.name in e.read_names() for e in lines)
            role = "loss" if role == "loss" else "intermediate" if inside else "output"
        elif any(e.name == tensor.name for e in equations):
            role = "intermediate"
        elif role not in ("parameter", "target", "memory", "gradient") or name in self._shared:
            role = "input"
        shared = name in self._shared and not any(e.name == tensor.name for e in equations)
        return replace(resized(tensor, self._same), role=role, shared=shared)


def _one_after_another(definitions: Mapping[Size, Expr]) -> dict[Size, Expr]:
    """The definitions, each behind those that it reads, whatever order the layers came in."""
    found: dict[Size, Expr] = {}

    def add(symbol: Size) -> None:
        for size in _read_in(definitions, symbol):
            if size not in found:
                add(size)
        found[symbol] = definitions[symbol]

    for symbol in definitions:
        if symbol not in found:
            add(symbol)
    return found


def _read_in(definitions: Mapping[Size, Expr], symbol: Size) -> list[Size]:
    """The defined sizes that a definition reads."""
    there = free_symbols(definitions[symbol])
    return [size for size in definitions if size in there]


def _in_a_circle(definitions: Mapping[Size, Expr], symbol: Size) -> bool:
    """Whether a size follows from itself, as where a shortcut joins what went through windows."""
    waiting = _read_in(definitions, symbol)
    for size in waiting:
        waiting += [s for s in _read_in(definitions, size) if s not in waiting]
    return symbol in waiting


def _with_its_indices(
    plain: str, writers: Sequence[Equation], tensors: dict[str, Tensor], equations: list[Equation]
) -> None:
    """Let a tensor that comes from other layers be written at the indices that it has there.

    Gradients are written at the indices of their tensors.
    """
    tensor = tensors[plain]
    bare = zip(*(e.subscripts for e in writers), strict=True)
    if tensor.role != "input" or not writers or not all(map(_an_index, bare)):
        return
    indices = target_indices(tensor, (), writers)
    source = f"{plain}_from"
    tensors[source] = replace(tensor, name=source)
    tensors[plain] = replace(tensor, role="intermediate")
    ranges = tuple(zip(indices, tensor.axes, strict=True))
    equations.append(Equation(plain, indices, read(source, *indices), ranges))


def _an_index(subscripts: Iterable[Expr]) -> bool:
    """Whether an axis is written at an index alone by some equation."""
    return any(isinstance(s, Index) for s in subscripts)
