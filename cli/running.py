"""The way out: how a command runs and ends, and how an error is said.

Exit status: 0 all right, 1 something is wrong, 2 the command could not run, 130 Ctrl-C stopped it.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from deltarule.cli import stopped
from deltarule.cli.output import Output
from deltarule.cli.pager import Paging
from deltarule.cli.screen import console, silence, write_json
from deltarule.errors import DeltaruleError, UnknownOption

#: What writing may end in: no space, no quota, a file too large, a failing or a closed device.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)


def run(
    command: Callable[[], int],
    as_json: bool = False,
    name: str = "",
    paged: bool = True,
    to: tuple[Path, str] | None = None,
    force: bool = False,
) -> NoReturn:
    """Run a command and leave with its exit status; an error becomes a message, and status 2.

    `name` is the command's row in the table; `paged` lets a pager show what is longer than the
    screen; `to` is the file that the result goes to, if that is not the screen, and how its name
    has to end; by `force` it overwrites whatever is there.
    """
    _open_closed()
    Paging.wanted = paged
    try:
        Output.going_to(*(to or (None, "")), force)
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
        status = stopped.say()
    except Exception as error:
        if os.environ.get("DELTARULE_TRACEBACK"):
            raise
        unwritten = isinstance(error, OSError) and error.errno in _FULL
        if unwritten:
            silence()
        status = tell(_unwritten(error) if unwritten else fault(error), as_json and not unwritten)
    sys.exit(status)


def tell(error: DeltaruleError, as_json: bool) -> int:
    """Say what is wrong, where, and what to do about it; the exit status, 2."""
    if as_json:
        write_json({"error": {"fact": error.fact, "place": error.place, "remedy": error.remedy}})
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
        "standard output",
        "make room, or send it to another place",
    )


def fault(error: Exception) -> DeltaruleError:
    """Anything unforeseen, said as a fault of ours."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(frames[-1].filename)}, line {frames[-1].lineno}" if frames else None
    words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    notes = [place, *getattr(error, "__notes__", ())]
    return DeltaruleError(
        f"deltarule met a fault of its own: {words[:400]}",
        "; ".join(note for note in notes if note) or None,
        "please report it; with DELTARULE_TRACEBACK=1 in the environment it shows the traceback",
    )


def _open_closed() -> None:
    """Streams that the shell has closed (`>&-`) are opened to nowhere: the status still tells."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
