"""A server that runs: its port, its processes, and how it ends."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import uvicorn

from deltarule.errors import DeltaruleError
from deltarule.serving.kept_attempts import KeptAttempts
from deltarule.serving.serve_settings import ServeSettings
from deltarule.serving.served_app import served_app
from deltarule.serving.served_exams import served_exams
from deltarule.serving.served_state import Served
from deltarule.serving.worker_processes import WorkerProcesses

#: Seconds for those who are waiting when it ends.
_PATIENCE = 5


class RunningServer:
    """A server whose port is taken already, so that its address is known before it runs.

    Raises DeltaruleError where the port is taken, and where attempts cannot be kept.
    """

    def __init__(self, settings: ServeSettings):
        self._socket = _listening(settings)
        settings = replace(settings, port=self._socket.getsockname()[1])
        try:
            # What cannot be served is said before a file is made for it.
            served_exams(settings.exams, settings.students)
            self._attempts = KeptAttempts(settings.state)
            self.served = _served(settings, self._attempts)
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> RunningServer:
        return self

    def __exit__(self, *_error: object) -> None:
        self.served.workers.close()
        self._attempts.close()
        self._socket.close()

    def run(self) -> None:
        """Answer requests until somebody says that it is enough (Ctrl-C, SIGTERM)."""
        config = uvicorn.Config(
            served_app(self.served),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_PATIENCE,
            limit_concurrency=400,
            h11_max_incomplete_event_size=32_000,
            timeout_keep_alive=20,
        )
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[self._socket])


@contextmanager
def not_running(settings: ServeSettings) -> Iterator[Served]:
    """What a server with these settings would share, without one."""
    served_exams(settings.exams, settings.students)
    attempts = KeptAttempts(settings.state)
    try:
        yield _served(settings, attempts)
    finally:
        attempts.close()


def _served(settings: ServeSettings, attempts: KeptAttempts) -> Served:
    # Its processes begin with the first job.
    served = Served(settings, attempts, WorkerProcesses([], settings.jobs, settings.sandbox))
    shelf = [(exam.slug, exam.path) for exam in served.exams.values()]
    served.workers = WorkerProcesses(shelf, settings.jobs, settings.sandbox)
    return served


def _listening(settings: ServeSettings) -> socket.socket:
    """A socket at the port. Raises DeltaruleError where there is none to be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol is said: asyncio sends small pieces at once where it knows that they go by TCP.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((settings.host, settings.port))
        listening.listen(256)
    except (OSError, OverflowError) as error:
        listening.close()
        raise _unbound(settings, error) from None
    return listening


def _unbound(settings: ServeSettings, error: OSError | OverflowError) -> DeltaruleError:
    code = error.errno if isinstance(error, OSError) else None
    if code == errno.EADDRINUSE:
        return DeltaruleError(
            f"port {settings.port} is taken",
            "--port",
            "end the other server, or give another port: --port 0 takes any that is free",
        )
    if code in (errno.EACCES, errno.EPERM):
        return DeltaruleError(
            f"port {settings.port} is not for everybody", "--port", "give one above 1023"
        )
    if isinstance(error, OverflowError):
        return DeltaruleError(f"there is no port {settings.port}", "--port", "0 to 65535")
    return DeltaruleError(
        f"nobody can listen at {settings.host}: {error.strerror or error}",
        "--host",
        "give an address of this machine, 127.0.0.1 or 0.0.0.0",
    )
