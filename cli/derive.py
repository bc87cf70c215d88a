"""`derive`: the gradients of a derivation, on the screen or as LaTeX, Markdown or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deltarule.calculus import Derivation, derive
from deltarule.cli.arguments import numbers, one_name, split
from deltarule.cli.screen import busy, console, write, write_json
from deltarule.language.load import load
from deltarule.networks.specialise import specialise
from deltarule.reports.selection import chosen

EXAMPLE = "derive mlp --layers 3"


@dataclass(frozen=True)
class Request:
    """What a person asked `derive` for."""

    words: Sequence[str]
    wrt: Sequence[str] = ()
    of: str | None = None
    settings: Sequence[str] = ()
    style: str = "screen"
    steps: bool = False
    brief: bool = False
    fragment: bool = False
    every: bool = False


def show_derivation(request: Request) -> int:
    """Derive, and show what was asked for."""
    derivation = derived(request)
    gradients = chosen(derivation, request.wrt)
    if request.style == "json":
        from deltarule.reports.json import derivation_values

        write_json(derivation_values(derivation, gradients))
    elif request.style == "latex":
        from deltarule.reports.latex import document, fragment

        body = fragment(derivation, gradients, request.steps, request.every)
        write(body if request.fragment else document(body))
    elif request.style == "markdown":
        from deltarule.reports.markdown import derivation_markdown

        write(derivation_markdown(derivation, gradients, request.steps, request.every))
    else:
        _on_screen(request, derivation, gradients)
    return 0


def derived(request: Request) -> Derivation:
    """The derivation that the words name, with its options and numbers."""
    bare, options = split(request.words)
    name = one_name(bare, EXAMPLE, options)
    with busy(f"deriving {name}"):
        network = specialise(load(name, **options), numbers(request.settings))
        return derive(network, of=_root(request.of))


def _root(of: str | None) -> str | None:
    from deltarule.spelling.names import ascii_name

    return None if of is None else ascii_name(of)


def _on_screen(request: Request, derivation: Derivation, gradients) -> None:
    from deltarule.cli.derivation import brief_page, derivation_page
    from deltarule.cli.page import Page

    screen = console()
    page = Page(screen.width)
    if request.brief:
        brief_page(page, gradients)
    else:
        derivation_page(page, derivation, gradients, request.steps, request.every)
    page.show(screen)
