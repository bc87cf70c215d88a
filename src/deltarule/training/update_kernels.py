"""An update file such as `derivations/adam.py` as a kernel, over all parameters at once."""

from __future__ import annotations

from typing import cast

import numpy as np
from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Rate
from deltarule.kernels.api import kernel
from deltarule.language.optimisers import optimiser


class Update:
    """Steps that change the vector `theta` in place, given the gradient in `gradient`.

    `rate` replaces the update's own learning rate; further settings are those of `kernel`.
    Raises DeltaruleError for what is no optimiser, and for a rate that is not above 0.
    """

    def __init__(self, name: str, rate: float | None, theta: np.ndarray, **settings):
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
        self._bound = found.bind(**self._changed, **{gradient: self.gradient})

    def forget(self) -> None:
        """Start anew: what is kept from step to step is as it was at first."""
        for name, start in self._starts.items():
            self._changed[name][...] = start

    def step(self) -> None:
        """One update of all parameters."""
        after = self._bound.forward()
        for name, array in self._changed.items():
            array[...] = after[f"{name} after"]
