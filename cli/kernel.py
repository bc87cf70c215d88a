"""`derive NAME --kernel` and `--emit FILE.py`: the source of a kernel, shown or written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deltarule.cli.arguments import numbers, one_name, split
from deltarule.cli.screen import busy, console, show, write, write_json
from deltarule.spelling.names import ascii_name

EXAMPLE = "derive conv --kernel"


@dataclass(frozen=True)
class Request:
    """What a person asked for: a kernel's text on the screen, or in a file."""

    words: Sequence[str]
    settings: Sequence[str] = ()
    dtype: str = "float64"
    parallel: bool = False
    emit: Path | None = None
    force: bool = False
    style: str = "screen"
    wrt: Sequence[str] = ()


def show_kernel(request: Request) -> int:
    """Derive, write the source, and show it or say where it is."""
    from deltarule.kernels.build import source
    from deltarule.kernels.export import emitted, write_emitted
    from deltarule.kernels.requests import known_dtype

    bare, options = split(request.words)
    name = one_name(bare, EXAMPLE, options)
    settings = {**options, **numbers(request.settings)}
    if request.wrt:
        settings["wrt"] = tuple(ascii_name(tensor) for tensor in request.wrt)
    dtype = known_dtype(request.dtype, "--dtype")
    with busy(f"deriving {name}"):
        make = source if request.emit is None else emitted
        text = make(name, settings, dtype, request.parallel)
    if request.emit is not None:
        write_emitted(request.emit, text, request.force)
    if request.style == "json":
        path = None if request.emit is None else str(request.emit)
        write_json(
            {
                "derivation": name,
                "dtype": dtype,
                "parallel": request.parallel,
                "path": path,
                "source": text,
            }
        )
    elif request.emit is None:
        _show(text)
    else:
        _say(request.emit)
    return 0


def _show(text: str) -> None:
    """The source, coloured on a terminal; a line is never cut."""
    screen = console()
    if not screen.is_terminal:
        write(text)
        return
    from rich.syntax import Syntax

    coloured = Syntax(text, "python", theme="ansi_dark", background_color="default")
    shown = coloured.highlight(text)
    shown.rstrip()
    show(screen, shown)


def _say(path: Path) -> None:
    """What can be done with the file."""
    from deltarule.cli.page import Page

    screen = console()
    page = Page(screen.width)
    page.prose(f"{path} needs NumPy and Numba alone; python {path} checks its gradients")
    page.show(screen)
