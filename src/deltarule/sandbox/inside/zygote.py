"""The warm process of a sandbox: NumPy is imported once, and each submission is a fork of it.

It takes a channel for each submission, and answers with how that submission's process ended. It
runs no foreign code and reads no channel. With namespaces of its own it is process 1 there, and
what it leaves ends with it.
"""

from __future__ import annotations

import ctypes  # noqa: F401 (loaded here, once for all submissions)
import gc
import json
import os
import select
import signal
import socket
import sys
import traceback
from typing import Any

import numpy as np

from . import runner, seccomp_filter
from .landlock_rules import restrict
from .linux_calls import (
    PR_SET_CHILD_SUBREAPER,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    drop_capabilities,
    prctl,
)
from .scratch_folder import emptied, mounted


def main() -> None:
    """Serve until the other side closes. Arguments: the control's descriptor, settings as JSON."""
    control = socket.socket(fileno=int(sys.argv[1]))
    runner.close_all_but(control.fileno())
    settings = json.loads(sys.argv[2])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    np.linalg.inv(np.eye(2))  # what NumPy loads late
    os.environ.clear()
    try:
        active = _confined(settings)
    except OSError as error:
        control.send(json.dumps({"error": str(error)}).encode())
        return
    gc.freeze()  # what is here already is not looked through, and so not copied, in each fork
    control.send(json.dumps({"ready": active}).encode())
    while _one_submission(control, settings, active):
        pass


def _confined(settings: dict[str, Any]) -> dict[str, Any]:
    if settings["mounts_scratch"]:
        mounted(settings["scratch"], settings["scratch_bytes"], settings["scratch_files"])
    drop_capabilities()
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_DUMPABLE, 0)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    abi = restrict(settings["readable"], settings["writable"]) if settings["landlock"] else 0
    return {"landlock": abi, "seccomp": settings["seccomp"] and seccomp_filter.available()}


def _one_submission(control: socket.socket, settings: dict, active: dict) -> bool:
    """Run one; whether there may be another."""
    message, descriptors, _flags, _address = socket.recv_fds(control, 1 << 16, 1)
    if not message:
        return False
    if not descriptors:
        return True  # a late word about a submission that has ended
    request = {**settings, **json.loads(message), "seccomp": active["seccomp"]}
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        control.close()
        runner.run(descriptors[0], request)
    os.close(descriptors[0])
    killed, goes_on = _waited(control, pid)
    _, status, used = os.wait4(pid, 0)
    strays = end_strays()
    ended = {
        "code": os.waitstatus_to_exitcode(status),
        "killed": killed,
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss * 1024,
        "strays": strays,
    }
    if not goes_on:
        return False
    clean = emptied(settings["scratch"])
    control.send(json.dumps({"ended": {**ended, "clean": clean}}).encode())
    return clean


def _waited(control: socket.socket, pid: int) -> tuple[bool, bool]:
    """Wait until a process has ended: whether it was killed, and whether the other side is there.

    The process is not reaped, so that its number stays its own.
    """
    handle = os.pidfd_open(pid)
    killed = goes_on = False
    try:
        watch = select.poll()
        watch.register(control, select.POLLIN)
        watch.register(handle, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in watch.poll()}
            if handle in ready:
                return killed, True
            goes_on = bool(control.recv(1 << 16))
            killed = True
            os.kill(pid, signal.SIGKILL)
            if not goes_on:
                return killed, False
    finally:
        os.close(handle)


def end_strays() -> int:
    """End what a submission has left behind, however it hid; how many there were."""
    found = 0
    while True:
        left = _everyone() if os.getpid() == 1 else _children()
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return found
        found += 1


def _everyone() -> list[int]:
    return [-1]


def _children() -> list[int]:
    """The processes that have this one for a parent: orphans come here, too."""
    found = []
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                after = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if name.isdigit() and int(after[1]) == os.getpid():
            found.append(int(name))
    return found


def start() -> None:
    """`main`, whose own failure is written to standard error."""
    try:
        main()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)
