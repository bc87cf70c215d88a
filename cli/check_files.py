"""`check` of several files, or of a folder: a verdict on each, and the totals."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.cli.running import fault
from deltarule.cli.screen import busy
from deltarule.cli.verdict_page import marking_page
from deltarule.errors import DeltaruleError
from deltarule.marking.check_file import Marker
from deltarule.reports.points_in_words import in_a_line, kinds, total
from deltarule.reports.things import MarkedFile, together
from deltarule.spelling.counted import counted
from deltarule.spelling.folding import cells

_STYLES = {"✓": "green", "✗": "bold red", "?": "magenta"}


def files_in(folder: Path, but: str | None = None) -> list[str]:
    """The TOML files of a folder and the folders in it, in order; hidden ones and links are left
    out, and the sheet `but`. Raises DeltaruleError where there is none.
    """
    found = [
        path
        for path in sorted(folder.rglob("*.toml"))
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not (but is not None and Path(but).exists() and os.path.samefile(path, but))
    ]
    if not found:
        raise DeltaruleError(
            f"there is no TOML file in {folder}",
            str(folder),
            "name a folder of answers, or of code",
        )
    return [str(path) for path in found]


def show_files(words: Sequence[str], sheet: str | None, called: str, format: str) -> int:
    """Mark every file, show it, and say by the exit status whether all is right (2 if none could
    be marked)."""
    found = marked_files(words, sheet)
    show(found, called, format)
    if all(file.marking is None for file in found):
        return 2
    return 0 if all(file.right for file in found) else 1


def marked_files(words: Sequence[str], sheet: str | None) -> list[MarkedFile]:
    """Every file marked; one that cannot be read, or meets a fault of ours, stops no other."""
    several = len(words) > 1
    named = dict.fromkeys(path for word in words for path in _paths(word, sheet, several))
    marker = Marker(sheet)
    found: list[MarkedFile] = []
    with busy("marking") as line:
        for number, path in enumerate(named, start=1):
            line.tell(f"marking {path} ({number} of {len(named)})")
            found.append(_marked(marker, path))
    return found


def _paths(word: str, sheet: str | None, several: bool) -> list[str]:
    """The files that a word of the command line means: itself, or all in a folder.

    A folder without any is an error, but for one of several words, which stops no other.
    """
    if not Path(word).is_dir():
        return [word]
    try:
        return files_in(Path(word), sheet)
    except DeltaruleError:
        if several:
            return [word]
        raise


def _marked(marker: Marker, path: str) -> MarkedFile:
    try:
        return MarkedFile(path, marker.mark(path))
    except DeltaruleError as error:
        return MarkedFile(path, error=error)
    except Exception as error:
        if os.environ.get("DELTARULE_TRACEBACK"):
            raise
        return MarkedFile(path, error=fault(error))


def files_page(page: Page, found: Sequence[MarkedFile]) -> None:
    """The verdicts on each file, then a line for each, and the totals."""
    for file in found:
        page.heading(file.path)
        if file.marking is not None:
            marking_page(page, file.marking)
        elif file.error is not None:
            page.error(file.error, within=file.path)
    summary_page(page, found)


def summary_page(page: Page, found: Sequence[MarkedFile]) -> None:
    """A line for each file, and the totals."""
    page.heading("Together")
    column = max(cells(file.path) for file in found)
    for file in found:
        _line(page, file, column)
    page.blank()
    page.prose(f"{counted(len(found), 'file')}: {kinds(found)}", style="bold")
    everything = together(found)
    if everything.of:
        page.prose(total(everything), style="bold")


def _line(page: Page, file: MarkedFile, column: int) -> None:
    words, style = in_a_line(file), _STYLES[file.sign]
    if page.width - column - 4 < 20:
        page.formula(f"{file.path}: {words}", indent=0, lead=f"{file.sign} ", hang=4, style=style)
    else:
        lead = f"{file.sign} {file.path.ljust(column)}  "
        page.formula(words, indent=0, lead=lead, hang=0, style=style)
