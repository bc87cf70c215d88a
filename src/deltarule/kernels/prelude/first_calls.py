"""Functions that machine code calls and that are not ready yet: made then, whatever signals come.

Python raises in its main thread what a signal's handler raises, wherever that thread is in Python:
on the way into a function that machine code calls, too, where nobody can catch it.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import traceback

# ---- what follows goes into kernels

#: By name, what makes a function ready to be called by machine code.
OUTSIDE = {}
_ONE_AT_A_TIME = threading.Lock()
#: By thread of Python what is raised there as soon as its machine code has ended: why something
#: cannot be made, what a signal brought, and what Python has raised of the former.
_RAISED, _STOPPED, _TAKEN = {}, {}, {}
#: Who else hears of exceptions that nobody can catch, once one of ours may be among them.
_HEARS = []


def _first_call(name, found):
    """Have a function made ready in a thread of its own, where no signal interrupts that.

    A signal's exception is raised as soon as machine code has ended: that does not go on without
    what the function computes. Where it cannot be made, machine code goes on without it until
    Python raises why. In the place `found` is put then where it stands what is raised: a thread,
    and a class of exceptions. If it holds 1, an exception was lost on the way in here: before
    this function can say what is to become of one.
    """
    said = ctypes.c_uint64.from_address(found)
    thread, lost = threading.get_ident(), said.value == 1
    if isinstance(threading.current_thread(), threading._DummyThread):  # pyright: ignore
        thread = threading.main_thread().ident  # it shares a loop, and is none of Python's
    taken = _TAKEN.pop(thread, None)
    if lost and taken:
        _RAISED[thread] = taken
    if thread in _RAISED:
        said.value = ctypes.addressof(_RAISED[thread][0])
        return
    failed, stopped = [], [KeyboardInterrupt()] if lost else []
    _make_ready(name, failed, stopped)
    several = sum(not t.daemon for t in threading.enumerate()) > 1
    if failed and thread != threading.get_ident() and several:
        traceback.print_exception(failed[0])
        sys.stderr.flush()
        os.abort()  # nobody knows which of several threads began the loop
    if failed or stopped:
        if not _HEARS:
            _HEARS.append(sys.unraisablehook)
            sys.unraisablehook = _unheard
        kind = _raisable((failed or stopped)[0], thread)
        due = _RAISED if failed else _STOPPED
        due[thread] = (ctypes.c_uint64 * 2)(thread, id(kind)), kind
        said.value = ctypes.addressof(due[thread][0])


def _make_ready(name, failed, stopped):
    """Wait for a function, whatever signals come."""
    ended, begun = threading.Event(), False
    while not begun:  # twice does no harm: one makes it, and the other finds it made
        try:
            made = threading.Thread(target=_made_ready, args=(name, failed, ended), daemon=True)
            made.start()
            begun = True
        except RuntimeError:  # Python is about to end
            _made_ready(name, failed, ended)
            begun = True
        except BaseException as error:  # of a signal
            stopped.append(error)
    while not ended.is_set():  # a thread whose join was interrupted is taken to have ended
        try:
            ended.wait()
        except BaseException as error:
            stopped.append(error)


def _made_ready(name, failed, ended):
    try:
        OUTSIDE[name]()
    except BaseException as error:
        failed.append(error)
    ended.set()


def _raisable(error, thread):
    """A class of exceptions like this one: it is made where it is raised, and is no more due."""

    def made(self, *_):
        if thread in _RAISED:
            _TAKEN[thread] = _RAISED.pop(thread)
        self.args, self.__cause__ = error.args, error.__cause__
        vars(self).update(vars(error))

    kind = type(error)
    named = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
    return type(kind.__name__, (kind,), {**named, "__init__": made})


def _unheard(lost):
    """What Python says of an exception that nobody can catch, but for one that is raised anew."""
    trace = lost.exc_traceback
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or trace.tb_frame.f_code is not _first_call.__code__:
        _HEARS[0](lost)
