"""`derive "E = ½‖y − σ(W x)‖²"`: a network of a formula, without a file."""

from __future__ import annotations

from collections.abc import Iterable

from deltarule.cli.arguments import no_option, numbers
from deltarule.marking.typed.typed_network import typed_network
from deltarule.networks.network import Network
from deltarule.networks.specialise import specialise
from deltarule.spelling.names import ascii_name


def network_of_formula(
    text: str, options: dict[str, object], settings: Iterable[str], wrt: Iterable[str]
) -> Network:
    """The network; `settings` give shapes to tensors, W=2x3, and numbers to sizes, N=2."""
    if options:
        raise no_option(options, "a formula has no options; --set W=2x3 gives a tensor its shape")
    names = [ascii_name(name) for name in wrt]
    plain = typed_network(text, names)
    shapes: dict[str, str] = {}
    sizes: list[str] = []
    for setting in ",".join(settings).split(","):
        name, equals, value = (part.strip() for part in setting.partition("="))
        tensor = equals and (not value.isdigit() or _tensor(name, plain))
        if tensor:
            shapes[name] = value
        elif setting.strip():
            sizes.append(setting)
    network = typed_network(text, names, shapes) if shapes else plain
    return specialise(network, numbers(sizes))


def _tensor(name: str, network: Network) -> bool:
    return name in network.tensors
