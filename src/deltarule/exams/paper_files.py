"""Papers written to files: one for each student, in LaTeX, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deltarule.errors import DeltaruleError
from deltarule.exams.paper import Paper, paper
from deltarule.exams.paper_html import paper_html
from deltarule.exams.paper_latex import paper_latex
from deltarule.exams.paper_markdown import paper_markdown
from deltarule.exams.students import file_stem
from deltarule.exams.variant_files import (
    VARIANTS,
    exam_for,
    is_exam_folder,
    students_of,
    write_file,
)

#: What writes a paper, by the ending of its file.
FORMATS: dict[str, Callable[[Paper], str]] = {
    ".tex": paper_latex,
    ".md": paper_markdown,
    ".html": paper_html,
}


@dataclass(frozen=True)
class WrittenPapers:
    """The files that were written."""

    title: str
    paths: tuple[Path, ...]


def paper_for(exam: str | Path, student: str, key: bool) -> Paper:
    """A student's paper or its key; without a student that of the specimen."""
    own = exam_for(exam, student) if student and Path(exam).is_dir() else exam_for(exam)
    return paper(own, student, key)


def write_papers(exam: str | Path, student: str, key: bool, out: Path) -> WrittenPapers:
    """Write a paper to a file, in the format of its ending; or into a folder, in all formats,
    those of all students where none is named.

    Raises DeltaruleError for another ending, and for files that cannot be written.
    """
    if out.suffix:
        if out.suffix not in FORMATS:
            raise DeltaruleError(
                f"no format ends in {out.suffix}", str(out), f"end in {', '.join(FORMATS)}"
            )
        made = paper_for(exam, student, key)
        write_file(out, FORMATS[out.suffix](made), "name another file")
        return WrittenPapers(made.title, (out,))
    paths, title = [], ""
    for who in _students(exam, student):
        made = paper_for(exam, who, key)
        title = made.title
        stem = (file_stem(who) if who else "paper") + ("-key" if key else "")
        for ending, written in FORMATS.items():
            paths.append(out / f"{stem}{ending}")
            write_file(paths[-1], written(made), "name another file")
    return WrittenPapers(title, tuple(paths))


def _students(exam: str | Path, student: str) -> Iterator[str]:
    path = Path(exam)
    if student or not path.is_dir() or not is_exam_folder(path) or not (path / VARIANTS).is_dir():
        yield student
        return
    yield from students_of(path)
