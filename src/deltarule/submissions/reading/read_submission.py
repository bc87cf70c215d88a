"""Reading what a student hands in: a .py file or a notebook. Nothing of it runs here."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deltarule.errors import DeltaruleError
from deltarule.submissions.reading.blanked_text import BlankedText
from deltarule.submissions.reading.kept_code import KeptCode, kept_code
from deltarule.submissions.reading.missing_names import left_out, missing_names
from deltarule.submissions.reading.module_imports import Importable, Source
from deltarule.submissions.reading.module_units import imported_from, module_units
from deltarule.submissions.reading.notebook_cells import MOST_NOTEBOOK, code_cells
from deltarule.submissions.reading.older_semantics import unkept_divisions, with_older_semantics
from deltarule.submissions.reading.remarks import Remark, RemarkKind, remark, shown
from deltarule.submissions.reading.removed_numpy import REMOVED, uses_of_gone
from deltarule.submissions.reading.source_bytes import MOST_CODE, decoded, file_bytes, too_large
from deltarule.submissions.reading.submitted_file import SubmittedFile, definitions
from deltarule.submissions.reading.understood_code import UnderstoodCode, understood
from deltarule.submissions.reading.unfilled_names import unfilled_names


def read_submission(
    path: Path | str,
    *,
    compat: bool = False,
    provided: Mapping[str, str] | None = None,
    packages: Collection[str] = ("numpy",),
) -> SubmittedFile:
    """A .py or .ipynb file, read for a sandbox: its definitions and what they need.

    `compat`: Python 2 is translated, and NumPy's names that are gone are put back, as the remarks
    say. `provided` are the texts of modules that it may import, by name: the course's helpers,
    other files of the student's. `packages` are those that the sandbox has.
    Raises DeltaruleError where the file cannot be read, is too large, or is no text.
    """
    path = Path(path)
    most = MOST_NOTEBOOK if path.suffix.lower() == ".ipynb" else MOST_CODE
    return read_source(
        file_bytes(path, most), path.name, compat=compat, provided=provided, packages=packages
    )


def read_source(
    data: bytes,
    name: str,
    *,
    compat: bool = False,
    provided: Mapping[str, str] | None = None,
    packages: Collection[str] = ("numpy",),
) -> SubmittedFile:
    """The same of a file's bytes; by its `name` it is a notebook or not."""
    shown_name = shown(name)
    importable = Importable(packages, dict(provided or {}))
    if name.lower().endswith(".ipynb"):
        text, cells = _of_notebook(data, shown_name)
        said: list[Remark] = []
    else:
        text, said = decoded(data, shown_name)
        cells: tuple[tuple[int, int], ...] = ()
    if len(text) > MOST_CODE:
        raise too_large(shown_name, MOST_CODE)
    return _Reading(importable, compat).file(shown_name, text, cells, said)


def module_text(path: Path | str) -> str:
    """The text of a .py file or of a notebook's cells, to be `provided` to other files.

    Raises DeltaruleError where it cannot be read.
    """
    path = Path(path)
    if path.suffix.lower() == ".ipynb":
        return _of_notebook(file_bytes(path, MOST_NOTEBOOK), shown(path.name))[0]
    return decoded(file_bytes(path, MOST_CODE), shown(path.name))[0]


def _of_notebook(data: bytes, name: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    lines: list[str] = []
    begun: list[tuple[int, int]] = []
    for cell in code_cells(data, name):
        begun.append((len(lines) + 1, cell.number))
        lines += cell.text.split("\n")
    if not begun:
        raise DeltaruleError(f"{name} has no code cells", None, "hand in the notebook with code")
    return "\n".join(lines), tuple(begun)


_IMPORTS = (ast.Import, ast.ImportFrom)
#: What a quotient of Python 2 becomes.
_DIVISION = "_deltarule_quotient("


@dataclass
class _Reading:
    """One file, and the modules provided for it."""

    importable: Importable
    compat: bool
    texts: dict[str, str] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    numpy: dict[str, str] = field(default_factory=dict)

    def file(
        self, name: str, text: str, cells: tuple[tuple[int, int], ...], said: list[Remark]
    ) -> SubmittedFile:
        text, code, kept, more = self._module(text, cells, everything=False)
        body = [u.node for u in kept.units]
        division = code.python2 and not _true_division(code.body)
        more += _divisions(text, code) if division else []
        return SubmittedFile(
            name,
            text,
            definitions(body),
            code.places,
            [*said, *code.remarks, *more],
            code.lost,
            self._imports(),
            body,
            unfilled_names(kept, code.places),
            division,
        )

    def _imports(self) -> dict[str, Any]:
        return {
            "texts": self.texts,
            "modules": self.modules,
            "absent": self.absent,
            "names": self.names,
            "numpy": self.numpy,
            "python2": self.compat,
        }

    def _module(
        self, text: str, cells: tuple[tuple[int, int], ...], everything: bool
    ) -> tuple[str, UnderstoodCode, KeptCode, list[Remark]]:
        code = understood(text, self.compat, cells)
        origins = imported_from(code.body)
        units = module_units(code.body, origins)
        kept = kept_code(units, self.importable, everything)
        missing = missing_names(kept, code, self.compat)
        self.absent |= missing.modules
        self.names |= missing.names
        said = [*missing.remarks, *left_out(kept.dropped, code)]
        said += self._numpy(kept, code, origins)
        self._provide(kept)
        return _blanked(code, kept), code, kept, said

    def _numpy(
        self, kept: KeptCode, code: UnderstoodCode, origins: Mapping[str, str]
    ) -> list[Remark]:
        uses: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        for unit in kept.units:
            for line, name in uses_of_gone(unit.node, origins):
                uses.setdefault(name, []).append((line, tuple(sorted(unit.binds))))
        said = []
        for name, found in uses.items():
            place = code.places.many([line for line, _ in found])
            names = tuple(dict.fromkeys(n for _, own in found for n in own))
            instead = REMOVED[name]
            if self.compat:
                self.numpy[name] = instead
                fact, remedy = f"np.{name} stands for {instead}", f"write {instead}"
                said.append(remark(RemarkKind.TRANSLATED, fact, place, remedy, names))
            else:
                fact = f"NumPy has no np.{name} any more"
                remedy = f"write {_spelled(instead)}, or check with --compat"
                said.append(remark(RemarkKind.MISSING, fact, place, remedy, names))
        return said

    def _provide(self, kept: KeptCode) -> None:
        """The modules that are provided for these imports, and for theirs."""
        inside = [n for u in kept.units for n in ast.walk(u.node) if isinstance(n, _IMPORTS)]
        for one in (i for node in inside for i in self.importable.of(node)):
            if one.source is not Source.PROVIDED:
                continue
            wanted = one.module or (f"_.{one.name}" if one.level else one.name)
            self.modules[wanted] = one.key
            if one.module and one.name == one.key.split(".")[-1]:
                self.modules[f"{one.module}.{one.name}"] = one.key
            if one.key not in self.texts:
                self.modules[one.key] = one.key
                self.texts[one.key] = ""
                text = self.importable.provided[one.key]
                if len(text) <= MOST_CODE:
                    self.texts[one.key] = self._module(text, (), everything=True)[0]


def _divisions(text: str, code: UnderstoodCode) -> list[Remark]:
    """That quotients are Python 2's, and which are not."""
    said = []
    if _DIVISION in with_older_semantics(text, True):
        fact = "quotients of integers are rounded down, as Python 2 did"
        said.append(remark(RemarkKind.TRANSLATED, fact, "", "write // where that is meant"))
    if unkept := unkept_divisions(text):
        place = code.places.many(list(unkept))
        fact = "a quotient that could not be translated is Python 3's"
        said.append(remark(RemarkKind.TRANSLATED, fact, place, "write // if it is to round down"))
    return said


def _true_division(body: list[ast.stmt]) -> bool:
    """Whether a file of Python 2 asks for Python 3's division."""
    future = (n for n in body if isinstance(n, ast.ImportFrom) and n.module == "__future__")
    return any(a.name == "division" for node in future for a in node.names)


def _spelled(instead: str) -> str:
    return (
        instead
        if instead in ("float", "int", "bool", "object", "str", "complex")
        else (f"np.{instead}")
    )


def _blanked(code: UnderstoodCode, kept: KeptCode) -> str:
    text = BlankedText(code.text)
    for decorator in kept.decorators:
        text.decorator(decorator)
    for unit in kept.units:
        for node in unit.inner:
            text.statement(node, inside=True)
        for node in ast.walk(unit.node):
            if isinstance(node, ast.ImportFrom) and node.level:
                text.relative(node)
    for unit in kept.dropped:
        text.statement(unit.node)
    for node in kept.unreached:
        text.statement(node, inside=True)
    return str(text)
