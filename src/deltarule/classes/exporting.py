"""Markings handed on to other systems: one file for a course, or one for each student."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.formats.export_table import EXPORTS
from deltarule.classes.student_files import StudentFiles
from deltarule.exams.exam_marking import ExamMarking
from deltarule.whole_files import write_pieces


@dataclass(frozen=True)
class ExportedFile:
    """A file to be written: its path within the folder of exports, and its text in pieces."""

    path: str
    pieces: Iterable[str]


@dataclass(frozen=True)
class ExportedMarks:
    """One student's marks in some formats: where they were written, and what they are."""

    names: tuple[str, ...]
    paths: tuple[Path, ...]
    text: str


def export_values(found: ExportedMarks) -> dict:
    """The same as plain values."""
    paths = [str(path) for path in found.paths]
    return {"exports": list(found.names), "paths": paths, "text": found.text}


def exported(
    formats: Sequence[str], markings: Iterable[ExamMarking], setting: ExportSetting
) -> Iterator[ExportedFile]:
    """The files of some formats, as they are asked for: `canvas.csv`, `gradescope/STUDENT.json`.

    `markings` are gone through several times, so they are a list, or something that can begin
    again; none is kept.
    """
    for name in formats:
        form = EXPORTS[name]
        if not form.each:
            yield ExportedFile(f"{name}.{form.ending}", form.function(markings, setting))
            continue
        files = StudentFiles()
        for marking in markings:
            path = f"{name}/{files.name(marking.who)}.{form.ending}"
            yield ExportedFile(path, (form.function(marking, setting),))


def exported_text(name: str, marking: ExamMarking, setting: ExportSetting) -> str:
    """One student's marking in one format, as a grader of single submissions wants it."""
    form = EXPORTS[name]
    if form.each:
        return form.function(marking, setting)
    return "".join(form.function([marking], setting))


def write_exports(
    formats: Sequence[str],
    markings: Iterable[ExamMarking],
    folder: str | Path,
    setting: ExportSetting,
) -> list[Path]:
    """Write the files into a folder; the files of a format, or its folder, are returned. In the
    folder of a format, files of students who are gone are removed.

    Raises DeltaruleError where one cannot be written.
    """
    home = Path(folder)
    written = set()
    for file in exported(formats, markings, setting):
        write_pieces(home / file.path, file.pieces)
        written.add(home / file.path)
    for name in (n for n in formats if EXPORTS[n].each):
        for old in set((home / name).glob(f"*.{EXPORTS[name].ending}")) - written:
            old.unlink(missing_ok=True)
    return [home / (n if EXPORTS[n].each else f"{n}.{EXPORTS[n].ending}") for n in formats]
