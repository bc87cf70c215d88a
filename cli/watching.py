"""`--watch`: what is done once is done again whenever a file of code is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from deltarule.cli import stopped
from deltarule.cli.code_files import SUFFIXES
from deltarule.cli.pager import Paging
from deltarule.cli.running import tell
from deltarule.cli.screen import console
from deltarule.errors import DeltaruleError


def watched(once: Callable[[], int], words: Sequence[str], format: str) -> int:
    """Do something now, and again whenever one of the files, or one in a folder, is saved.

    Gives the last exit status when it is interrupted. Raises DeltaruleError where watchfiles is not
    installed, and for formats that are read by programs.
    """
    if format != "text":
        raise DeltaruleError(
            f"--watch and --{format} exclude each other", "the command line", "keep one"
        )
    changes = _changes(words)
    Paging.wanted = False
    screen = console()
    while True:
        if screen.is_terminal:
            screen.clear()
        try:
            status = once()
        except DeltaruleError as error:
            status = tell(error, as_json=False)
        except KeyboardInterrupt:
            return stopped.say()
        if screen.is_terminal:
            console(stderr=True).print("waiting for a file to be saved (Ctrl-C ends)", style="dim")
        try:
            next(changes)
        except (KeyboardInterrupt, StopIteration):
            return status


def _changes(words: Sequence[str]) -> Iterator[object]:
    """Something for each time that files of code were saved; it ends when it is interrupted.

    Folders are watched, as editors put another file in the place of the one that they save.
    """
    try:
        from watchfiles import watch  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise DeltaruleError(
            "watchfiles is not installed", "--watch", "pip install 'deltarule[courses]'"
        ) from None
    files = {Path(word).resolve() for word in words if not Path(word).is_dir()}
    folders = {Path(word).resolve() for word in words if Path(word).is_dir()}

    def wanted(_change: object, path: str) -> bool:
        place = Path(path)
        inside = place.suffix in SUFFIXES and any(place.is_relative_to(f) for f in folders)
        return place in files or inside

    roots = {*folders, *(file.parent for file in files)}
    return iter(watch(*roots, watch_filter=wanted, recursive=bool(folders)))
