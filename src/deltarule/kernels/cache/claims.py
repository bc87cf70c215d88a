"""Who compiles what, of two processes that share a cache: a claim is a file, there or not."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: Seconds between two looks at a claim of the other process.
_PAUSE = 0.003


class Claims:
    """The claims in a folder. `alive` tells whether the other process still is there."""

    def __init__(self, folder: Path, alive: Callable[[], bool]):
        self.folder, self.alive = folder, alive

    def take(self, name: str) -> bool:
        """Claim something; False where the other process has claimed it and is at work."""
        try:
            os.close(os.open(self.folder / name, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return not self.alive()
        except OSError:
            return True  # the folder is gone: nobody else works with it
        return True

    def give_back(self, name: str) -> None:
        """What was claimed is done, or somebody else may try."""
        with suppress(OSError):  # the folder may be gone
            (self.folder / name).unlink()

    def taken(self, name: str) -> bool:
        """Whether one of the processes is at it."""
        return (self.folder / name).exists() and self.alive()

    def wait(self, name: str) -> None:
        """Until the other process has given back a claim, or has ended."""
        while self.taken(name):
            time.sleep(_PAUSE)


#: The claims of this process and another one; None where it compiles alone.
shared: Claims | None = None


@contextmanager
def claimed(name: str, meanwhile: Callable[[], None] | None = None) -> Iterator[None]:
    """Compile something. If the other process is at it, what it gave is in the cache then;
    `meanwhile` something else can be done."""
    claims = shared
    mine = claims is not None and claims.take(name)
    if claims is not None and not mine:
        if meanwhile is not None:
            meanwhile()
        claims.wait(name)
    try:
        yield
    finally:
        if claims is not None and mine:
            claims.give_back(name)
