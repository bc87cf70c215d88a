"""`check --conventions`: the courses whose functions are known, and those of one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deltarule.cli.arguments import no_option, split
from deltarule.cli.check_command import Check
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.errors import DeltaruleError
from deltarule.reports.convention_values import call_text, value_text
from deltarule.spelling.counted import counted
from deltarule.submissions.convention_files import convention, convention_names
from deltarule.submissions.course_conventions import Convention, Task


def show_conventions(asked: Check) -> int:
    """Show all conventions, or those that are named."""
    bare, options = split(asked.words or ())
    if options:
        raise no_option(options, "see check --help")
    if not all(name.strip() for name in bare):
        raise DeltaruleError("an empty name", "the command line", "write check --conventions")
    found = [convention(name) for name in bare or convention_names()]
    show((found, bool(bare)), "the list of conventions", asked.format)
    return 0


def conventions_page(page: Page, shown: tuple[Sequence[Convention], bool]) -> None:
    """A line for each convention, or all that one says."""
    found, whole = shown
    if whole:
        for one in found:
            page.blank()
            _convention(page, one)
        return
    column = max(len(one.name) for one in found) + 4
    for one in found:
        page.item(one.name, f"{one.title}: {counted(len(one.functions), 'function')}", column)
    page.blank()
    page.prose(
        "check --conventions NAME shows the functions of one; check FILE --convention FILE.toml "
        "takes a convention of your own.",
        style="dim",
    )


def _convention(page: Page, one: Convention) -> None:
    page.title(f"{one.title} ({one.name})")
    page.labelled("passes besides right", one.policy.words(), 2)
    for task in one.tasks:
        _task(page, task)


def _task(page: Page, task: Task) -> None:
    about = f", {task.about}" if task.about else ""
    page.heading(f"{task.name}{about}")
    page.labelled("derivation", _with_options(task.derivation, task.options), 2)
    for call in task.calls:
        page.formula(call_text(call), style="bold", hang=4)
    for name, value in task.values.items():
        if not value.gradient or _says_more(task, name):
            page.labelled(name, value_text(value), 4)
    for other in task.otherwise:
        page.labelled("another choice", other.words, 2)


def _says_more(task: Task, name: str) -> bool:
    """Whether a gradient is more than the gradient of a value in that one's layout."""
    own = task.values[name]
    plain = [v for v in task.values.values() if not v.gradient and v.tensor == own.tensor]
    return not any(
        [p.layout for p in v.parts] == [p.layout for p in own.parts]
        and (v.axis, v.times, v.over) == (own.axis, own.times, own.over)
        for v in plain
    )


def _with_options(name: str, options: Mapping[str, Any]) -> str:
    return ", ".join([name, *(f"{k} = {_said(v)}" for k, v in options.items())])


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
