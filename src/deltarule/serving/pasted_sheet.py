"""A sheet that a teacher pasted: remarks on it, and what its numbers let a marker see.

Nothing that it names is opened: its networks are the catalogue's.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from deltarule.errors import DeltaruleError
from deltarule.exams.lint import Linted, lint
from deltarule.exams.lint_remarks import error_of
from deltarule.marking.sheet_files.toml_faults import fault_of
from deltarule.marking.sheet_files.toml_text import parse, refused
from deltarule.serving.sheet_review import audits_of, remarks_of

#: What the text is called in remarks.
NAME = "sheet.toml"
#: Keys whose values name programs and files.
_NAMING = ("network", "optimiser", "like", "of", "convention")


def pasted(job: Mapping[str, Any]) -> dict[str, Any]:
    """The remarks on a `text`, and audits where it has no error.

    Raises DeltaruleError for a sheet that names a file.
    """
    linted = _linted(job["text"])
    runs = linted.exam.sheet.runs if linted.exam is not None and not linted.errors else ()
    return {**remarks_of(linted), "audits": list(audits_of(runs)), "distances": ""}


def _linted(text: str) -> Linted:
    try:
        data = parse(text, NAME)
    except tomllib.TOMLDecodeError as error:
        fault = refused(text, fault_of(text, error), NAME)
        return Linted(NAME, None, (error_of(fault),))
    for name in _named(data):
        if not re.fullmatch(r"[\w-]+", name):
            raise DeltaruleError(
                f"{name[:60]!r} names a file, and no file is opened for what is pasted here",
                NAME,
                "name a derivation of the catalogue, or look at the file with check sheet",
            )
    with TemporaryDirectory() as folder, chdir(folder):
        Path(NAME).write_text(text, encoding="utf-8")
        return lint(Path(NAME))


def _named(value: Any, key: str = "") -> Iterator[str]:
    """The texts under such keys, however deep."""
    if isinstance(value, dict):
        for inner, found in value.items():
            yield from _named(found, inner)
    elif isinstance(value, list):
        for found in value:
            yield from _named(found, key)
    elif isinstance(value, str) and key in _NAMING:
        yield value
