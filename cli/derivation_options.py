"""`derive NAME --options`: what one derivation can be asked for."""

from __future__ import annotations

from deltarule.cli.arguments import one_name, split
from deltarule.cli.derive_command import Derive
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.cli.typed_formula import network_named
from deltarule.networks.network import Network, Option
from deltarule.networks.specialise import given_sizes


def show_options(asked: Derive) -> int:
    """What one derivation can be asked for."""
    bare, options = split(asked.words or ())
    network = network_named(one_name(bare, "derive mlp --options", options), options, asked)
    show(network, "the list of options", asked.format)
    return 0


def options_page(page: Page, network: Network) -> None:
    """The options, sizes and constants of one derivation."""
    page.title(f"{network.name}: {network.title}")
    page.heading("Options")
    for option in network.options.values():
        page.item(*_row(option), column=24)
    if not network.options:
        page.prose("none", indent=2)
    page.heading("Sizes, for --set NAME=NUMBER")
    page.prose(", ".join(given_sizes(network)) or "none", indent=2)
    if network.scalars:
        page.heading("Constants")
        scalars = (f"{symbol.name} = {value}" for symbol, value in network.scalars.items())
        page.prose(", ".join(scalars), indent=2)


def _row(option: Option) -> tuple[str, str]:
    """`--layers 2` and what it means; yes-or-no options are said with how to turn them round."""
    name, default = option.name.replace("_", "-"), option.default
    if isinstance(default, bool):
        spelled = f"--no-{name}" if default else f"--{name}"
        return f"--{name}", f"{option.help}: {'yes' if default else 'no'}, or {spelled}"
    among = f"; one of {', '.join(option.choices)}" if option.choices else ""
    return f"--{name} {default}", option.help + among
