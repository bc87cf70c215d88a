"""What the rows of both tables have in common: shapes, windows and paddings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from ours import Inexpressible
from torch import Tensor
from torch.nn.functional import pad

LAYERS = Path(__file__).parent / "layers"


def of_our_own(name: str) -> str:
    """A derivation that the catalogue does not have, in a file as a teacher's would be."""
    return str(LAYERS / f"{name}.py")


def same(values: int | Sequence[int] | None, what: str) -> int:
    """The one number that holds along all axes."""
    distinct = set(values) if isinstance(values, (tuple, list)) else {values}
    if len(distinct) != 1:
        raise Inexpressible(f"{what} differs between the axes")
    return int(distinct.pop())


def along(values: int | Sequence[int], rank: int) -> tuple[int, ...]:
    """A number for each axis."""
    values = tuple(values) if isinstance(values, (tuple, list)) else (values,)
    return values * rank if len(values) == 1 else values


def padded(x: Tensor, before: Sequence[int], after: Sequence[int], value: float = 0.0) -> Tensor:
    """x with so many entries before and after it along its last axes."""
    sides = [n for pair in zip(reversed(before), reversed(after), strict=True) for n in pair]
    return pad(x, sides, value=value)


def edges(x: Tensor, before: Sequence[int], after: Sequence[int], value: float = 0.0):
    """The padding that a derivation is to do itself, and x with whatever else there is."""
    if len({*before, *after}) == 1:
        return before[0], x
    return 0, padded(x, before, after, value)


def batched(x: Tensor, rank: int) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """x with an axis for examples, and what takes that axis off the result again."""
    if x.ndim == rank:
        return x, lambda y: y
    return x[None], lambda y: y[0]


def rows(x: Tensor, axes: int = 1) -> Tensor:
    """x as a matrix whose columns are the last axes taken together."""
    lead, kept = x.shape[: x.ndim - axes], x.shape[x.ndim - axes :]
    return x.reshape(lead.numel(), kept.numel())


def images(x: Tensor) -> Tensor:
    """Examples and channels, and all places one behind the other as rows of one column."""
    return x.reshape(*x.shape[:2], x.shape[2:].numel(), 1)


def entries(function: Callable[..., Tensor], *tensors: Tensor) -> Tensor:
    """A loss of every entry by itself: `function` sees 1 × 1 matrices."""
    tensors = torch.broadcast_tensors(*tensors)
    flat = [t.reshape(-1, 1, 1) for t in tensors]
    found = [function(*one) for one in zip(*flat, strict=True)]
    return torch.stack(found).reshape(tensors[0].shape) if found else tensors[0] * 0


def reduced(function: Callable[..., Tensor], reduction: str, *tensors: Tensor) -> Tensor:
    """A loss that adds up all entries, and PyTorch's reduction: its sum, their mean, or none."""
    if reduction == "none":
        return entries(function, *tensors)
    tensors = torch.broadcast_tensors(*tensors)
    total = function(*(t.reshape(1, -1) for t in tensors))
    return total / tensors[0].numel() if reduction == "mean" else total
