"""How fast students' code is checked, sandbox on: a process, one function a file, whole files.

    python tests/benchmarks/submissions_speed.py [SECONDS]

Prints seconds by the clock and of the processor for `check` with one small function from the start
of Python to its end, and how many files a second two warm processes check side by side, each with
a sandbox of its own: files of one function, and the layers.py of CS231n with fifteen.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter

from deltarule.sandbox import Sandbox
from deltarule.submissions import check_submission

ONE = "import numpy as np\n\n\ndef relu_forward(x):\n    return np.maximum(x, 0), x\n"
#: The right solutions of the tests, put together as one file.
RIGHT = Path(__file__).parents[1] / "submissions/homework/cs231n"
FUNCTIONS = (
    "affine_forward affine_backward relu_forward relu_backward conv_forward_naive "
    "conv_backward_naive max_pool_forward_naive max_pool_backward_naive batchnorm_forward "
    "batchnorm_backward layernorm_forward layernorm_backward dropout_forward dropout_backward "
    "softmax_loss"
).split()
CHECK = "from deltarule.cli.main import check_main; check_main()"
WARM = 2


def layers() -> str:
    """One file with the right solutions of all layers."""
    return "\n\n".join(path.read_text(encoding="utf-8") for path in sorted(RIGHT.glob("*.py")))


def _processor() -> float:
    return sum(u.ru_utime + u.ru_stime for u in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


def whole_process(count: int = 5) -> None:
    """A program from its start to its end, so many times, bytecode written before."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layers.py"
        path.write_text(ONE)
        settings = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        settings["PYTHONPYCACHEPREFIX"] = folder
        command = [sys.executable, "-c", CHECK, str(path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=settings)
        clock, processor = perf_counter(), _processor()
        for _ in range(count):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=settings)
        clock, processor = (perf_counter() - clock) / count, (_processor() - processor) / count
    print(f"one function, whole process: {clock:.2f} s, {processor:.2f} s of the processor")


def _checks(text: str, seconds: float, results) -> None:
    """Check a file over and over, after two that are not counted."""
    with Sandbox() as sandbox:

        def once() -> None:
            report = check_submission(text, "layers.py", sandbox, "cs231n", FUNCTIONS.__contains__)
            if not report.right:
                raise SystemExit("; ".join(f"{f.name} {f.finding}" for f in report.functions))

        for _ in range(WARM):
            once()
        began, processor, count = perf_counter(), _processor(), 0
        while perf_counter() - began < seconds:
            once()
            count += 1
        took = perf_counter() - began
        results.put((count / took, (_processor() - processor) / count, len(FUNCTIONS)))


def warm(name: str, text: str, seconds: float) -> None:
    """How many files a second two processes check."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    workers = [
        context.Process(target=_checks, args=(text, seconds, results), daemon=True)
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    found = [results.get(timeout=600) for _ in workers]
    for worker in workers:
        worker.join()
    each = max(processor for _, processor, _ in found)
    print(
        f"{name}: {sum(rate for rate, _, _ in found):.1f} files a second, "
        f"{each * 1e3:.0f} ms of the processor each"
    )


def main() -> None:
    """All three."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before")
    whole_process()
    warm("one function a file", ONE, seconds)
    warm("layers.py with fifteen", layers(), seconds)


if __name__ == "__main__":
    main()
