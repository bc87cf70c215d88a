"""Kernels against their peers, in alternating processes: `python tests/benchmarks/compare.py`.

    python tests/benchmarks/compare.py d e --dtype float32 --threads 1 --rounds 5

Each competitor runs in a process of its own, one after another, several rounds; a round in which
other programs took more than a tenth of the time is dropped. Told are the medians of the rounds'
best times, their spread, and our time over that of each peer.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from workloads import WORKLOADS  # noqa: E402

TORCH = ("torch plain", "torch channels_last", "torch no mkldnn")


def competitors(peer: str) -> list[str]:
    """Who runs a workload."""
    torch = TORCH if peer == "conv" else TORCH[:1]
    return ["deltarule", *torch, "jax", *(["numpy"] if peer in ("conv", "mlp", "max_pool") else [])]


def prepared(who: str, key: str, dtype: str, threads: int):
    """The function that one competitor runs."""
    work = WORKLOADS[key]
    arrays = work.arrays(dtype)
    if who == "deltarule":
        import deltarule

        made = deltarule.kernel(
            work.derivation, dtype=dtype, parallel=threads > 1, threads=threads, **work.settings
        )
        bound = made.bind(**arrays)

        def run():
            bound.forward()
            bound.backward()

        return run
    if who == "numpy":
        from numpy_peer import numpy_run

        return numpy_run(work.peer, work.settings, arrays, threads)
    from peers import jax_run, torch_run

    if who == "jax":
        return jax_run(work.peer, work.settings, arrays, threads)
    return torch_run(work.peer, work.settings, arrays, threads, who.removeprefix("torch "))


def measure(who: str, key: str, dtype: str, threads: int, seconds: float = 0.6) -> dict:
    """The best and median time of one process, and the share of the time that it had the CPU."""
    run = prepared(who, key, dtype, threads)
    for _ in range(3):
        run()
    begin = time.perf_counter()
    run()
    count = max(5, min(20_000, int(seconds / max(1e-7, time.perf_counter() - begin))))
    times, own, wall = [], time.process_time(), time.perf_counter()
    for _ in range(count):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    share = (time.process_time() - own) / (time.perf_counter() - wall)
    return {"best": min(times), "median": statistics.median(times), "share": share}


def in_a_process(who: str, key: str, dtype: str, threads: int) -> dict | None:
    """The measurement in a fresh process; None where the competitor is not installed."""
    variables = {f"{v}_NUM_THREADS": str(threads) for v in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    environment = {**os.environ, **variables}
    environment.pop("OPENBLAS_CORETYPE", None)
    asked = ["--one", who, key, "--dtype", dtype, "--threads", str(threads)]
    command = [sys.executable, __file__, *asked]
    told = subprocess.run(command, env=environment, capture_output=True, text=True)
    if told.returncode:
        last = told.stderr.strip().splitlines()[-1:] or ["no reason given"]
        print(f"    {who} did not run: {last[0]}", file=sys.stderr)
        return None
    return json.loads(told.stdout.splitlines()[-1])


def compare(key: str, dtype: str, threads: int, rounds: int) -> dict[str, list[dict]]:
    """Rounds of all competitors, one after another."""
    found: dict[str, list[dict]] = {}
    missing: set[str] = set()
    for _ in range(rounds):
        for who in competitors(WORKLOADS[key].peer):
            told = None if who in missing else in_a_process(who, key, dtype, threads)
            if told is None:
                missing.add(who)
            else:
                found.setdefault(who, []).append(told)
    return found


def table_line(key: str, dtype: str, threads: int, found: dict[str, list[dict]]) -> str:
    """One line of the table: our median, and its ratio to each peer's."""
    medians, dropped = {}, 0
    for who, rounds in found.items():
        calm = [r for r in rounds if r["share"] > 0.9] or rounds
        dropped += len(rounds) - len(calm)
        medians[who] = statistics.median(r["best"] for r in calm)
    ours = medians.pop("deltarule")
    best = {}
    for who, value in medians.items():
        name = who.split()[0]
        best[name] = min(best.get(name, value), value)
    peers = ("torch", "jax", "numpy")
    ratios = " | ".join(f"{ours / best[n]:.2f}" if n in best else "–" for n in peers)
    spread = max(r["best"] for r in found["deltarule"]) / min(r["best"] for r in found["deltarule"])
    return (
        f"| {key} {WORKLOADS[key].title} | {dtype} | {threads} | {ours * 1e3:.3f} ms | {ratios} "
        f"| ±{(spread - 1) * 50:.0f} % | {dropped} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="workloads, a to i; all without")
    parser.add_argument("--dtype", nargs="+", default=["float32", "float64"])
    parser.add_argument("--threads", nargs="+", type=int, default=[1])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(asked.one, asked.names[0], asked.dtype[0], asked.threads[0])))
        return
    print("| workload | type | threads | deltarule | /torch | /JAX | /NumPy | spread | dropped |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for key in asked.names or list(WORKLOADS):
        for dtype in asked.dtype:
            for threads in asked.threads:
                found = compare(key, dtype, threads, asked.rounds)
                print(table_line(key, dtype, threads, found), flush=True)


if __name__ == "__main__":
    main()
