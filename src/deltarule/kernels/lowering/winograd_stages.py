"""A pass in stages: compiled loops, and between them window sums with fewer multiplications.

Such a pass is a function of Python, so that the transforms are compiled where they are used, and
by themselves. It stands beside the pass in one compiled function, for sizes where it is faster.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from deltarule.kernels.lowering.convolution import fits, shapes, write_windows
from deltarule.kernels.lowering.patterns import Windows, product_of, windows_of
from deltarule.kernels.lowering.schedule import Schedule
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Block
from deltarule.spelling.text import text


class Stages:
    """Writes a pass in stages: `functions` and `body`; `tests` tell when it is to be taken.

    `transforms` is True where the sizes alone decide, None where cost does, and False for never.
    """

    def __init__(
        self,
        code: Code,
        name: str,
        arguments: Sequence[str],
        parallel: bool,
        transforms: bool | None = None,
    ):
        self.code, self.name, self.arguments = code, name, arguments
        self.parallel, self.transforms = parallel, transforms
        self.functions, self.body = Lines(), Lines(1)
        self.prelude: set[str] = {"winograd_blocks"}
        self.tests: list[str] = []
        self._count = 0

    def write(self, parts: Sequence[Block]) -> None:
        """All blocks; nothing where no sum has the pattern."""
        if self.transforms is False or not any(map(self._pattern, parts)):
            return
        self.body.add("ranges = {}")
        waiting: list[Block] = []
        for block in parts:
            pattern, found = self._pattern(block), product_of(block) if _plain(block) else None
            if pattern is None or found is None:
                waiting.append(block)
                continue
            self._segment([*waiting, replace(block, rhs=found[1])])
            waiting = []
            self._windows(pattern, f"{text(block.lhs)} += {text(found[0])}")
        self._segment(waiting)

    def __str__(self) -> str:
        head = f"def {self.name}_in_stages({', '.join(self.arguments)}):"
        own = "".join(f"{self.name}_{k + 1}, " for k in range(self._count))
        parts = f"{self.name}_in_stages.parts = ({own}*PARTS)"
        return "\n".join(map(str, (self.functions, "", "", head, self.body, "", "", parts)))

    def _pattern(self, block: Block) -> Windows | None:
        """The window pattern of an equation that transforms can do."""
        if self.code.complex or not _plain(block):
            return None
        pattern = windows_of(block, self.code.tensors)
        return pattern if pattern is not None and applies(pattern) else None

    def _windows(self, pattern: Windows, told: str) -> None:
        forced = self.transforms is True
        tests = [f"tiles_pay({shape}, {forced})" for shape in shapes(pattern, self.code)]
        self.tests += [test for test in tests if test not in self.tests]
        self.code.flattened = {}
        lines = Lines(1)
        lines.comment(told)
        write_windows(pattern, self.code, lines, forced)
        for tensor, flat in self.code.flattened.items():
            array = self.code.spelling.tensor(tensor)
            self.body.add(f"{flat} = {array}.reshape({array}.size)")
        self.body.extend(line.removeprefix("    ") for line in str(lines).splitlines())

    def _segment(self, parts: Sequence[Block]) -> None:
        """Blocks as a compiled function, and its call."""
        if not parts:
            return
        self._count += 1
        self.code.pointers = {}
        inside = Lines(1)
        schedule = Schedule(self.code, inside, self.parallel)
        for block in parts:
            schedule.block(block)
        self.prelude |= schedule.prelude
        lines = [
            f"    {pointer} = data({self.code.spelling.tensor(tensor)})"
            for tensor, pointer in self.code.pointers.items()
        ]
        lines += str(inside).splitlines()
        words = set(re.findall(r"[^\W\d]\w*", re.sub(r"#.*", "", "\n".join(lines))))
        call = f"{self.name}_{self._count}({', '.join(a for a in self.arguments if a in words)})"
        self.functions.add("", "", decorator("\n".join(lines)), f"def {call}:")
        self.functions.add(*lines)
        self.body.add(call)


def applies(pattern: Windows) -> bool:
    """Whether windows lie side by side on two axes: strides and dilations of 1."""
    return (
        fits(pattern)
        and len(pattern.windows) == 2
        and all(w.stride == w.dilation == 1 for w in pattern.windows)
    )


def _plain(block: Block) -> bool:
    return isinstance(block, Equation)


def decorator(body: str) -> str:
    """How a function is compiled that is called from outside; Numba warns of idle threads."""
    return "@kept_in_threads" if "prange(" in body else "@kept"
