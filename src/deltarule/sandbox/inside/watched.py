"""What foreign code prints, of which the first lines are kept, and what it tries."""

from __future__ import annotations

import io
import sys
from typing import Any

#: Lines that are kept, and characters of each.
MOST_LINES, MOST_COLUMNS = 5, 200
#: So many things tried are kept.
MOST_TRIED = 8


class Printed(io.TextIOBase):
    """Takes the place of standard output and error. Raises OSError above `most` characters."""

    def __init__(self, most: int):
        super().__init__()
        self.most, self.total, self.lines = most, 0, [""]

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Keep the first lines."""
        self.total += len(text)
        if self.total > self.most:
            raise OSError(27, "too much is printed")
        if len(self.lines) <= MOST_LINES:
            first, *others = text[: MOST_LINES * MOST_COLUMNS].split("\n")
            self.lines[-1] = (self.lines[-1] + first)[:MOST_COLUMNS]
            self.lines += others
        return len(text)

    def first_lines(self) -> list[str]:
        """The first lines that are not empty."""
        return [line for line in self.lines[:MOST_LINES] if line.strip()]


#: Events that Python tells of itself, and what they are in words.
EVENTS = {
    "socket.__new__": "open a socket",
    "socket.connect": "connect to a network",
    "socket.getaddrinfo": "look up a host",
    "subprocess.Popen": "start a program",
    "os.system": "start a program",
    "os.exec": "start a program",
    "os.posix_spawn": "start a program",
    "os.fork": "fork",
    "os.forkpty": "fork",
    "_thread.start_new_thread": "start a thread",
    "os.kill": "send a signal",
    "os.killpg": "send a signal",
    "ctypes.dlopen": "load a C library",
    "os.symlink": "make a link",
    "os.link": "make a link",
    "os.remove": "remove a file",
    "shutil.rmtree": "remove a folder",
    "os.putenv": "change the environment",
}


class Tried:
    """What foreign code tries of what homework has no need of. It can hide that.

    Files count that it opens outside of its scratch folder and of the packages.
    """

    def __init__(self, own: tuple[str, ...]):
        self.own, self.found = own, []
        self.listening = False
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.listening or len(self.found) >= MOST_TRIED:
            return
        words = EVENTS.get(event)
        if event in ("open", "os.listdir", "os.scandir"):
            path = arguments[0]
            if type(path) is str and path.startswith("/") and not path.startswith(self.own):
                words = f"{'open' if event == 'open' else 'list'} {path[:MOST_COLUMNS]}"
        if words and words not in self.found:
            self.found.append(words)
