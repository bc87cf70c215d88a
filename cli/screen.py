"""The way out: what goes to the screen, how a command ends, and what a closed pipe does.

Exit status: 0 all right, 1 something is wrong, 2 the command could not run.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

from deltarule.cli.pager import Paging, page
from deltarule.notation.errors import DeltaruleError, UnknownOption
from deltarule.notation.visible import visible, visible_json

#: Progress is shown for what takes longer than this many seconds.
PATIENCE = 1.0
#: What writing may end in: no space, no quota, a file too large, a failing or a closed device.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)


def run(
    command: Callable[[], int], as_json: bool = False, name: str = "", paged: bool = True
) -> NoReturn:
    """Run a command and leave with its exit status; an error becomes a message, and status 2.

    `name` is the command's row in the table; `paged` lets a pager show what is longer than the
    screen.
    """
    _open_closed()
    Paging.wanted = paged
    try:
        status = command()
    except UnknownOption as error:
        from deltarule.cli.rules import unknown_option

        status = tell(unknown_option(name, error), as_json)
    except DeltaruleError as error:
        status = tell(error, as_json)
    except BrokenPipeError:
        silence()
        status = 0
    except KeyboardInterrupt:
        status = 130
    except Exception as error:
        if os.environ.get("DELTARULE_TRACEBACK"):
            raise
        unwritten = isinstance(error, OSError) and error.errno in _FULL
        if unwritten:
            silence()
        status = tell(_unwritten(error) if unwritten else fault(error), as_json and not unwritten)
    sys.exit(status)


def write(text: str) -> None:
    """Plain text to standard output. A reader who has gone away ends it quietly."""
    try:
        _can_say(sys.stdout)
        text = visible(text)
        text = text if text.endswith("\n") else text + "\n"
        if not page(text):
            sys.stdout.write(text)
            sys.stdout.flush()
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
        file=stream, markup=False, emoji=False, highlight=False, soft_wrap=False, stderr=stderr
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


def _open_closed() -> None:
    """Streams that the shell has closed (`>&-`) are opened to nowhere: the status still tells."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


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


def tell(error: DeltaruleError, as_json: bool) -> int:
    """Say what is wrong, where, and what to do about it; the exit status, 2."""
    if as_json:
        write_json(
            {"error": {"fact": error.fact, "place": error.place, "remedy": error.remedy}}
        )
        return 2
    from deltarule.cli.page import Page

    screen = console(stderr=True)
    page = Page(screen.width)
    page.error(error)
    page.show(screen)
    return 2


def _unwritten(error: Exception) -> DeltaruleError:
    """The output has no room, or no place."""
    return DeltaruleError(
        f"the output cannot be written: {os.strerror(getattr(error, 'errno', 0))}",
        "standard output", "make room, or send it to another place",
    )  # fmt: skip


def fault(error: Exception) -> DeltaruleError:
    """Anything unforeseen, told as a fault of ours."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(frames[-1].filename)}, line {frames[-1].lineno}" if frames else None
    words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return DeltaruleError(
        f"deltarule met a fault of its own: {words}",
        place,
        "please report it; with DELTARULE_TRACEBACK=1 in the environment it shows the traceback",
    )


def _can_say(stream) -> None:
    """Mathematics needs Unicode: a stream of another encoding is switched to UTF-8."""
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "")
    if encoding != "utf8" and hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8")
