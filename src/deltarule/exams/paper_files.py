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
from deltarule.exams.variant_files import VARIANTS, exam_for, is_exam_folder, students_of
from deltarule.signed_files import refuse_others, refuse_unwritable, write_signed

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


def write_papers(
    exam: str | Path, student: str, key: bool, out: Path, force: bool = False
) -> WrittenPapers:
    """Write a paper to a file, in the format of its ending; or into a folder, in all formats,
    those of all students where none is named.

    Raises DeltaruleError for another ending, for files that cannot be written, and where others
    would be overwritten, unless by `force`.
    """
    if out.suffix:
        if out.suffix not in FORMATS:
            raise DeltaruleError(
                f"no format ends in {out.suffix}", str(out), f"end in {', '.join(FORMATS)}"
            )
        refuse_unwritable(out, force)
        made = paper_for(exam, student, key)
        write_signed(out, FORMATS[out.suffix](made), force)
        return WrittenPapers(made.title, (out,))
    files = {who: _files(out, who, key) for who in _students(exam, student)}
    paths, title = tuple(path for own in files.values() for path in own), ""
    if not force:
        refuse_others(paths, "folder")
    for who, own in files.items():
        made = paper_for(exam, who, key)
        title = made.title
        for path in own:
            write_signed(path, FORMATS[path.suffix](made), force, "folder")
    return WrittenPapers(title, paths)


def _files(out: Path, student: str, key: bool) -> list[Path]:
    """The files of a student's paper, one for each format."""
    stem = (file_stem(student) if student else "paper") + ("-key" if key else "")
    return [out / f"{stem}{ending}" for ending in FORMATS]


def _students(exam: str | Path, student: str) -> Iterator[str]:
    path = Path(exam)
    if student or not path.is_dir() or not is_exam_folder(path) or not (path / VARIANTS).is_dir():
        yield student
        return
    yield from students_of(path)
