"""Processes that end or hang take down nothing but the submission that they were at."""

import pytest
from dying_workers import serve

from deltarule.classes import worker_pool
from deltarule.classes.class_worker import Outcome, Task
from deltarule.classes.handed_in import ReadFiles
from deltarule.classes.worker_pool import WorkerPool


def tasks(*names):
    return iter([Task(name, name, ReadFiles(), ("part",)) for name in names])


@pytest.mark.slow
def test_whatever_becomes_of_a_process(tmp_path, monkeypatch):
    monkeypatch.setattr(worker_pool, "OPENING", 0.0)
    monkeypatch.setattr(worker_pool, "MOST_TASKS", 3)  # processes are replaced, too
    lost = f"once {tmp_path / 'lost'}"
    names = ["a", "dies", "b", "c", "hangs", "d", lost, "e", "exits", "f", "g"]
    with WorkerPool(None, 2, 4.0, serve) as pool:
        found = {task.who: outcome for task, outcome in pool.outcomes(tasks(*names))}
        workers = [worker.process for worker in pool._workers]
    right = {n: Outcome({"part": n}) for n in ("a", "b", "c", "d", "e", "f", "g", lost)}
    ended = "the process that marked it ended 3 times"
    assert found == right | {
        "dies": Outcome(failed=f"{ended} (SIGKILL)"),
        "exits": Outcome(failed=f"{ended} (exit status 3)"),
        "hangs": Outcome(failed="it took longer than 4 s"),
    }
    assert not any(process.is_alive() for process in workers)


def test_a_class_that_is_left_ends_its_processes():
    with WorkerPool(None, 1, 60.0, serve) as pool:
        outcomes = pool.outcomes(tasks("a", "hangs"))
        assert next(outcomes)[0].who == "a"
        (worker,) = pool._workers
    assert not worker.process.is_alive()
