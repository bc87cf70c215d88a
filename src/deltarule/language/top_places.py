"""The positions that `TopK` gives, one by one or as a tensor with an axis for which of them."""

from __future__ import annotations

from typing import Any

from sympy import Integer

from deltarule.expressions import nodes
from deltarule.expressions.symbols import Index
from deltarule.language.declarations import Name, current
from deltarule.networks.index_extents import extents
from deltarule.networks.tensors import Tensor


class Places(tuple):
    """The positions of the largest entries, `best[0]` first; best[n, j] reads them by an index."""

    def __new__(cls, positions: list, of: str) -> Places:
        found = super().__new__(cls, positions)
        found.of, found.tensor = of, None
        return found

    of: str
    tensor: Name | None

    def __getitem__(self, at) -> Any:
        if isinstance(at, int | slice):
            return super().__getitem__(at)
        return self._as_tensor()[at]

    def _as_tensor(self) -> Name:
        """The positions as a tensor, with an axis for which of them, the last one."""
        if self.tensor is None:
            page, first = current(), super().__getitem__(0)
            maximum = first.maximum
            left = nodes.free_indices(maximum)
            stand = (i for r in nodes.reads(maximum.body) for i in r.indices)
            own = [i for i in stand if isinstance(i, Index) and i in left]
            free = list(dict.fromkeys([*own, *sorted(left, key=str)]))
            known = extents(maximum.body, page.tensors, page.place())
            axes = [page.extents.get(i) or known[i] for i in free]
            name = next(n for n in (f"{self.of}_top", f"{self.of}_places") if n not in page.tensors)
            below = dict(maximum.ranges)[first.index]
            found = Tensor(name, (*axes, Integer(len(self))), "intermediate", integers_below=below)
            self.tensor = page.lay(found)
            for place, position in enumerate(self):
                self.tensor[(*free, place)] = position
        return self.tensor
