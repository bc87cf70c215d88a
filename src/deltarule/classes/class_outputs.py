"""What is written of a marked class: the marks, feedback for each student, the course's table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from deltarule.classes.collected import JOURNAL
from deltarule.classes.course.course_markdown import course_markdown
from deltarule.classes.course.course_statistics import course_statistics
from deltarule.classes.course.course_values import course_json
from deltarule.classes.feedback.feedback_html import feedback_html
from deltarule.classes.feedback.feedback_json import feedback_json
from deltarule.classes.feedback.feedback_markdown import feedback_markdown
from deltarule.classes.feedback.student_feedback import StudentFeedback, feedback_of
from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.journal import Journal
from deltarule.classes.marks_csv import marks_csv
from deltarule.classes.student_files import StudentFiles
from deltarule.classes.written_markings import ClassMarkings
from deltarule.errors import DeltaruleError
from deltarule.whole_files import write_whole

MARKS, COURSE, FEEDBACK, EXPORTS = "marks.csv", "course", "feedback", "exports"
_FEEDBACK: Mapping[str, Callable[[StudentFeedback], str]] = {
    "md": feedback_markdown,
    "html": feedback_html,
    "json": feedback_json,
}


def refuse_unknown(out: Path) -> None:
    """Raises DeltaruleError for a folder without a journal in which something of the names stands
    that will be written, or removed with students who are gone.
    """
    if (out / JOURNAL).exists():
        return
    for name in (MARKS, f"{COURSE}.md", f"{COURSE}.json", FEEDBACK, EXPORTS):
        if (out / name).exists():
            raise DeltaruleError(
                f"{name} is there already, and no {JOURNAL} of deltarule beside it",
                str(out / name),
                "name another folder with --out, or add --force",
            )


def write_outputs(
    out: Path, markings: ClassMarkings, journal: Journal, setting: ExportSetting
) -> None:
    """Write all of it into a folder; what was written for students who are gone is removed.

    A file that would be the same is left as it is. Raises DeltaruleError where one cannot be
    written.
    """
    before = journal.written()
    files, now = StudentFiles(), set()
    for marking in markings:
        name = setting.students.of(marking.who).full_name
        feedback = feedback_of(marking, setting.texts_for(marking.who), setting.reveal, name)
        stem = files.name(marking.who)
        for ending, text in _FEEDBACK.items():
            path = f"{FEEDBACK}/{stem}.{ending}"
            now.add(path)
            write_whole(out / path, text(feedback))
    journal.set_written(before | now)
    for path in sorted(before - now):
        (out / path).unlink(missing_ok=True)
    journal.set_written(now)
    course = course_statistics(markings)
    write_whole(out / f"{COURSE}.md", course_markdown(course))
    write_whole(out / f"{COURSE}.json", course_json(course))
    write_whole(out / MARKS, "".join(marks_csv(markings, setting)))
