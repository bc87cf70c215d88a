"""One file of students' code after another, checked in one sandbox."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

from deltarule.cli.arguments import split
from deltarule.cli.check_command import Check
from deltarule.cli.code_files import code_files
from deltarule.cli.running import fault
from deltarule.cli.started_sandbox import StartedSandbox
from deltarule.errors import DeltaruleError
from deltarule.reports.things import CheckedFile
from deltarule.submissions import check_submission
from deltarule.submissions.accepted_verdicts import accepted_verdicts
from deltarule.submissions.course_conventions import Convention
from deltarule.submissions.like_derivation import Like, convention_like
from deltarule.submissions.reading import SubmittedFile, module_text, read_submission
from deltarule.submissions.reading.notebook_cells import MOST_NOTEBOOK
from deltarule.submissions.reading.source_bytes import file_bytes
from deltarule.submissions.wanted_functions import wanted_functions

#: The files of a folder that others may import.
MOST_MODULES = 200
#: What says that a file is a derivation.
_LANGUAGE = (b"from deltarule.language", b"from deltarule.notation")


class Checker:
    """Checks files one after another in one sandbox."""

    def __init__(self, asked: Check, started: StartedSandbox):
        self.asked, self.started = asked, started
        self.accepted = None if asked.accept is None else accepted_verdicts(asked.accept)
        self.only = wanted_functions(asked.only) if asked.only else None
        self.provided: dict[str, str] = {}
        for other in asked.with_ or ():
            self.provided |= _modules(Path(other))

    def checked(self, path: str, number: int, of: int, tell: Callable[[str], None]) -> CheckedFile:
        """What was found of a file; what goes wrong with it stops no other, but what would go
        wrong with each does."""
        place = f" ({number} of {of})" if of > 1 else ""
        tell(f"checking {path}{place}")
        began = perf_counter()
        sandbox = self.started.sandbox
        try:
            source = self._source(path)
            course, note = self._course(source, path)
            report = check_submission(
                source,
                path,
                sandbox,
                course,
                self.only,
                lambda task: tell(f"checking {path}{place}: {task}"),
                self.asked.compat,
                self.provided,
            )
            report.notes[:0] = [note] if note else []
        except DeltaruleError as error:
            if of == 1:
                raise
            return CheckedFile(path, self.accepted, error=error)
        except Exception as error:
            if of == 1 or os.environ.get("DELTARULE_TRACEBACK"):
                raise
            return CheckedFile(path, self.accepted, error=fault(error))
        return CheckedFile(path, self.accepted, report, seconds=perf_counter() - began)

    def _source(self, path: str) -> bytes | SubmittedFile:
        """A file's bytes, or for --like what was read of it. Raises DeltaruleError."""
        _refuse_part(path)
        if self.asked.like is not None:
            return read_submission(path, compat=self.asked.compat, provided=self.provided)
        data = file_bytes(Path(path), MOST_NOTEBOOK)
        if path.endswith(".py") and any(words in data for words in _LANGUAGE):
            raise DeltaruleError(
                "the file is a derivation", path, f"write check gradient {path}, which measures it"
            )
        return data

    def _course(
        self, source: bytes | SubmittedFile, path: str
    ) -> tuple[str | Convention | None, str]:
        """The convention, and what is said of it: that of a course, or one made for --like."""
        if self.asked.like is None or isinstance(source, bytes):
            return self.asked.convention, ""
        names = dict(map(_mapped, _listed(self.asked.map_)))
        options = split(self.asked.words or ())[1]
        functions = tuple(_listed(self.asked.function))
        like = Like(functions, self.asked.like, options, names, self.asked.returns or "")
        return convention_like(source.text, path, like)


def _modules(path: Path) -> dict[str, str]:
    """The modules that a file is, or those of a folder, by their names and their dotted names.

    Raises DeltaruleError where one cannot be read, or there are too many.
    """
    if not path.is_dir() or path.is_symlink():
        return {path.stem: module_text(path)}
    names = code_files([str(path)])
    if len(names) > MOST_MODULES:
        raise DeltaruleError(
            f"there are {len(names)} files of code, of {MOST_MODULES} at most",
            f"--with {path}",
            "name the files that are imported",
        )
    found: dict[str, str] = {}
    for name in names:
        text = module_text(name)
        dotted = ".".join(Path(name).relative_to(path).with_suffix("").parts)
        found |= {dotted: text, Path(name).stem: text}
    return found


def _listed(said: Sequence[str] | None) -> list[str]:
    """What is said several times, or once with commas between: `--function conv,conv_back`."""
    return [part.strip() for one in said or () for part in one.split(",") if part.strip()]


def _mapped(said: str) -> tuple[str, str]:
    """`dout=dy`. Raises DeltaruleError for anything else."""
    name, _, meaning = (part.strip() for part in said.partition("="))
    if not (name and meaning):
        raise DeltaruleError(f"{said!r} maps no name", "--map", "write --map dout=dy")
    return name, meaning


def _refuse_part(path: str) -> None:
    """Raises DeltaruleError for `FILE.py:FUNCTION`."""
    file, colon, function = path.rpartition(":")
    if colon and not Path(path).exists() and Path(file).exists():
        raise DeltaruleError(
            f"{path} is no file",
            "the command line",
            f"write check {file} -k {function or 'NAME'}, or, to run it as your own, "
            f"check gradient {path}",
        )
