"""`check … --export`: one student's marks, as another system's grader reads them."""

from __future__ import annotations

from datetime import datetime

from deltarule.classes.exporting import ExportedMarks, exported_text
from deltarule.classes.formats.export_setting import ExportSetting, time_of_export
from deltarule.classes.formats.export_table import EXPORTS, exports
from deltarule.classes.marked_questions import texts_of
from deltarule.classes.one_submission import mark_alone
from deltarule.classes.revealing import CAUSES, revealed
from deltarule.classes.roster import Roster, read_roster
from deltarule.cli.check_command import Check
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.cli.screen import busy, write
from deltarule.errors import DeltaruleError
from deltarule.whole_files import write_whole

_EXAMPLE = "check answers.toml --sheet exam.toml --export gradescope"


def show_exported(asked: Check) -> int:
    """Mark what one student handed in, and write it in the formats that are asked for."""
    names = exports(asked.export or "")
    students, reveal, at = _reading(asked)
    with busy("marking"):
        exam, marking = mark_alone(asked.words or (), asked.sheet or "", asked.who or ())
    setting = ExportSetting(students, texts_of(exam), reveal, at)
    texts = {name: exported_text(name, marking, setting) for name in names}
    paths = []
    if asked.output is not None:
        one = len(names) == 1
        for name, text in texts.items():
            paths.append(asked.output if one else asked.output / f"{name}.{EXPORTS[name].ending}")
            write_whole(paths[-1], text)
    if asked.format == "text" and not paths:
        write("".join(texts.values()))
    else:
        found = ExportedMarks(tuple(names), tuple(paths), "".join(texts.values()))
        show(found, "marks for another system", asked.format)
    return 0 if marking.passed else 1


def _reading(asked: Check) -> tuple[Roster, str, datetime]:
    """Who the students are, how much is shown, and the time; nothing is marked before these are
    read. Raises DeltaruleError for what is missing.
    """
    if not asked.words or not all(word.strip() for word in asked.words):
        raise DeltaruleError("nothing to check is named", "the command line", f"write {_EXAMPLE}")
    if asked.sheet is None:
        raise DeltaruleError("no exam is named", "the command line", f"write {_EXAMPLE}")
    if asked.output is None and "," in (asked.export or "").strip(","):
        raise DeltaruleError(
            "several exports at once have no place", "--export", "name a folder: --output marks/"
        )
    students = read_roster(asked.students) if asked.students is not None else Roster()
    return students, revealed(asked.reveal or CAUSES), time_of_export()


def export_page(page: Page, found: ExportedMarks) -> None:
    """The text, unless it was written; then where it is."""
    if not found.paths:
        page.verbatim(found.text)
    for name, path in zip(found.names, found.paths):
        page.item(name, str(path), column=16)
