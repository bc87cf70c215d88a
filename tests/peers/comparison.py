"""A sample by PyTorch and by ours: values, and gradients for a random upstream gradient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from ours import Inexpressible, Ours, Uncompiled
from torch import Tensor
from torch.utils._pytree import tree_flatten

#: The largest difference that rounding explains, relative to the largest entry.
NEAR = 1e-9
SEED = 42
UNCOMPILED = "(a kernel more than this run compiles: DELTARULE_FULL=1 compiles all)"


@dataclass
class Tally:
    """What was compared, and what could not be, with its reason."""

    near: float = NEAR
    samples: int = 0
    values: int = 0
    gradients: int = 0
    reasons: Counter = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def told(self) -> dict:
        return {
            "samples": self.samples,
            "values": self.values,
            "gradients": self.gradients,
            "reasons": dict(self.reasons),
        }


def compare(tally: Tally, told: str, theirs: Callable, own: Callable, leaves: Sequence[Tensor]):
    """Add a sample to the tally. `own` may raise Inexpressible."""
    torch.manual_seed(SEED)
    wanted = _numbers(theirs())
    torch.manual_seed(SEED)
    try:
        found = _numbers(own())
    except (Inexpressible, Uncompiled) as reason:
        tally.reasons[str(reason) or UNCOMPILED] += 1
        return
    tally.samples += 1
    pairs = [(w, f) for w, f in zip(wanted, found, strict=False)]
    for wanted_value, found_value in pairs:
        tally.values += 1
        _check(tally, f"{told}: the value", wanted_value, found_value)
    live = [(w, f) for w, f in pairs if w.requires_grad and f.requires_grad]
    if not leaves or not live:
        return
    upstream = [torch.randn_like(w) for w, _ in live]
    theirs_by = torch.autograd.grad([w for w, _ in live], leaves, upstream, allow_unused=True)
    ours_by = torch.autograd.grad([f for _, f in live], leaves, upstream, allow_unused=True)
    for k, (one, two) in enumerate(zip(theirs_by, ours_by, strict=True)):
        if one is None or two is None:
            if one is not None:
                tally.reasons["(a gradient by targets or weights of classes)"] += 1
            continue
        tally.gradients += 1
        _check(tally, f"{told}: the gradient by argument {k}", one, two)


def _numbers(result) -> list[Tensor]:
    flat = tree_flatten(result)[0]
    return [t for t in flat if isinstance(t, Tensor) and t.dtype.is_floating_point]


def _check(tally: Tally, told: str, wanted: Tensor, found: Tensor) -> None:
    wanted, found = wanted.detach(), found.detach()
    if wanted.shape != found.shape:
        tally.wrong.append(f"{told} has the shape {list(found.shape)}, not {list(wanted.shape)}")
        return
    scale = max(1.0, float(wanted[wanted.isfinite()].abs().max())) if wanted.isfinite().any() else 1
    if not torch.allclose(wanted, found, rtol=tally.near, atol=tally.near * scale, equal_nan=True):
        gap = float((wanted - found).abs().max())
        tally.wrong.append(
            f"{told} is {gap:.2g} off: {found.flatten()[:4].tolist()}, "
            f"not {wanted.flatten()[:4].tolist()}"
        )


def leaves_of(*arguments) -> list[Tensor]:
    """The tensors among some arguments that have gradients."""
    return [t for t in tree_flatten(arguments)[0] if isinstance(t, Tensor) and t.requires_grad]


__all__ = ["Ours", "Tally", "compare", "leaves_of"]
