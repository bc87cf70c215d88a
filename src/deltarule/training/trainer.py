"""A network and an update as kernels, and steps of training with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.random import Generator

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.small_sizes import with_definitions
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import free_symbols
from deltarule.expressions.symbols import Size
from deltarule.kernels.api import kernel
from deltarule.kernels.bound_kernel import Bound
from deltarule.kernels.threads import most
from deltarule.language.load import load
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.training.handwritten_digits import Labelled
from deltarule.training.parameters import Parameters
from deltarule.training.unit_responses import UnitResponse, unit_responses
from deltarule.training.update_kernels import Update

#: The rows and columns of an image where the network leaves them open.
SIDE = 32

#: Networks are trained in single precision.
DTYPE = "float32"


class Trainer:
    """Trains the network of that name, with the loss of `derivations/networks/classifier.py`.

    `parameters` change with every step; loops run in so many `threads`. Raises DeltaruleError for
    a network that does not take one image and tell classes apart, and what `Update` raises.
    """

    def __init__(
        self,
        network: str,
        update: str,
        rate: float | None = None,
        cache: str | Path | None = None,
        progress: Callable[[str], None] | None = None,
        threads: int = 1,
    ):
        _refuse(load(network), network)
        self.network = load("classifier", network=network)
        self._image, self._label = (self.network.with_role(r)[0] for r in ("input", "target"))
        sizes = self._sizes = _sizes(self.network, self._image)
        shapes = {
            t.name: _shape(t, self.network, sizes) for t in self.network.with_role("parameter")
        }
        self._shape = _shape(self._image, self.network, sizes)[1:]
        if self._shape[:-2] not in ((), (1,)):
            raise _untrainable(network, f"they have one channel, and not {self._shape[0]}")
        self.parameters = Parameters(self.network, shapes, DTYPE)
        settings = {"cache": cache, "progress": progress}
        wrt = list(shapes)
        shared = {"parallel": True, "threads": threads} if threads > 1 else {}
        options = {"network": network, "dtype": DTYPE, "wrt": wrt, **shared}
        self._kernel = kernel("classifier", **options, **settings)
        many = min(threads, most())
        self.update = Update(update, rate, self.parameters.flat, threads=many, **settings)
        self._gradients = self.parameters.parts(self.update.gradient)
        self._bound: dict[int, tuple[np.ndarray, np.ndarray, Bound]] = {}

    @property
    def side(self) -> tuple[int, int]:
        """The rows and columns of the images that it takes."""
        return self._shape[-2], self._shape[-1]

    def start(self, random: Generator) -> None:
        """Draw the parameters anew, and forget the steps that were taken."""
        self.parameters.draw(random)
        self.update.forget()

    def ready(self, count: int) -> None:
        """Run both passes and an update once for so many images, so that all is compiled."""
        self.step(Labelled(np.zeros((count, *self.side)), np.zeros(count, np.int64)))

    def step(self, data: Labelled) -> float:
        """One step on these images; the loss before it."""
        bound = self._given(data)
        loss = float(bound.forward()[self._loss])
        self.update.follow(bound.backward(), self._gradients)
        return loss

    def epoch(self, data: Labelled, batch: int, random: Generator) -> Iterator[tuple[int, float]]:
        """A step on every batch, in an order drawn anew: how many images it had, and its loss.

        The last batch is what is left over.
        """
        order = random.permutation(len(data))
        for first in range(0, len(data), batch):
            which = order[first : first + batch]
            yield len(which), self.step(data.at(which))

    def probabilities(self, data: Labelled, batch: int) -> np.ndarray:
        """What the network takes each image for: the probability of every class, [n, c]."""
        found = [
            self._given(data.at(slice(first, first + batch))).forward()["p"].copy()
            for first in range(0, len(data), batch)
        ]
        return np.concatenate(found)

    def responses(self, data: Labelled, batch: int) -> tuple[UnitResponse, ...]:
        """What the units of the hidden layers respond to among these images."""
        found: dict[str, list[np.ndarray]] = {}
        for first in range(0, len(data), batch):
            part = data.at(slice(first, first + batch))
            for name, array in self._given(part).forward().items():
                if name != "p" and np.ndim(array) > 1 and len(array) == len(part):
                    found.setdefault(name, []).append(np.array(array))
        values = {name: np.concatenate(arrays) for name, arrays in found.items()}
        return unit_responses(self.network, self._image.name, self._sizes, values)

    @property
    def _loss(self) -> str:
        return self.network.with_role("loss")[-1].name

    def _given(self, data: Labelled) -> Bound:
        """The kernel bound to so many images, with these in it."""
        count = len(data)
        if count not in self._bound:
            image = np.zeros((count, *self._shape), DTYPE)
            label = np.zeros(count, np.int64)
            given = {self._image.name: image, self._label.name: label}
            given |= self.parameters.arrays
            bound = self._kernel.bind_filling({}, self._gradients, given)
            self._bound[count] = image, label, bound
        image, label, bound = self._bound[count]
        image.reshape(data.images.shape)[...] = data.images
        label[...] = data.labels
        return bound


def _refuse(network: Network, name: str) -> None:
    """Raise DeltaruleError for a network that is not one image in and the classes' logits out."""
    given = network.with_role("input", "target")
    if [t.role for t in given] != ["input"] or len(given[0].axes) not in (3, 4):
        wrong = f"as input it takes {_listed(given)}"
    elif given[0].integral:
        wrong = f"as input it takes whole numbers, {_listed(given)}"
    elif network.with_role("loss"):
        wrong = f"it has a loss of its own, {network.with_role('loss')[-1].name}"
    elif len(results := network.with_role("output")[-1:]) != 1 or len(results[0].axes) != 2:
        wrong = f"as output it gives {_listed(results)}"
    else:
        _refuse_names(network, name)
        return
    raise _untrainable(name, wrong)


def _untrainable(name: str, reason: str) -> DeltaruleError:
    return DeltaruleError(
        f"{name} cannot be trained on images: {reason}",
        "--network",
        "choose a network that takes images alone, such as lenet5, lenet1 or image_mlp",
    )


def _refuse_names(network: Network, name: str) -> None:
    """Its tensors stand beside those of the loss."""
    loss = load("label_cross_entropy", mean=True)
    others = {t.name for t in loss.tensors.values() if t.role != "input"}
    for taken in (t for t in network.tensors if t in others):
        what = f"the loss that it is trained with has a tensor {taken} too"
        remedy = f"give {taken} another name in the network's file"
        raise DeltaruleError(f"{name} cannot be trained: {what}", "--network", remedy)


def _listed(tensors: Iterable[Tensor]) -> str:
    return ", ".join(f"{t.name}[{', '.join(map(str, t.axes))}]" for t in tensors) or "nothing"


def _sizes(network: Network, image: Tensor) -> dict:
    """One image at a time, of SIDE rows and columns where that is open."""
    batch, *rest = image.axes
    sides = {s: SIDE for axis in rest for s in free_symbols(axis) if isinstance(s, Size)}
    return with_definitions(network, {**dict.fromkeys(free_symbols(batch), 1), **sides})


def _shape(tensor: Tensor, network: Network, sizes: dict) -> tuple[int, ...]:
    values = Values({}, sizes, {}, network.tensors)
    return tuple(values.extent(axis) for axis in tensor.axes)
