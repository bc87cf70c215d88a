"""What there is: the derivations in groups, and one derivation's options."""

from __future__ import annotations

from collections.abc import Sequence

from deltarule.cli.arguments import one_name, split
from deltarule.cli.derive_command import Derive
from deltarule.cli.formats import show
from deltarule.cli.groups import GROUPS, entry_of
from deltarule.cli.page import Page
from deltarule.language.catalogue import catalogue
from deltarule.language.load import load
from deltarule.networks.network import Network, Option
from deltarule.networks.specialise import given_sizes


def show_list(asked: Derive) -> int:
    """All derivations."""
    entries = [entry_of(name, path) for name, path in catalogue().items()]
    show(entries, "the list of derivations", asked.format)
    return 0


def show_options(asked: Derive) -> int:
    """What one derivation can be asked for."""
    bare, options = split(asked.words or ())
    network = load(one_name(bare, "derive mlp --options", options), **options)
    show(network, "the list of options", asked.format)
    return 0


def catalogue_page(page: Page, entries: Sequence[dict]) -> None:
    """All derivations with their titles and aliases, in groups."""
    for group in GROUPS:
        mine = [entry for entry in entries if entry["group"] == group]
        if mine:
            page.heading(group)
        for entry in mine:
            also = f" (also: {', '.join(entry['aliases'])})" if entry["aliases"] else ""
            page.item(entry["name"], entry["title"] + also, column=20)
    page.blank()
    page.prose("derive NAME derives one; derive NAME --options shows what it can be asked for.")


def options_page(page: Page, network: Network) -> None:
    """The options, sizes and constants of one derivation."""
    page.title(f"{network.name}: {network.title}")
    page.heading("Options")
    for option in network.options.values():
        page.item(*_told(option), column=24)
    if not network.options:
        page.prose("none", indent=2)
    page.heading("Sizes, for --set NAME=NUMBER")
    page.prose(", ".join(given_sizes(network)) or "none", indent=2)
    if network.scalars:
        page.heading("Constants")
        told = (f"{symbol.name} = {value}" for symbol, value in network.scalars.items())
        page.prose(", ".join(told), indent=2)


def _told(option: Option) -> tuple[str, str]:
    """`--layers 2` and what it means; yes-or-no options are told with how to turn them round."""
    name, default = option.name.replace("_", "-"), option.default
    if isinstance(default, bool):
        spelled = f"--no-{name}" if default else f"--{name}"
        return f"--{name}", f"{option.help}: {'yes' if default else 'no'}, or {spelled}"
    among = f"; one of {', '.join(option.choices)}" if option.choices else ""
    return f"--{name} {default}", option.help + among
