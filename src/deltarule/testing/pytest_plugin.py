"""`pytest --deltarule layers.py`: the functions of a student's file are tests.

They are collected besides what is named on the command line, or alone where nothing is. The file
itself is never imported: it runs in a sandbox. Without --deltarule nothing is done, and nothing is
imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from deltarule.submissions import FunctionFinding


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options; all but the first say something about it."""
    group = parser.getgroup("deltarule", "students' code, checked by deltarule")
    group.addoption(
        "--deltarule",
        action="append",
        default=[],
        metavar="FILE",
        help="check the functions of FILE.py or FILE.ipynb in a sandbox, each as a test",
    )
    group.addoption(
        "--deltarule-convention",
        metavar="NAME|FILE",
        help="the course whose functions they are; else the one that knows most of them",
    )
    group.addoption(
        "--deltarule-accept", metavar="VERDICT,…", help="verdicts that pass besides right (follows)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """With files, and nothing else named, these alone are collected."""
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    if config.getoption("deltarule") and not named:
        config.args = []


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the functions of the files. Whatever deselects tests may deselect them, too."""
    for name in config.getoption("deltarule") or ():
        path = Path(name).absolute()
        file = SubmittedFile.from_parent(session, path=path, name=name, nodeid=name)
        found: list[pytest.Item | pytest.Collector] = [*file.collect()]
        items.extend(item for item in found if isinstance(item, pytest.Item))
        report = pytest.CollectReport(name, "passed", None, found)
        session.ihook.pytest_collectreport(report=report)


class SubmittedFile(pytest.File):
    """A file that was handed in."""

    def collect(self) -> Iterator[pytest.Item]:
        """An item for each function, or one that says why there is none."""
        from deltarule.errors import DeltaruleError
        from deltarule.reports.finding_words import failures_text, finding_text
        from deltarule.testing.code_check import check

        option = self.config.getoption
        try:
            (checked,) = check(
                str(self.path),
                convention=option("deltarule_convention"),
                accept=option("deltarule_accept"),
            ).checked.files
        except DeltaruleError as error:
            raise pytest.UsageError(str(error)) from None
        findings = checked.report.functions if checked.report else []
        for finding in findings:
            yield SubmittedFunction.from_parent(
                self,
                name=finding.name,
                finding=finding,
                failure="" if checked.passes(finding) else finding_text(finding),
            )
        if not findings:
            from deltarule.reports.things import CheckedCode

            failure = failures_text(CheckedCode([checked]))
            yield SubmittedFunction.from_parent(self, name="the file", failure=failure)


class NotRight(Exception):
    """What is found of a function that does not pass."""


class SubmittedFunction(pytest.Item):
    """A function of the file: it was checked when the file was collected."""

    def __init__(
        self, *, failure: str, finding: FunctionFinding | None = None, **more: Any
    ) -> None:
        super().__init__(**more)
        self.failure, self.finding = failure, finding

    def runtest(self) -> None:
        """Raises NotRight, with why, for what does not pass."""
        if self.failure:
            raise NotRight(self.failure)

    def repr_failure(self, excinfo, style=None):
        """What was found, and no traceback: nothing of the file ran here."""
        if isinstance(excinfo.value, NotRight):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file, and the function's line, counted from 0."""
        line = self.finding.line - 1 if self.finding and self.finding.line else None
        return self.path, line, self.name
