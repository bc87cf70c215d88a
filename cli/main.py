"""The commands and their options. What they do is imported when they run.

`derive X` is `deltarule derive X`, and so for trace and check. `--help` costs no import of the
library.
"""

from __future__ import annotations

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
    fragment: Annotated[
        bool, typer.Option("--fragment", help="With --latex: no preamble, to paste.")
    ] = False,
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
        from deltarule.cli import catalogue
        from deltarule.cli.derive import Request, show_derivation

        if list_:
            return catalogue.show_list(as_json=json)
        if explain is not None:
            return catalogue.show_rule(explain, as_json=json)
        if options:
            return catalogue.show_options(words or [], as_json=json)
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


_app_of_all = _app(
    "Write a layer's forward equations; get its gradient, every step, the numbers and the marking.",
    several=True,
)
_apps = {}
for _command in (derive,):
    _name = _command.__name__
    _app_of_all.command(_name, context_settings=_WORDS)(_command)
    _apps[_name] = _app((_command.__doc__ or "").strip())
    _apps[_name].command(_name, context_settings=_WORDS)(_command)


def deltarule_main() -> None:
    """The command `deltarule`."""
    _app_of_all()


def derive_main() -> None:
    """The command `derive`."""
    _apps["derive"]()
