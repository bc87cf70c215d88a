"""A sheet's own names for quantities: [names] W2 = "Theta2" reads dE/dW2 as dE/dTheta2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.expressions.gradient_names import gradient_name
from deltarule.marking.sheet_files.toml_text import expect
from deltarule.networks.network import Network
from deltarule.spelling.names import ascii_name, parse_reference

_AFTER, _TRANSPOSED = " after", " transposed"
#: Canonical names by the names that stand for them.
Names = Mapping[str, str]


def read_names(table: Mapping[str, Any], where: Callable[[str], str]) -> dict[str, str]:
    """The table [names]. Raises DeltaruleError for what is no name, or stands there twice."""
    found: dict[str, str] = {}
    for key, value in table.items():
        place = where(key)
        try:
            name, meant = ascii_name(key), ascii_name(expect(value, str, place))
        except DeltaruleError as error:
            raise error.at(place) from None
        if name in found:
            raise DeltaruleError(f"{name} stands here twice", place, "leave one of them out")
        found[name] = meant
    return found


def check_names(names: Names, network: Network) -> None:
    """Raises DeltaruleError for a name that the network has, and for one that it has not."""
    known = {*network.tensors, *(s.name for s in network.scalars)}
    for name, meant in names.items():
        if name in known:
            raise DeltaruleError(
                f"{name} cannot stand for {meant}: it is a quantity of {network.name} itself",
                "[names]",
                "give it another name",
            )
        if meant not in known:
            listed = ", ".join(n for n in network.tensors if "/" not in n)
            raise DeltaruleError(
                f"{name} stands for {meant}, which {network.name} does not have",
                "[names]",
                did_you_mean(meant, known) or f"its quantities are {listed}",
            )


def in_own_names(reference: str, names: Names) -> str:
    """A quantity as `str(parse_reference(…))` has it, in the network's names."""
    if not names:
        return reference
    turned = reference.endswith(_TRANSPOSED)
    found = parse_reference(reference.removesuffix(_TRANSPOSED))
    if found.of is None:
        core = found.name.removesuffix(_AFTER)
        name = names.get(core, core) + found.name[len(core) :]
        return str(replace(found, name=name)) + _TRANSPOSED * turned
    of, wrt = names.get(found.of, found.of), names.get(str(found.wrt), str(found.wrt))
    return str(replace(found, name=gradient_name(of, wrt), of=of, wrt=wrt))


def own_name(name: str, names: Names) -> str:
    """The same for what may be the name of nothing."""
    try:
        return in_own_names(str(parse_reference(name)), names)
    except DeltaruleError:
        return name
