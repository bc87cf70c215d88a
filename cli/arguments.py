"""What stands on a command line beside the command's own options.

    derive mlp --layers 3 --activation tanh --bias       options that the derivation declares
    derive conv --stride 2 --set N=1,C=3                 numbers for attributes and sizes
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from deltarule.notation.errors import DeltaruleError

_VALUE = re.compile(r"-[0-9.,/]+")


def split(words: Sequence[str]) -> tuple[list[str], dict[str, object]]:
    """The bare words, and the `--name value` pairs as options.

    `--bias` alone is yes, `--no-bias` no. A `--name` takes the next word unless that is an option.
    """
    bare: list[str] = []
    options: dict[str, object] = {}
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if not word.startswith("-") or word == "-" or _VALUE.fullmatch(word):
            bare.append(word)
            continue
        if not word.startswith("--"):
            raise DeltaruleError(
                f"there is no option {word}",
                "the command line",
                "options have two dashes: --layers",
            )
        name, equals, value = word[2:].partition("=")
        if equals:
            options[_python(name)] = value
        elif waiting and (not waiting[0].startswith("-") or _VALUE.fullmatch(waiting[0])):
            options[_python(name)] = waiting.pop(0)
        elif name.startswith("no-"):
            options[_python(name[3:])] = False
        else:
            options[_python(name)] = True
    return bare, options


def one_name(bare: Sequence[str], example: str) -> str:
    """The one bare word that there must be. Raises DeltaruleError for none, or several."""
    if not bare:
        raise DeltaruleError(
            "no derivation is named", "the command line", f"put its name first: {example}"
        )
    if len(bare) > 1:
        raise DeltaruleError(
            f"{bare[1]!r} stands behind {bare[0]!r}, where one name belongs",
            "the command line",
            f"one at a time; options have two dashes: {example}",
        )
    return bare[0]


def numbers(settings: Iterable[str]) -> dict[str, int]:
    """`N=2`, or `N=2,D=3`, as numbers by name. Raises DeltaruleError for anything else."""
    found: dict[str, int] = {}
    for setting in ",".join(settings).split(","):
        if not setting.strip():
            continue
        name, equals, value = (part.strip() for part in setting.partition("="))
        if not equals or not re.fullmatch(r"-?[0-9]{1,9}", value.replace("−", "-")):
            raise DeltaruleError(
                f"{setting.strip()!r} gives no size a whole number", "--set", "write --set N=2"
            )
        found[name] = int(value.replace("−", "-"))
    return found


def one_style(**asked: bool) -> str:
    """The one way to show that was asked for. Raises DeltaruleError for two at once."""
    wanted = [name for name, yes in asked.items() if yes]
    if len(wanted) > 1:
        raise DeltaruleError(
            f"--{wanted[0]} and --{wanted[1]} exclude each other", "the command line", "keep one"
        )
    return wanted[0] if wanted else "screen"


def _python(name: str) -> str:
    return name.replace("-", "_")
