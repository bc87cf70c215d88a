"""What a command is made of: its options, each stated once, and what goes together.

A command's options are the fields of a class, as `Annotated[type, option(…)] = default`; its
docstring begins the help. The parser's parameters, the help and the completion are made from them,
and what a person asked for is handed on as an instance of the class.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from typer import Argument, Context, Exit, Option, echo

from deltarule.cli import completion as names
from deltarule.cli.formats import FORMATS, formats_of


class Asked:
    """What a person asked a command for: the bare words, the format, and the command's options."""

    words: list[str] | None = None
    format: str = "text"

    def __init__(self, **given):
        vars(self).update(given)


@dataclass(frozen=True)
class Use:
    """One thing that a command can do: what it `shows`, as cli/formats.py calls it, and the
    function that `does` it, which takes what is asked and gives the exit status.

    `asked_by` are the options that ask for it, none for what is done without any; `takes` the
    options that say something about it. `words` tells whether names, and options of a
    derivation's own, stand beside it; if not, `remedy` what to write.
    """

    shows: str
    does: str
    asked_by: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    words: bool = True
    remedy: str = "leave it out"

    @property
    def options(self) -> tuple[str, ...]:
        return (*self.asked_by, *self.takes)


@dataclass(frozen=True)
class Row:
    """One command: its options, what can be done with it, and which options go together.

    Of each group in `exclude` one option may be given; an option in `needs` says nothing without
    one of its own. `wrong` says what exit status 1 means, where there is one.
    """

    asked: type[Asked]
    uses: tuple[Use, ...]
    examples: tuple[tuple[str, str], ...]
    exclude: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    wrong: str = ""

    @property
    def options(self) -> tuple[str, ...]:
        """The names of all options of its own."""
        return tuple(dict.fromkeys(name for use in self.uses for name in use.options))

    def use_of(self, asked: Asked) -> Use:
        """What is to be done: what an option asks for, else what is done without any."""
        given = {_word(name) for name, value in vars(asked).items() if value not in (None, False)}
        plain = next(use for use in self.uses if not use.asked_by)
        return next((use for use in self.uses if given & set(use.asked_by)), plain)


def use(shows: str, does: str, asked_by: str = "", takes: str = "", **more) -> Use:
    """A use, its options in two texts: `use("a proof", ".cli.prove:show_proof", "prove")`."""
    return Use(shows, does, tuple(asked_by.split()), tuple(takes.split()), **more)


def option(help: str, metavar: str | None = None, complete=None, also: str = "", **more):
    """An option, named by its field: `no_kernel` is --no-kernel; a flag has no `metavar`.

    `complete` offers its values, `also` is another way to write it.
    """
    return partial(
        Option, *also.split(), metavar=metavar, help=help, autocompletion=complete, **more
    )


def beside(metavar: str, help: str, complete):
    """What stands beside the options."""
    return partial(
        Argument, metavar=metavar, help=help, show_default=False, autocompletion=complete
    )


def one_of(*values: str) -> Callable[[], list[str | tuple[str, str]]]:
    """A completion by a few words."""
    return lambda: list(values)


def _say_version(context: Context, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from importlib.metadata import version

        root = context.find_root()
        program = "" if root.command.name is None else f"{root.info_name} "
        number = version("deltarule")
        echo(f"{program}(deltarule) {number}" if program else f"deltarule {number}")
        raise Exit()


# Options of several commands.
SET = option("A number for a size: --set N=2.", "SIZE=NUMBER", names.sizes)
SEED = option("What to draw them from.", "N")
NETWORK = beside(
    "NAME [--ITS-OPTION VALUE]",
    "A derivation's name, or the path of a file of your own; then its own options.",
    names.derivations,
)
# Options of all.
_NO_PAGER = option("On a terminal, show all at once, however long.")
VERSION = option("The version.", callback=_say_version, is_eager=True)


def parameters(row: Row) -> list[inspect.Parameter]:
    """The parser's parameters: the command's own options, the formats, and what all commands have.

    Formats in which none of its things is shown are understood, so that they can be refused by
    name, and not in the help.
    """
    found = [
        parameter(name, annotation, getattr(row.asked, name, None))
        for name, annotation in row.asked.__annotations__.items()
    ]
    shown = {name for use in row.uses for name in formats_of(use.shows)}
    for name, form in FORMATS.items():
        if form.help:
            flag = option(form.help, hidden=name not in shown)
            found.append(parameter(name, Annotated[bool, flag], False))
    found.append(parameter("no_pager", Annotated[bool, _NO_PAGER], False))
    found.append(parameter("version", Annotated[bool, VERSION], False))
    return found


def parameter(name: str, annotation, default) -> inspect.Parameter:
    """One field as the parser takes it."""
    kind, make = annotation.__origin__, annotation.__metadata__[0]
    info = make() if name == "words" else make(f"--{_word(name)}")
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[kind, info], default=default
    )


def _word(name: str) -> str:
    """The option of a field: `no-kernel` for `no_kernel`, `list` for `list_`."""
    return name.rstrip("_").replace("_", "-")
