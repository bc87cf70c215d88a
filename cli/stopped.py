"""Ctrl-C: a command that is stopped says so and ends at once, with status 130 and nothing left."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

#: What a shell has for a program that SIGINT ends.
STATUS = 130
LINE = "stopped by Ctrl-C"
#: Seconds after which it ends from outside, where Python is inside of machine code or a compiler.
_PATIENCE = 0.3
#: Has a terminal show its cursor, which a line that changes hides.
_CURSOR = "\x1b[?25h"


def say() -> int:
    """Say that somebody stopped the command; the exit status. A further signal has no effect."""
    with suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError, ValueError, AttributeError):
        cursor = _CURSOR if sys.stderr.isatty() else ""
        sys.stderr.write(f"{cursor}{LINE}\n")
        sys.stderr.flush()
    return STATUS


@contextmanager
def stoppable() -> Iterator[None]:
    """A program, from its first import on, that Ctrl-C stops."""
    watch = _Watch()
    try:
        with watch:
            yield
    except KeyboardInterrupt:
        _leave(say())
    except SystemExit as error:
        if error.code == STATUS:
            _leave(STATUS)
        raise


def _late(_number: int, _frame: FrameType | None) -> None:
    """Where all is done but to end: an error would be one of Python's own."""
    _leave(say())


def _leave(status: int) -> None:
    """End, without waiting for threads that compile; what is to be left behind in order is."""
    with suppress(Exception):
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(status)


def _called_by_machine_code(frame: FrameType | None) -> bool:
    """Whether machine code waits for a function of a kernel's that is made ready here."""
    while frame is not None:
        if frame.f_code.co_name == "_first_call" and "_ONE_AT_A_TIME" in frame.f_globals:
            return True
        frame = frame.f_back
    return False


#: What SIGINT does where nobody has said anything else, or an earlier program has ended.
_USUAL = (signal.default_int_handler, _late)


class _Watch:
    """Ends the process after SIGINT where Python does not come to know of it in time.

    That is so while it waits for machine code, or for LLVM. Where somebody else listens to the
    signal, as a server does, or nobody is to, nothing happens.
    """

    def __init__(self):
        self._heard = -1.0
        self._listening = False

    def __enter__(self) -> None:
        main = threading.current_thread() is threading.main_thread()
        if not main or signal.getsignal(signal.SIGINT) not in _USUAL:
            return
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        self._handler = self._hear
        signal.signal(signal.SIGINT, self._handler)
        self._usual = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._listening = True
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)
        threading.Thread(target=self._wait, daemon=True).start()

    def __exit__(self, *_error: object) -> None:
        if not self._listening:
            return
        self._forget()
        os.write(self._write, b"\0")
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _late)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._heard = time.monotonic()
        if _called_by_machine_code(frame):
            _leave(say())  # no error gets through that, and nothing is being written
        signal.default_int_handler(number, frame)

    def _forget(self) -> None:
        """Have signals do what they did; a child has threads and pipes of its own."""
        if not self._listening:
            return
        self._listening = False
        if signal.getsignal(signal.SIGINT) is self._handler:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.set_wakeup_fd(self._usual)

    def _wait(self) -> None:
        while self._listening:
            came = os.read(self._read, 64)
            began = time.monotonic()
            if signal.SIGINT not in came:
                continue
            time.sleep(_PATIENCE)
            ours = self._listening and signal.getsignal(signal.SIGINT) is self._handler
            if ours and self._heard < began - _PATIENCE:
                say()
                _leave(STATUS)
