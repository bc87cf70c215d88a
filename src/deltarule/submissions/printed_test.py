"""A counterexample as a test to paste: arrays, the calls in the course's names, what is right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any, Protocol

import numpy as np

from deltarule.submissions.counterexample import ATOL, RTOL, Example
from deltarule.submissions.course_conventions import Call, Task, Value
from deltarule.submissions.printed_numbers import literal, nested
from deltarule.submissions.reproduced_values import reproduced
from deltarule.submissions.right_values import RightValues
from deltarule.submissions.written_returns import Returned

_MODULE = re.compile(r"[^\W\d]\w*")


def without_imports(test: str, file: str) -> str:
    """A printed test without the line that imports from the student's file."""
    start = f"from {PurePath(file).stem} import "
    return "".join(line for line in test.splitlines(True) if not line.startswith(start))


def printed_test(
    task: Task, chosen: Mapping[int, str], number: int, example: Example, file: str
) -> str:
    """The text of a test that fails as long as the function is wrong; `file` is the student's.

    Who computes rightly from the numbers that it prints passes it: they have as many digits as that
    takes. "" where no digits are enough.
    """
    for exact in (False, True):
        writer = _Writer(task, dict(chosen), number, example, exact)
        text = writer.text(file)
        if reproduced(task, example, writer.given, exact):
            return text
    return ""


def printed_mask_test(
    task: Task, chosen: Mapping[int, str], number: int, values: RightValues, drawn: Drawn, file: str
) -> str:
    """The text of a test that fails as long as a mask is drawn wrongly: of many entries."""
    example = Example(values.setting, values, ())
    return _Writer(task, dict(chosen), number, example).of_mask(drawn, file)


class Drawn(Protocol):
    """An output that shows a mask, and a line that fails by what is `kept`, or kept `again`;
    `numbers` are what it is drawn for."""

    @property
    def output(self) -> str: ...
    @property
    def check(self) -> str: ...
    @property
    def numbers(self) -> str: ...


class _Writer:
    def __init__(
        self, task: Task, chosen: dict[int, str], number: int, example: Example, exact: bool = False
    ):
        self.task, self.chosen, self.number, self.example = task, chosen, number, example
        self.values: RightValues = example.values
        self.exact = exact
        self._arrays: dict[str, str] = {}
        self._object, self._suffix = "layer", ""

    @property
    def given(self) -> list[str]:
        """The values that are printed, and given to the calls."""
        return [name for name in self._arrays if name in self.task.values]

    def text(self, file: str) -> str:
        kinds = ("class",), ("function", "method")
        calls = self._calls(*kinds[0]) + self._batch_before() + self._calls(*kinds[1])
        head = self._head(file)
        arrays = [f"{name} = {text}" for name, text in self._arrays.items()]
        checks = [line for name in self.example.wrong for line in self._check(name)]
        seed = ["np.random.seed(0)"] if self.task.recovered else []
        return "\n".join([*head, *seed, *arrays, *calls, *checks, *self._kept_as_they_were]) + "\n"

    def _calls(self, *kinds: str) -> list[str]:
        """The lines of all calls of some kinds, of the last one with what is said of it."""
        found: list[str] = []
        for k, call in enumerate(self.task.calls[: self.number + 1]):
            if k not in self.chosen or call.kind not in kinds:
                continue
            lines = self._call(call, self.chosen[k], k)
            if k == self.number and not self._suffix:
                found += [f"{name}_before = {name}.copy()" for name in self.example.changed]
                found += self._raised()
                found += lines if self.example.twice else []
            found += [*lines, *self._between(k, call)]
        return found

    @property
    def _kept_as_they_were(self) -> list[str]:
        """That arguments are what they were before the last call."""
        return [f"np.testing.assert_array_equal({n}, {n}_before)" for n in self.example.changed]

    def _batch_before(self) -> list[str]:
        """The calls for the batch that an object is given before, if it is used again."""
        if not self.example.setting.again:
            return []
        with self._other_batch():
            return self._calls("method")

    def _between(self, number: int, call: Call) -> list[str]:
        """A function called for another batch as well, if that is tried."""
        again = self.example.setting.again and call.kind == "function" and not self._suffix
        if not again or number == self.number:
            return []
        with self._other_batch():
            *_, called = self._call(call, self.chosen[number], number, only=True)
        return [f"_ = {called.partition(' = ')[2]}"]

    @contextmanager
    def _other_batch(self) -> Iterator[None]:
        """What is written meanwhile is of the other batch."""
        now, self.values, self._suffix = self.values, self.values.before(), "_other"
        yield
        self.values, self._suffix = now, ""

    def of_mask(self, drawn: Drawn, file: str) -> str:
        """The last call, of ones, and once more where the mask that it draws then is looked at."""
        before = self._calls("class")
        calls = self._call(self.task.calls[self.number], self.chosen[self.number], self.number)
        shapes = {name: self.values.value(self.task.values[name]).shape for name in self._arrays}
        lines = [*self._head(file), "np.random.seed(0)"]
        lines += [f"{name} = {drawn.numbers.format(shape)}" for name, shape in shapes.items()]
        lines += before
        for name in ("kept", "again") if "again" in drawn.check else ("kept",):
            lines += [*calls, f"{name} = {drawn.output} != 0"]
        return "\n".join([*lines, drawn.check]) + "\n"

    def _head(self, file: str) -> list[str]:
        """What is imported."""
        own = [
            self.chosen[k]
            for k, call in enumerate(self.task.calls[: self.number + 1])
            if k in self.chosen and call.kind != "method"
        ]
        module = PurePath(file).stem
        importing = []
        if _MODULE.fullmatch(module) and file.endswith(".py"):
            importing = [f"from {module} import {', '.join(dict.fromkeys(own))}"]
        return ["import numpy as np", *importing, ""]

    def _raised(self) -> list[str]:
        """What the last call raises, as a comment."""
        if not self.example.raises:
            return []
        at = f" in line {self.example.line}" if self.example.line else ""
        return [f"# raises {' '.join(self.example.detail.split())[:90]}{at}"]

    def _call(self, call: Call, name: str, number: int, only: bool = False) -> list[str]:
        """The lines of a call; with `only`, those up to the call itself."""
        args = [self._argument(a) for a in call.arguments]
        lines = []
        for at in call.leaves:
            lines.append(f"given_{at} = {args[at]}")
            args[at] = f"given_{at}"
        args += [f"{k}={self._argument(a)}" for k, a in call.named.items()]
        sets = [f"{self._object}.{k} = {self._argument(a)}" for k, a in call.sets.items()]
        called = f"{name}({', '.join(args)})"
        if call.kind == "class":
            return [f"{self._object} = {called}", *sets]
        if call.kind == "method":
            called = f"{self._object}.{called.removeprefix(_owner(name))}"
        example = self.example
        returned = Returned(call.returns, number in example.alone, number in example.more)
        lines += [*sets, f"{returned.target} = {called}" if returned.target else called]
        if only:
            return lines
        lines += [f"{v} = {self._object}.{a}" for a, v in call.reads.items()]
        left = [(at, k, v) for at, names in call.leaves.items() for k, v in names.items()]
        lines += [f"{v} = given_{at}[{k!r}]" for at, k, v in left if v in self.task.values]
        return lines + [
            f"{v} = {t}[{k!r}]" for t, k, v in returned.entries if v in self.task.values
        ]

    def _argument(self, tree: Any) -> str:
        if isinstance(tree, Mapping):
            return "{" + ", ".join(f"{k!r}: {self._argument(v)}" for k, v in tree.items()) + "}"
        if isinstance(tree, (list, tuple)):
            return "[" + ", ".join(self._argument(v) for v in tree) + "]"
        if not isinstance(tree, str):
            return repr(tree)
        if tree.startswith("'"):
            return repr(tree.strip("'"))
        if tree in self.task.values:
            name = f"{tree}{self._suffix}"
            if name not in self._arrays:
                array = np.asarray(self.values.value(self.task.values[tree]))
                self._arrays[name] = literal(array, self.exact)
            return name
        if tree in self.task.drawn:
            drawn = np.round(self.values.drawn(self.task.drawn[tree]), 1)  # no value hangs on it
            self._arrays.setdefault(tree, literal(drawn))
            return tree
        number = self.values.number(tree)
        return tree if number is None else repr(number)

    def _check(self, name: str) -> list[str]:
        value = self.task.values[name]
        low, high = self.values.interval(value)
        shape = np.shape(low)
        lines = [f"assert np.shape({name}) == {shape}"] if name in self.example.shapes else []
        if np.array_equal(low, high):
            right = self._of_what_was_drawn(value) or nested(np.asarray(low), self.exact)
            close = f"np.testing.assert_allclose({name}, {right}, rtol={RTOL:g}, atol={ATOL:g})"
            return [*lines, close]
        lines += [
            "# at a tie or a kink any subgradient is right: each entry lies between two numbers",
            f"assert np.all({name} >= np.array({nested(low, self.exact)}) - {ATOL:g})",
            f"assert np.all({name} <= np.array({nested(high, self.exact)}) + {ATOL:g})",
        ]
        total = self.values.total(value)
        if total is not None:
            least, most = (float(f"{t:.10g}") for t in total)
            between = f"{least!r} - {ATOL:g} <= np.sum({name}) <= {most!r} + {ATOL:g}"
            lines.append(f"assert {between}  # all together pass on what there is")
        return lines

    def _of_what_was_drawn(self, value: Value) -> str:
        """What is right for any mask: one number where its entry is 1, one where it is 0."""
        for tensor, shown in self.task.recovered.items():
            drawn = np.asarray(self.values.arrays[tensor])
            kept, lost = (
                np.asarray(self.values.with_givens({tensor: np.full_like(drawn, n)}).value(value))
                for n in (1, 0)
            )
            otherwise = nested(lost, self.exact) if np.any(lost) else "0."
            return f"np.where({shown} != 0, {nested(kept, self.exact)}, {otherwise})"
        return ""


def _owner(name: str) -> str:
    """The class that a method is named with, as `Linear.` of `Linear.forward`."""
    return name[: name.rfind(".") + 1]
