"""What runs in a process beside the server: jobs come in as JSON, answers go out as JSON.

Such a process can be ended at any moment and begun again: it keeps nothing that is not in files.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

#: Bytes of memory that a process may take beyond what it has when it begins.
MORE_MEMORY = 1 << 30


def serve_jobs(connection: Connection, shelf: list[tuple[str, str]], sandbox: bool) -> None:
    """Do jobs with opened exams, until nobody sends any more."""
    from deltarule.serving.served_work import ServedWork

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us says when it ends
    limit_memory(MORE_MEMORY)
    work = ServedWork(shelf, sandbox)
    with suppress(EOFError, OSError):
        while True:
            _answer(connection, work.done)
    work.close()


def one_job(connection: Connection, shelf: list[tuple[str, str]], seconds: int) -> None:
    """Do one job that may take long, and end."""
    from deltarule.serving.derived_equations import derived_answer
    from deltarule.serving.served_work import ServedWork

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory(MORE_MEMORY)
    _limit_time(seconds)
    with suppress(EOFError, OSError):
        work = ServedWork(shelf).done
        _answer(connection, lambda job: derived_answer(job) if job["do"] == "derive" else work(job))


def _answer(connection: Connection, does: Callable[[Any], Any]) -> None:
    job = json.loads(connection.recv_bytes())
    connection.send_bytes(json.dumps(does(job)).encode())


def limit_memory(more: int) -> None:
    """No more memory than now and so much more, where the system has such limits."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        now = _size()
        if now:
            resource.setrlimit(resource.RLIMIT_AS, (now + more, now + more))


def _limit_time(seconds: int) -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def _size() -> int:
    """The address space of this process in bytes; 0 where nobody says."""
    import resource

    with suppress(OSError), open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
    return 0
