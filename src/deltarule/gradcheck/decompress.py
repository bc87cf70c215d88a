"""From slopes of outputs, several entries moved at once, to Jᵀy̅ for each upstream y̅."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from deltarule.gradcheck.difference_steps import Slopes
from deltarule.gradcheck.sparsity import Box

#: So many slopes are held at once.
MOST_KEPT = 1 << 19


class Scatter:
    """Adds slopes up at the entries that they belong to.

    Of the entries moved together, those equal modulo `reach` along every axis, an output sees at
    most one in its box: that one's is the slope. `stray` is the largest slope of an output that
    sees none of them, and so should not move at all.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        reach: tuple[int, ...],
        seen: Mapping[str, Box],
        upstream: Mapping[str, np.ndarray],
    ):
        self.shape, self.reach, self.seen = shape, reach, seen
        self.upstream = {root: upstream[root] for root in seen}
        tried = next(iter(upstream.values())).shape[0]
        self._entries = int(np.prod(shape, dtype=np.int64))
        self._totals = np.zeros((tried, self._entries))
        self._doubts = np.zeros((tried, self._entries))
        self.edges, self.stray = 0, 0.0
        self._steps = np.cumprod((1, *shape[:0:-1]), dtype=np.int64)[::-1]

    @property
    def room(self) -> int:
        """How many passes are handled at once."""
        largest = max((u[0].size for u in self.upstream.values()), default=1)
        return max(1, MOST_KEPT // max(1, largest))

    @property
    def totals(self) -> tuple[np.ndarray, np.ndarray]:
        """Jᵀy̅ for each upstream, and how far it may be off; in the tensor's shape."""
        shape = (len(self._totals), *self.shape)
        return self._totals.reshape(shape), self._doubts.reshape(shape)

    def reached(self, colours: np.ndarray) -> np.ndarray:
        """Which entries were moved in some pass."""
        found = np.zeros(self.shape, dtype=bool)
        for colour in colours:
            found[tuple(slice(int(c), None, r) for c, r in zip(colour, self.reach))] = True
        return found

    def add(self, colours: np.ndarray, slopes: Slopes) -> None:
        """Add the slopes of some passes."""
        self.edges += slopes.edges
        for number, (root, box) in enumerate(self.seen.items()):
            up = self.upstream[root]
            kept = sorted({side.of for side in box if side.of is not None})
            places, inside = self._places(colours, box, [up.shape[1 + k] for k in kept], kept)
            weights = _split(up, kept)
            rows = _split(slopes.values[number].reshape(len(colours), *up.shape[1:]), kept)
            self._gather(self._totals, places, inside, rows, weights)
            self.stray = max(self.stray, _largest(rows, ~inside))
            if slopes.doubts is not None:
                doubts = _split(slopes.doubts[number].reshape(len(colours), *up.shape[1:]), kept)
                self._gather(self._doubts, places, inside, doubts, np.abs(weights))

    def _gather(self, totals, places, inside, rows, weights) -> None:
        # What depends on no axis of the output is summed up before it is put in its place.
        sums = np.where(inside, np.einsum("pkf,tkf->tpk", rows, weights), 0.0)
        for total, part in zip(totals, sums, strict=True):
            total += np.bincount(places.ravel(), part.ravel(), self._entries)

    def _places(
        self, colours: np.ndarray, box: Box, extents: Sequence[int], kept: Sequence[int]
    ) -> tuple[np.ndarray, np.ndarray]:
        """For each pass and output, the entry that it sees moved, and whether there is one.

        Of the outputs' axes only those that matter are `kept`, of the given extents.
        """
        ones = (1,) * len(kept)
        places, inside = np.zeros((1, *ones), np.int64), np.ones((1, *ones), bool)
        for axis, (side, reach) in enumerate(zip(box, self.reach, strict=True)):
            moved = colours[:, axis].reshape(-1, 1)
            at = side.low + (moved - side.low) % reach
            fits = at <= side.high
            spread = [len(colours), *ones]
            if side.of is not None:
                spread[1 + kept.index(side.of)] = len(side.low)
            places = places + (np.where(fits, at, 0) * self._steps[axis]).reshape(spread)
            inside = inside & fits.reshape(spread)
        shape = (len(colours), *extents)
        flat = (len(colours), int(np.prod(extents, dtype=np.int64)))
        return (
            np.broadcast_to(places, shape).reshape(flat),
            np.broadcast_to(inside, shape).reshape(flat),
        )


def _split(rows: np.ndarray, kept: Sequence[int]) -> np.ndarray:
    """Rows of outputs with the axes that are kept first, and all others as one behind them."""
    rest = [k for k in range(rows.ndim - 1) if k not in kept]
    turned = rows.transpose(0, *(1 + k for k in (*kept, *rest)))
    first = int(np.prod([rows.shape[1 + k] for k in kept], dtype=np.int64))
    last = int(np.prod([rows.shape[1 + k] for k in rest], dtype=np.int64))
    return turned.reshape(len(rows), first, last)


def _largest(rows: np.ndarray, where: np.ndarray) -> float:
    """The largest of the rows' absolute values at some places."""
    return float(np.max(np.abs(rows[where]), initial=0.0)) if where.any() else 0.0
