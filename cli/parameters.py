"""The parser's parameters, made from the rows of the table of commands.

Click reads a command line with them, shows the help, and completes words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import isfinite
from pathlib import Path, PurePath
from types import NoneType, UnionType
from typing import get_args, get_origin

import click
from click.shell_completion import CompletionItem

from deltarule.cli.formats import FORMATS, formats_of
from deltarule.cli.row import Described, Row, option, word


class Beside(click.Argument):
    """What stands beside the options; not every release of Click shows what it is."""

    def __init__(self, described: Described, *names, **more):
        super().__init__(*names, metavar=described.metavar, **more)
        self.described = described


def parameters(row: Row) -> list[click.Parameter]:
    """The command's own options, the formats, and what all commands have.

    Formats in which none of its things is shown are understood, so that they can be refused by
    name, and not in the help.
    """
    found = [
        _parameter(name, *_read(annotation), getattr(row.asked, name, None))
        for name, annotation in row.asked.__annotations__.items()
    ]
    shows = {use.shows for use in row.uses}
    shown = {name for called in shows for name in formats_of(called)}
    for name, form in FORMATS.items():
        if form.help:
            file = f"FOLDER|{form.file}" if shows & form.folders.keys() else form.file
            described = option(form.help, file or None, hidden=name not in shown)
            found.append(_parameter(name, Path if form.file else bool, described))
    forced = option("Overwrite a file that is there, whoever wrote it.")
    found.append(_parameter("force", bool, forced))
    paged = option("On a terminal, show all at once, however long.")
    return [*found, _parameter("no_pager", bool, paged), version()]


def _read(annotation) -> tuple[type, Described]:
    """The type and the description of a field of `Annotated[type, option(…)]`."""
    return annotation.__origin__, annotation.__metadata__[0]


def _parameter(name: str, kind, described: Described, default=None) -> click.Parameter:
    """One field as the parser takes it."""
    offered = described.complete and partial(_offered, described.complete)
    if described.beside:
        return Beside(described, [name], nargs=-1, shell_complete=offered)
    several, kind = _one(kind)
    return click.Option(
        [name, *described.also.split(), f"--{word(name)}"],
        type=_TYPES[kind](described.least),
        is_flag=kind is bool,
        default=default,
        multiple=several,
        show_default=kind is not bool,
        metavar=described.metavar,
        help=described.help,
        hidden=described.hidden,
        shell_complete=offered,
    )


def _one(kind) -> tuple[bool, type]:
    """Whether an annotation stands for several values, and of which type one is."""
    if isinstance(kind, UnionType):
        kind = next(k for k in get_args(kind) if k is not NoneType)
    return (True, get_args(kind)[0]) if get_origin(kind) is list else (False, kind)


class _Finite(click.ParamType):
    """Numbers without ∞ and NaN, which Click takes: NaN is in every range."""

    def convert(self, value, param, ctx):
        number = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"{value} is not a finite number", param, ctx)
        return number


class _FiniteNumber(_Finite, type(click.FLOAT)):
    """Any of them."""


class _FiniteRange(_Finite, click.FloatRange):
    """Those from a least one on."""


_TYPES: Mapping[type, Callable[[float | None], click.ParamType]] = {
    bool: lambda _least: click.BOOL,
    str: lambda _least: click.STRING,
    Path: lambda _least: click.Path(path_type=Path),
    int: lambda least: click.INT if least is None else _number(click.IntRange(int(least))),
    float: lambda least: _number(_FiniteNumber() if least is None else _FiniteRange(least)),
}


def _number(kind: click.ParamType) -> click.ParamType:
    """The type itself; messages call it a number."""
    kind.name = "number"
    return kind


def _offered(complete, context: click.Context, _parameter, incomplete: str) -> list[CompletionItem]:
    """What completes a word, of all that a function of cli/completion.py gives."""
    return [CompletionItem(w) for w in complete(context) if w.startswith(incomplete)]


def version() -> click.Parameter:
    """The option --version, which says it and leaves."""
    return _at_once("version", _say_version, "The version.", is_flag=True)


def show_completion() -> click.Parameter:
    """The option --show-completion, which prints the script for a shell and leaves."""
    return _at_once(
        "show_completion",
        _say_script,
        "What makes bash, zsh or fish complete words: put it into the shell's settings.",
        type=click.Choice(["bash", "zsh", "fish"]),
        metavar="SHELL",
    )


def _at_once(name: str, does: Callable, help: str, **more) -> click.Option:
    """An option that is done before anything else is looked at."""
    return click.Option(
        [name, f"--{word(name)}"],
        callback=does,
        help=help,
        is_eager=True,
        expose_value=False,
        **more,
    )


def _say_version(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from importlib.metadata import version

        root = context.find_root()
        program = "" if root.command.name is None else f"{root.info_name} "
        number = version("deltarule")
        click.echo(f"{program}(deltarule) {number}" if program else f"deltarule {number}")
        context.exit()


def _say_script(context: click.Context, _parameter: click.Parameter, shell: str | None) -> None:
    if shell is None or context.resilient_parsing:
        return
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    if made is not None:
        root = context.find_root()
        name = PurePath(root.info_name or "deltarule").name
        click.echo(made(root.command, {}, name, f"_{name.upper()}_COMPLETE").source())
    context.exit()
