"""What there is: the derivations in groups, and one derivation's options."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path

from deltarule.cli.arguments import one_name, split
from deltarule.cli.page import Page
from deltarule.cli.screen import console, write_json
from deltarule.language.catalogue import catalogue, declared_aliases

_GROUPS = (
    "Layers with parameters",
    "Layers without parameters",
    "Losses",
    "Sequences",
    "Networks",
    "Updates",
)


def show_list(as_json: bool) -> int:
    """All derivations with their titles and aliases, in groups."""
    entries = [_entry(name, path) for name, path in catalogue().items()]
    if as_json:
        write_json({"derivations": entries})
        return 0
    screen = console()
    page = Page(screen.width)
    for group in _GROUPS:
        mine = [entry for entry in entries if entry["group"] == group]
        if mine:
            page.heading(group)
        for entry in mine:
            also = f" (also: {', '.join(entry['aliases'])})" if entry["aliases"] else ""
            page.item(entry["name"], entry["title"] + also, column=20)
    page.blank()
    page.prose("derive NAME derives one; derive NAME --options shows what it can be asked for.")
    page.show(screen)
    return 0


def in_group(group: str) -> list[str]:
    """The names of the derivations of one group, such as "Updates"."""
    return [name for name, path in catalogue().items() if _entry(name, path)["group"] == group]


def _entry(name: str, path: Path) -> dict:
    """A derivation as its file tells it, read without running the file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    title = (ast.get_docstring(tree) or name).partition("\n")[0].rstrip(".")
    return {
        "name": name,
        "title": title,
        "aliases": list(declared_aliases(path)),
        "group": _group(tree),
    }


def _group(tree: ast.Module) -> str:
    """The group of a derivation, by the words that it uses."""
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    used = {call.func.id for call in calls}
    if "rate" in used:
        return "Updates"
    if "state" in used or any(_is_sequence(call) for call in calls):
        return "Sequences"
    if "loss" in used and "parameter" not in used:
        return "Losses"
    if used & {"layer", "loss"}:
        return "Networks"
    return "Layers with parameters" if "parameter" in used else "Layers without parameters"


def _is_sequence(call: ast.Call) -> bool:
    """Whether it is `layer("rnn", …)` of a derivation that carries a state."""
    if call.func.id != "layer" or not call.args or not isinstance(call.args[0], ast.Constant):
        return False
    name = str(call.args[0].value)
    path = next((p for n, p in catalogue().items() if name in (n, *declared_aliases(p))), None)
    return path is not None and _group(ast.parse(path.read_text(encoding="utf-8"))) == "Sequences"


def show_options(words: Sequence[str], as_json: bool) -> int:
    """The options, sizes and constants of one derivation."""
    from deltarule.language.load import load
    from deltarule.networks.specialise import given_sizes

    bare, asked = split(words)
    network = load(one_name(bare, "derive mlp --options", asked), **asked)
    sizes = list(given_sizes(network))
    options = [
        {"name": o.name, "default": o.default, "help": o.help, "choices": list(o.choices)}
        for o in network.options.values()
    ]
    scalars = {s.name: str(value) for s, value in network.scalars.items()}
    if as_json:
        values = {"network": network.name, "options": options, "sizes": sizes, "scalars": scalars}
        write_json(values)
        return 0
    screen = console()
    page = Page(screen.width)
    page.title(f"{network.name}: {network.title}")
    page.heading("Options")
    for option in options:
        page.item(*_told(option), column=24)
    if not options:
        page.prose("none", indent=2)
    page.heading("Sizes, for --set NAME=NUMBER")
    page.prose(", ".join(sizes) or "none", indent=2)
    if scalars:
        page.heading("Constants")
        page.prose(", ".join(f"{name} = {value}" for name, value in scalars.items()), indent=2)
    page.show(screen)
    return 0


def _told(option: dict) -> tuple[str, str]:
    """`--layers 2` and what it means; yes-or-no options are told with how to turn them round."""
    name, default = option["name"].replace("_", "-"), option["default"]
    if isinstance(default, bool):
        spelled = f"--no-{name}" if default else f"--{name}"
        return f"--{name}", f"{option['help']}: {'yes' if default else 'no'}, or {spelled}"
    among = f"; one of {', '.join(option['choices'])}" if option["choices"] else ""
    return f"--{name} {default}", option["help"] + among
