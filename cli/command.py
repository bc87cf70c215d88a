"""A command as the parser sees it: strict about its options, with commands below it, and its help.

Click's own command is extended; whatever is wrong on the command line is said as any other error:
fact, place, remedy, and exit status 2.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import click

from deltarule.cli import rules, stopped
from deltarule.cli.parameters import Beside
from deltarule.cli.table import COMMANDS
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.nearest import nearest

#: Under this key a context keeps what stands on the command line beside options.
WORDS = "deltarule.words"
#: Help is at most so wide: longer lines are hard to read.
WIDEST = 100
_STATUSES = ("0", "all right"), ("1", ""), ("2", "the command could not run")


class Command(click.Command):
    """A command that refuses what its row of the table does not allow."""

    #: The commands below one, by its name and by theirs, each as a function that makes it.
    below: ClassVar[dict[str, dict[str, Callable[[], Command]]]] = {}

    @property
    def row(self) -> str:
        """The name of the command's row in the table, such as `trace flow`."""
        return self.name or ""

    def make_context(self, info_name, args, parent=None, **extra):
        """Read a command line, as this command or as the one below it that is named."""
        words = list(args)
        resilient = extra.get("resilient_parsing") or (parent and parent.resilient_parsing)
        with _reported(self, words, resilient):
            other, rest = self._routed(words)
            if other is not None:
                return other.make_context(
                    f"{info_name} {other.row.split()[-1]}", rest, parent, **extra
                )
            # The parser takes away what it reads; --json is looked for among all words.
            context = super().make_context(info_name, [*words], parent, **extra)
        # Where the value of an option is completed, the parser has given up before the names.
        context.meta[WORDS] = tuple(word for word in args if not rules.is_option(word))
        return context

    def parse_args(self, ctx, args):
        """Refuse what does not go together, then read the values."""
        if not ctx.resilient_parsing:
            found = rules.given(rules.options_by_word(self.get_params(ctx)), args)
            if not set(rules.FIRST) & set(found.options):
                rules.refuse(self.row, found)
        return super().parse_args(ctx, args)

    def invoke(self, ctx):
        """Run what was read, which may be the command below."""
        return super().invoke(ctx) if ctx.command is self else ctx.command.invoke(ctx)

    def _routed(self, words: list[str]) -> tuple[Command | None, list[str]]:
        """The command below that the first word names, and the words for it."""
        others = self.below.get(self.row, {})
        if not others:
            return None, words
        commands = {name: make() for name, make in others.items()}
        known = rules.options_by_word(
            p for command in (self, *commands.values()) for p in command.params
        )
        place = rules.first_word(known, words)
        if place is None:
            return None, words
        if words[place] in commands:
            return commands[words[place]], words[:place] + words[place + 1 :]
        return None, words

    def shell_complete(self, ctx, incomplete):
        """The options of the command, and those of the derivation that is named."""
        from deltarule.cli.completion import own_options

        return [*super().shell_complete(ctx, incomplete), *own_options(ctx, incomplete)]

    def format_options(self, ctx, formatter) -> None:
        """What stands beside the options, and they, by their own words, without Python's types."""
        beside = [p for p in self.params if isinstance(p, Beside)]
        if beside:
            with formatter.section("What"):
                formatter.write_dl([(p.metavar or "", p.described.help) for p in beside])
        with formatter.section("Options"):
            options = (p for p in self.get_params(ctx) if not isinstance(p, Beside))
            records = (p.get_help_record(ctx) for p in options)
            formatter.write_dl([record for record in records if record is not None])
        rows = [
            (name, make().get_short_help_str(60))
            for name, make in self.below.get(self.row, {}).items()
        ]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)

    def format_epilog(self, ctx, formatter) -> None:
        """Examples, and what the exit status says."""
        row = COMMANDS[self.row]
        with formatter.section("Examples"):
            formatter.write_dl(row.examples, col_max=46)
        with formatter.section("Exit status"):
            formatter.write_dl(
                [(s, words or row.wrong) for s, words in _STATUSES if words or row.wrong]
            )

    def collect_usage_pieces(self, ctx) -> list[str]:
        return [*(p.metavar or "" for p in self.params if isinstance(p, Beside)), "[OPTIONS]"]


class Group(click.Group):
    """The commands together, as `deltarule`."""

    def list_commands(self, ctx) -> list[str]:
        """The commands in the order of the table."""
        return list(self.commands)

    def make_context(self, info_name, args, parent=None, **extra):
        """Read what stands before the name of a command."""
        words = list(args)
        if not words and not extra.get("resilient_parsing"):
            words = ["--help"]
        with _reported(self, words, extra.get("resilient_parsing")):
            return super().make_context(info_name, [*words], parent, **extra)

    def resolve_command(self, ctx, args):
        """The command that is named. Leaves with a message, and the nearest name, for none."""
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None:
            with _reported(self, args, False):
                raise _no_command(args[0], list(self.commands))
        return super().resolve_command(ctx, args)

    def format_epilog(self, ctx, formatter) -> None:
        """An example of each command."""
        own = "" if self.name == "deltarule" else f"{self.name} "
        with formatter.section("Examples"):
            examples = [row.examples[0] for name, row in COMMANDS.items() if name.startswith(own)]
            formatter.write_dl([(_under(ctx, words), what) for words, what in examples], col_max=46)
        with formatter.section("Exit status"):
            formatter.write_dl([(s, words or "something is wrong") for s, words in _STATUSES])


def _under(ctx, words: str) -> str:
    """`deltarule derive conv` for `derive conv`."""
    return words if words.startswith(("deltarule", ctx.info_name)) else f"{ctx.info_name} {words}"


def _no_command(name: str, names: Sequence[str]) -> DeltaruleError:
    hint = did_you_mean(name, names) or f"the commands are {', '.join(names)}"
    return DeltaruleError(f"there is no command {name}", rules.PLACE, hint)


class _reported:
    """`with _told(command, words, resilient):` an error inside is said, and ends with status 2."""

    def __init__(self, command: Command | Group, words: Sequence[str], resilient: Any):
        self._command, self._words, self._resilient = command, words, resilient

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind, error, _traceback) -> None:
        if isinstance(error, KeyboardInterrupt):
            sys.exit(stopped.say())  # Click would have its own word for it, and status 1
        if self._resilient or not isinstance(error, click.UsageError | DeltaruleError):
            return
        from deltarule.cli.output import Output
        from deltarule.cli.running import tell

        Output.going_to(None, "", False)  # nor to the file of a command before, in one process
        reported = error if isinstance(error, DeltaruleError) else self._in_our_words(error)
        sys.exit(tell(reported, as_json="--json" in self._words))

    def _in_our_words(self, error) -> DeltaruleError:
        """An error of the parser: the nearest option for an unknown one, else where help is."""
        path = error.ctx.command_path if error.ctx else self._command.name
        unknown = getattr(error, "option_name", "")
        if unknown and "no such option" in error.format_message().lower():
            words = [word for p in self._command.params for word in p.opts]
            near = nearest(unknown, words + [f"--{name}" for name in rules.everywhere()])
            hint = f"did you mean '{near}'?" if near else f"see {path} --help"
            return DeltaruleError(f"there is no option {unknown}", rules.PLACE, hint)
        fact = error.format_message().strip().rstrip(".").replace("'", "")
        return DeltaruleError(fact[:1].lower() + fact[1:], rules.PLACE, f"see {path} --help")
