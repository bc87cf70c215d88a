"""`derive --list`: the derivations in groups, read without running a file."""

from __future__ import annotations

from collections.abc import Sequence

from deltarule.cli.derive_command import Derive
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.language.catalogue import catalogue
from deltarule.language.derivation_groups import GROUPS, entry_of


def show_list(asked: Derive) -> int:
    """All derivations."""
    entries = [entry_of(name, path) for name, path in catalogue().items()]
    show(entries, "the list of derivations", asked.format)
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
