"""A sandbox that starts while this program still imports what it needs."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from deltarule.cli.check_command import Check
from deltarule.sandbox import Limits, Sandbox


class StartedSandbox:
    """Starts a sandbox at once, in a thread, with the limits that are asked for."""

    def __init__(self, asked: Check):
        seconds = asked.timeout
        limits = None if seconds is None else Limits(seconds, max(1, round(2 * seconds)))
        self._pool = ThreadPoolExecutor(1)
        self._made: Future[Sandbox] = self._pool.submit(Sandbox, limits, unsafe=asked.unsafe)

    def __enter__(self) -> StartedSandbox:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.shutdown()
        if self._made.exception() is None:
            self._made.result().close()

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox. Raises DeltaruleError where the machine has none."""
        return self._made.result()
