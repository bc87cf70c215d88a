"""`deltarule train`: a network trained on digits, with its progress."""

from __future__ import annotations

import math
from dataclasses import fields
from types import SimpleNamespace

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.text import Text

from deltarule.cli.page import Page
from deltarule.cli.pager import Paging
from deltarule.cli.screen import console, write_json
from deltarule.reports import training_values as told
from deltarule.training.course import Watcher, train
from deltarule.training.handwritten_digits import digits
from deltarule.training.plan import Plan
from deltarule.training.training_record import ByHeart, Epoch, Result


def show_training(asked: SimpleNamespace) -> int:
    """Train as the options of `cli.main.train` say; 1 where not even a few samples were learnt by
    heart.
    """
    as_json = asked.json
    Paging.wanted = False  # it is watched while it goes on
    plan = Plan(**{f.name: getattr(asked, f.name) for f in fields(Plan)})
    data = digits()
    screen = console(stderr=as_json)
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()
    bar = Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal)
    with bar:
        result = train(plan, data, _Screen(bar, quiet=as_json))
    if as_json:
        write_json(_finite(told.result_values(result)))
    else:
        page = Page(screen.width)
        page.prose_line("")
        _conclude(page, result)
        page.show(screen)
    return 1 if result.stopped else 0


class _Screen(Watcher):
    """A bar on a terminal, and a line for whatever is over."""

    def __init__(self, bar: Progress, quiet: bool):
        self._bar, self._quiet = bar, quiet
        self._task = bar.add_task("", total=None)

    def doing(self, words: str) -> None:
        self._bar.reset(self._task, total=None, description=f"{words} …")

    def done(self, part: float) -> None:
        self._bar.update(self._task, total=1, completed=part)

    def knows(self, by_heart: ByHeart) -> None:
        self._say(told.by_heart_text(by_heart))

    def passed(self, epoch: Epoch, of: int) -> None:
        self._say(told.epoch_text(epoch, of))

    def _say(self, line: str) -> None:
        if not self._quiet:
            self._bar.console.print(Text(line), soft_wrap=True)


def _conclude(page: Page, result: Result) -> None:
    if result.stopped and result.by_heart is not None:
        page.labelled("stopped", told.remedy_text(result.by_heart), style="bold red")
        return
    share = f"{100 * result.right / len(result.samples):.2f} %"
    page.heading("Held out")
    page.prose(f"{result.right} of {len(result.samples)} right: {share}", indent=2, style="bold")
    page.heading("Confusion")
    for line in told.confusion_lines(result):
        page.prose_line(f"  {line}")
    page.heading("Least certain")
    for line in told.uncertain_lines(result):
        page.prose_line(f"  {line}".rstrip())
    page.blank()
    page.prose(told.seconds_text(result), style="dim")


def _finite(value):
    """JSON knows no NaN: what is no finite number is told by its name."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_finite(part) for part in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
