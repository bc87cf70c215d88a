"""What a command is made of: its options, each stated once, and what goes together.

A command's options are the fields of a class, as `Annotated[type, option(…)] = default`; its
docstring begins the help. The parser's parameters, the help and the completion are made from them,
and what a person asked for is handed on as an instance of the class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from deltarule.cli import completion as names

if TYPE_CHECKING:
    from click import Context


class Asked:
    """What a person asked a command for: the bare words, the format with the `file` that it goes
    to, and the command's options.
    """

    words: list[str] | None = None
    format: str = "text"
    file: Path | None = None
    force: bool = False

    def __init__(self, **given):
        vars(self).update(given)


def never(_word: str) -> bool:
    """Of a use that no word asks for."""
    return False


@dataclass(frozen=True)
class Use:
    """One thing that a command can do: what it `shows`, as cli/formats.py calls it, and the
    function that `does` it, which takes what is asked and gives the exit status.

    `asked_by` are the options that ask for it, none for what is done without any, and
    `asked_by_word` tells of a word whether it does; `takes` are the options that say something
    about it. `words` tells whether names, and options of a
    derivation's own, stand beside it; if not, `remedy` what to write.
    """

    shows: str
    does: str
    asked_by: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    words: bool = True
    remedy: str = "leave it out"
    asked_by_word: Callable[[str], bool] = never

    @property
    def options(self) -> tuple[str, ...]:
        return (*self.asked_by, *self.takes)


@dataclass(frozen=True)
class Row:
    """One command: its options, what can be done with it, and which options go together.

    Of each group in `exclude` one option may be given; an option in `needs` says nothing without
    one of its own. `wrong` says what exit status 1 means, where there is one. What an option of
    `writes` writes overwrites no other file without --force, as what goes to a file does.
    """

    asked: type[Asked]
    uses: tuple[Use, ...]
    examples: tuple[tuple[str, str], ...]
    exclude: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    wrong: str = ""
    writes: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """The names of all options of its own."""
        return tuple(dict.fromkeys(name for use in self.uses for name in use.options))

    def use_of(self, asked: Asked) -> Use:
        """What is to be done: what an option asks for, else what is done without any."""
        given = {word(name) for name, value in vars(asked).items() if value not in (None, False)}
        plain = next(use for use in self.uses if not use.asked_by)
        asking = (use for use in self.uses if given & set(use.asked_by))
        return next(asking, next(self.by_words(asked.words or ()), plain))

    def by_words(self, words: Iterable[str]) -> Iterator[Use]:
        """The uses that some words ask for by themselves."""
        return (use for use in self.uses if any(map(use.asked_by_word, words)))


def use(shows: str, does: str, asked_by: str = "", takes: str = "", **more) -> Use:
    """A use, its options in two texts: `use("a proof", ".cli.prove:show_proof", "prove")`."""
    return Use(shows, does, tuple(asked_by.split()), tuple(takes.split()), **more)


class Described(NamedTuple):
    """What the help says of an option, or of what stands `beside` the options, and more about it.

    `metavar` stands for its value (a flag has none), `complete` gives what may stand there; `also`
    is another way to write it, `least` the least number.
    """

    help: str
    metavar: str | None = None
    complete: Callable[[Context], list[str]] | None = None
    also: str = ""
    least: float | None = None
    hidden: bool = False
    beside: bool = False


#: An option, named by its field: `no_kernel` is --no-kernel.
option = Described


def beside(metavar: str, help: str, complete: Callable[[Context], list[str]]) -> Described:
    """What stands beside the options."""
    return Described(help, metavar, complete, beside=True)


def one_of(*values: str) -> Callable[[Context], list[str]]:
    """A completion by a few words."""
    return lambda _context: list(values)


# Options of several commands.
SET = option("A number for a size: --set N=2.", "SIZE=NUMBER", names.sizes)
SEED = option("What to draw them from.", "N")
REVEAL = option(
    "What students see: verdicts alone, causes too (causes), or the right values.",
    "right|causes|verdicts",
    names.revealed,
)
NETWORK = beside(
    "NAME [--ITS-OPTION VALUE]",
    "A derivation's name, or the path of a file of your own; then its own options.",
    names.derivations,
)


def word(name: str) -> str:
    """The option of a field: `no-kernel` for `no_kernel`, `list` for `list_`."""
    return name.rstrip("_").replace("_", "-")
