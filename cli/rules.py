"""What stands on a command line, held against the table of commands before anything is done.

Refused are: an option whose value was forgotten, two that exclude each other, one that says nothing
about what is asked, a format in which it is not shown, and words where none belong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from deltarule.cli.formats import FORMATS, exclude_each_other, formats_of, one_of
from deltarule.cli.formats import refuse as refuse_format
from deltarule.cli.kinds_of_words import is_option
from deltarule.cli.row import Row, Use
from deltarule.cli.table import COMMANDS
from deltarule.errors import DeltaruleError, UnknownOption
from deltarule.nearest import edit_distance, nearest

PLACE = "the command line"
#: Those that are done before anything else is looked at.
FIRST = ("version", "help", "show-completion")


class Parameter(Protocol):
    """What is needed of an option as the parser knows it."""

    name: str
    opts: list[str]
    metavar: str | None
    multiple: bool
    is_flag: bool


@dataclass
class Given:
    """The options that are given, by their long names without dashes, and the words beside them."""

    options: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def everywhere() -> tuple[str, ...]:
    """The options that every command has, beside whatever else is asked."""
    formats = (name for name, form in FORMATS.items() if form.help)
    return (*formats, "force", "no-pager", "version", "help")


def writing(command: Row) -> tuple[str, ...]:
    """The options of a command that write files, which --force lets overwrite others."""
    shown = {name for use in command.uses for name in formats_of(use.shows)}
    return (
        *command.writes,
        *(name for name, form in FORMATS.items() if form.file and name in shown),
    )


def options_by_word(parameters: Iterable) -> dict[str, Parameter]:
    """The options of a command by each way to write them, such as `--output` and `-o`."""
    return {word: p for p in parameters if p.param_type_name == "option" for word in p.opts}


def long_name(parameter: Parameter) -> str:
    """`no-kernel` for `--no-kernel`."""
    return max(parameter.opts, key=len).lstrip("-")


def given(known: Mapping[str, Parameter], words: Sequence[str]) -> Given:
    """The options and words of a command line.

    Raises DeltaruleError for an option without its value, a flag with one, and for an option that
    can be given once and is given twice. Unknown options are words here: a derivation may have
    them.
    """
    found, waiting = Given(), list(words)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            found.words += waiting
            break
        name, equals, value = word.partition("=")
        option = known.get(name)
        if option is None or not is_option(word):
            found.words.append(word)
            continue
        if option.is_flag:
            if equals:
                raise DeltaruleError(f"{name} takes no value", PLACE, f"write {name} alone")
        elif not equals:
            value = _value(name, option, waiting)
        if not option.is_flag and not value.strip():
            raise _no_value(name, option, "")
        long = long_name(option)
        if long in found.options and not option.multiple and not option.is_flag:
            raise DeltaruleError(f"{name} is given twice", PLACE, "keep one")
        found.options.append(long)
    return found


def _value(name: str, option: Parameter, waiting: list[str]) -> str:
    """The word behind an option, taken away. Raises DeltaruleError where that is none."""
    if not waiting:
        raise _no_value(name, option, "")
    if is_option(waiting[0]):
        raise _no_value(name, option, f": {waiting[0]} stands behind it")
    return waiting.pop(0)


def _no_value(name: str, option: Parameter, why: str) -> DeltaruleError:
    return DeltaruleError(
        f"{name} has no value{why}", PLACE, f"write {name} {option.metavar or 'VALUE'}"
    )


def refuse(name: str, found: Given) -> None:
    """Raises DeltaruleError for options that do not go together, and for stray words."""
    command = COMMANDS[name]
    options = list(dict.fromkeys(found.options))
    use = _use_of(command, options, found.words)
    for group in command.exclude:
        both = [option for option in group if option in options]
        if len(both) > 1:
            raise _excluding(*both[:2])
    formats = [option for option in options if option in FORMATS]
    if pair := exclude_each_other(formats):
        raise _excluding(*pair)
    for asked in formats:
        refuse_format(use.shows, asked, _without(command, use, options, asked))
    for option in options:
        if option not in (*use.options, *everywhere()):
            raise _out_of_place(command, use, option, options)
    for option, needed in (*command.needs, ("force", writing(command))):
        if option in options and not set(needed) & set(options):
            raise DeltaruleError(
                f"--{option} is for {_either(needed)} alone",
                PLACE,
                f"leave it out, or add {_either(needed)}",
            )
    if found.words and not use.words:
        beside = f"--{next(o for o in options if o in use.asked_by)}" if use.asked_by else name
        raise DeltaruleError(f"{found.words[0]!r} stands beside {beside}", PLACE, use.remedy)


def _without(command: Row, use: Use, options: Sequence[str], form: str) -> str:
    """What to leave out for what the command shows in a format; empty where it is no help."""
    plain = next(other for other in command.uses if not other.asked_by)
    asking = [f"--{option}" for option in options if option in use.asked_by]
    if not asking or form not in formats_of(plain.shows):
        return ""
    return f"leave {' and '.join(asking)} out for {plain.shows} as {FORMATS[form].title}"


def _use_of(command: Row, options: Sequence[str], words: Sequence[str]) -> Use:
    """What is asked for. Raises DeltaruleError for two things at once, unless one is of the other:
    --jvp --kernel is a kernel.
    """
    asked = [use for use in command.uses if set(use.asked_by) & set(options)]
    asking = {o for use in asked for o in use.asked_by} & set(options)
    asked = [use for use in asked if asking <= set(use.options)] or asked
    if len(asked) > 1:
        raise _excluding(*(next(o for o in options if o in use.asked_by) for use in asked[:2]))
    plain = next(use for use in command.uses if not use.asked_by)
    return asked[0] if asked else next(command.by_words(words), plain)


def _excluding(first: str, second: str) -> DeltaruleError:
    return DeltaruleError(f"--{first} and --{second} exclude each other", PLACE, "keep one")


def _out_of_place(command: Row, use: Use, option: str, options: Sequence[str]) -> DeltaruleError:
    """The error for an option that says nothing about what is asked."""
    if asking := [o for o in options if o in use.asked_by]:
        return _excluding(asking[0], option)
    if use.asked_by:
        return DeltaruleError(
            f"--{option} says nothing about {use.shows} of what is typed", PLACE, "leave it out"
        )
    homes = [u for u in command.uses if option in u.options]
    asked_by = [name for home in homes for name in home.asked_by]
    needed = _either(dict(command.needs).get(option) or asked_by)
    if not needed:
        raise DeltaruleError(
            f"--{option} is an option of the command, but nothing that it does takes it",
            f"the row of {command.asked.__name__} in cli/",
            "name it behind a use: use(SHOWS, DOES, ASKED_BY, TAKES)",
        )
    return DeltaruleError(
        f"--{option} is for {needed} alone", PLACE, f"leave it out, or add {needed}"
    )


def _either(options: Iterable[str]) -> str:
    return one_of(f"--{option}" for option in options)


def unknown_option(name: str, error: UnknownOption) -> DeltaruleError:
    """An error about a derivation's option, whose remedy knows the command's options too."""
    typed = error.option.replace("_", "-")
    near = nearest(typed, [*COMMANDS[name].options, *everywhere()])
    others = [other for other, row in COMMANDS.items() if typed in row.options]
    if nearest(typed, error.known) is not None:
        return error
    if near is not None and edit_distance(typed, near) <= max(1, len(typed) // 4):
        return DeltaruleError(error.fact, error.place, f"did you mean '--{near}'?")
    if others:
        whose = f"--{typed} belongs to {' and '.join(others)}"
        return DeltaruleError(error.fact, error.place, f"leave it out: {whose}")
    return error


def first_word(known: Mapping[str, Parameter], words: Sequence[str]) -> int | None:
    """The place of the first word that is no option, nor the value of one."""
    skip = False
    for place, word in enumerate(words):
        if skip:
            skip = False
        elif not is_option(word):
            return place
        else:
            option = known.get(word)
            skip = option is not None and not option.is_flag
    return None
