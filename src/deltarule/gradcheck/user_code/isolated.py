"""A person's file checked in a process of its own: what ends that process costs one function.

The file is run there, as Python runs it: it may do all that its owner may.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

from deltarule.errors import DeltaruleError
from deltarule.gradcheck.user_code.outcome import FunctionOutcome, failed, from_values

if TYPE_CHECKING:
    from deltarule.sandbox.confined_program import ConfinedProgram

#: Seconds that one function may take.
TIMEOUT = 60.0
_MODULE = "deltarule.gradcheck.user_code.worker"
_WORKER = f"from {_MODULE} import main; main()"


@dataclass
class FileRequest:
    """What of a file is checked, and how."""

    path: Path
    function: str | None = None
    shapes: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, int] = field(default_factory=dict)
    seed: int = 0
    relative: float | None = None
    absolute: float = 0.0
    timeout: float = TIMEOUT
    sandbox: bool = False

    def message(self, skip: list[str]) -> str:
        """As the worker reads it."""
        return json.dumps(
            {
                "path": str(self.path.resolve() if self.sandbox else self.path),
                "function": self.function,
                "shapes": dict(self.shapes),
                "given": dict(self.given),
                "seed": self.seed,
                "relative": self.relative,
                "absolute": self.absolute,
                "skip": skip,
            }
        )


def check_file(
    request: FileRequest, progress: Callable[[str], None] | None = None
) -> list[FunctionOutcome]:
    """Check the functions of a file, or one. Raises DeltaruleError where it cannot be imported."""
    found: dict[str, FunctionOutcome] = {}
    names: Mapping[str, str] | None = None
    while names is None or len(found) < len(names):
        worker = _Worker(request, list(found))
        try:
            names, stopped = worker.listen(found, progress or (lambda words: None))
        finally:
            worker.end()
        if stopped is None:
            break
        found[stopped] = failed(stopped, names[stopped], worker.why(stopped, names[stopped]))
    return [found[name] for name in names or () if name in found]


def _plain() -> subprocess.Popen:
    """A process that may do all that its owner may."""
    found = find_spec("deltarule")
    root = str(Path(str(found.origin)).resolve().parents[1]) if found else ""
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    settings = {"OMP_NUM_THREADS": "1", **os.environ, "PYTHONPATH": path}
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _WORKER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=settings,
        start_new_session=True,
    )


def _confined(path: Path) -> ConfinedProgram:
    """A process in a sandbox, which sees the file. Raises DeltaruleError without any."""
    from deltarule.sandbox.confined_program import ConfinedProgram, beside

    if not path.is_file():
        raise DeltaruleError(f"there is no file {path}", str(path.parent), "check the path")
    return ConfinedProgram(_MODULE, ("numpy", "deltarule"), beside(path))


class _Worker:
    """One process, and the messages from it."""

    def __init__(self, request: FileRequest, skip: list[str]):
        self.request, self.late = request, False
        self.deadline = monotonic() + request.timeout
        self.program = _confined(request.path) if request.sandbox else None
        self.process = self.program.process if self.program else _plain()
        self.messages: SimpleQueue[dict | None] = SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()
        if self.process.stdin:
            self.process.stdin.write(request.message(skip).encode())
            self.process.stdin.close()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.messages.put(json.loads(line))
        self.messages.put(None)

    def listen(
        self, found: dict[str, FunctionOutcome], progress: Callable[[str], None]
    ) -> tuple[Mapping[str, str], str | None]:
        """Take outcomes until the end: all names with their lines, and where it stopped.

        Raises DeltaruleError where the file cannot be imported.
        """
        names: Mapping[str, str] | None = None
        current: str | None = None
        while (message := self._next()) is not None:
            if "error" in message:
                raise DeltaruleError(*message["error"])
            names = message.get("names", names)
            current = message.get("begin", current)
            if "progress" in message:
                progress(message["progress"])
            if "outcome" in message:
                outcome = from_values(message["outcome"])
                found[outcome.name], current = outcome, None
            if "done" in message:
                return names or {}, None
        if names is None:
            raise self._import_failed()
        waiting = [n for n in names if n not in found]
        return names, current or next(iter(waiting), None)

    def _next(self) -> dict | None:
        """The next message; None where none comes any more. Each function has its own time."""
        try:
            message = self.messages.get(timeout=max(0.0, self.deadline - monotonic()))
        except Empty:
            self.late = True
            return None
        if message is not None and "progress" not in message:
            self.deadline = monotonic() + self.request.timeout
        return message

    def why(self, name: str, place: str) -> DeltaruleError:
        """Why a function could not be checked to the end."""
        return DeltaruleError(f"{name} or its gradient {self._ended()}", place, self._remedy())

    def _import_failed(self) -> DeltaruleError:
        return DeltaruleError(
            f"the file {self._ended()} when it is imported",
            str(self.request.path),
            self._remedy("run the file by itself and mend it"),
        )

    def _ended(self) -> str:
        if self.late:
            return f"takes more than {self.request.timeout:g} s"
        code = self.process.wait()
        if self.program is not None and code > 128:
            code = 128 - code  # as those say it who start programs for others
        if code < 0:
            return f"ended the program (signal {-code}: {_signal(-code)})"
        return f"ended the program, with status {code}"

    def _remedy(self, otherwise: str = "let it return, or raise an error") -> str:
        slow = "look for an endless loop, or give it longer: --timeout 600"
        return slow if self.late else otherwise

    def end(self) -> None:
        """End the process and what it started, if it still runs."""
        if self.process.poll() is None:
            if self.late or not self._waited():
                self._kill()
            self.process.wait()
        if self.program is not None:
            self.program.remove()

    def _waited(self) -> bool:
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _kill(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (AttributeError, ProcessLookupError, PermissionError):
            self.process.kill()


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
