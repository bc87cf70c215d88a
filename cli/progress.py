"""How far a long piece of work is: a bar with its rate and the time left, on a terminal alone."""

from __future__ import annotations

import sys
from typing import Any

from deltarule.cli.screen import console


class Progress:
    """`with Progress("marking") as bar:` a bar, once `bar.tell(done, of)` has said how much."""

    def __init__(self, doing: str):
        self._doing = doing
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def tell(self, done: int, of: int) -> None:
        """So many are done; those that were done before the first call are no part of the rate."""
        if not sys.stderr.isatty() or done >= of and self._bar is None:
            return
        if self._bar is None:
            self._bar = _bar()
            self._bar.start()
            self._task = self._bar.add_task(self._doing, total=of, completed=done, before=done)
            return
        task = self._bar.tasks[0]
        rate = (done - task.fields["before"]) / task.elapsed if task.elapsed else 0.0
        left = (of - done) / rate if rate else 0.0
        self._bar.update(self._task, completed=done, rate=rate, left=left)


def _bar() -> Any:
    from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TextColumn
    from rich.progress import Progress as Bar
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task) -> Text:
            rate, left = task.fields.get("rate"), task.fields.get("left", 0.0)
            return Text(f"{rate:.1f} a second, {_time(left)} left" if rate else "")

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate())
    return Bar(*columns, console=console(stderr=True), transient=True)


def _time(seconds: float) -> str:
    """`3 s`, `2 min 5 s`, `1 h 4 min`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, left = divmod(minutes, 60)
    if hours:
        return f"{hours} h {left} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
