"""Kernels against their peers, in alternating processes.

    python tests/benchmarks/compare.py d e --dtype float32 --threads 1 --rounds 5
    python tests/benchmarks/compare.py --write       everything, and the table into the guide

Each library runs in a process of its own; one after another is asked, in several rounds. First
all must agree with NumPy (where it has no code with PyTorch) in float64, in values, gradients and
what steps of training make of the parameters, or nothing is measured. A sample
during which other programs took more than a tenth of a CPU is repeated once, and dropped if that
is no better. Told are the medians of the processes' best times, and ours over each peer's
fastest way. Records are merged into a file outside the repository.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import records  # noqa: E402
import table  # noqa: E402
from agreement import Disagreement  # noqa: E402
from processes import Process, say  # noqa: E402
from rounds import Rounds  # noqa: E402
from summary import summary  # noqa: E402
from workloads import USUAL, WORKLOADS  # noqa: E402


def arguments() -> argparse.Namespace:
    """What was asked on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("names", nargs="*", help=f"workloads ({' '.join(WORKLOADS)}); without: the usual")
    add("--dtype", nargs="+", default=["float32", "float64"], choices=("float32", "float64"))
    add("--threads", nargs="+", type=int, default=[1, 2])
    add("--rounds", type=int, default=5)
    add("--seconds", type=float, default=0.5, help="how long each sample is")
    add("--minutes", type=float, default=8.5, help="when to stop, for each type and threads")
    add("--json", type=Path, metavar="FILE", help="where records are kept and merged")
    add("--beside", action="store_true", help="let other programs use the other CPUs, and say so")
    add("--more", action="store_true", help="add to the samples that the file holds")
    add("--write", action="store_true", help="write the table into the guide")
    add("--compile", action="store_true", help="compile our kernels for later runs, no more")
    add("--told", action="store_true", help="measure nothing: tell what the file holds")
    add("--memory", action="store_true", help="the memory that a pass takes, instead")
    add("--startup", action="store_true", help="compiling and starting, instead")
    add("--gradcheck", action="store_true", help="checking all gradients, instead")
    asked = parser.parse_args()
    unknown = [n for n in asked.names if n not in WORKLOADS]
    if unknown:
        parser.error(f"there is no workload {unknown[0]}; there are {' '.join(WORKLOADS)}")
    return asked


def compiled(asked: argparse.Namespace) -> None:
    """Every kernel that will be measured, in the cache folder."""
    for dtype in asked.dtype:
        for threads in asked.threads:
            process = Process("deltarule", threads)
            for key in asked.names or USUAL:
                begin = time.monotonic()
                for way in process.ask(do="hello", keys=[key])["ways"][key]:
                    process.ask(do="time", key=key, way=way, dtype=dtype, seconds=0.0)
                say(f"    {key} {dtype}, {threads} threads: {time.monotonic() - begin:.1f} s")
            process.end()


def measured(asked: argparse.Namespace, file: Path) -> None:
    """All rounds that were asked for; each type and number of threads is kept at once."""
    for dtype in asked.dtype:
        for threads in asked.threads:
            new = Rounds(asked, dtype, threads).run()
            records.merge(file, new, asked.more)
            print(table.tables(new), flush=True)


def main() -> int:
    asked = arguments()
    if asked.compile:
        compiled(asked)
        return 0
    if asked.memory or asked.startup or asked.gradcheck:
        return others(asked)
    file = asked.json or records.usual_file()
    try:
        if not asked.told:
            measured(asked, file)
    except Disagreement as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    found = records.read(file)
    if asked.told:
        print(table.tables(found))
    if asked.write:
        before = table.GUIDE.read_text(encoding="utf-8")
        text = table.written(before, summary(found))
        table.GUIDE.write_text(text, encoding="utf-8")
    return 0


def others(asked: argparse.Namespace) -> int:
    """Memory, start-up, gradient checks."""
    if asked.memory:
        import memory

        for dtype in asked.dtype:
            print(memory.told(asked.names or list(memory.KEYS), dtype), flush=True)
    if asked.startup:
        import startup

        print(startup.told(asked.names or ["c1", "d"], asked.dtype, asked.threads), flush=True)
    if asked.gradcheck:
        import gradchecks

        print(gradchecks.told(asked.beside), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
