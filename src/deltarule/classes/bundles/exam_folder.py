"""The files of an exam, as a folder that can be carried elsewhere: the sheet, the papers of all
students, and the programs that they name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from deltarule.errors import DeltaruleError
from deltarule.exams.exam import Exam
from deltarule.exams.exam_files import load_exam
from deltarule.exams.variant_files import EXAM, VARIANTS
from deltarule.marking.sheet_files.sheets import found_sheet


def exam_folder(exam: str | Path) -> dict[str, bytes]:
    """The files by their paths in the folder: `exam.toml`, `variants/STUDENT.toml`, programs.

    Raises DeltaruleError where the exam, or one of its papers, cannot be read, and where a program
    lies outside of the exam's folder.
    """
    path = Path(exam)
    if not path.is_dir():
        return _of_sheet(exam)
    if not (path / EXAM).is_file():
        raise DeltaruleError(
            f"there is no {EXAM} in the folder {path}", str(path), "deltarule exam new makes one"
        )
    found: dict[str, bytes] = {}
    for paper in [path / EXAM, *sorted((path / VARIANTS).glob("*.toml"))]:
        found[paper.relative_to(path).as_posix()] = _read(paper)
        found |= _programs(load_exam(paper), path)
    return found


def _of_sheet(exam: str | Path) -> dict[str, bytes]:
    """The files of one sheet, which may be an example of the library."""
    loaded = load_exam(exam)
    where, _ = found_sheet(exam)
    text = where.read_text(encoding="utf-8").encode()
    return {EXAM: text, **(_programs(loaded, where.parent) if isinstance(where, Path) else {})}


def _programs(exam: Exam, folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name in _named(exam):
        inside = Path(name).resolve()
        if not inside.is_relative_to(folder.resolve()):
            raise DeltaruleError(
                f"{name} lies outside of the exam's folder",
                exam.path,
                f"move it to {folder}, and name it from there",
            )
        found[inside.relative_to(folder.resolve()).as_posix()] = _read(inside)
    return found


def _named(exam: Exam) -> Iterator[str]:
    """The programs that an exam names, of networks, optimisers and questions."""
    names = [name for run in exam.sheet.runs for name in (run.network, run.optimiser)]
    for question in exam.questions:
        names += [question.code.like, question.code.convention] if question.code else []
        names += [question.counting.of] if question.counting else []
    yield from (n for n in names if isinstance(n, str) and n.endswith((".py", ".toml")))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DeltaruleError(f"the file cannot be read: {error.strerror}", str(path)) from None
