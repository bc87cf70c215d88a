"""How much of the CPUs other programs took while something was measured."""

from __future__ import annotations

import os
import time
from pathlib import Path

_STAT = Path("/proc/stat")


def _busy() -> dict[str, float]:
    """The CPU seconds that each CPU was busy, or taken away by the host; "cpu" is all of them."""
    try:
        lines = _STAT.read_text(encoding="ascii").splitlines()
    except OSError:
        return {}
    found = {}
    for name, *numbers in (line.split() for line in lines if line.startswith("cpu")):
        user, nice, system, _idle, _wait, irq, softirq, steal = map(int, numbers[:8])
        ticks = user + nice + system + irq + softirq + steal
        found[name] = ticks / os.sysconf("SC_CLK_TCK")
    return found


class Load:
    """Between `begin` and `end`: the CPUs that this process and all others used.

    `own`, `foreign` and `taken` are CPU seconds by seconds of the clock: 1.0 is one CPU all the
    time. `foreign` is what others used anywhere, `taken` what they used of the CPUs that this
    process is kept on; None where the system does not tell. It counts in steps of 1/100 s.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self._busy, self._own, self._wall = _busy(), time.process_time(), time.perf_counter()

    def end(self) -> dict[str, float | None]:
        wall = max(1e-9, time.perf_counter() - self._wall)
        own, now = time.process_time() - self._own, _busy()
        grown = {name: value - self._busy.get(name, value) for name, value in now.items()}
        foreign = taken = None
        if "cpu" in grown and hasattr(os, "sched_getaffinity"):
            foreign = max(0.0, grown["cpu"] - own) / wall
            mine = sum(grown.get(f"cpu{k}", 0.0) for k in os.sched_getaffinity(0))
            taken = max(0.0, mine - own) / wall
        return {"own": own / wall, "foreign": foreign, "taken": taken}


def pin(threads: int) -> None:
    """Keep this process on so many CPUs, where the system can.

    Told to use one thread, XLA still uses all CPUs: only this makes it keep to one.
    """
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, allowed[-threads:])
