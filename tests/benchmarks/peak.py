"""The practical peak: multiply–adds a second of a loop that touches registers alone."""

from __future__ import annotations

import threading
import time

from llvmlite import binding, ir
from numba import njit, types
from numba.extending import intrinsic

#: Independent chains of multiply–adds: enough to hide their latency, few enough for registers.
CHAINS = 12


def register_bytes() -> int:
    """The width of the vector registers."""
    features = binding.get_host_cpu_features()
    return 64 if features.get("avx512f") else 32 if features.get("avx2") else 16


def _loop(dtype: str):
    """A compiled function of (repeats, factor): CHAINS vectors, each times factor plus itself."""
    lanes = register_bytes() // (4 if dtype == "float32" else 8)

    @intrinsic
    def chains(typing, repeats, factor):
        def build(context, builder, signature, arguments):
            count, value = arguments
            element = value.type
            vector = ir.VectorType(element, lanes)
            name = f"llvm.fma.v{lanes}f{32 if dtype == 'float32' else 64}"
            fma = builder.module.declare_intrinsic(name, (), ir.FunctionType(vector, [vector] * 3))
            wide = ir.Constant(vector, ir.Undefined)
            for lane in range(lanes):
                wide = builder.insert_element(wide, value, ir.Constant(ir.IntType(32), lane))
            before, body = builder.block, builder.append_basic_block("chains")
            after = builder.append_basic_block("after")
            builder.branch(body)
            builder.position_at_end(body)
            k = builder.phi(count.type)
            sums = [builder.phi(vector) for _ in range(CHAINS)]
            k.add_incoming(ir.Constant(count.type, 0), before)
            grown = [builder.call(fma, [s, wide, wide]) for s in sums]
            for s, g, start in zip(sums, grown, range(CHAINS)):
                s.add_incoming(ir.Constant(vector, [ir.Constant(element, start)] * lanes), before)
                s.add_incoming(g, body)
            following = builder.add(k, ir.Constant(count.type, 1))
            k.add_incoming(following, body)
            builder.cbranch(builder.icmp_signed("<", following, count), body, after)
            builder.position_at_end(after)
            total = grown[0]
            for g in grown[1:]:
                total = builder.fadd(total, g)
            return builder.extract_element(total, ir.Constant(ir.IntType(32), 0))

        return factor(repeats, factor), build

    @njit(nogil=True)
    def run(repeats, factor):
        return chains(repeats, factor)

    real = types.float32 if dtype == "float32" else types.float64
    run.compile((types.int64, real))
    return run, lanes


def peak(dtype: str, threads: int, seconds: float = 0.25) -> float:
    """GF/s of so many threads together: the best of five runs."""
    import numpy as np

    run, lanes = _loop(dtype)
    factor = np.dtype(dtype).type(0.5)
    repeats = 100_000
    while _timed(run, repeats, factor, 1) < seconds / 5:
        repeats *= 2
    taken = min(_timed(run, repeats, factor, threads) for _ in range(5))
    return 2e-9 * CHAINS * lanes * repeats * threads / taken


def _timed(run, repeats: int, factor, threads: int) -> float:
    work = [threading.Thread(target=run, args=(repeats, factor)) for _ in range(threads)]
    begin = time.perf_counter()
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    return time.perf_counter() - begin


if __name__ == "__main__":
    for kind in ("float32", "float64"):
        print(kind, [round(peak(kind, n), 1) for n in (1, 2)], "GF/s")
