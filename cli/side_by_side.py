"""Many files of students' code, checked by several processes, each with a sandbox of its own."""

from __future__ import annotations

import multiprocessing
import multiprocessing.util
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from deltarule.blocked_signals import sigint_blocked
from deltarule.cli.check_command import Check
from deltarule.cli.code_checker import Checker
from deltarule.cli.started_sandbox import StartedSandbox
from deltarule.processors import processors
from deltarule.reports.things import CheckedFile
from deltarule.spelling.counted import counted

#: The checker of this process, where it is one of several.
_own: list[Checker] = []


def checked_side_by_side(
    asked: Check, paths: Sequence[str], tell: Callable[[str], None]
) -> list[CheckedFile]:
    """What was found of each file, in their order."""
    found: dict[str, CheckedFile] = {}
    with ProcessPoolExecutor(
        min(processors(), len(paths)), multiprocessing.get_context("spawn"), _begin, (asked,)
    ) as pool:
        with sigint_blocked():
            waiting = {pool.submit(_checked, path, len(paths)): path for path in paths}
        try:
            for done in as_completed(waiting):
                found[waiting[done]] = done.result()
                tell(f"checked {len(found)} of {counted(len(paths), 'file')}")
        except KeyboardInterrupt:
            _end(pool)
            raise
    return [found[path] for path in paths]


def _end(pool: ProcessPoolExecutor) -> None:
    """Begin no further file, and wait for none; sandboxes end with the processes that have them."""
    processes = [*(pool._processes or {}).values()]
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()


def _begin(asked: Check) -> None:
    started = StartedSandbox(asked)
    _own.append(Checker(asked, started))
    multiprocessing.util.Finalize(None, started.__exit__, exitpriority=10)


def _checked(path: str, of: int) -> CheckedFile:
    return _own[0].checked(path, 0, of, lambda _doing: None)
