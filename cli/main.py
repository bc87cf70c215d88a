"""The commands. What they do is imported when they run.

`derive X` is `deltarule derive X`, and so for trace and check. `--help` costs no import of the
library.
"""

from __future__ import annotations

import atexit
import gc
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import typer

from deltarule.cli import options as o

_SETTINGS = {"help_option_names": ["-h", "--help"]}
# A derivation declares options of its own, which are not known before it is read.
_WORDS = {**_SETTINGS, "allow_extra_args": True, "ignore_unknown_options": True}


def _app(help: str, several: bool = False) -> typer.Typer:
    return typer.Typer(
        help=help,
        no_args_is_help=several,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=_SETTINGS,
    )


def derive(
    words: Annotated[list[str] | None, o.NETWORK] = None,
    wrt: Annotated[list[str] | None, o.WRT] = None,
    of: Annotated[str | None, o.OF] = None,
    set_: Annotated[list[str] | None, o.SET] = None,
    steps: Annotated[bool, o.STEPS] = False,
    brief: Annotated[bool, o.BRIEF] = False,
    latex: Annotated[bool, o.LATEX] = False,
    fragment: Annotated[bool, o.FRAGMENT] = False,
    markdown: Annotated[bool, o.MARKDOWN] = False,
    json: Annotated[bool, o.JSON] = False,
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
) -> None:
    """Derive gradients from the forward equations, step by step."""
    asked = SimpleNamespace(**locals())
    from deltarule.cli.screen import run

    def command() -> int:
        from deltarule.cli.deriving import derive

        return derive(asked)

    run(command, as_json=json)


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
) -> None:
    """Work through with numbers: forward, backward, update."""
    from deltarule.cli.screen import run

    def command() -> int:
        if words and words[0] == "flow":
            from deltarule.cli.flow import show_flow

            return show_flow(words[1:], seed, as_json=json)
        from deltarule.cli.arguments import one_style
        from deltarule.cli.trace import Request, show_trace

        style = one_style(json=json, latex=latex or fragment)
        return show_trace(
            Request(
                words or [], example, decimals, significant, rounding, exact, only or (), random,
                seed, set_ or (), rate, as_printed, style, fragment,
            )
        )  # fmt: skip

    run(command, as_json=json)


def check(
    words: Annotated[list[str] | None, o.CHECKED] = None,
    sheet: Annotated[str | None, o.SHEET] = None,
    template: Annotated[str | None, o.TEMPLATE] = None,
    run_: Annotated[int | None, o.RUN] = None,
    output: Annotated[Path | None, o.OUTPUT] = None,
    set_: Annotated[list[str] | None, o.SET] = None,
    shape: Annotated[list[str] | None, o.SHAPE] = None,
    seed: Annotated[int, o.SEED] = 0,
    jacobian: Annotated[bool, o.JACOBIAN] = False,
    no_kernel: Annotated[bool, o.NO_KERNEL] = False,
    rtol: Annotated[float | None, o.RTOL] = None,
    atol: Annotated[float | None, o.ATOL] = None,
    timeout: Annotated[float | None, o.TIMEOUT] = None,
    json: Annotated[bool, o.JSON] = False,
    latex: Annotated[bool, o.LATEX] = False,
    markdown: Annotated[bool, o.MARKDOWN] = False,
) -> None:
    """Mark printed numbers, or check gradients. Exit status 1 when something is not right."""
    asked = SimpleNamespace(**locals())
    from deltarule.cli.screen import run

    def command() -> int:
        from deltarule.cli.checking import check

        return check(asked)

    run(command, as_json=json)


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
) -> None:
    """Train a network on handwritten digits with derived kernels alone."""
    asked = {name: value for name, value in locals().items() if name != "json"}
    from deltarule.cli.screen import run

    def command() -> int:
        from deltarule.cli.train import show_training

        return show_training(asked, as_json=json)

    run(command, as_json=json)


app = _app(
    "Write a layer's forward equations; get its gradient, every step, the numbers and the marking.",
    several=True,
)
apps = {}
for _command, _examples in (
    (derive, "derive conv · derive mlp --layers 3 --wrt Theta2 --steps · derive ./mine.py --latex"
     " · derive conv --stride 2 --kernel · derive conv --emit conv_kernels.py"),
    (trace, "trace backprop --example slide --decimals 2 · trace dense --random --set N=2"),
    (check, "check example slide · check --template slide > mine.toml · check mine.toml"
     " · check gradient conv --stride 2 · check gradient layers.py:dense --set N=4"),
    (train, "train · train --network keras_cnn --update momentum --rate 0.01 --epochs 5"),
):
    _name = _command.__name__
    _known = _SETTINGS if _command is train else _WORDS
    _settings = {"context_settings": _known, "epilog": f"Examples: {_examples}"}
    app.command(_name, **_settings)(_command)
    apps[_name] = _app((_command.__doc__ or "").strip())
    apps[_name].command(_name, **_settings)(_command)


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
