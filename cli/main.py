"""The programs that are installed; Ctrl-C stops them from before the commands are imported."""

from __future__ import annotations

from deltarule.cli.stopped import stoppable


def _start(name: str | None = None) -> None:
    with stoppable():
        from deltarule.cli.programs import app, program, short_lived

        short_lived()
        (app if name is None else program(name))()


def deltarule_main() -> None:
    """The command `deltarule`."""
    _start()


def derive_main() -> None:
    """The command `derive`."""
    _start("derive")


def trace_main() -> None:
    """The command `trace`."""
    _start("trace")


def check_main() -> None:
    """The command `check`."""
    _start("check")


def train_main() -> None:
    """`python -m deltarule.train`."""
    _start("train")
