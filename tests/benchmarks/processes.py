"""Libraries in processes of their own, of which one at a time is asked."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIBRARIES = ("deltarule", "torch", "jax", "numpy")
_WORKER = Path(__file__).resolve().parent / "worker.py"


def say(text: str) -> None:
    """Progress, on stderr."""
    print(text, file=sys.stderr, flush=True)


def environment(threads: int) -> dict[str, str]:
    """That of a worker: so many threads, and no processor told that is not there."""
    told = {
        k: v
        for k, v in os.environ.items()
        if k not in ("OPENBLAS_CORETYPE", "MKL_DEBUG_CPU_TYPE", "XLA_FLAGS")
    }
    return told | {f"{v}_NUM_THREADS": str(threads) for v in ("OMP", "OPENBLAS", "MKL", "NUMBA")}


class Process:
    """A worker; `ask` gives None where it failed, after saying why."""

    def __init__(self, library: str, threads: int):
        self.competitor, self.threads = library, threads
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`
        self._child = subprocess.Popen(
            [sys.executable, str(_WORKER), library, str(threads)],
            env=environment(threads),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )

    def ask(self, patience: float = 600.0, **request) -> dict | None:
        """The answer to one request; a worker that takes longer than `patience` is ended."""
        if self._child.poll() is not None:
            return None
        self._child.stdin.write(json.dumps(request).encode() + b"\n")
        self._child.stdin.flush()
        line, end = b"", time.monotonic() + patience
        out = self._child.stdout
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([out], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                return self._failed(request, f"no answer after {patience:.0f} s")
            piece = os.read(out.fileno(), 65536)
            if not piece:
                return self._failed(request, self._last_words())
            line += piece
        told = json.loads(line)
        if "failed" in told:
            say(f"    {self.competitor} {_asked(request)}: {told['failed']}")
            return None
        return told

    def end(self) -> None:
        """Let the process end."""
        if self._child.poll() is None:
            self._child.stdin.close()
            try:
                self._child.wait(5)
            except subprocess.TimeoutExpired:
                self._child.kill()
        self._child.wait()
        self._child.stdout.close()
        self._errors.close()

    def _failed(self, request: dict, why: str) -> None:
        say(f"    {self.competitor} {_asked(request)}: {why}")
        self._child.kill()

    def _last_words(self) -> str:
        self._errors.seek(0)
        return (self._errors.read().decode(errors="replace").strip().splitlines() or ["ended"])[-1]


def _asked(request: dict) -> str:
    return " ".join(str(request[k]) for k in ("do", "key", "way", "dtype") if k in request)
