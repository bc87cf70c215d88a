"""The programs: the table of commands, put together for the parser.

`derive X` is `deltarule derive X`, and so for trace and check. `--help` costs no import of the
library.
"""

from __future__ import annotations

import atexit
import functools
import gc
from collections.abc import Callable
from inspect import Signature
from typing import Annotated

import typer

from deltarule.cli.command import WIDEST, Command, Group
from deltarule.cli.formats import FORMATS, chosen_format, function
from deltarule.cli.row import VERSION, parameter, parameters
from deltarule.cli.table import COMMANDS

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": WIDEST}
# A derivation declares options of its own, which are not known before it is read.
_WORDS = {**_SETTINGS, "allow_extra_args": True, "ignore_unknown_options": True}


def _runs(name: str) -> Callable[..., None]:
    """The row `name` of the table as a function whose parameters are the command's options."""
    row = COMMANDS[name]

    def run_it(**given) -> None:
        from deltarule.cli.running import run

        own = {name: value for name, value in given.items() if name not in FORMATS}
        asked = row.asked(format=chosen_format(given), **own)
        paged = not given["no_pager"]
        does = row.use_of(asked).does
        as_json = asked.format == "json"
        run(lambda: function(does)(asked), as_json=as_json, name=name, paged=paged)

    run_it.__doc__, run_it.__annotations__ = row.asked.__doc__, {}
    run_it.__signature__ = Signature(parameters(row))  # type: ignore[attr-defined]
    return run_it


def program(name: str, alone: bool = True) -> typer.Typer:
    """A program of one command; where it stands alone, it can complete its words."""
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=alone)
    _added(app, name)
    return app


def _added(app: typer.Typer, name: str) -> None:
    words = any(use.words for use in COMMANDS[name].uses)
    app.command(name, cls=Command, context_settings=_WORDS if words else _SETTINGS)(_runs(name))


def _below(name: str) -> Callable[[], Command]:
    """What makes a command below another, once it is wanted."""

    @functools.cache
    def made() -> Command:
        return typer.main.get_command(program(name, alone=False))

    return made


app = typer.Typer(
    cls=Group, rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=_SETTINGS
)


def _all(**_given) -> None:
    """Write a layer's forward equations; get its gradient, every step, the numbers and the
    marking.
    """


_all.__signature__ = Signature(  # type: ignore[attr-defined]
    [parameter("version", Annotated[bool, VERSION], False)]
)
_all.__annotations__ = {}
app.callback()(_all)

apps = {}
for _name in COMMANDS:
    _first, _, _last = _name.partition(" ")
    if _last:
        Command.below.setdefault(_first, {})[_last] = _below(_name)
    else:
        _added(app, _name)
        apps[_name] = program(_name)


def _start(started: typer.Typer) -> None:
    """Run a command as a program. It lives for a moment, so that collecting garbage (a sixth of
    the time, most of it over SymPy's own objects) is put off, and left out at the end.
    """
    gc.set_threshold(200_000, 20, 100)
    atexit.register(gc.freeze)
    started()


def deltarule_main() -> None:
    """The command `deltarule`."""
    _start(app)


def derive_main() -> None:
    """The command `derive`."""
    _start(apps["derive"])


def trace_main() -> None:
    """The command `trace`."""
    _start(apps["trace"])


def check_main() -> None:
    """The command `check`."""
    _start(apps["check"])


def train_main() -> None:
    """`python -m deltarule.train`."""
    _start(apps["train"])
