"""What is written of a marked class: the marks, feedback for each student, the course's table."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from deltarule.classes.journal import Journal
from deltarule.classes.mark_class import ClassMarkings
from deltarule.classes.whole_files import write_whole


def write_outputs(out: Path, markings: ClassMarkings, journal: Journal) -> None:
    """Write all of it into a folder; what was written for students who are gone is removed.

    Raises DeltaruleError where a file cannot be written.
    """
    before, now = journal.written(), set()
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for marking in markings:
        rows.writerow((marking.who, marking.points, marking.of, marking.open))
        name = f"feedback/{marking.who}.json"
        write_whole(out / name, json.dumps(marking.to_json(), indent=2) + "\n")
        now.add(name)
    write_whole(out / "marks.csv", text.getvalue())
    journal.set_written(before | now)
    for name in sorted(before - now):
        (out / name).unlink(missing_ok=True)
    journal.set_written(now)
