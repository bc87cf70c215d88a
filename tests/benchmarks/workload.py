"""A workload: what is computed, with which arrays, and how many operations that takes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Workload:
    """A derivation with its settings and the shapes of its arrays; `peer` names the peers' code.

    `targets` are the inputs whose gradient nobody asks for; `numbered` are those that hold
    integers, and below what. With a learning `rate` a pass is a step of training: its gradients
    move the parameters, by momentum. A network is `kinked` if the gradient jumps somewhere, as at
    ties of a maximum: rounding lets near ones fall either way. What is not `usual` takes long.
    """

    title: str
    derivation: str
    shapes: dict[str, tuple[int, ...]]
    settings: dict = field(default_factory=dict)
    upstream: dict[str, tuple[int, ...]] = field(default_factory=dict)
    peer: str = ""
    targets: tuple[str, ...] = ()
    numbered: dict[str, int] = field(default_factory=dict)
    rate: float | None = None
    kinked: bool = False
    usual: bool = True

    @property
    def wanted(self) -> tuple[str, ...]:
        """The names of the tensors whose gradients are computed."""
        return tuple(n for n in self.shapes if n not in self.targets)

    @property
    def reference(self) -> str:
        """The library that all are held against, in float64."""
        return "numpy" if self.rate is None else "torch"

    def arrays(self, dtype: str) -> dict[str, np.ndarray]:
        """Inputs and upstream gradients, the same at every call; `dy` is any upstream gradient."""
        random = np.random.default_rng(7)
        made = {}
        for name, shape in {**self.shapes, **self.upstream}.items():
            if name in self.numbered:
                made[name] = random.integers(self.numbered[name], size=shape)
                continue
            weight = len(shape) > 1 and name not in ("x", "Q", "K", "V", "y", *self.upstream)
            ahead = float(np.prod(shape[1:])) if len(shape) == 4 else float(shape[0])
            scale = max(1.0, ahead) ** -0.5 if weight else 1.0
            made[name] = (random.normal(size=shape) * scale).astype(dtype)
        return made

    def multiply_adds(self) -> int | None:
        """Those of the forward pass and all gradients; None where nothing is a sum of products,
        and for steps of training.

        The forward pass's are counted by deltarule in the equations. Each product x·w there, of
        two tensors whose gradients are wanted, comes back as y̅·w and x·y̅: three in all.
        """
        from deltarule.counting.counts import count
        from deltarule.kernels.passes.program import known_sizes
        from deltarule.language.load import load
        from deltarule.networks.specialise import specialise

        if self.rate is not None:
            return None
        network = load(self.derivation)
        options = {k: v for k, v in self.settings.items() if k in network.options}
        network = load(self.derivation, **options)
        numbers = {a.name: v for a, v in network.attributes.items()}
        numbers |= {k: v for k, v in self.settings.items() if k not in options}
        told = known_sizes(specialise(network, numbers))[0]
        for size, (name, axis, rest, coefficient) in told.items():
            numbers[size.name] = int((self.shapes[name][axis] - rest) // coefficient)
        forward = count(specialise(network, numbers)).multiply_adds
        return 3 * int(forward) or None

    def bytes(self, dtype: str) -> int:
        """Of the inputs and the upstream gradients, the outputs (as large) and the gradients."""
        entries = [*self.shapes.values(), *self.upstream.values(), *self.upstream.values()]
        entries += [self.shapes[n] for n in self.wanted]
        return sum(int(np.prod(s)) for s in entries) * np.dtype(dtype).itemsize
