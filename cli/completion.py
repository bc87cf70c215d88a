"""What the shell offers when a word is completed: names of derivations, sheets, tensors, options.

The shells' scripts are Click's: `derive --show-completion bash`. Nothing of a person's own files is
run for it; where a name cannot be read, nothing is offered. Each function here takes what has been
read of the command line, and gives all words that may stand next.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from click import Context
    from click.shell_completion import CompletionItem

    from deltarule.networks.network import Network


def _of_library(context: Context) -> Network | None:
    """The derivation that is named, if it is one of the library's: no other file is run."""
    from deltarule.errors import DeltaruleError
    from deltarule.language.catalogue import find
    from deltarule.language.load import load

    for name in context.meta.get("deltarule.words", ()):
        if "/" in name or name.endswith((".py", ".toml")):
            continue
        try:
            find(name)
            return load(name)
        except DeltaruleError:
            continue
    return None


def guides(_context: Context) -> list[str]:
    """The names of the guides."""
    from deltarule.pages.guide_html import guides as known

    return [*known()]


def derivations(context: Context) -> list[str]:
    """Names and aliases of derivations; behind an option of a derivation's own, its choices."""
    from deltarule.language.catalogue import catalogue, declared_aliases, whole_networks

    words: list[str] = list(context.params.get("words") or ())
    choices = _choices(context, words)
    if choices is not None:
        return choices
    if words == ["example"] and _command(context) == "trace":
        return sheets(context)
    if any(not word.startswith("-") for word in words):
        return []
    known = {**catalogue(), **whole_networks()}
    aliases = [alias for path in known.values() for alias in declared_aliases(path)]
    also = {"trace": ["example", "flow", *sheets(context)], "check": []}.get(_command(context), [])
    return [*also, *sorted({*known, *aliases})]


def _command(context: Context) -> str:
    return getattr(context.command, "row", "")


def _choices(context: Context, words: list[str]) -> list[str] | None:
    """The values of the option that stands last; None where none stands there."""
    if not words or not words[-1].startswith("--") or "=" in words[-1]:
        return None
    network = _of_library(context)
    option = network.options.get(words[-1][2:].replace("-", "_")) if network else None
    if option is None or isinstance(option.default, bool):
        return None
    return list(map(str, option.choices))


def sheets(_context: Context) -> list[str]:
    """The names of the examples; files of one's own are the shell's to offer."""
    from deltarule.marking.sheet_files.sheets import sheet_names

    return [*sheet_names()]


def checked(context: Context) -> list[str]:
    """What `check` takes first; behind `example`, the examples."""
    words = list(context.params.get("words") or ())
    if words == ["example"]:
        return sheets(context)
    if context.params.get("conventions"):
        return [] if words else conventions(context)
    return ["example", "gradient", *sheets(context)] if not words else []


def like(_context: Context) -> list[str]:
    """The names of derivations."""
    from deltarule.language.catalogue import catalogue

    return [*catalogue()]


def conventions(_context: Context) -> list[str]:
    """The names of the courses' conventions."""
    from deltarule.submissions.convention_files import convention_names

    return convention_names()


def tensors(context: Context) -> list[str]:
    """The tensors of the derivation that is named."""
    network = _of_library(context)
    return [*network.tensors] if network else []


def sizes(context: Context) -> list[str]:
    """`N=` for each size of the derivation that is named."""
    from deltarule.networks.specialise import given_sizes

    network = _of_library(context)
    return [f"{name}=" for name in given_sizes(network)] if network else []


def rules(_context: Context) -> list[str]:
    """The rules of the calculus, with dashes for blanks."""
    from deltarule.proving.cited import CITED

    return ["list", *(name.replace(" ", "-") for name in CITED)]


def statements(_context: Context) -> list[str]:
    """The statements that can be proved, with dashes for blanks."""
    from deltarule.proving.statements import STATEMENTS

    return ["list", *(s.name.replace(" ", "-") for s in STATEMENTS)]


def own_options(context: Context, incomplete: str) -> Iterator[CompletionItem]:
    """The options of the derivation that is named, where an option is begun."""
    from click.shell_completion import CompletionItem

    if not incomplete.startswith("-"):
        return
    network = _of_library(context)
    for name, option in (network.options if network else {}).items():
        word = "--" + name.replace("_", "-")
        for spelled in (word, f"--no-{word[2:]}") if option.default is True else (word,):
            if spelled.startswith(incomplete):
                yield CompletionItem(spelled, help=option.help)


def updates(_context: Context) -> list[str]:
    """The derivations that are updates."""
    from deltarule.language.derivation_groups import in_group

    return in_group("Updates")


def exports(_context: Context) -> list[str]:
    """The formats of other systems."""
    from deltarule.classes.formats.export_table import EXPORTS

    return list(EXPORTS)


def revealed(_context: Context) -> list[str]:
    """How much may be shown to students."""
    from deltarule.classes.revealing import REVEALED

    return list(REVEALED)
