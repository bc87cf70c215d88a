"""`deltarule train`: a network trained on digits, with its progress."""

from __future__ import annotations

from dataclasses import fields, replace

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.text import Text

from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.cli.pager import Paging
from deltarule.cli.screen import console
from deltarule.cli.train_command import Train
from deltarule.kernels.threads import most, too_many
from deltarule.reports import training_values as told
from deltarule.training.handwritten_digits import digits
from deltarule.training.plan import Plan
from deltarule.training.training_record import ByHeart, Epoch, Result
from deltarule.training.training_run import Watcher, train


def show_training(asked: Train) -> int:
    """Train as the options say; 1 where not even a few samples were learnt by heart."""
    quiet = asked.format != "text"
    Paging.wanted = False  # it is watched while it goes on
    plan = Plan(**{f.name: getattr(asked, f.name) for f in fields(Plan)})
    words = too_many(plan.threads)
    if words is not None:
        console(stderr=True).print(Text(words, style="dim"), soft_wrap=True)
        plan = replace(plan, threads=most())
    data = digits()
    screen = console(stderr=quiet)
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()
    bar = Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal)
    with bar:
        result = train(plan, data, _Screen(bar, quiet))
    show(result, "a course of training", asked.format)
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


def training_page(page: Page, result: Result) -> None:
    """How many were right, which were taken for which, and the least certain; or why it stopped."""
    page.prose_line("")
    if result.stopped and result.by_heart is not None:
        page.labelled("stopped", told.remedy_text(result.by_heart), style="bold red")
        return
    page.heading("Held out")
    page.prose(told.held_out_text(result), indent=2, style="bold")
    page.heading("Confusion")
    for line in told.confusion_lines(result):
        page.prose_line(f"  {line}")
    page.heading("Least certain")
    for line in told.uncertain_lines(result):
        page.prose_line(f"  {line}".rstrip())
    page.blank()
    page.prose(told.seconds_text(result), style="dim")
