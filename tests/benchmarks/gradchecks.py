"""Checking every gradient of workload c1: the whole Jacobian measured, against PyTorch's check.

deltarule measures ∂y/∂(every entry of x, w, b) with its compiled kernel and compares all of it
with the derived gradient; `torch.autograd.gradcheck(fast_mode=False)` does the same with central
differences. Both in float64, warm, in alternating processes of one thread.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from load import Load, pin  # noqa: E402
from processes import environment, say  # noqa: E402
from samples import judged, times  # noqa: E402
from workloads import WORKLOADS  # noqa: E402

KEY = "c1"
#: The gap that torch's check allows.
ALLOWED = 1e-7


def told(beside: bool, rounds: int = 5) -> str:
    """Both times, their ratio, and how near derived and measured gradients are."""
    found: dict[str, list[dict]] = {"deltarule": [], "torch": []}
    for number in range(rounds):
        for library, samples in found.items():
            sample = judged(_in_a_process(library), beside)
            samples.append(sample)
            say(
                f"    round {number + 1}: {library} {sample['best'] * 1e3:.1f} ms"
                + " (disturbed)" * (not sample["calm"])
            )
    ours, torch = (times("", samples) for samples in found.values())
    title = f"check of all gradients of {KEY}, {WORKLOADS[KEY].title}"
    if ours is None or torch is None:
        return f"{title}: no calm round in {rounds}"
    error = max(s["error"] for s in found["deltarule"])
    return (
        f"{title}: deltarule {ours.median * 1e3:.1f} ms (largest gap {error:.1e} of the largest "
        f"entry), torch's slow gradcheck {torch.median * 1e3:.0f} ms (it allows {ALLOWED}): "
        f"{torch.median / ours.median:.0f} times; medians of {ours.count} and {torch.count} calm "
        "processes"
    )


def _in_a_process(library: str) -> dict:
    done = subprocess.run(
        [sys.executable, __file__, library],
        env=environment(1),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _deltarule(arrays: dict):
    from deltarule.gradcheck.by_jacobian import Jacobians

    work = WORKLOADS[KEY]
    given = {name: arrays[name] for name in work.shapes}
    jacobians = Jacobians(work.derivation, **work.settings)  # the kernel is found or compiled

    def run() -> float:
        checks = jacobians.check(given)
        wrong = [c.tensor for c in checks if not c.right]
        if wrong or {c.tensor for c in checks} != set(work.wanted):
            raise ValueError(f"not all gradients are right: {checks}")
        return max(c.error for c in checks)

    return run


def _torch(arrays: dict):
    import torch

    torch.set_num_threads(1)
    work = WORKLOADS[KEY]
    leaves = [torch.tensor(arrays[name], requires_grad=True) for name in ("x", "w", "b")]

    def value(x, w, b):
        return torch.nn.functional.conv2d(x, w, b, work.settings["stride"], work.settings["pad"])

    def run() -> float:
        if not torch.autograd.gradcheck(value, leaves, fast_mode=False, atol=ALLOWED, rtol=0):
            raise ValueError("torch's check fails")
        return ALLOWED

    return run


def main() -> None:
    pin(1)
    run = {"deltarule": _deltarule, "torch": _torch}[sys.argv[1]](WORKLOADS[KEY].arrays("float64"))
    run()
    taken, load = [], Load()
    for _ in range(5):
        begin = time.perf_counter()
        error = run()
        taken.append(time.perf_counter() - begin)
    print(json.dumps({"best": min(taken), "error": error, **load.end()}))


if __name__ == "__main__":
    main()
