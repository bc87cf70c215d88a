"""A program of deltarule's in a sandbox of its own, which talks by standard input and output."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from deltarule.sandbox.isolating import Wanted, started
from deltarule.sandbox.process_limits import MEBIBYTE, Limits
from deltarule.sandbox.sandboxes import Layers, Sandbox
from deltarule.sandbox.visible_files import visible_files

#: It may take longer than a call: who starts it watches the clock.
PROGRAM = Limits(processor=1 << 20, memory=4096 * MEBIBYTE, open_files=256)


class ConfinedProgram:
    """A module's `main` in a process that sees these packages and files.

    The file system is read-only, there is no network, and no process can be started. Raises
    DeltaruleError where this machine has no way to a sandbox.
    """

    def __init__(self, module: str, packages: Iterable[str], files: Iterable[Path]):
        with Sandbox() as found:
            self.layers: Layers = found.layers
        seen = visible_files(packages)
        own = [(str(path), str(path)) for path in files]
        seen = dataclasses.replace(seen, binds=(*seen.binds, *own))
        info = os.open(os.devnull, os.O_WRONLY)
        try:
            wanted = Wanted(PROGRAM, seen, (), "confined", module, info, die_with_parent=True)
            start = started(self.layers.isolation, wanted)
            self.folder = start.folder
            self.process = subprocess.Popen(
                start.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=start.environment,
                pass_fds=(info,),
                start_new_session=True,
                cwd="/",
            )
        finally:
            os.close(info)

    def remove(self) -> None:
        """Remove what it was started with, after its end."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def beside(path: Path, most: int = 200) -> list[Path]:
    """A file, and the Python files beside it, which it may import."""
    path = path.resolve()
    others = sorted(p for p in path.parent.glob("*.py") if p.is_file() and p != path)
    return [path, *others[:most]] if sys.platform == "linux" else [path]
