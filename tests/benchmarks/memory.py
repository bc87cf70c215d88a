"""The memory that a forward and backward pass takes, in a fresh process for each.

The process makes the arrays, warms up with a smaller batch (so that code is loaded, and nothing
of this size was ever held), and gives freed memory back. Then the highest resident memory of one
pass at full size is read off the system (Linux only), less what was resident before: outputs,
gradients, intermediates and working space; told is the median of three processes. JAX compiles
for each shape and keeps what it took: for it, XLA's own figures of results and working space
are told.
"""

from __future__ import annotations

import ctypes
import gc
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from processes import LIBRARIES, environment, say  # noqa: E402
from workload import Workload  # noqa: E402
from workloads import WORKLOADS  # noqa: E402

#: Those with a batch in front of every image.
KEYS = ("c64", "d", "e", "n")
_WAYS = {
    "deltarule": ("bound",),
    "torch": ("plain", "channels_last"),
    "jax": ("NCHW",),
    "numpy": ("im2col",),
}


def smaller(work: Workload, batch: int = 2) -> Workload:
    """The same with a small batch."""
    first = next(iter(work.upstream))
    shapes = {n: (batch, *s[1:]) if n == "x" else s for n, s in work.shapes.items()}
    return replace(work, shapes=shapes, upstream={first: (batch, *work.upstream[first][1:])})


def told(keys: list[str], dtype: str) -> str:
    """A table: the memory of a pass for every workload and library."""
    lines = ["| workload | arrays, MB | " + " | ".join(LIBRARIES) + " |", "| --- " * 6 + "|"]
    for key in keys:
        work = WORKLOADS[key]
        cells = []
        for library in LIBRARIES:
            found = [_of_three(library, way, key, dtype) for way in _WAYS[library]]
            least = min((f for f in found if f), key=lambda f: f["taken"], default=None)
            cells.append(_cell(work, dtype, least))
            say(f"    {key} {library}: {cells[-1]}")
        lines.append(
            f"| {key} {work.title} | {work.bytes(dtype) / 1e6:.1f} | {' | '.join(cells)} |"
        )
    head = (
        f"{dtype}: arrays are the inputs, the upstream gradient, the output and the gradients. "
        "What is given\nto a pass and what that takes, as a multiple of them (in brackets, in MB, "
        "what it takes):\n\n"
    )
    return head + "\n".join(lines)


def _cell(work: Workload, dtype: str, found: dict | None) -> str:
    if found is None:
        return "–"
    share = (found["given"] + found["taken"]) / work.bytes(dtype)
    return f"{share:.2f} ({found['taken'] / 1e6:.1f})"


def _of_three(library: str, way: str, key: str, dtype: str) -> dict | None:
    found = [_in_a_process(library, way, key, dtype) for _ in range(3)]
    if any(f is None for f in found):
        return None
    return sorted(found, key=lambda f: f["taken"])[1]


def _in_a_process(library: str, way: str, key: str, dtype: str) -> dict | None:
    done = subprocess.run(
        [sys.executable, __file__, library, way, key, dtype],
        env=environment(1),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        say(f"    {library} {way} {key}: {(done.stderr.strip().splitlines() or ['ended'])[-1]}")
        return None
    return json.loads(done.stdout.splitlines()[-1])


# ---- in the process ------------------------------------------------------------------------------


def _resident(word: str) -> int:
    """VmRSS or VmHWM, the resident memory now or at its highest, in bytes."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(word):
            return 1024 * int(line.split()[1])
    raise OSError(f"the system does not tell {word}")


def _prepared(library: str, way: str, work: Workload, arrays: dict):
    import importlib

    peer = importlib.import_module(f"{library}_peer")
    if library == "deltarule":
        return peer.prepared_work(work, way, arrays, 1)[0]
    return peer.prepared(work.peer, way, arrays, work.settings, 1)[0]


def _measured(library: str, way: str, key: str, dtype: str) -> dict:
    """The bytes given and taken."""
    work = WORKLOADS[key]
    arrays = work.arrays(dtype)
    given = sum(a.nbytes for a in arrays.values())
    if library == "jax":
        told = _prepared(library, way, work, arrays).compiled().memory_analysis()
        return {"given": given, "taken": told.output_size_in_bytes + told.temp_size_in_bytes}
    small = smaller(work)
    _prepared(library, way, small, small.arrays(dtype))()
    late = library == "deltarule"  # binding makes its results, others' run does
    run = None if late else _prepared(library, way, work, arrays)
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    before = _resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    results = (run or _prepared(library, way, work, arrays))()
    taken = _resident("VmHWM") - before
    del results
    return {"given": given, "taken": taken}


if __name__ == "__main__":
    print(json.dumps(_measured(*sys.argv[1:5])))
