"""How fast a class is marked: `python tests/benchmarks/class_speed.py [STUDENTS]`.

Printed are the milliseconds of CPU for one paper of thirteen quantities in one process, opening
apart; seconds by the clock and of the processor for the whole command with one process and with
several; and the memory of the process that leads and of the largest worker, for a class and for a
quarter of it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from simulated_classes import write_class  # noqa: E402

from deltarule.classes.class_exam import ClassExam  # noqa: E402
from deltarule.classes.class_worker import ClassWorker, Task  # noqa: E402
from deltarule.classes.collected import collect  # noqa: E402
from deltarule.classes.exam_fields import ExamFields  # noqa: E402

#: The command, which says at its end what it and its largest worker used.
COMMAND = """
import json, sys
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from deltarule.classes import worker_pool
from deltarule.cli.class_command import Class
from deltarule.cli.check_class import show_totals

peaks = []
end = worker_pool._Worker.end
def ended(worker):
    try:
        text = open(f"/proc/{worker.process.pid}/status").read()
        stat = open(f"/proc/{worker.process.pid}/stat").read().rpartition(")")[2].split()
        peak = int(text.partition("VmHWM:")[2].split()[0]) / 1024
        peaks.append((peak, (int(stat[11]) + int(stat[12])) / 100))
    except (OSError, IndexError):
        pass
    end(worker)
worker_pool._Worker.end = ended
if __name__ == "__main__":
    folder, jobs, out = sys.argv[1:]
    words = {"words": [f"{folder}/submissions"], "sheet": f"{folder}/exam.toml", "brief": True}
    show_totals(Class(format="json", jobs=int(jobs), out=__import__("pathlib").Path(out), **words))
    own = getrusage(RUSAGE_SELF)
    told = {"own": own.ru_maxrss / 1024, "worker": max(p for p, _ in peaks)}
    told |= {"cpu": own.ru_utime + own.ru_stime + sum(s for _, s in peaks)}
    print(json.dumps(told), file=sys.stderr)
"""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    with tempfile.TemporaryDirectory() as place:
        whole, quarter = Path(place) / "whole", Path(place) / "quarter"
        write_class(whole, count)
        write_class(quarter, count // 4)
        one_process(whole)
        jobs = [1, os.cpu_count() or 1]
        for folder, number in [(quarter, 1), *((whole, n) for n in dict.fromkeys(jobs))]:
            command(folder, number, Path(place))


def one_process(folder: Path) -> None:
    """CPU for each paper, in the order of the students; the first one opens the exam."""
    exam = ClassExam(folder / "exam.toml")
    found = collect([folder / "submissions"], ExamFields(exam.exam).knows)
    _, parts = exam.of(("",))
    worker = ClassWorker(exam.exam)
    spent = []
    for student in found.students:
        handed = student.read()
        task = Task(student.who, handed.digest, handed, tuple(p.key for p in parts))
        before = time.process_time()
        worker.marked(task)
        spent.append(1000 * (time.process_time() - before))
    first, *others = spent
    tenths = statistics.quantiles(others, n=10)
    print(
        f"one process, {len(spent)} papers: the first {first / 1000:.2f} s; then median "
        f"{statistics.median(others):.1f} ms, mean {statistics.mean(others):.1f} ms, nine in ten "
        f"below {tenths[-1]:.1f} ms, the last hundred {statistics.median(others[-100:]):.1f} ms"
    )


def command(folder: Path, jobs: int, place: Path) -> None:
    """The whole command: its time, its processor's, and its memory."""
    script = place / "command.py"
    script.write_text(COMMAND)
    out = place / f"{folder.name}-{jobs}"
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, str(script), str(folder), str(jobs), str(out)],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stderr.strip().splitlines()[-1])
    students = json.loads(done.stdout)["submissions"]
    print(
        f"{students} students, {jobs} at once: {time.perf_counter() - began:.1f} s by the clock, "
        f"{told['cpu']:.1f} s of CPU; {told['own']:.0f} MB, a worker {told['worker']:.0f} MB"
    )


if __name__ == "__main__":
    main()
