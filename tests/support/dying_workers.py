"""Processes of a pool that end, hang or do their work, as the student's name says."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from deltarule.classes.class_worker import Outcome
from deltarule.classes.worker_pool import READY


def serve(connection, _exam) -> None:
    """What stands for the marking in tests of the pool."""
    connection.send(READY)
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        kind, _, rest = task.who.partition(" ")
        if kind == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if kind == "exits":
            os._exit(3)
        if kind == "hangs":
            time.sleep(60)
        if kind == "once" and not Path(rest).exists():
            Path(rest).touch()
            os._exit(1)
        connection.send(Outcome({"part": task.who}))
