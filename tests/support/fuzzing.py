"""Mutated input run in a process of its own, which must not crash, hang, swell or open files."""

from __future__ import annotations

import os
import resource
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

#: What takes so many seconds of processor time hangs; the memory of all inputs, in MB. (An idle
#: machine needs 2 s at most; processors that are shared need more for the same.)
SECONDS, MEGABYTES = 4.0, 500
OPENING = ("open", "exec", "import", "os.system", "os.exec", "os.posix_spawn", "subprocess.Popen",
           "socket.connect", "os.remove", "os.rename", "os.mkdir")  # fmt: skip
_SEEN: list[str] | None = None
_HOOKED = False


class TooLong(BaseException):
    """An input took longer than it may."""


def _alarm(*_: object) -> None:
    raise TooLong


def _watch(event: str, arguments: tuple) -> None:
    if _SEEN is not None and event in OPENING:
        _SEEN.append(f"{event} {getattr(arguments[0], 'co_filename', arguments[0])}")


def faults(
    inputs: Iterable,
    examine: Callable,
    allowed: tuple[type[Exception], ...],
    own: tuple[str, ...] = (),
    most: int = 20,
) -> list[str]:
    """What went wrong with inputs that `examine` is given one after the other.

    Only `allowed` exceptions may come of an input; only files whose names begin with `own`, and
    Python's and the library's modules, may be opened.
    """
    global _SEEN, _HOOKED
    if not _HOOKED:  # an audit hook stays for ever
        sys.addaudithook(_watch)
        _HOOKED = True
    known = (*own, sys.prefix, sys.base_prefix, *(p for p in sys.path if p))
    before = signal.signal(signal.SIGPROF, _alarm)
    found: list[str] = []
    try:
        for given in inputs:
            _SEEN = []
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            try:
                examine(given)
            except allowed:
                pass
            except (TooLong, Exception) as error:
                found.append(f"{type(error).__name__}: {error}: {given!r}"[:4000])
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
                seen, _SEEN = _SEEN, None
            strange = [s for s in seen if "/" in s and not s.partition(" ")[2].startswith(known)]
            found += [f"{s}: {given!r}"[:4000] for s in strange]
            if len(found) >= most:
                break
    finally:
        signal.signal(signal.SIGPROF, before)
    return found


def apart(inputs: Callable[[], Iterable], examine: Callable, allowed, own=()) -> list[str]:
    """The same in a process of its own, whose memory must stay within bounds as well."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "faults"
        child = os.fork()
        if child == 0:
            try:
                start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                lines = faults(inputs(), examine, allowed, own)
                grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 - start
                lines += [f"{grown} MB more memory"] if grown > MEGABYTES else []
                told.write_text("\n".join(lines), encoding="utf-8", errors="backslashreplace")
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        if status or not told.exists():
            return [f"the process ended with {status}"]
        return [line for line in told.read_text(encoding="utf-8").split("\n") if line]
