"""Starting and compiling: a kernel's first use with an empty cache folder, and its second."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from processes import environment, say  # noqa: E402

_CODE = """
import json, sys, time
begun = float(sys.argv[1]); key, dtype, threads = sys.argv[2], sys.argv[3], int(sys.argv[4])
def now():
    return time.time() - begun, time.process_time()
marks = [now()]
import numpy
import deltarule
from workloads import WORKLOADS
work = WORKLOADS[key]
arrays = work.arrays(dtype)
marks.append(now())
kernel = deltarule.kernel(work.derivation, dtype=dtype, parallel=threads > 1, **work.settings)
marks.append(now())
values, gradients = kernel.both(**arrays)
marks.append(now())
print(json.dumps({"marks": marks, "sympy": "sympy" in sys.modules}))
"""


def told(keys: list[str], dtypes: list[str], threads: list[int]) -> str:
    """A table: the first process with an empty folder, and the best of three after it."""
    lines = [
        "| workload | type | threads | first: kernel(…) | first pass | whole process "
        "| second process | of it until the results | SymPy |",
        "| --- " * 9 + "|",
    ]
    for key in keys:
        for dtype in dtypes:
            for count in threads:
                try:
                    lines.append(_line(key, dtype, count))
                    say(lines[-1])
                except RuntimeError as error:
                    say(f"    {error}")
    return (
        "Seconds; kernel(…) derives and may compile; the second process is the best of three.\n\n"
        + "\n".join(lines)
    )


def _line(key: str, dtype: str, threads: int) -> str:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as cache:
        first = _started(key, dtype, threads, cache)
        later = min(
            (_started(key, dtype, threads, cache) for _ in range(3)), key=lambda s: s["wall"]
        )
    _, imported, made, run = first["marks"]
    return (
        f"| {key} | {dtype} | {threads} | {_between(imported, made)} | {_between(made, run)} "
        f"| {first['wall']:.2f} (CPU {first['cpu']:.2f}) "
        f"| {later['wall']:.2f} (CPU {later['cpu']:.2f}) "
        f"| {later['marks'][-1][0]:.2f} | {'imported' if later['sympy'] else 'not imported'} |"
    )


def _between(before: list[float], after: list[float]) -> str:
    return f"{after[0] - before[0]:.2f} (CPU {after[1] - before[1]:.2f})"


def _started(key: str, dtype: str, threads: int, cache: str) -> dict:
    """One process from start to end: marks on the way, wall and CPU seconds."""
    here = str(Path(__file__).resolve().parent)
    found = environment(threads) | {"DELTARULE_CACHE": cache}
    found["PYTHONPATH"] = os.pathsep.join(p for p in (found.get("PYTHONPATH"), here) if p)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.time()
    command = [sys.executable, "-c", _CODE, str(begin), key, dtype, str(threads)]
    done = subprocess.run(command, env=found, capture_output=True, text=True, check=False)
    wall = time.time() - begin
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise RuntimeError(f"{key} {dtype}, {threads} threads: {last}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {**json.loads(done.stdout.splitlines()[-1]), "wall": wall, "cpu": cpu}
