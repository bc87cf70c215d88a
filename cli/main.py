"""The commands and their options. What they do is imported when they run.

`derive X` is `deltarule derive X`, and so for trace and check. `--help` costs no import of the
library.
"""

from __future__ import annotations

import atexit
import functools
import gc
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import typer

from deltarule.cli import options as o
from deltarule.cli.command import WIDEST, Command, Group
from deltarule.cli.table import COMMANDS

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": WIDEST}
# A derivation declares options of its own, which are not known before it is read.
_WORDS = {**_SETTINGS, "allow_extra_args": True, "ignore_unknown_options": True}


def _command(name: str) -> Callable:
    """What runs the row `name` of the table: a function's parameters are the command's options."""

    def decorated(function: Callable) -> Callable:
        @functools.wraps(function)
        def run_it(**given) -> None:
            from deltarule.cli.running import run

            module, _, does = COMMANDS[name].does.partition(":")

            def work() -> int:
                return getattr(import_module(f"deltarule.cli.{module}"), does)(
                    SimpleNamespace(**given)
                )

            run(work, as_json=given["json"], name=name, paged=not given["no_pager"])

        return run_it

    return decorated


@_command("derive")
def derive(
    words: Annotated[list[str] | None, o.NETWORK] = None,
    wrt: Annotated[list[str] | None, o.WRT] = None,
    of: Annotated[str | None, o.OF] = None,
    set_: Annotated[list[str] | None, o.SET] = None,
    steps: Annotated[bool, o.STEPS] = False,
    all_: Annotated[bool, o.ALL] = False,
    brief: Annotated[bool, o.BRIEF] = False,
    latex: Annotated[bool, o.LATEX] = False,
    fragment: Annotated[bool, o.FRAGMENT] = False,
    markdown: Annotated[bool, o.MARKDOWN] = False,
    list_: Annotated[bool, o.LIST] = False,
    options: Annotated[bool, o.OPTIONS] = False,
    explain: Annotated[str | None, o.EXPLAIN] = None,
    prove: Annotated[str | None, o.PROVE] = None,
    count: Annotated[bool, o.COUNT] = False,
    strict: Annotated[bool, o.STRICT] = False,
    kernel: Annotated[bool, o.KERNEL] = False,
    emit: Annotated[Path | None, o.EMIT] = None,
    dtype: Annotated[str | None, o.DTYPE] = None,
    parallel: Annotated[bool, o.PARALLEL] = False,
    force: Annotated[bool, o.FORCE] = False,
    json: Annotated[bool, o.JSON] = False,
    no_pager: Annotated[bool, o.NO_PAGER] = False,
    version: Annotated[bool, o.VERSION] = False,
) -> None:
    """Derive gradients from the forward equations, step by step."""


@_command("trace")
def trace(
    words: Annotated[list[str] | None, o.NETWORK] = None,
    example: Annotated[str | None, o.EXAMPLE] = None,
    decimals: Annotated[int | None, o.DECIMALS] = None,
    significant: Annotated[int | None, o.SIGNIFICANT] = None,
    rounding: Annotated[str | None, o.ROUNDING] = None,
    exact: Annotated[bool, o.EXACT] = False,
    only: Annotated[list[str] | None, o.ONLY] = None,
    random: Annotated[bool, o.RANDOM] = False,
    seed: Annotated[int, o.SEED] = 0,
    set_: Annotated[list[str] | None, o.SET] = None,
    rate: Annotated[str | None, o.RATE] = None,
    as_printed: Annotated[bool, o.AS_PRINTED] = False,
    latex: Annotated[bool, o.LATEX] = False,
    fragment: Annotated[bool, o.FRAGMENT] = False,
    json: Annotated[bool, o.JSON] = False,
    no_pager: Annotated[bool, o.NO_PAGER] = False,
    version: Annotated[bool, o.VERSION] = False,
) -> None:
    """Work through with numbers: forward, backward, update."""


@_command("trace flow")
def flow(
    words: Annotated[list[str] | None, o.FLOWS] = None,
    steps: Annotated[str | None, o.FLOW_STEPS] = None,
    width: Annotated[str | None, o.WIDTH] = None,
    gain: Annotated[str | None, o.GAIN] = None,
    alone: Annotated[bool, o.ALONE] = False,
    factor: Annotated[str | None, o.FACTOR] = None,
    seed: Annotated[int, o.SEED] = 0,
    json: Annotated[bool, o.JSON] = False,
    no_pager: Annotated[bool, o.NO_PAGER] = False,
    version: Annotated[bool, o.VERSION] = False,
) -> None:
    """How large the gradient is at every time or layer: does it vanish or explode?"""


@_command("check")
def check(
    words: Annotated[list[str] | None, o.CHECKED] = None,
    sheet: Annotated[str | None, o.SHEET] = None,
    brief: Annotated[bool, o.SUMMARY] = False,
    template: Annotated[str | None, o.TEMPLATE] = None,
    run_: Annotated[int | None, o.RUN] = None,
    output: Annotated[Path | None, o.OUTPUT] = None,
    latex: Annotated[bool, o.LATEX] = False,
    markdown: Annotated[bool, o.MARKDOWN] = False,
    json: Annotated[bool, o.JSON] = False,
    no_pager: Annotated[bool, o.NO_PAGER] = False,
    version: Annotated[bool, o.VERSION] = False,
) -> None:
    """Mark printed numbers and formulas, of sheets and of answers to them."""


@_command("check gradient")
def gradient(
    words: Annotated[list[str] | None, o.MEASURED] = None,
    set_: Annotated[list[str] | None, o.SET] = None,
    shape: Annotated[list[str] | None, o.SHAPE] = None,
    seed: Annotated[int, o.SEED] = 0,
    jacobian: Annotated[bool, o.JACOBIAN] = False,
    no_kernel: Annotated[bool, o.NO_KERNEL] = False,
    rtol: Annotated[float | None, o.RTOL] = None,
    atol: Annotated[float | None, o.ATOL] = None,
    timeout: Annotated[float | None, o.TIMEOUT] = None,
    json: Annotated[bool, o.JSON] = False,
    no_pager: Annotated[bool, o.NO_PAGER] = False,
    version: Annotated[bool, o.VERSION] = False,
) -> None:
    """Measure gradients: those of a derivation, or of functions of your own."""


@_command("train")
def train(
    network: Annotated[str, o.TRAINED] = "lenet5",
    update: Annotated[str, o.UPDATE] = "adam",
    rate: Annotated[float | None, o.STEP] = None,
    batch: Annotated[int, o.BATCH] = 64,
    epochs: Annotated[int, o.EPOCHS] = 20,
    shift: Annotated[int, o.SHIFT] = 2,
    few: Annotated[int, o.FEW] = 20,
    held_out: Annotated[int, o.HELD_OUT] = 360,
    seed: Annotated[int, o.TRAINING_SEED] = 0,
    json: Annotated[bool, o.JSON] = False,
    no_pager: Annotated[bool, o.NO_PAGER] = False,
    version: Annotated[bool, o.VERSION] = False,
) -> None:
    """Train a network on handwritten digits with derived kernels alone."""


def _app(function: Callable, name: str, alone: bool = True) -> typer.Typer:
    """A program of one command; where it stands alone, it can complete its words."""
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=alone)
    _added(app, function, name)
    return app


def _added(app: typer.Typer, function: Callable, name: str) -> None:
    words = any(use.words for use in COMMANDS[name].uses)
    app.command(name, cls=Command, context_settings=_WORDS if words else _SETTINGS)(function)


def _below(function: Callable, name: str) -> Callable[[], Command]:
    """What makes a command below another, once it is wanted."""

    @functools.cache
    def made() -> Command:
        return typer.main.get_command(_app(function, name, alone=False))

    return made


app = typer.Typer(
    cls=Group, rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=_SETTINGS
)


@app.callback()
def _all(version: Annotated[bool, o.VERSION] = False) -> None:
    """Write a layer's forward equations; get its gradient, every step, the numbers and the
    marking.
    """


apps = {}
for _function in (derive, trace, check, train):
    _added(app, _function, _function.__name__)
    apps[_function.__name__] = _app(_function, _function.__name__)
Command.below = {
    "trace": {"flow": _below(flow, "trace flow")},
    "check": {"gradient": _below(gradient, "check gradient")},
}


def _start(program: typer.Typer) -> None:
    """Run a command as a program. It lives for a moment, so that collecting garbage (a sixth of
    the time, most of it over SymPy's own objects) is put off, and left out at the end.
    """
    gc.set_threshold(200_000, 20, 100)
    atexit.register(gc.freeze)
    program()


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
