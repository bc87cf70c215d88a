"""The warm process of a sandbox, from outside: it is started, sent submissions, and ended."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from typing import Any

from deltarule.errors import DeltaruleError
from deltarule.sandbox.isolating import Isolation, start_of
from deltarule.sandbox.process_limits import Limits

#: Seconds in which the warm process has to answer: it does nothing that takes long.
STARTS, ANSWERS = 30.0, 10.0


class WorkerEnded(Exception):
    """The warm process is not there any more, or does not answer."""


class WarmWorker:
    """One warm process. Raises DeltaruleError where it cannot be started in this way."""

    def __init__(
        self,
        isolation: Isolation,
        limits: Limits,
        packages: Sequence[str],
        without: Sequence[str] = (),
    ):
        self.isolation = isolation
        self.control, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        read, write = os.pipe()
        self.pid: int | None = None
        #: Whether it cannot be used any more: an answer is missing, or its folder is not empty.
        self.broken = False
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115
        self.process: subprocess.Popen | None = None
        self.folder: str | None = None
        try:
            start = start_of(isolation, limits, packages, without, (inside.fileno(), write))
            self.folder = start.folder
            self.process = subprocess.Popen(
                start.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
                env=start.environment,
                pass_fds=(inside.fileno(), write),
                start_new_session=True,
                cwd="/",
            )
            inside.close()
            os.close(write)
            write = -1
            self.active: dict[str, Any] = self._ready()
            self.pid = self._inner(read)
        except BaseException:
            self.end()
            raise
        finally:
            inside.close()
            os.close(read)
            if write >= 0:
                os.close(write)

    def _ready(self) -> dict[str, Any]:
        try:
            message = self._heard(STARTS)
        except WorkerEnded:
            message = {}
        if "ready" in message:
            return message["ready"]
        self.errors.seek(0)
        words = self.errors.read(4000).decode(errors="replace").strip().splitlines()
        raise DeltaruleError(
            f"{self.isolation.value}: {message.get('error') or (words or ['no answer'])[-1]}",
            "starting the sandbox",
            "install bubblewrap, or allow user namespaces to this user",
        )

    def _inner(self, read: int) -> int | None:
        """The number of the process inside, as the system sees it."""
        if self.isolation is Isolation.LIMITS or self.process is None:
            return self.process.pid if self.process else None
        text = os.read(read, 4096)
        return int(json.loads(text)["child-pid"]) if text else None

    def _heard(self, seconds: float) -> dict[str, Any]:
        self.control.settimeout(seconds)
        try:
            text = self.control.recv(1 << 16)
        except OSError:
            text = b""
        if not text:
            self.broken = True
            raise WorkerEnded
        return json.loads(text)

    def _how(self, message: dict[str, Any]) -> dict[str, Any]:
        self.broken |= not message["ended"]["clean"]
        return message["ended"]

    def begin(self, limits: Limits) -> socket.socket:
        """Fork a process for a submission: our end of its channel. Raises WorkerEnded."""
        if self.broken:
            raise WorkerEnded
        ours, theirs = socket.socketpair()
        request = {"limits": limits.for_kernel(), "output": limits.output}
        try:
            self.control.settimeout(ANSWERS)
            socket.send_fds(self.control, [json.dumps(request).encode()], [theirs.fileno()])
        except OSError:
            ours.close()
            raise WorkerEnded from None
        finally:
            theirs.close()
        return ours

    def ended(self, kill: bool) -> dict[str, Any]:
        """How the submission's process ended; first it is killed, or waited for a little.

        Raises WorkerEnded.
        """
        if not kill:
            self.control.settimeout(0.5)
            with contextlib.suppress(OSError):
                if text := self.control.recv(1 << 16):
                    return self._how(json.loads(text))
                self.broken = True
                raise WorkerEnded
        try:
            self.control.send(b"kill")
        except OSError:
            self.broken = True
            raise WorkerEnded from None
        return self._how(self._heard(ANSWERS))

    def end(self) -> None:
        """End the warm process and all that is in its namespaces."""
        self.control.close()
        if self.process is not None:
            if self.isolation is Isolation.LIMITS or self.pid is None:
                self._waited()
            elif self.process.poll() is None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(self.pid, signal.SIGKILL)  # process 1 there: all others end with it
                self._waited()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.errors.close()

    def _waited(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
