"""The memory that a forward and backward pass takes, in a fresh process for each.

The process makes the arrays, warms up with a smaller batch (so that code is loaded, and nothing
of this size was ever held), and gives freed memory back. Then the highest resident memory of one
pass at full size is read off the system (Linux only), less what was resident before: outputs,
gradients, intermediates and working space; told is the median of three processes. JAX compiles
for each shape and keeps what it took: for it, XLA's own figures of results and working space
are told. A step of training makes its own parameters, gradients and momenta; it warms up with the
same batch, as other sizes may run other code, and large pieces of memory go back to the system.

What must live is reckoned from the equations (`deltarule.kernels.module.needed_memory`): what is
given and asked for, momenta, and at the worst moment the activations that the backward pass still
reads and the gradients handed on.
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

import numpy as np  # noqa: E402
from processes import LIBRARIES, environment, say  # noqa: E402
from workload import Workload  # noqa: E402
from workloads import WORKLOADS  # noqa: E402

#: Those with a batch in front of every image; vgg11-8 takes 2 GB.
KEYS = ("c64", "d", "e", "n", "lenet5-8")
_WAYS = {
    "deltarule": ("bound",),
    "torch": ("plain", "channels_last"),
    "jax": ("NCHW",),
    "numpy": ("im2col",),
}
_STEP_WAYS = {"deltarule": ("bound",), "torch": ("plain foreach", "channels_last foreach")}


def smaller(work: Workload, batch: int = 2) -> Workload:
    """The same with a small batch."""
    first = next(iter(work.upstream))
    shapes = {n: (batch, *s[1:]) if n == "x" else s for n, s in work.shapes.items()}
    return replace(work, shapes=shapes, upstream={first: (batch, *work.upstream[first][1:])})


def told(keys: list[str], dtype: str) -> str:
    """A table: the memory of a pass for every workload and library."""
    columns = ["workload", "arrays, MB", "must live, MB", "deltarule / must live", *LIBRARIES]
    lines = [f"| {' | '.join(columns)} |", "| --- " * len(columns) + "|"]
    for key in keys:
        work = WORKLOADS[key]
        cells, taken, least_of_all = [], None, must_live(work, dtype)
        for library in LIBRARIES:
            found = [_of_three(library, way, key, dtype) for way in _ways(library, work)]
            least = min((f for f in found if f), key=lambda f: f["taken"], default=None)
            cells.append(_cell(work, dtype, least))
            taken = least if library == "deltarule" else taken
            say(f"    {key} {library}: {cells[-1]}")
        lines.append(
            f"| {key} {work.title} | {work.bytes(dtype) / 1e6:.1f} | {least_of_all / 1e6:.2f} | "
            f"{_share(taken, least_of_all)} | {' | '.join(cells)} |"
        )
    head = (
        f"{dtype}: arrays are the inputs, the upstream gradient, the output and the gradients. "
        "What is given\nto a pass and what that takes, as a multiple of them (in brackets, in MB, "
        "what it takes):\n\n"
    )
    return head + "\n".join(lines)


def must_live(work: Workload, dtype: str) -> int:
    """The bytes that a pass cannot do without, and a step of training with momentum."""
    from deltarule.kernels.module.needed_memory import must_live
    from deltarule.kernels.module.source import Module
    from deltarule.kernels.passes.program import program

    settings = work.settings | ({} if work.rate is None else {"wrt": list(work.wanted)})
    module = Module(program(work.derivation, settings), dtype)
    module.text()
    momenta = 0
    if work.rate is not None:
        entries = sum(int(np.prod(work.shapes[n])) for n in work.wanted)
        momenta = entries * np.dtype(dtype).itemsize
    return must_live(module, work.shapes) + momenta


def _ways(library: str, work: Workload) -> tuple[str, ...]:
    """The ways to run a workload; steps of training are run by two libraries."""
    if work.rate is None:
        return _WAYS[library]
    return _STEP_WAYS.get(library, ())


def _share(found: dict | None, least: int) -> str:
    return "–" if found is None else f"{(found['given'] + found['taken']) / least:.2f}"


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
        env=environment(1) | {"MALLOC_MMAP_THRESHOLD_": "65536"},
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
    if work.rate is not None:
        return _measured_step(library, way, work, arrays)
    small = smaller(work)
    _prepared(library, way, small, small.arrays(dtype))()
    late = library == "deltarule"  # binding makes its results, others' run does
    run = None if late else _prepared(library, way, work, arrays)
    before = _calm()
    results = (run or _prepared(library, way, work, arrays))()
    taken = _resident("VmHWM") - before
    del results
    return {"given": given, "taken": taken}


def _measured_step(library: str, way: str, work: Workload, arrays: dict) -> dict:
    """The same of a step of training, which is given images and labels."""
    if library == "deltarule":
        from deltarule_peer import trainable

        make = trainable(work, arrays, 1)
    else:

        def make():
            return _prepared(library, way, work, arrays), None

    make()[0]()
    before = _calm()
    run = make()[0]
    run()
    taken = _resident("VmHWM") - before
    return {"given": sum(arrays[n].nbytes for n in work.targets), "taken": taken}


def _calm() -> int:
    """The resident memory when freed memory is given back; its highest counts from now on."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    before = _resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return before


if __name__ == "__main__":
    print(json.dumps(_measured(*sys.argv[1:5])))
