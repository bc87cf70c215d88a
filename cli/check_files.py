"""`check` of several files, or of a folder: a verdict on each, and the totals."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from deltarule.cli.folding import cells
from deltarule.cli.page import Page
from deltarule.cli.running import fault
from deltarule.cli.screen import busy, console, write_json
from deltarule.cli.verdict_page import marking_page
from deltarule.errors import DeltaruleError
from deltarule.marking import Marking
from deltarule.marking.check_file import Marker
from deltarule.reports.points_in_words import total
from deltarule.spelling.counted import counted

_STYLES = {"✓": "green", "✗": "bold red", "?": "magenta"}


@dataclass(frozen=True)
class Marked:
    """One file and what came of it: its marking, or why it could not be marked."""

    path: str
    marking: Marking | None = None
    error: DeltaruleError | None = None

    @property
    def right(self) -> bool:
        """Whether everything in it is right."""
        return self.marking is not None and self.marking.passed

    @property
    def sign(self) -> str:
        return "?" if self.marking is None else "✓" if self.right else "✗"


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
            f"there is no TOML file in {folder}", str(folder), "name a folder of answers"
        )
    return [str(path) for path in found]


def show_files(words: Sequence[str], sheet: str | None, as_json: bool, brief: bool) -> int:
    """Mark every file, show it, and say by the exit status whether all is right (2 if none could
    be marked).

    One that cannot be read, or that meets a fault of ours, stops none of the others.
    """
    several = len(words) > 1
    named = dict.fromkeys(path for word in words for path in _paths(word, sheet, several))
    marker = Marker(sheet)
    found: list[Marked] = []
    with busy("marking") as line:
        for number, path in enumerate(named, start=1):
            line.tell(f"marking {path} ({number} of {len(named)})")
            found.append(_marked(marker, path))
    if as_json:
        _as_json(found)
    else:
        _on_screen(found, brief)
    if all(file.marking is None for file in found):
        return 2
    return 0 if all(file.right for file in found) else 1


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


def _marked(marker: Marker, path: str) -> Marked:
    try:
        return Marked(path, marker.mark(path))
    except DeltaruleError as error:
        return Marked(path, error=error)
    except Exception as error:
        if os.environ.get("DELTARULE_TRACEBACK"):
            raise
        return Marked(path, error=fault(error))


def _as_json(found: Sequence[Marked]) -> None:
    from deltarule.reports.trace_values import marking_values, total_values

    files = []
    for file in found:
        error = file.error
        told = error and {"fact": error.fact, "place": error.place, "remedy": error.remedy}
        values = marking_values(file.marking) if file.marking else {}
        files.append({"path": file.path, "all_right": file.right, "error": told, **values})
    totals = total_values(_together(found))
    write_json({"files": files, **totals, "all_right": all(file.right for file in found)})


def _together(found: Sequence[Marked]) -> Marking:
    """The scores of all files that could be marked, as if of one."""
    scores = [file.marking.scores for file in found if file.marking is not None]
    return Marking("", (), scores=tuple(chain.from_iterable(scores)))


def _on_screen(found: Sequence[Marked], brief: bool) -> None:
    screen = console()
    page = Page(screen.width)
    for file in () if brief else found:
        page.heading(file.path)
        if file.marking is not None:
            marking_page(page, file.marking)
        elif file.error is not None:
            page.error(file.error, within=file.path)
    page.heading("Together")
    _summary(page, found)
    page.show(screen)


def _summary(page: Page, found: Sequence[Marked]) -> None:
    """A line for each file, and the totals."""
    column = max(cells(file.path) for file in found)
    for file in found:
        if file.marking is None:
            words = "could not be read" if file.error is None else file.error.fact
        else:
            who = f"  {file.marking.who}" if file.marking.who else ""
            words = f"{total(file.marking)}{who}"
        room = page.width - column - 4
        lead = f"{file.sign} {file.path.ljust(column)}  "
        if room < 20:
            page.formula(
                f"{file.path}: {words}",
                indent=0,
                lead=f"{file.sign} ",
                hang=4,
                style=_STYLES[file.sign],
            )
        else:
            page.formula(words, indent=0, lead=lead, hang=0, style=_STYLES[file.sign])
    page.blank()
    page.prose(f"{counted(len(found), 'file')}: {_kinds(found)}", style="bold")
    together = _together(found)
    if together.of:
        page.prose(total(together), style="bold")


def _kinds(found: Sequence[Marked]) -> str:
    """`2 all right, 1 with something wrong, 1 not marked`."""
    told = (("✓", "all right"), ("✗", "with something wrong"), ("?", "not marked"))
    counts = [(sum(file.sign == sign for file in found), words) for sign, words in told]
    return ", ".join(f"{count} {words}" for count, words in counts if count)
