"""An exam's folder: `exam.toml`, a specimen, and `variants/STUDENT.toml`, a sheet for each.

Papers that are there already are kept as they are, so that students may be added to an exam later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deltarule.errors import DeltaruleError, did_you_mean, unwritten
from deltarule.exams.distance_table import DistanceTable, distance_table, table_markdown
from deltarule.exams.drawn_variants import Variant, Variants
from deltarule.exams.exam import Exam
from deltarule.exams.exam_files import load_exam
from deltarule.exams.models import Model
from deltarule.exams.sheet_text import sheet_text
from deltarule.exams.students import file_stem, refuse_alike
from deltarule.marking.sheet_files.sheets import Sheet
from deltarule.spelling.counted import counted

EXAM, VARIANTS, DISTANCES = "exam.toml", "variants", "distances.md"


@dataclass(frozen=True)
class WrittenExam:
    """An exam that was written: its folder, whose papers are new or were `kept`, and the tables.

    `table` is the specimen's; `nearest` has, by student, what comes nearest to rounding.
    """

    folder: Path
    seed: str
    title: str
    written: tuple[str, ...]
    kept: tuple[str, ...]
    table: DistanceTable
    hidden: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def write_exam(
    variants: Variants,
    students: Sequence[str],
    folder: Path,
    model: Model,
    allow_hidden: bool = False,
    progress: Callable[[str], None] = lambda student: None,
) -> WrittenExam:
    """Write an exam's folder. Raises DeltaruleError for another exam in the folder, for students
    who would share a file, and for papers that hide mistakes, unless that is allowed."""
    refuse_alike(students, "the students")
    specimen = variants.draw("", allow_hidden)
    text = _text(variants, specimen, model, folder)
    path = folder / EXAM
    if path.exists() and path.read_text(encoding="utf-8") != text:
        raise DeltaruleError(
            f"{path} is there already, and is another exam (or of another seed)",
            str(folder),
            "name another folder with --out, or remove this one",
        )
    written, kept, hidden = [], [], {}
    papers: list[tuple[Path, str]] = []
    for student in students:
        progress(student)
        own = folder / VARIANTS / f"{file_stem(student)}.toml"
        if own.exists():
            kept.append(student)
            continue
        variant = variants.draw(student, allow_hidden)
        if variant.hidden:
            hidden[student] = distance_table(variants, variant).hidden
        papers.append((own, _text(variants, variant, model, own.parent)))
        written.append(student)
    # Only when all papers are drawn: an exam that is refused leaves nothing behind.
    table = distance_table(variants, specimen, further=True)
    distances = table_markdown(variants, specimen, table)
    for own, content in ((path, text), (folder / DISTANCES, distances), *papers):
        write_file(own, content)
    return WrittenExam(
        folder,
        variants.seed,
        variants.run.title,
        tuple(written),
        tuple(kept),
        table,
        hidden,
        (*model.notes, *_of_rate(variants)),
    )


def _of_rate(variants: Variants) -> tuple[str, ...]:
    """What to say of a rate that nobody sees left out."""
    run = variants.run
    if not run.updates or run.rate is None or run.rate.value != 1:
        return ()
    return ("the rate is 1, and nobody sees it left out or squared: --rate 0.5 would show that",)


def _text(variants: Variants, variant: Variant, model: Model, folder: Path) -> str:
    whose = f"the paper of {variant.student}" if variant.student else "the specimen"
    comments = (
        f"{whose}: draw {variant.draw} of the seed {variants.seed}",
        "Numbers are drawn so that every mistake that can be seen is seen, whatever is rounded.",
    )
    return sheet_text(variant.run, model.source, folder, comments, model.questions, model.extra)


def write_file(path: Path, text: str, remedy: str = "name another folder") -> None:
    """Write a text, and the folders that it lies in.

    Raises DeltaruleError, with the remedy, where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise unwritten(path, error, remedy) from None


def is_exam_folder(path: Path) -> bool:
    """Whether a folder holds an exam."""
    return (path / EXAM).is_file()


def students_of(folder: Path) -> list[str]:
    """The stems of all papers in an exam's folder, in the order of the alphabet."""
    return sorted(p.stem for p in (folder / VARIANTS).glob("*.toml"))


def path_of(exam: str | Path, *names: str) -> Path | str:
    """The file of a student: their paper in an exam's folder, by the first of their names of which
    there is one; the specimen without a name; and what is no folder, which is for all, itself.

    Raises DeltaruleError for a student of whom the folder has no paper.
    """
    path = Path(exam)
    if not path.is_dir():
        return exam
    if not is_exam_folder(path):
        raise DeltaruleError(
            f"the folder {exam} holds no {EXAM}",
            str(exam),
            "write an exam: deltarule exam new --like slide --seed 2026 --count 3 --out exam/",
        )
    if not names or not (path / VARIANTS).is_dir():
        return path / EXAM
    for name in names:
        own = path / VARIANTS / f"{file_stem(name)}.toml"
        if own.is_file():
            return own
    known = students_of(path)
    raise DeltaruleError(
        f"there is no paper of {names[0]}",
        str(path / VARIANTS),
        did_you_mean(file_stem(names[0]), known) or f"it has {counted(len(known), 'paper')}",
    )


def exam_for(exam: str | Path, *names: str) -> Exam:
    """The exam of a student, read from the file that `path_of` finds."""
    return load_exam(path_of(exam, *names))


def sheet_of(exam: str | Path, who: str = "") -> Sheet:
    """The sheet of a student's exam; without a name that of the specimen."""
    return exam_for(exam, *([who] if who else [])).sheet
