"""What goes to the screen, and what a closed pipe does."""

from __future__ import annotations

import os
import sys
import threading

from deltarule.cli.output import Output, written_to
from deltarule.cli.pager import page
from deltarule.spelling.visible import visible, visible_json

#: Progress is shown for what takes longer than this many seconds.
PATIENCE = 1.0


def write(text: str) -> None:
    """Plain text to standard output, or to the file that was asked for.

    A reader who has gone away ends it quietly.
    """
    _say(text if Output.file is None else written_to(Output.file, visible(text)))


def _say(text: str) -> None:
    try:
        _can_say(sys.stdout)
        text = visible(text)
        text = text if text.endswith("\n") else text + "\n"
        if not page(text):
            sys.stdout.write(text)
            sys.stdout.flush()
    except BrokenPipeError:
        silence()


def write_bytes(data: bytes) -> None:
    """Bytes to the file that was asked for, or to standard output as they are."""
    if Output.file is not None:
        _say(written_to(Output.file, data, "any viewer"))
        return
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        silence()


def write_json(values: object) -> None:
    """Values as JSON to standard output."""
    import json

    write(visible_json(json.dumps(values, ensure_ascii=False, indent=2, allow_nan=False)))


def console(stderr: bool = False):
    """A rich console in which nothing is markup, and no number is coloured by guess."""
    from rich.console import Console

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            silence()

    stream = sys.stderr if stderr else sys.stdout
    _can_say(stream)
    return Quiet(
        file=stream,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=False,
        stderr=stderr,
        force_jupyter=False,
    )


def show(console, text) -> None:
    """A text of rich on a console, each line as it is; through the pager where it is long.

    What is said beside the results (`stderr`) is never paged.
    """
    if not console.stderr:
        with console.capture() as shown:
            console.print(text, soft_wrap=True)
        if page(shown.get()):
            return
    console.print(text, soft_wrap=True)


def silence() -> None:
    """Send the rest of standard output nowhere: its reader has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    finally:
        os.close(nowhere)


class busy:
    """`with busy("deriving conv2d"):` shows that line on a terminal once it takes a while."""

    def __init__(self, doing: str):
        self._doing = doing
        self._status = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(PATIENCE, self._show)
        self._timer.daemon = True

    def __enter__(self) -> busy:
        if sys.stderr.isatty():
            self._timer.start()
        return self

    def __exit__(self, *_exc) -> None:
        self._timer.cancel()
        with self._lock:
            self._doing = ""
            if self._status is not None:
                self._status.stop()

    def tell(self, doing: str) -> None:
        """Show another line from now on."""
        with self._lock:
            self._doing = doing
            if self._status is not None:
                from rich.text import Text

                self._status.update(Text(f"{doing} …"))

    def _show(self) -> None:
        with self._lock:
            if self._doing:
                from rich.text import Text

                self._status = console(stderr=True).status(Text(f"{self._doing} …"))
                self._status.start()


def _can_say(stream) -> None:
    """Mathematics needs Unicode: a stream of another encoding is switched to UTF-8."""
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "")
    if encoding != "utf8" and hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8")
