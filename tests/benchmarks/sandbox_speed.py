"""How fast the sandbox is: cold, warm with one function a file, and whole files of layers.

    python tests/benchmarks/sandbox_speed.py

Prints seconds by the clock and of the processor; two warm processes work side by side.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter

import numpy as np

from deltarule.errors import DeltaruleError
from deltarule.sandbox import Isolation, Sandbox

ONE = "import numpy as np\ndef affine(x, w, b):\n    return x @ w + b\n"
#: Fifteen functions, each called on three settings.
MANY = "import numpy as np\n" + "".join(
    f"def layer{n}(x, w, b):\n    return np.tanh(x @ w + b) * {n}\n" for n in range(15)
)
COLD = """
import numpy as np
from deltarule.sandbox import Isolation, Sandbox
with Sandbox(isolation=Isolation[{way!r}]) as sandbox, sandbox.submission() as own:
    own.load({text!r})
    outcome = own.call("affine", np.ones((2, 3)), np.ones((3, 4)), np.ones(4))
    raise SystemExit(not outcome.returned)
"""
X, W, B = np.ones((2, 3)), np.ones((3, 4)), np.ones(4)


def _processor() -> float:
    return sum(u.ru_utime + u.ru_stime for u in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


def _timed(work, count: int) -> str:
    clock, processor = perf_counter(), _processor()
    work(count)
    clock, processor = perf_counter() - clock, _processor() - processor
    return f"{clock / count:.4f} s by the clock, {processor / count:.4f} s of the processor"


def cold(way: Isolation, count: int) -> None:
    """A whole program, so many times."""
    for _ in range(count):
        program = COLD.format(way=way.name, text=ONE)
        subprocess.run([sys.executable, "-c", program], check=True)


def warm(way: Isolation, text: str, functions: list[str], calls: int, count: int) -> float:
    """How many files a second, with two warm processes; the first of each is not counted."""

    def work(sandbox: Sandbox, files: int) -> None:
        for _ in range(files):
            with sandbox.submission() as own:
                own.load(text)
                for function in functions * calls:
                    if not own.call(function, X, W, B).returned:
                        raise SystemExit("a right function was not answered")

    with Sandbox(isolation=way) as one, Sandbox(isolation=way) as other:
        work(one, 1)
        work(other, 1)
        began = perf_counter()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, (one, other), (count // 2, count // 2)))
        return count / (perf_counter() - began)


def main() -> None:
    """Measure each way of isolation that this machine has."""
    for way in (Isolation.BUBBLEWRAP, Isolation.NAMESPACES):
        try:
            with Sandbox(isolation=way) as sandbox:
                print(sandbox.layers)
        except DeltaruleError as error:
            print(f"{way.value}: {error.fact}")
            continue
        print(f"  cold, a whole program      {_timed(lambda n, w=way: cold(w, n), 5)}")
        print(f"  one function a file        {warm(way, ONE, ['affine'], 3, 200):.0f} files/s")
        names = [f"layer{n}" for n in range(15)]
        print(f"  fifteen functions a file   {warm(way, MANY, names, 6, 40):.0f} files/s")


if __name__ == "__main__":
    main()
