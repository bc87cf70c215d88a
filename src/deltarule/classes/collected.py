"""A class's submissions, found in a folder or in a download of a learning platform.

submissions/emmy.toml, submissions/emmy.py       files of one student, by their stem
submissions/emmy/…                               a folder for each student
submissions/form.csv, form.xlsx                  a row for each student
submissions/download.zip                         a download: of Canvas, Moodle, and others
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from deltarule.classes.form_tables import FORMS, Form, form_in
from deltarule.classes.gradescope_export import METADATA, gradescope
from deltarule.classes.handed_in import HandedFile, HandedIn
from deltarule.classes.lms_names import NamedFile, platform_of, without_copy_number
from deltarule.classes.stored_files import Listed, StoredFile, archived, ignored, listed, name_text
from deltarule.errors import DeltaruleError, did_you_mean, in_one_line
from deltarule.spelling.counted import counted

#: What is read of a student's, by the end of a file's name.
READ = (".toml", ".json", ".py", ".ipynb", *FORMS)
#: So many lines are said of what was not read.
MOST_SAID = 200
#: The file by which a folder of marks is known.
JOURNAL = "journal.sqlite"


@dataclass
class Collected:
    """All students of a class, by name, and what is to be said of the folder as a whole."""

    students: list[HandedIn] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def collect(
    words: Sequence[str | Path], heads: Callable[[str], bool], but: Sequence[Path] = ()
) -> Collected:
    """What was handed in, in folders, archives and single files, without what is in `but`: what
    is ours, such as the exam and the marks, may be in the same folder.

    `heads` says whether a column's head names a quantity or a question of the exam. Raises
    DeltaruleError where there is nothing.
    """
    work = _Collecting(heads, [path.resolve() for path in but])
    for word in words:
        work.take(Path(word))
    found = Collected(work.students(), work.notes[:MOST_SAID])
    if len(work.notes) > MOST_SAID:
        found.notes.append(f"and {counted(len(work.notes) - MOST_SAID, 'line')} more")
    if not found.students:
        raise _nothing(words, work.notes)
    return found


def collect_one(who: str, paths: Sequence[str | Path]) -> HandedIn:
    """What is in files and folders that are one student's, whatever they are called.

    Raises DeltaruleError for a path where nothing is.
    """
    work = _Collecting(lambda _head: False, ())
    for path in map(Path, paths):
        if not path.exists():
            raise DeltaruleError(
                f"there is no file {path}", str(path), "name the student's file, or their folder"
            )
        alone = [Listed((), name_text(path.name), StoredFile(path))]
        for file in listed(path, work.notes.append) if path.is_dir() else alone:
            name = "/".join((*file.folders, file.name))
            work.add(NamedFile(who, "", name), name, file.where)
    found = work.found.get(who, HandedIn(who))
    return replace(found, notes=(*found.notes, *work.notes)).with_newest()


def _nothing(words: Sequence[str | Path], notes: Sequence[str]) -> DeltaruleError:
    named = ", ".join(map(str, words))
    why = f" ({notes[0]})" if notes else ""
    return DeltaruleError(
        f"there is nothing to mark in {named}{why}",
        named,
        "name a folder with a file or a folder for each student, a form's .csv or .xlsx, or the "
        ".zip of a learning platform",
    )


class _Collecting:
    """Files of students, put together by whose they are."""

    def __init__(self, heads: Callable[[str], bool], but: Sequence[Path]):
        self.heads, self.but = heads, but
        self.notes: list[str] = []
        self.found: dict[str, HandedIn] = {}
        self.rows = 0

    def students(self) -> list[HandedIn]:
        """The students in the order of their names; two with one name are told apart."""
        counts: dict[str, int] = {}
        for student in self.found.values():
            counts[student.who] = counts.get(student.who, 0) + 1
        named = [
            replace(s, who=f"{s.who}_{s.also[0]}") if counts[s.who] > 1 and s.also else s
            for s in self.found.values()
        ]
        return sorted((s.with_newest() for s in named), key=lambda s: (s.who, s.also))

    def take(self, path: Path) -> None:
        """All that is in a folder, in an archive, or one file."""
        if path.is_dir() or path.suffix.lower() == ".zip":
            inside = [ours for ours in self.but if path.resolve() in ours.parents]
            files = [f for f in listed(path, self.notes.append) if not _is_in(f.where, inside)]
            self.sort(_without_common_folder(files) if path.is_file() else files)
        elif not path.exists():
            raise _not_there(path)
        else:
            self.sort([Listed((), name_text(path.name), StoredFile(path))])

    def sort(self, files: Sequence[Listed]) -> None:
        """Files by whose they are: by their names, or by the folder that they are in."""
        files = self._without_marks(files)
        platform, submitters = platform_of(_tops(files)), self._submitters(files)
        for file in files:
            top = file.folders[0] if file.folders else file.name
            if named := platform(top) if platform else None:
                self.of_student(file, named)
            elif file.folders:
                for each in (submitters(top) if submitters else []) or [NamedFile(top, "", "")]:
                    self.of_student(file, each)
            elif (platform or submitters) and not file.name.lower().endswith((*READ, ".zip")):
                # What a platform puts beside the submissions, such as an index.html.
                if file.name != METADATA:
                    self.notes.append(f"{file.name[:100]}: nobody's, not read")
            else:
                self.loose(file)

    def _without_marks(self, files: Sequence[Listed]) -> list[Listed]:
        """The files, without those of marks that were written beside the submissions."""
        ours = {f.folders for f in files if f.folders and f.name == JOURNAL}
        self.notes += [f"{'/'.join(folder)}: marks of a class, not marked" for folder in ours]
        return [f for f in files if not any(f.folders[: len(o)] == o for o in ours)]

    def _submitters(self, files: Sequence[Listed]) -> Callable[[str], list[NamedFile]] | None:
        """What tells whose a folder is, where a file of Gradescope's says it."""
        try:
            said = [f.where.read() for f in files if not f.folders and f.name == METADATA]
        except DeltaruleError as error:
            self.notes.append(in_one_line(error))
            return None
        return gradescope(said[0].decode("utf-8", "replace")) if said else None

    def of_student(self, file: Listed, named: NamedFile) -> None:
        """A file below a student's folder, or with a student's name."""
        inside = "/".join((*file.folders[1:], file.name)) if file.folders else named.name
        self.add(named, inside, file.where)

    def loose(self, file: Listed) -> None:
        """A file beside those of others: a download, a form, or a student's own."""
        name, copy = without_copy_number(file.name)
        suffix = Path(name).suffix.lower()
        if suffix == ".zip" and self._download(file):
            return
        if suffix in FORMS and self._form(file):
            return
        self.add(NamedFile(Path(name).stem, "", name), name, file.where, copy)

    def _download(self, file: Listed) -> bool:
        """Whether an archive is a whole class's, which is taken then."""
        try:
            files = _without_common_folder(archived(file.where, lambda _: None, trusted=True))
        except DeltaruleError:
            return False
        if platform_of(_tops(files)) is None and METADATA not in _tops(files):
            return False
        self.sort(_without_common_folder(archived(file.where, self.notes.append, trusted=True)))
        return True

    def _form(self, file: Listed) -> bool:
        """Whether a table has a row for each student; they are taken then."""
        try:
            form = form_in(file.where.read(), file.name, self.heads)
        except DeltaruleError:
            return False  # a student's, of whom it is said that it cannot be read
        if form is None:
            return False
        self._rows(form)
        return True

    def _rows(self, form: Form) -> None:
        self.notes += form.notes
        for row in form.rows:
            self.rows += 1
            file = HandedFile(form.name, row=row.answers, attempt=row.when, order=self.rows)
            if row.who:
                self._put(HandedIn(row.who, (file,), row.also), row.who)
            else:
                self.notes.append(f"{form.name}, line {row.line}: nobody is named, not marked")

    def add(self, named: NamedFile, name: str, where: StoredFile, order: int = 0) -> None:
        """One file of a student's; an archive is taken as the files in it."""
        suffix = Path(name).suffix.lower()
        files, notes = [], ["handed in late"] if named.late else []
        if suffix == ".zip":
            try:
                for inner in archived(where, notes.append):
                    inside = "/".join((*inner.folders, inner.name))
                    self.add(replace(named, late=False), inside, inner.where, order)
            except DeltaruleError as error:
                notes.append(in_one_line(error))
        elif suffix in READ and not ignored(name):
            files = [HandedFile(name, where, b"", named.attempt, order, named.whole)]
        elif name != "about.txt":
            notes.append(f"{name[:100]} is not read: {_kinds(suffix)}")
        also = (*filter(None, (named.number,)), *named.also)
        self._put(HandedIn(named.who, tuple(files), also, tuple(notes)), named.number or named.who)

    def _put(self, more: HandedIn, key: str) -> None:
        """Put what was handed in to that of the same student, whom the key tells from others."""
        known = self.found.get(key, HandedIn(more.who, also=more.also))
        self.found[key] = replace(
            known, files=known.files + more.files, notes=known.notes + more.notes
        )


def _tops(files: Iterable[Listed]) -> dict[str, None]:
    """The folders, and the files outside of folders, in their order."""
    return dict.fromkeys(f.folders[0] if f.folders else f.name for f in files)


def _is_in(file: StoredFile, places: Sequence[Path]) -> bool:
    """Whether a file is one of some, or in a folder of theirs."""
    if not places or file.members:
        return False
    path = file.path.parent.resolve() / file.path.name
    return any(path.is_relative_to(place) for place in places)


def _without_common_folder(files: Iterable[Listed]) -> list[Listed]:
    """The files, without a single folder that all of them are in."""
    files = list(files)
    while files and all(f.folders and f.folders[0] == files[0].folders[0] for f in files):
        if platform_of([files[0].folders[0]]) or len({f.folders[:2] for f in files}) == 1:
            break
        files = [replace(f, folders=f.folders[1:]) for f in files]
    return files


def _kinds(suffix: str) -> str:
    near = did_you_mean(suffix, READ) if suffix else ""
    return near or f"hand in {', '.join(READ[:-1])} or {READ[-1]}"


def _not_there(path: Path) -> DeltaruleError:
    parent = path.parent
    names = [str(parent / p.name) for p in parent.iterdir()] if parent.is_dir() else []
    return DeltaruleError(
        f"there is no folder {path}", str(path), did_you_mean(str(path), names) or "check the path"
    )
