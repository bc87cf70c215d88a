"""Values from before an update where those after it belong, and the other way round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np

from deltarule.arithmetic.base import entrywise
from deltarule.arithmetic.exact import fraction
from deltarule.expressions.nodes import read, reads, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.marking.mistakes import Mistake
from deltarule.spelling.names import pretty
from deltarule.tracing.computation import Computation

#: What is said of a value of the other time, and the kind of the mistake.
BEFORE = ("stale value", "as it was before the update")
AFTER = ("updated too early", "as it is after the update already")


class OtherTime:
    """The lines of a computation with one tensor taken from the same computation at another time.

    `extra_values` gets these values by names of their own, under which wrong lines read them.
    """

    def __init__(
        self,
        computation: Computation,
        other: Callable[[], Computation],
        said: tuple[str, str],
        extra_values: dict[str, np.ndarray],
    ):
        self.computation, self._make, self.said, self.extra_values = (
            computation,
            other,
            said,
            extra_values,
        )

    @cached_property
    def _other(self) -> Computation:
        return self._make()

    def mistakes(self, name: str) -> list[Mistake]:
        """The forward line with each tensor that it reads, and that an update changes, of then."""
        line = next(l for l in self.computation.lines if l.quantity == name)
        if line.phase not in ("forward", "error"):
            return []
        kind, when = self.said
        found = []
        for tensor in dict.fromkeys(tensor_name(a) for a in reads(line.equation.rhs)):
            if tensor == name or tensor not in self._moved:
                continue
            extra_values = f"{tensor} {when}"
            if extra_values not in self.extra_values:
                self.extra_values[extra_values] = entrywise(
                    fraction, self._other.carried.arrays[tensor]
                )
            rhs = replace_reads(
                line.equation.rhs, lambda a, other=extra_values: read(other, *a.indices), tensor
            )
            words = f"{pretty(tensor)} is taken {when}"
            found.append(Mistake(kind, 4.5, name, replace(line.equation, rhs=rhs), words))
        return found

    @cached_property
    def _moved(self) -> frozenset[str]:
        """What an update changes: parameters, and the lines behind them."""
        found = set(self.computation.kept)
        for line in self.computation.lines:
            if line.phase in ("forward", "error") and line.equation.read_names() & found:
                found.add(line.quantity)
        return frozenset(found)
