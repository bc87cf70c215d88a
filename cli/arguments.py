"""What stands on a command line beside the command's own options.

derive mlp --layers 3 --activation tanh --bias       options that the derivation declares
derive conv --stride 2 --set N=1,C=3                 numbers for attributes and sizes
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from deltarule.cli.kinds_of_words import is_option
from deltarule.errors import DeltaruleError, UnknownOption
from deltarule.expressions.given_numbers import whole_number


def split(words: Sequence[str]) -> tuple[list[str], dict[str, object]]:
    """The bare words, and the `--name value` pairs as options.

    `--bias` alone is yes, `--no-bias` no. A `--name` takes the next word unless that is an option.
    """
    bare: list[str] = []
    options: dict[str, object] = {}
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if not is_option(word):
            bare.append(word)
            continue
        if not word.startswith("--"):
            raise DeltaruleError(
                f"there is no option {word}",
                "the command line",
                "options have two dashes: --layers",
            )
        name, equals, value = word[2:].partition("=")
        if _python(name.removeprefix("no-")) in options or _python(name) in options:
            raise DeltaruleError(f"--{name} is given twice", "the command line", "keep one")
        if equals:
            if not value:
                raise DeltaruleError(
                    f"--{name} has no value", "the command line", f"write --{name} VALUE"
                )
            options[_python(name)] = value
        elif waiting and not is_option(waiting[0]) and not name.startswith("no-"):
            options[_python(name)] = waiting.pop(0)
        elif name.startswith("no-"):
            options[_python(name[3:])] = False
        else:
            from deltarule.expressions.given_numbers import Alone  # brings SymPy

            options[_python(name)] = Alone(True)
    return bare, options


def sheet_names(words: Sequence[str] | None, command: str, example: str) -> list[str]:
    """The bare words of a command that has no options beside its own: names of sheets.

    Raises DeltaruleError for such options, and where no sheet is named.
    """
    bare, options = split(words or ())
    if options:
        raise no_option(options, f"see {command} --help")
    if not bare or not all(name.strip() for name in bare):
        raise DeltaruleError("no sheet is named", "the command line", f"write {example}")
    return bare


def one_name(bare: Sequence[str], example: str, options: Mapping | None = None) -> str:
    """The one bare word that there must be. Raises DeltaruleError for none, or several.

    `options` are those beside it: a mistyped one may have taken the word for its value.
    """
    taken = next((o for o, value in (options or {}).items() if isinstance(value, str)), None)
    if not bare and taken is not None:
        raise UnknownOption.named(
            taken,
            "no derivation is named",
            f"the command line: {(options or {})[taken]!r} is the value of --{_word(taken)} there",
            otherwise=f"put its name first: {example}",
        )
    if not bare:
        raise DeltaruleError(
            "no derivation is named", "the command line", f"put its name first: {example}"
        )
    if len(bare) > 1:
        raise DeltaruleError(
            f"{bare[1]!r} stands behind {bare[0]!r}, where one name belongs",
            "the command line",
            _meant(bare[1]) or f"one at a time; options have two dashes: {example}",
        )
    return bare[0]


def _meant(word: str) -> str:
    """What to write where an option is given as in Python: stride=2; empty for any other word."""
    name, equals, value = word.partition("=")
    if not (equals and value and name.isidentifier()):
        return ""
    return f"write --set {word}" if name.isupper() else f"write --{_word(name)} {value}"


def no_option(options: Mapping[str, object], otherwise: str) -> UnknownOption:
    """The error for the first of some options, where there are none; `otherwise` its remedy."""
    name, value = next(iter(options.items()))
    word = _word(f"no_{name}" if value is False else name)
    return UnknownOption.named(
        word, f"there is no option --{word}", "the command line", otherwise=otherwise
    )


def numbers(settings: Iterable[str]) -> dict[str, int]:
    """`N=2`, or `N=2,D=3`, as numbers by name. Raises DeltaruleError for anything else."""
    found: dict[str, int] = {}
    for setting in ",".join(settings).split(","):
        if not setting.strip():
            continue
        name, equals, value = (part.strip() for part in setting.partition("="))
        if not equals or not re.fullmatch(r"-?[0-9]+", value.replace("−", "-")):
            raise DeltaruleError(
                f"{setting.strip()!r} gives no size a whole number",
                "--set",
                "shapes are given to typed equations alone: write sizes, as --set N=2 or D=3,M=2; "
                "derive NAME --options names those of a derivation"
                if re.fullmatch(r"[0-9]+(?:[x×][0-9]+)+", value)
                else "write --set N=2",
            )
        if name in found:
            raise DeltaruleError(f"{name} is given twice", "--set", "keep one")
        found[name] = whole_number(name, value, "--set")
    return found


def no_example() -> DeltaruleError:
    """The error for `example` without the name of one."""
    from deltarule.marking.sheet_files.sheets import sheet_names

    return DeltaruleError(
        "no example is named", "the command line", f"the examples are {', '.join(sheet_names())}"
    )


def _python(name: str) -> str:
    return name.replace("-", "_")


def _word(name: str) -> str:
    return name.replace("_", "-")
