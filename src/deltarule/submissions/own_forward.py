"""A backward function held against the student's own forward function, by differences.

Where the forward pass is wrong, the backward pass of who differentiated it rightly is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from deltarule.sandbox.submission import Submission
from deltarule.submissions.agreement import as_numbers
from deltarule.submissions.course_conventions import Task
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.right_task import RightTask
from deltarule.submissions.right_values import RightValues
from deltarule.submissions.task_calls import TaskCalls

#: The step of central differences, and how well they tell a derivative.
STEP, TOLERANCE = 1e-4, 1e-4
#: So many directions are tried for each output, at so many settings.
DIRECTIONS, MOST_SETTINGS = 2, 2


class OwnForward:
    """Derivatives of what the student's forward functions give, along random directions."""

    def __init__(
        self, right: RightTask, open_: Callable[[], Submission], chosen: Mapping[int, str]
    ):
        self.right, self.task, self.open, self.chosen = right, right.task, open_, dict(chosen)

    def agrees(self, number: int, names: list[str], answered: Sequence[Setting]) -> bool:
        """Whether the gradients `names` that call `number` gives are those of the calls before: at
        settings at which it answered."""
        usual = [s for s in answered if s.numbers == "usual" and not s.again][:MOST_SETTINGS]
        tried = [self._at(setting, number, names) for setting in usual]
        return bool(tried) and all(tried)

    def _at(self, setting: Setting, number: int, names: list[str]) -> bool:
        values = self.right.right(setting)
        calls = TaskCalls(self.task, self.open(), self.chosen)
        made = calls.at(values, upto=number)
        if not made or made[-1].call is not self.task.calls[number]:
            return False
        random = np.random.default_rng(setting.seed)
        return all(
            self._along(name, made[-1].values.get(name), calls, values, number, random)
            for name in names
        )

    def _along(self, name, slope, calls: TaskCalls, values: RightValues, number, random) -> bool:
        own = source_of(self.task, name)
        slope = as_numbers(slope)
        if own is None or slope is None:
            return False
        start = np.asarray(values.value(self.task.values[own]), dtype=float)
        if start.size != slope.size:
            return False
        for _ in range(DIRECTIONS):
            along = random.uniform(-1, 1, start.shape)
            ends = [
                self._total(calls, values, {own: start + sign * STEP * along}, number)
                for sign in (1, -1)
            ]
            if ends[0] is None or ends[1] is None:
                return False
            measured = (ends[0] - ends[1]) / (2 * STEP)
            said = float((slope.reshape(start.shape) * along).sum())
            scale = max(abs(said), abs(measured), float(np.abs(slope).max()), 1e-12)
            if abs(said - measured) > TOLERANCE * scale:
                return False
        return True

    def _total(self, calls: TaskCalls, values: RightValues, changed, number: int) -> float | None:
        """What the forward calls give, times the gradients from upstream, together."""
        total, seen = 0.0, False
        for given in calls.at(values, changed, upto=number - 1):
            for name, value in given.values.items():
                weight = self._weight(name, values)
                array = as_numbers(value)
                if weight is not None and array is not None and array.size == weight.size:
                    total, seen = total + float((array.reshape(weight.shape) * weight).sum()), True
        return total if seen else None

    def _weight(self, name: str, values: RightValues) -> np.ndarray | None:
        own = self.task.values[name]
        place = own.parts[0]
        if place.gradient:
            return None
        if place.tensor == self.right.derivation.of:
            return np.ones(())
        if place.tensor not in self.right.derivation.upstream:
            return None
        slope = next(
            (
                v
                for v in self.task.values.values()
                if v.gradient and v.parts[0].tensor == place.tensor
            ),
            None,
        )
        return None if slope is None else np.asarray(values.value(slope), dtype=float)


def source_of(task: Task, gradient: str) -> str | None:
    """The name of the course's value that a gradient is by."""
    tensors = [p.tensor for p in task.values[gradient].parts]
    for name, value in task.values.items():
        if not value.gradient and [p.tensor for p in value.parts] == tensors:
            return name
    return None
