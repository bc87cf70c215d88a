"""A network with names of a lecture for its quantities: rename = {s1 = "net_h1", E = "L"}."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from deltarule.errors import DeltaruleError, did_you_mean, in_short
from deltarule.networks.network import LayerUse, Network
from deltarule.networks.respelled import put_in
from deltarule.spelling.names import ascii_name

WHERE = "rename"


def renamed(network: Network, names: Mapping[str, str]) -> Network:
    """The network with its tensors called by other names, those of a lecture.

    `names` gives the new names by the network's own. Raises DeltaruleError for a name that the
    network has not, for what is no name, and for one that something else bears.
    """
    table = _checked(network, names)
    every = {name: table.get(name, name) for name in network.tensors}
    return replace(
        network,
        tensors={every[n]: replace(t, name=every[n]) for n, t in network.tensors.items()},
        equations=tuple(put_in(e, every, {}) for e in network.equations),
        uses=tuple(_use(use, every) for use in network.uses),
        derived=tuple(lines.renamed(every) for lines in network.derived),
    )


def read_names(value: object, place: str) -> dict[str, str]:
    """New names by the own ones: {"E": "L"}, or as text on a command line, E=L,s1=net_h1.

    Raises DeltaruleError for anything else.
    """
    if isinstance(value, str):
        pairs = [part.partition("=") for part in value.split(",")]
        if all(sign for _, sign, _ in pairs):
            return {own.strip(): new.strip() for own, _, new in pairs}
    if not isinstance(value, Mapping) or not all(
        isinstance(n, str) for pair in value.items() for n in pair
    ):
        raise DeltaruleError(
            f"rename = {in_short(value)} gives no names", place, 'write rename = {E = "L"}, say'
        )
    return {str(own): str(new) for own, new in value.items()}


def _checked(network: Network, names: Mapping[str, str]) -> dict[str, str]:
    table: dict[str, str] = {}
    for own, new in names.items():
        spelled = [_spelled(name) for name in (own, new)]
        if spelled[0] not in network.tensors:
            listed = ", ".join(n for n in network.tensors if "/" not in n)
            raise DeltaruleError(
                f"{own} is to be called {new}, and {network.name} has no {own}",
                WHERE,
                did_you_mean(own, network.tensors) or f"its quantities are {listed}",
            )
        table[spelled[0]] = spelled[1]
    constants = {s.name for s in (*network.scalars, *network.attributes)}
    kept = {*network.tensors, *constants} - table.keys()
    for own, new in table.items():
        others = {*kept, *(n for o, n in table.items() if o != own)}
        if new in others:
            raise DeltaruleError(
                f"{own} is to be called {new}, as something else in {network.name} is",
                WHERE,
                f"give the other another name, too, or {own} one that is free",
            )
    return table


def _spelled(name: str) -> str:
    try:
        return ascii_name(name)
    except DeltaruleError as error:
        raise error.at(WHERE) from None


def _use(use: LayerUse, every: Mapping[str, str]) -> LayerUse:
    return replace(use, names={own: every[name] for own, name in use.names.items()})
