"""A course of training: a few samples by heart, then all of them, then what is held out."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.random import Generator, default_rng

from deltarule.spelling.counted import counted
from deltarule.training.handwritten_digits import Labelled, enlarged, shifted, split
from deltarule.training.plan import Plan
from deltarule.training.trainer import Trainer
from deltarule.training.training_record import ByHeart, Epoch, Result

#: Steps after which a few samples must be known by heart.
PATIENCE = 500


class Watcher:
    """Is said what goes on. This one keeps quiet."""

    def doing(self, words: str) -> None:
        """Something that takes a while begins."""

    def done(self, part: float) -> None:
        """So much of it is done, from 0 to 1."""

    def knows(self, by_heart: ByHeart) -> None:
        """A few samples were learnt by heart, or not."""

    def passed(self, epoch: Epoch, of: int) -> None:
        """An epoch is over, in which `of` samples are held out."""


def train(
    plan: Plan, data: Labelled, watcher: Watcher | None = None, cache: str | Path | None = None
) -> Result:
    """Train as planned. `cache` is the folder of compiled kernels, as for `kernel`.

    Where a few samples cannot be learnt by heart, it stops there: more would be no help.
    Raises DeltaruleError for a plan that does not fit the data or the network.
    """
    plan.refuse(len(data))
    watcher = watcher or Watcher()
    clock = _Clock()
    watcher.doing(f"loading {plan.network}")
    how = (plan.network, plan.update, plan.rate)
    trainer = Trainer(*how, cache, watcher.doing, plan.threads)
    clock.stop("deriving")
    random = default_rng(plan.seed)
    learnt, held_out = split(data, plan.held_out, random)
    large = _enlarged(learnt, trainer)
    watcher.doing("compiling")
    for count in _counts(plan, len(learnt)):
        trainer.ready(count)
    clock.stop("compiling")
    result = Result(plan, trainer.update.rate, len(trainer.parameters), len(learnt), held_out)
    if plan.few:
        result.by_heart = _by_heart(trainer, large.at(slice(plan.few)), random, watcher)
        watcher.knows(result.by_heart)
        clock.stop("by heart")
    if not result.stopped:
        _all(trainer, large, result, random, watcher)
    clock.stop("learning")
    result.seconds = clock.seconds
    return result


def _counts(plan: Plan, learnt_from: int) -> set[int]:
    """How many images there are in a step, and when the held-out ones are tried."""
    left_over = {total % plan.batch for total in (learnt_from, plan.held_out)}
    return ({plan.few, min(plan.batch, learnt_from)} | left_over) - {0}


def _by_heart(trainer: Trainer, few: Labelled, random: Generator, watcher: Watcher) -> ByHeart:
    """Steps on the same few samples, until they are known or patience is at an end."""
    watcher.doing(f"{counted(len(few), 'sample')} by heart")
    trainer.start(random)
    first = trainer.step(few)
    result = ByHeart(len(few), 1, first, first, 0)
    while not result.known and result.steps < PATIENCE:
        loss = trainer.step(few)
        right = _right(trainer.probabilities(few, len(few)), few)
        result = ByHeart(len(few), result.steps + 1, first, loss, right)
        watcher.done(result.steps / PATIENCE)
    return result


def _all(
    trainer: Trainer, data: Labelled, result: Result, random: Generator, watcher: Watcher
) -> None:
    """All samples, again and again, moved a little each time."""
    plan, held_out = result.plan, _enlarged(result.samples, trainer)
    trainer.start(random)
    for number in range(1, plan.epochs + 1):
        watcher.doing(f"epoch {number} of {plan.epochs}")
        clock, seen, total = _Clock(), 0, 0.0
        moved = Labelled(shifted(data.images, plan.shift, random), data.labels)
        for count, loss in trainer.epoch(moved, plan.batch, random):
            seen, total = seen + count, total + count * loss
            watcher.done(seen / len(data))
        clock.stop("epoch")
        result.probabilities = trainer.probabilities(held_out, plan.batch)
        right = _right(result.probabilities, held_out)
        epoch = Epoch(number, total / len(data), right, clock.seconds["epoch"])
        result.epochs.append(epoch)
        watcher.passed(epoch, len(held_out))
    result.responses = trainer.responses(held_out, plan.batch)


def _enlarged(data: Labelled, trainer: Trainer) -> Labelled:
    return Labelled(enlarged(data.images, *trainer.side), data.labels)


def _right(probabilities: np.ndarray, data: Labelled) -> int:
    return int((probabilities.argmax(axis=1) == data.labels).sum())


class _Clock:
    """Seconds between one stop and the next, by name."""

    def __init__(self):
        self.seconds: dict[str, float] = {}
        self._since = perf_counter()

    def stop(self, name: str) -> None:
        now = perf_counter()
        self.seconds[name] = now - self._since
        self._since = now
