"""What a kernel computes: the equations of both passes, with numbers for all attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from sympy import Symbol

from deltarule.calculus.reverse import derive
from deltarule.calculus.steps import Derivation
from deltarule.errors import DeltaruleError, UnknownOption, did_you_mean
from deltarule.expressions.given_numbers import real_number, whole_number
from deltarule.expressions.nodes import free_symbols
from deltarule.expressions.symbols import Scalar, Size
from deltarule.kernels.passes.draft import Draft
from deltarule.kernels.passes.pipeline import rewritten
from deltarule.language.load import load_with
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.reachability import needed_for
from deltarule.networks.specialise import given_sizes, specialise
from deltarule.networks.tensors import Tensor


@dataclass(frozen=True)
class Pass:
    """Equations in order, what they read of others and what they write.

    `tensors` describes everything read or written, `working` names the working arrays.
    """

    equations: tuple[Equation, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    results: tuple[str, ...]
    tensors: dict[str, Tensor]
    working: tuple[str, ...] = ()

    def fills(self, name: str) -> bool:
        """Whether every equation of a tensor writes all of it, and not some of its entries."""
        return all(e.subscripts == e.indices for e in self.equations if e.name == name)


@dataclass(frozen=True)
class Program:
    """Both passes of a network.

    `gradients` maps each tensor to the name of its gradient, `upstream` each output to that of
    the gradient that comes from upstream; `kept` are computed forward and read backward.
    """

    network: Network
    derivation: Derivation
    forward: Pass
    backward: Pass
    gradients: dict[str, str]
    upstream: dict[str, str]
    kept: tuple[str, ...]
    scalars: dict[Scalar, Fraction] = field(default_factory=dict)

    @property
    def values(self) -> tuple[str, ...]:
        """What the forward pass gives: its results, and what the backward pass reads besides."""
        return tuple(dict.fromkeys((*self.forward.results, *self.kept)))

    @property
    def gradient_names(self) -> tuple[str, ...]:
        """What the backward pass gives, in the order of the tensors."""
        return tuple(self.gradients[t] for t in self.network.tensors if t in self.gradients)


def program(name: Network | str | Path, settings: dict) -> Program:
    """The program of a network, or of a derivation by name or path.

    `settings` are options, attributes, sizes and constants.
    `wrt` among them is not the derivation's: the tensors whose gradients are wanted.
    Raises DeltaruleError for an unknown setting, and for a tensor that has no gradient.
    """
    settings = dict(settings)
    wrt = settings.pop("wrt", None)
    network, scalars = loaded(name, settings)
    open_ = known_sizes(network)[1]
    if open_:
        raise DeltaruleError(
            f"the size {open_[0]} is told by no shape",
            network.name,
            f"give {open_[0]}=…; on the command line --set {open_[0]}=…",
        )
    derivation = derive(network)
    upstream = {t: derivation.gradient_name(t) for t in derivation.upstream}
    wanted = _wanted(derivation, wrt)
    extra = {n: _gradient_of(network.tensors[t], n) for t, n in upstream.items()}
    extra |= {g.name: _gradient_of(g.tensor, g.name) for g in derivation.gradients.values()}
    parts = [part for g in derivation.gradients.values() for part in g.parts]
    extra |= {p.name: Tensor(p.name, tuple(n for _, n in p.ranges), "intermediate") for p in parts}
    forward = written(
        Draft(network.equations, dict(network.tensors), network.equations), _results(network)
    )
    draft = Draft(
        _needed(derivation.loops(), wanted.values()),
        {**network.tensors, **extra},
        network.equations,
        tuple(e.name for e in network.equations),
        frozenset(forward.working),
    )
    backward = written(draft, wanted.values())
    backward = only(backward, backward.results)
    kept = tuple(n for n in backward.reads if n in network.tensors and not network.tensors[n].given)
    forward = only(forward, (*forward.results, *kept))
    return Program(network, derivation, forward, backward, wanted, upstream, kept, scalars)


def _wanted(derivation: Derivation, wrt: Sequence[str] | None) -> dict[str, str]:
    """The gradients that a kernel gives, by the tensors that they belong to."""
    given = {
        t: g.name
        for t, g in derivation.gradients.items()
        if g.tensor.role in ("input", "parameter", "state")
    }
    unknown = [t for t in wrt or () if t not in given]
    if unknown:
        raise DeltaruleError(
            f"the kernel has no gradient by {unknown[0]}",
            derivation.network.name,
            did_you_mean(unknown[0], given) or "its gradients are by " + ", ".join(given),
        )
    return {t: g for t, g in given.items() if wrt is None or t in wrt}


def loaded(name: Network | str | Path, settings: Mapping) -> tuple[Network, dict]:
    """The network with every attribute a number, and the values of its constants."""
    network, rest = load_with(name, settings)
    scalars = {s: Fraction(str(v)) for s, v in network.scalars.items()}
    for symbol in scalars:
        if symbol.name in rest:
            scalars[symbol] = real_number(symbol.name, rest.pop(symbol.name), network.name)
    usual_numbers = {a.name: v for a, v in network.attributes.items()}
    sizes = given_sizes(network)
    unknown = [k for k in rest if k not in sizes]
    if unknown:
        options = () if isinstance(name, Network) else network.options
        known = [*options, *(s.name for s in scalars), *sizes]
        raise UnknownOption.named(
            unknown[0],
            f"{network.name} has no setting {unknown[0]}",
            network.name,
            known,
            otherwise="its settings are " + (", ".join(known) or "none"),
        )
    rest = {k: whole_number(k, v, network.name) for k, v in rest.items()}
    return specialise(network, {**usual_numbers, **rest}), scalars


def known_sizes(network: Network) -> tuple[dict[Symbol, tuple], list[Symbol]]:
    """For each size the tensor, axis and formula that tell it; and the sizes that nothing tells.

    The formula is (axis − rest)/coefficient, given as (rest, coefficient).
    """
    known: dict[Symbol, tuple] = {}
    open_: dict[Symbol, None] = {}
    axes = [
        (t.name, k, a) for t in network.tensors.values() if t.given for k, a in enumerate(t.axes)
    ]
    for name, k, axis in sorted(axes, key=lambda a: not isinstance(a[2], Size)):
        unknown = [
            s
            for s in sorted(_sizes(axis), key=str)
            if s not in known and s not in network.definitions
        ]
        if len(unknown) == 1 and unknown[0] not in _behind(network, axis):
            rest, coefficient = axis.subs(unknown[0], 0), axis.coeff(unknown[0], 1)
            if (rest + coefficient * unknown[0] - axis).expand() == 0:
                known[unknown[0]] = (name, k, rest, coefficient)
    for part in (
        *(a for _, _, a in axes),
        *network.definitions.values(),
        *(n for e in network.equations for _, n in e.ranges),
    ):
        for size in sorted(_sizes(part), key=str):
            if size not in known and size not in network.definitions:
                open_[size] = None
    return known, list(open_)


def _behind(network: Network, axis) -> set[Size]:
    """The sizes that those of an axis follow from: I + K − 1 says nothing of K if I = N − K + 1."""
    waiting, found = [s for s in _sizes(axis) if s in network.definitions], set()
    for size in waiting:
        inside = _sizes(network.definitions.get(size, size)) - found - {size}
        found |= inside
        waiting += inside
    return found


def _sizes(expression) -> set[Size]:
    return {s for s in free_symbols(expression) if isinstance(s, Size)}


def _results(network: Network) -> tuple[str, ...]:
    return tuple(t.name for t in network.with_role("output", "loss", "state"))


def _gradient_of(tensor: Tensor, name: str) -> Tensor:
    return replace(
        tensor,
        name=name,
        role="intermediate",
        outside=None,
        sums_to_one=None,
        integers_below=None,
        within=None,
    )


def _needed(equations: Iterable[Equation], wanted: Iterable[str]) -> tuple[Equation, ...]:
    """The equations on which some tensors depend."""
    equations = tuple(equations)
    live = needed_for(equations, wanted)
    return tuple(e for e in equations if e.name in live)


def written(draft: Draft, results: Iterable[str]) -> Pass:
    """A pass in the form that is written, from its equations as they were derived."""
    found = rewritten(draft)
    one = Pass(found.equations, (), (), tuple(results), found.tensors, found.working)
    return only(one, [e.name for e in found.equations])


def only(one: Pass, wanted: Iterable[str]) -> Pass:
    """A pass without what nothing of `wanted` depends on."""
    found = _needed(one.equations, wanted)
    writes = tuple(dict.fromkeys(e.name for e in found))
    reads = dict.fromkeys(n for e in found for n in sorted(e.read_names()))
    order = tuple(n for n in one.tensors if n in reads and n not in writes)
    working = tuple(n for n in one.working if n in writes)
    tensors = {n: t for n, t in one.tensors.items() if n in working or n not in one.working}
    return Pass(found, order, writes, one.results, tensors, working)
