"""A Dask cluster marks as one process does; what is lost with a worker is marked by another.

`pip install '.[cluster]'` brings Dask; without it, what is tested is that this is said.
"""

import time
from importlib import import_module
from importlib.util import find_spec

import pytest

from deltarule.classes import dask_cluster
from deltarule.classes.class_worker import Outcome, Task
from deltarule.classes.dask_cluster import DaskCluster, marked_there
from deltarule.classes.exam_parts import own_version
from deltarule.classes.handed_in import ReadFiles
from deltarule.errors import DeltaruleError
from deltarule.exams.exam import Exam
from deltarule.marking.sheet_files.sheets import Sheet

EXAM = Exam("t", "exam.toml", Sheet("t", "", "exam.toml", ()), ())


def task(who):
    return Task(who, who, ReadFiles(), ("part",))


class Worker:
    """What stands for the marking: it takes as long as the name says."""

    def __init__(self, exam):
        self.exam = exam

    def marked(self, one):
        end = time.monotonic() + float(one.who.partition(" ")[2] or 0)
        while time.monotonic() < end:
            sum(range(1000))
        return Outcome({"part": one.who})


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(dask_cluster, "ClassWorker", Worker)
    monkeypatch.setattr(dask_cluster, "OPENING", 0.0)
    dask_cluster._open.clear()
    yield
    dask_cluster._open.clear()


def test_without_dask_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setattr(dask_cluster, "find_spec", lambda name: None)
    with pytest.raises(DeltaruleError) as error:
        DaskCluster(None, "local:2", 60.0)
    assert "pip install 'deltarule[cluster]'" in str(error.value)


def test_a_submission_that_takes_too_long_is_ended_there():
    assert marked_there(EXAM, own_version(), task("slow 30"), 0.2) == Outcome(
        failed="it took longer than 0.2 s"
    )
    assert marked_there(EXAM, own_version(), task("a"), 5.0) == Outcome({"part": "a"})
    assert marked_there(EXAM, "another", task("a"), 5.0).failed == (
        "a worker of the cluster has another deltarule"
    )


if find_spec("distributed"):

    @pytest.fixture(scope="module")
    def cluster():
        """Two workers in this process: a cluster in small."""
        with import_module("distributed").LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=":0"
        ) as found:
            yield found

    def test_the_outcomes_of_a_cluster_of_which_a_worker_is_lost(cluster):
        names = [f"s{k} 0.02" for k in range(12)]
        with DaskCluster(EXAM, cluster.scheduler_address, 60.0) as marks:
            outcomes = marks.outcomes(iter(map(task, names)))
            found = dict([next(outcomes)])
            cluster.sync(next(iter(cluster.workers.values())).close)
            found |= dict(outcomes)
        assert {one.who: outcome for one, outcome in found.items()} == {
            name: Outcome({"part": name}) for name in names
        }

    @pytest.mark.parametrize(
        ("address", "said"),
        [("here", "no address of a cluster"), ("tcp://127.0.0.1:1", "does not answer")],
    )
    def test_where_there_is_no_cluster(address, said, monkeypatch):
        monkeypatch.setattr(dask_cluster, "_PATIENCE", 0.3)
        with pytest.raises(DeltaruleError, match=said), DaskCluster(EXAM, address, 60.0):
            pass
