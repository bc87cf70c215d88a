"""The commands and their options. What they do is imported when they run.

`derive X` is `deltarule derive X`, and so for trace and check. `--help` costs no import of the
library.
"""

from __future__ import annotations

import atexit
import gc
from pathlib import Path
from typing import Annotated

import typer

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


Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="NAME [--ITS-OPTION VALUE]...",
        help="A derivation's name, or the path of a file of your own; then its own options.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="As JSON, errors too.")]
Latex = Annotated[bool, typer.Option("--latex", help="As a LaTeX document.")]
Fragment = Annotated[
    bool, typer.Option("--fragment", help="LaTeX without a preamble, to paste.")
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SIZE=NUMBER", help="A number for a size: --set N=2."),
]


def derive(
    words: Words = None,
    wrt: Annotated[
        list[str] | None,
        typer.Option("--wrt", metavar="NAME", help="Only the gradient by this tensor. Repeatable."),
    ] = None,
    of: Annotated[
        str | None, typer.Option("--of", metavar="NAME", help="Differentiate this tensor instead.")
    ] = None,
    set_: Set = None,
    steps: Annotated[bool, typer.Option("--steps", help="Every step, and how it was checked.")]
    = False,
    brief: Annotated[bool, typer.Option("--brief", help="One line a gradient.")] = False,
    latex: Latex = False,
    fragment: Fragment = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="As Markdown.")] = False,
    json: Json = False,
    list_: Annotated[bool, typer.Option("--list", help="All derivations there are.")] = False,
    options: Annotated[
        bool, typer.Option("--options", help="The options and sizes of the one named.")
    ] = False,
    explain: Annotated[
        str | None,
        typer.Option("--explain", metavar="RULE", help="What a rule means, with an example."),
    ] = None,
) -> None:
    """Derive the gradients of a layer or network from its forward equations."""
    from deltarule.cli.screen import run

    def command() -> int:
        if list_ or explain is not None or options:
            from deltarule.cli import catalogue

            if list_:
                return catalogue.show_list(as_json=json)
            if explain is not None:
                return catalogue.show_rule(explain, as_json=json)
            return catalogue.show_options(words or [], as_json=json)
        from deltarule.cli.derive import Request, show_derivation

        style = _style(json=json, latex=latex or fragment, markdown=markdown)
        return show_derivation(
            Request(words or [], wrt or (), of, set_ or (), style, steps, brief, fragment)
        )

    run(command, as_json=json)


def _style(**asked: bool) -> str:
    """The one way to show that was asked for. Raises DeltaruleError for two at once."""
    from deltarule.notation.errors import DeltaruleError

    wanted = [name for name, yes in asked.items() if yes]
    if len(wanted) > 1:
        raise DeltaruleError(
            f"--{wanted[0]} and --{wanted[1]} exclude each other", "the command line", "keep one"
        )
    return wanted[0] if wanted else "screen"


def trace(
    words: Words = None,
    example: Annotated[
        str | None, typer.Option("--example", metavar="NAME", help="The sheet of that name.")
    ] = None,
    decimals: Annotated[
        int | None, typer.Option("--decimals", min=0, help="Round every line to so many decimals.")
    ] = None,
    significant: Annotated[
        int | None, typer.Option("--significant", min=1, help="Round to so many figures.")
    ] = None,
    rounding: Annotated[
        str | None, typer.Option("--rounding", help="half-up, half-even or truncate.")
    ] = None,
    exact: Annotated[bool, typer.Option("--exact", help="Carry every line exactly.")] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="NAME", help="Only this quantity. Repeatable."),
    ] = None,
    random: Annotated[bool, typer.Option("--random", help="Draw the numbers.")] = False,
    seed: Annotated[int, typer.Option("--seed", help="What to draw them from.")] = 0,
    set_: Set = None,
    rate: Annotated[
        str | None, typer.Option("--rate", help="With --random: update with this learning rate.")
    ] = None,
    as_printed: Annotated[
        bool, typer.Option("--as-printed", help="Use even givens that the sheet contradicts.")
    ] = False,
    latex: Latex = False,
    fragment: Fragment = False,
    json: Json = False,
) -> None:
    """Work a network through with numbers: forward, error, backward, update."""
    from deltarule.cli.screen import run

    def command() -> int:
        from deltarule.cli.trace import Request, show_trace

        style = _style(json=json, latex=latex or fragment)
        return show_trace(
            Request(
                words or [], example, decimals, significant, rounding, exact, only or (), random,
                seed, set_ or (), rate, as_printed, style, fragment,
            )
        )

    run(command, as_json=json)


def check(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[example] NAME | ANSWERS.toml | SHEET.toml",
            help="A sheet, whose published values are marked, or somebody's answers.",
            show_default=False,
        ),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="SHEET", help="What the answers are to.")
    ] = None,
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="SHEET", help="An empty answers file for a sheet."),
    ] = None,
    run_: Annotated[
        int | None, typer.Option("--run", help="With --template: which run of the sheet.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="With --template: write to this file.")
    ] = None,
    json: Json = False,
) -> None:
    """Mark printed numbers. Exit status 1 when something is not right."""
    from deltarule.cli.screen import run

    def command() -> int:
        from deltarule.cli.check import Request, show_check

        return show_check(
            Request(words or [], sheet, template, run_, output, "json" if json else "screen")
        )

    run(command, as_json=json)


app = _app(
    "Write a layer's forward equations; get its gradient, every step, the numbers and the marking.",
    several=True,
)
apps = {}
for _command in (derive, trace, check):
    _name = _command.__name__
    app.command(_name, context_settings=_WORDS)(_command)
    apps[_name] = _app((_command.__doc__ or "").strip())
    apps[_name].command(_name, context_settings=_WORDS)(_command)


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
