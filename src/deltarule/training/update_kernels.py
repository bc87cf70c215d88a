"""An update file such as `derivations/adam.py` as a kernel, over all parameters at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import cast

import numpy as np
from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Rate
from deltarule.kernels.api import kernel
from deltarule.kernels.bound_kernel import Bound
from deltarule.language.optimisers import optimiser

#: So many entries are moved at a time: what is read and written for them stays in a core's cache.
BLOCK = 1 << 15
#: But no more than a part of all, so that what is new takes little beside it, nor fewer than SMALL.
PART, SMALL = 8, 1 << 13
#: So many blocks are worth another thread: those of the passes stay awake for a while, and where
#: there are no more processors, wait for work in its way.
LEAST = 32

Moved = list[tuple[np.ndarray, np.ndarray]]


class Update:
    """Steps that change the vector `theta` in place, given the gradient in `gradient`.

    `rate` replaces the update's own learning rate; further settings are those of `kernel`. Many
    parameters are shared among so many `threads`; no digit depends on that.
    Raises DeltaruleError for what is no optimiser, and for a rate that is not above 0.
    """

    def __init__(
        self, name: str, rate: float | None, theta: np.ndarray, *, threads: int = 1, **settings
    ):
        update = optimiser(name)
        own = next((s for s in update.scalars if isinstance(s, Rate)), None)
        if rate is not None:
            if own is None or not 0 < rate < np.inf:
                raise DeltaruleError(
                    f"{name} cannot be run with a learning rate of {rate}",
                    "--rate",
                    "give a number above 0, such as 0.001",
                )
            settings[own.name] = rate
        self.rate = float(update.scalars[own]) if rate is None and own is not None else rate
        self.gradient = np.zeros_like(theta)
        # A memory is declared with a number to start from.
        self._starts = {t.name: float(cast(Expr, t.start)) for t in update.with_role("memory")}
        kept = {
            t.name: np.full(() if not t.axes else theta.shape, self._starts[t.name], theta.dtype)
            for t in update.with_role("memory")
        }
        parameter, gradient = (update.with_role(r)[0].name for r in ("parameter", "gradient"))
        self._changed = {parameter: theta, **kept}
        found = kernel(name, dtype=str(theta.dtype), **settings)
        vectors = [n for n, a in self._changed.items() if a.ndim]
        block = min(BLOCK, max(SMALL, theta.size // PART))
        blocks = [slice(k, k + block) for k in range(0, max(1, theta.size), block)]
        many = max(1, min(threads, -(-theta.size // BLOCK) // LEAST))
        self._shares: list[list[tuple[Bound, Moved]]] = [[] for _ in range(many)]
        for share, mine in enumerate(self._shares):
            # What is new is filled in for one block after another, and taken over at once.
            after = {n: np.zeros(min(block, theta.size), theta.dtype) for n in vectors}
            for part in blocks[share * len(blocks) // many : (share + 1) * len(blocks) // many]:
                parts = {n: a[part] if a.ndim else a for n, a in self._changed.items()}
                new = {n: after[n][: parts[n].size] for n in vectors}
                bound = found.bind_filling(
                    {f"{n} after": a for n, a in new.items()},
                    {},
                    {**parts, gradient: self.gradient[part]},
                )
                mine.append((bound, [(parts[n], a) for n, a in new.items()]))
        self._others = ThreadPoolExecutor(many - 1) if many > 1 else None
        self._numbers = [n for n, a in self._changed.items() if not a.ndim]

    def forget(self) -> None:
        """Start anew: what is kept from step to step is as it was at first."""
        for name, start in self._starts.items():
            self._changed[name][...] = start

    def follow(self, found: dict[str, np.ndarray], parts: dict[str, np.ndarray]) -> None:
        """One update, with the gradients that were found; `parts` are their places in `gradient`,
        which most of them were filled into.
        """
        for name, part in parts.items():
            if found[name] is not part:
                part[...] = found[name]
        self.step()

    def step(self) -> None:
        """One update of all parameters."""
        mine, *rest = self._shares
        waiting = self._others.map(_moved, rest) if self._others else ()
        after = _moved(mine)
        for _ in waiting:  # until they are done
            pass
        for name in self._numbers:
            self._changed[name][...] = after[f"{name} after"]


def _moved(blocks: list[tuple[Bound, Moved]]) -> dict[str, np.ndarray]:
    """Blocks updated, one after the other; what came out of the last."""
    after = {}
    for bound, moved in blocks:
        after = bound.forward()
        for old, new in moved:
            np.copyto(old, new)
    return after
