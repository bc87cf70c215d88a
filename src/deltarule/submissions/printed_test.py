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
from deltarule.submissions.right_values import RightValues

_MODULE = re.compile(r"[^\W\d]\w*")


def without_imports(test: str, file: str) -> str:
    """A printed test without the line that imports from the student's file."""
    start = f"from {PurePath(file).stem} import "
    return "".join(line for line in test.splitlines(True) if not line.startswith(start))


def printed_test(
    task: Task, chosen: Mapping[int, str], number: int, example: Example, file: str
) -> str:
    """The text of a test that fails as long as the function is wrong; `file` is the student's."""
    return _Writer(task, dict(chosen), number, example).text(file)


def printed_mask_test(
    task: Task, chosen: Mapping[int, str], number: int, values: RightValues, drawn: Drawn, file: str
) -> str:
    """The text of a test that fails as long as a mask is drawn wrongly: of many entries."""
    example = Example(values.setting, values, ())
    return _Writer(task, dict(chosen), number, example).of_mask(drawn, file)


class Drawn(Protocol):
    """An output that shows a mask, and a line that fails by what is `kept`, or kept `again`."""

    @property
    def output(self) -> str: ...
    @property
    def check(self) -> str: ...


class _Writer:
    def __init__(self, task: Task, chosen: dict[int, str], number: int, example: Example):
        self.task, self.chosen, self.number, self.example = task, chosen, number, example
        self.values: RightValues = example.values
        self._arrays: dict[str, str] = {}
        self._object, self._suffix = "layer", ""

    def text(self, file: str) -> str:
        calls = self._calls("class") + self._batch_before() + self._calls("function", "method")
        head = self._head(file)
        arrays = [f"{name} = {text}" for name, text in self._arrays.items()]
        checks = [line for name in self.example.wrong for line in self._check(name)]
        seed = ["np.random.seed(0)"] if self.task.recovered else []
        return (
            "\n".join([*head, *seed, *arrays, *calls[:-1], *self._raised(), calls[-1], *checks])
            + "\n"
        )

    def _calls(self, *kinds: str) -> list[str]:
        """The lines of all calls of some kinds."""
        return [
            line
            for k, call in enumerate(self.task.calls[: self.number + 1])
            if k in self.chosen and call.kind in kinds
            for line in (*self._call(call, self.chosen[k]), *self._between(k, call))
        ]

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
            called = self._call(call, self.chosen[number])[0]
        return [f"_ = {called.partition(' = ')[2]}"]

    @contextmanager
    def _other_batch(self) -> Iterator[None]:
        """What is written meanwhile is of the other batch."""
        now, self.values, self._suffix = self.values, self.values.before(), "_other"
        yield
        self.values, self._suffix = now, ""

    def of_mask(self, drawn: Drawn, file: str) -> str:
        """The last call, of ones, and once more where the mask that it draws then is looked at."""
        calls = self._call(self.task.calls[self.number], self.chosen[self.number])
        shapes = {name: self.values.value(self.task.values[name]).shape for name in self._arrays}
        lines = [*self._head(file), "np.random.seed(0)"]
        lines += [f"{name} = np.ones({shape})" for name, shape in shapes.items()]
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

    def _call(self, call: Call, name: str) -> list[str]:
        args = [self._argument(a) for a in call.arguments]
        args += [f"{k}={self._argument(a)}" for k, a in call.named.items()]
        lines = [f"{self._object}.{k} = {self._argument(a)}" for k, a in call.sets.items()]
        called = f"{name}({', '.join(args)})"
        if call.kind == "class":
            return [f"{self._object} = {called}", *lines]
        if call.kind == "method":
            called = f"{self._object}.{called.removeprefix(_owner(name))}"
        target = _target(call.returns)
        lines.append(f"{target} = {called}" if target else called)
        lines += [f"{v} = {self._object}.{a}" for a, v in call.reads.items()]
        return lines + [f"{v} = {t}[{k!r}]" for t, k, v in _entries(call.returns)]

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
                self._arrays[name] = _literal(np.asarray(self.values.value(self.task.values[tree])))
            return name
        if tree in self.task.drawn:
            drawn = np.round(self.values.drawn(self.task.drawn[tree]), 1)  # no value hangs on it
            self._arrays.setdefault(tree, _literal(drawn))
            return tree
        number = self.values.number(tree)
        return tree if number is None else repr(number)

    def _check(self, name: str) -> list[str]:
        value = self.task.values[name]
        low, high = self.values.interval(value)
        if np.array_equal(low, high):
            right = self._of_what_was_drawn(value) or _nested(np.asarray(low))
            return [f"np.testing.assert_allclose({name}, {right}, rtol={RTOL:g}, atol={ATOL:g})"]
        lines = [
            "# at a tie or a kink any subgradient is right: each entry lies between two numbers",
            f"assert np.all({name} >= np.array({_nested(low)}) - {ATOL:g})",
            f"assert np.all({name} <= np.array({_nested(high)}) + {ATOL:g})",
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
            return f"np.where({shown} != 0, {_nested(kept)}, {_same_or_nested(lost)})"
        return ""


def _same_or_nested(array: np.ndarray) -> str:
    return _nested(array) if np.any(array) else "0."


def _owner(name: str) -> str:
    """The class that a method is named with, as `Linear.` of `Linear.forward`."""
    return name[: name.rfind(".") + 1]


def _target(tree: Any) -> str:
    if isinstance(tree, str):
        return "_" if tree == "-" else tree
    if isinstance(tree, Mapping):
        return "returned"
    if isinstance(tree, (list, tuple)) and tree:
        parts = [f"({_target(t)})" if isinstance(t, (list, tuple)) else _target(t) for t in tree]
        return ", ".join(parts) + ("," if len(parts) == 1 else "")
    return ""


def _entries(tree: Any) -> Iterator[tuple[str, str, str]]:
    """The entries of dictionaries that are returned: the dictionary, the key, the value's name."""
    if isinstance(tree, Mapping):
        yield from ((_target(tree), str(k), v) for k, v in tree.items())
    elif isinstance(tree, (list, tuple)):
        for part in tree:
            yield from _entries(part)


def _literal(array: np.ndarray) -> str:
    if not array.shape:
        return _number(array[()])
    empty = f", shape {array.shape}" if not array.size else ""
    return f"np.zeros({array.shape})" if empty else f"np.array({_nested(array)})"


def _nested(array: np.ndarray) -> str:
    if not array.shape:
        return _number(array[()])
    return "[" + ", ".join(_nested(a) for a in array) + "]"


def _number(value: Any) -> str:
    if isinstance(value, (np.integer, int)):
        return str(int(value))
    number = float(value)
    text = f"{0.0 if abs(number) < ATOL / 10 else number:.9g}"
    return f"{text}." if re.fullmatch(r"-?\d+", text) else text
