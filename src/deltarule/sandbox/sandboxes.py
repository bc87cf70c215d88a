"""A sandbox: one warm process, and submissions in it, one after another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from deltarule.errors import DeltaruleError
from deltarule.sandbox.isolating import Isolation, on_linux
from deltarule.sandbox.process_limits import Limits
from deltarule.sandbox.submission import Submission
from deltarule.sandbox.warm_worker import WarmWorker


class Layers(NamedTuple):
    """What keeps submissions apart: `landlock` is the kernel's version of it, 0 where not used."""

    isolation: Isolation
    landlock: int
    seccomp: bool

    def __str__(self) -> str:
        more = [f"Landlock {self.landlock}"] if self.landlock else []
        more += ["seccomp"] if self.seccomp else []
        return " + ".join([self.isolation.value, *more])


class Sandbox:
    """Runs submissions, one at a time, each in a process of its own.

    `isolation` is a way that has to be used; without it bubblewrap is tried, then user namespaces.
    With `unsafe`, process limits alone are enough where neither is there. `packages` are those that
    submissions may import, besides the standard library. `without` names what the kernel has and is
    left out: "landlock", "seccomp". Raises DeltaruleError where there is no
    way, with what each of them failed with.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        isolation: Isolation | None = None,
        unsafe: bool = False,
        packages: Sequence[str] = ("numpy",),
        without: Sequence[str] = (),
    ):
        self.limits, self.packages, self.without = limits or Limits(), packages, without
        if isolation is Isolation.LIMITS and not unsafe:
            raise _unsafe("process limits alone do not keep a file from reading other files")
        self._ways = [isolation] if isolation else [Isolation.BUBBLEWRAP, Isolation.NAMESPACES]
        if unsafe and isolation is None:
            self._ways.append(Isolation.LIMITS)
        self._open: Submission | None = None
        self._worker: WarmWorker | None = self._started()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def layers(self) -> Layers:
        """What is active. Raises DeltaruleError where a process has to be started, and cannot."""
        worker = self._warm()
        return Layers(
            worker.isolation, int(worker.active["landlock"]), bool(worker.active["seccomp"])
        )

    def submission(self, limits: Limits | None = None) -> Submission:
        """A process for one submission; the one before is closed.

        It may have `limits` of its own; the scratch folder's are the sandbox's. Raises
        DeltaruleError where a new warm process is needed, and cannot be started.
        """
        if self._open is not None:
            self._open.close()
        self._open = Submission(self._warm(), limits or self.limits)
        if not self._open.alive and self._worker is not None:
            self._worker.end()
            self._worker = None
            self._open = Submission(self._warm(), limits or self.limits)
        return self._open

    def close(self) -> None:
        """End all of it."""
        if self._open is not None:
            self._open.close()
            self._open = None
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def _warm(self) -> WarmWorker:
        self._worker = self._worker or self._started()
        return self._worker

    def _started(self) -> WarmWorker:
        if not on_linux():
            raise _unsafe("a sandbox needs Linux")
        failures = []
        for way in self._ways:
            try:
                worker = WarmWorker(way, self.limits, self.packages, self.without)
            except DeltaruleError as error:
                failures.append(error)
                continue
            self._ways = [way]  # a sandbox keeps its way
            return worker
        if len(failures) == 1:
            raise failures[0]
        raise _unsafe("; ".join(error.fact for error in failures))


def _unsafe(fact: str) -> DeltaruleError:
    return DeltaruleError(
        fact,
        "the sandbox",
        "install bubblewrap (apt-get install bubblewrap) or allow user namespaces; or choose "
        "process limits alone (unsafe=True), for files that you would run yourself",
    )
