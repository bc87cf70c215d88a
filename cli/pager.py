"""What is longer than the screen goes through a pager, as `git` does it: `$PAGER`, else less."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

#: What less is said where a person tells it nothing: colours, no clearing of the screen.
_LESS = "-RX"
_FALLBACK = "less"
#: Pagers that show colours; others are given none.
_COLOURED = {"less", "more", "most", "bat", "batcat", "moar", "ov"}
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Paging:
    """Whether long pages may go through a pager: on a terminal, unless `--no-pager` says not to."""

    wanted = False


def command() -> list[str]:
    """The pager's command: `$DELTARULE_PAGER`, `$PAGER` or less; empty for none, as for `cat`."""
    named = os.environ.get("DELTARULE_PAGER", os.environ.get("PAGER", _FALLBACK))
    try:
        words = shlex.split(named)
    except ValueError:
        return []
    return words if words and words != ["cat"] and shutil.which(words[0]) else []


def page(text: str) -> bool:
    """Show a text in the pager, if it is longer than the screen; False where it was not shown."""
    if not (Paging.wanted and sys.stdout.isatty() and sys.stdin.isatty()):
        return False
    rows = shutil.get_terminal_size().lines
    words = command()
    if not words or text.count("\n") < rows:
        return False
    environment = {**os.environ, "LESS": os.environ.get("LESS", _LESS)}
    program = Path(words[0]).stem
    if program == "less":
        words = [*words, "-R"]
    if program not in _COLOURED:
        text = _COLOUR.sub("", text)
    try:
        reader = subprocess.Popen(words, stdin=subprocess.PIPE, env=environment)
    except OSError:
        return False
    try:
        reader.communicate(text.encode())
    except (KeyboardInterrupt, BrokenPipeError):
        reader.wait()
    return True
