"""A pass in stages: compiled loops, and between them calls that Python makes.

Such a pass is a function of Python, so that Winograd transforms are compiled where they are used,
and by themselves. It stands beside the pass in one compiled function, for sizes where it is faster.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from deltarule.kernels.lowering.lowering import Stage
from deltarule.kernels.lowering.matcher import Matcher
from deltarule.kernels.lowering.schedule import Schedule
from deltarule.kernels.lowering.shared_rooms import Rooms
from deltarule.kernels.lowering.thread_bodies import bodies_apart
from deltarule.kernels.python_text.indented import Lines
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Block


class Stages:
    """Writes a pass in stages: `functions` and `body`; `tests` tell when it is to be taken.

    `transforms` is True where the sizes alone decide, None where cost does, and False for never.
    `private` tensors need not be in memory, and others share `rooms` (see `Schedule`).
    """

    def __init__(
        self,
        matcher: Matcher,
        name: str,
        arguments: Sequence[str],
        parallel: bool,
        transforms: bool | None = None,
        private: frozenset[str] = frozenset(),
        rooms: Rooms | None = None,
    ):
        self.private, self._rooms = private, rooms
        self.matcher, self.code = matcher, matcher.code
        self.name, self.arguments = name, arguments
        self.parallel, self.transforms = parallel, transforms
        self.functions, self.body = Lines(), Lines(1)
        self.prelude: set[str] = set()
        self.tests: list[str] = []
        self._count = 0

    def write(self, parts: Sequence[Block]) -> None:
        """All blocks; nothing where no lowering has a stage of its own."""
        stages = [self._stage(block) for block in parts]
        if self.transforms is False or not any(stages):
            return
        self.body.add("ranges = {}")
        waiting: list[Block] = []
        for block, stage in zip(parts, stages, strict=True):
            if stage is None or not isinstance(block, Equation):
                waiting.append(block)
                continue
            self._segment([*waiting, replace(block, rhs=stage.rest)])
            waiting = []
            self._call(stage)
        self._segment(waiting)

    def __str__(self) -> str:
        head = f"def {self.name}_in_stages({', '.join(self.arguments)}):"
        return "\n".join(map(str, (self.functions, "", "", head, self.body)))

    def parts(self) -> str:
        """What is said of the function once all that it calls is defined."""
        own = "".join(f"{self.name}_{k + 1}, " for k in range(self._count))
        return f"{self.name}_in_stages.parts = ({own}*PARTS)"

    def _stage(self, block: Block) -> Stage | None:
        return self.matcher.match(block).stage() if isinstance(block, Equation) else None

    def _call(self, stage: Stage) -> None:
        """One call, with the views that it needs before it."""
        forced = self.transforms is True
        self.prelude.add(stage.prelude)
        self.tests += [test for test in stage.tests(forced) if test not in self.tests]
        self.code.flattened = {}
        lines = Lines(1)
        lines.comment(stage.comment)
        stage.write(lines, forced)
        for tensor, flat in self.code.flattened.items():
            array = self.code.spelling.tensor(tensor)
            self.body.add(f"{flat} = {array}.reshape({array}.size)")
        self.body.extend(line.removeprefix("    ") for line in str(lines).splitlines())

    def _segment(self, parts: Sequence[Block]) -> None:
        """Blocks as a compiled function, and its call."""
        if not parts:
            return
        self._count += 1
        self.code.forget()
        inside = Lines(1)
        schedule = Schedule(self.matcher, inside, self.parallel, self.private, self._rooms)
        schedule.blocks(parts)
        self.prelude |= schedule.prelude
        lines = [f"    {line}" for line in self.code.said_before()]
        lines += str(inside).splitlines()
        words = set(re.findall(r"[^\W\d]\w*", re.sub(r"#.*", "", "\n".join(lines))))
        taken = [a for a in self.arguments if a in words]
        lines, bodies = bodies_apart("\n".join(lines), taken, self.code.spelling.fresh)
        call = f"{self.name}_{self._count}({', '.join(taken)})"
        self.functions.add(*str(schedule.functions).splitlines(), *bodies)
        self.functions.add("", "", "@kept", f"def {call}:")
        self.functions.add(*lines)
        self.body.add(call)
