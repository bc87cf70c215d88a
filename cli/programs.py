"""The programs: the table of commands, put together for the parser.

`derive X` is `deltarule derive X`, and so for trace and check. `--help` costs no import of the
library.
"""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Callable
from functools import cache, partial
from typing import cast

import click

from deltarule.cli.command import WIDEST, Command, Group
from deltarule.cli.formats import FORMATS, chosen_format, function
from deltarule.cli.parameters import parameters, show_completion, version
from deltarule.cli.table import COMMANDS, GROUPS
from deltarule.cli.without_tensors import without_tensors

_SETTINGS: dict = {"help_option_names": ["-h", "--help"], "max_content_width": WIDEST}
# A derivation declares options of its own, which are not known before it is read.
_WORDS = {**_SETTINGS, "allow_extra_args": True, "ignore_unknown_options": True}
_GROUP: dict = {"context_settings": _SETTINGS, "subcommand_metavar": "COMMAND"}


def _runs(name: str) -> Callable[..., None]:
    """What runs the row `name` of the table, with the values that the parser read."""
    row = COMMANDS[name]

    def run_it(**given) -> None:
        from deltarule.cli.running import run

        own = {name: value for name, value in given.items() if name not in FORMATS}
        chosen = chosen_format(given)
        file = given[chosen] if FORMATS[chosen].file else None
        asked = row.asked(format=chosen, file=file, **own)
        paged = not given["no_pager"]
        use = row.use_of(asked)
        does = use.does
        as_json = asked.format == "json"
        form = FORMATS[asked.format]
        ending = form.goes_to(use.shows)
        to = (asked.file, ending) if asked.file and ending else None

        def do() -> int:
            form.ready()
            return function(does)(asked)

        run(do, as_json=as_json, name=name, paged=paged, to=to, force=asked.force)

    return run_it


def program(name: str) -> Command:
    """The command of a row, which is a program too where no other command stands before it."""
    row = COMMANDS[name]
    words = any(use.words for use in row.uses)
    return Command(
        name,
        callback=_runs(name),
        params=[*parameters(row), *([] if " " in name else [show_completion()])],
        help=row.asked.__doc__,
        context_settings=_WORDS if words else _SETTINGS,
    )


def _all() -> Group:
    """All commands, as `deltarule`."""
    commands: dict[str, click.Command] = {}
    for name in COMMANDS:
        first, _, last = name.partition(" ")
        if first in GROUPS:
            group = commands.setdefault(first, Group(first, help=GROUPS[first], **_GROUP))
            cast(Group, group).add_command(program(name), last)
        elif last:
            Command.below.setdefault(first, {})[last] = cache(partial(program, name))
        else:
            commands[name] = program(name)
    return Group(
        "deltarule",
        commands,
        params=[version(), show_completion()],
        help="Write a layer's forward equations; get its gradient, every step, the numbers and the "
        "marking.",
        context_settings=_SETTINGS,
    )


app = _all()


def short_lived() -> None:
    """Make ready for one command and no more. Collecting garbage (a sixth of the time, most of it
    over SymPy's own objects) is put off, and left out at the end; matrices are small, so that
    NumPy's BLAS need not begin threads, which is a third of importing it; and SymPy's abstract
    tensors stay out.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(200_000, 20, 100)
    atexit.register(gc.freeze)
    without_tensors()
