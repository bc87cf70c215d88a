"""The text of a kernel's file: functions, loops, and drivers that check shapes and make room."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from deltarule.kernels.lowering.determinants import with_determinants
from deltarule.kernels.lowering.lowering import Lowering
from deltarule.kernels.lowering.lowerings import LOWERINGS
from deltarule.kernels.lowering.matcher import Matcher
from deltarule.kernels.lowering.schedule import Schedule
from deltarule.kernels.lowering.shared_rooms import Rooms, shared_rooms, written_over
from deltarule.kernels.lowering.stages import Stages
from deltarule.kernels.lowering.thread_bodies import all_bodies_apart, bodies_apart
from deltarule.kernels.lowering.tiles_in_place import tiles_in_place
from deltarule.kernels.module import docstrings, kernel_file
from deltarule.kernels.module.axes_left_out import axes_left_out
from deltarule.kernels.module.entry_points import EntryPoints, strayed
from deltarule.kernels.module.needed_sizes import every_size
from deltarule.kernels.passes.argmax_indices import selections
from deltarule.kernels.passes.arguments_apart import arguments_apart
from deltarule.kernels.passes.program import Pass, Program
from deltarule.kernels.passes.recomputed import recomputed
from deltarule.kernels.passes.signs_of_outputs import signs_of_outputs
from deltarule.kernels.passes.smoothness import steps
from deltarule.kernels.passes.strip_groups import Strips, in_strips
from deltarule.kernels.passes.unit_axes import without
from deltarule.kernels.prelude import texts
from deltarule.kernels.python_text.function_text import write_function
from deltarule.kernels.python_text.identifiers import Spelling
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code
from deltarule.networks.recurrences import Block, Recurrence, blocks
from deltarule.networks.tensors import Tensor

#: Results of so many axes may be large: images, sequences.
STACKED = 3


class Module:
    """Writes the file of one program, with the patterns of `lowerings`.

    Its arrays have no axes of the sizes whose names are `unit`: these are 1. Rows are short whose
    length the sizes tell that are named `short`.
    """

    def __init__(
        self,
        program: Program,
        dtype: str,
        parallel: bool = False,
        transforms: bool | None = None,
        lowerings: Iterable[Lowering[Any]] = LOWERINGS,
        unit: Collection[str] = (),
        short: Collection[str] = (),
    ):
        program = without(recomputed(signs_of_outputs(program)), unit)
        program = arguments_apart(program, short)
        tensors = {**program.backward.tensors, **program.forward.tensors}
        self.strips: dict[str, Strips] = {}
        if dtype != "complex128":
            program, self.strips = in_strips(program)
        self.program, self.dtype, self.parallel = program, dtype, parallel
        self.transforms = transforms
        self._loops_of_prelude = all_bodies_apart if parallel else str
        self.head = kernel_file.head(dtype, parallel)
        self.spelling = Spelling()
        self.code = Code(
            self.spelling, tensors, program.scalars, dtype == "complex128", dtype == "float32"
        )
        self.code.numbers = selections(program.forward.equations)
        self.matcher = Matcher(self.code, lowerings)
        self._write_over()
        self.rooms: dict[str, Rooms] = {}
        for tensor in program.backward.tensors:
            self.spelling.tensor(tensor)
        self.sizes = every_size(program)
        self.prelude: set[str] = set()
        self.tests: dict[str, list[str]] = {}
        self._said_last: list[str] = []
        for symbol in self.sizes:
            self.spelling.symbol(symbol)

    def text(self) -> str:
        """The whole file, which needs NumPy and Numba alone: the passes, then their machinery."""
        body, parts = self._body(), {*self.prelude, "checked_arrays", "addresses"}
        machinery = texts.text(parts, self._loops_of_prelude)
        return self._file([], [*body, kernel_file.MACHINERY, machinery])

    def without_prelude(self) -> str:
        """What is this program's own in the file."""
        return self._file([], self._body())

    def files(self) -> tuple[str, list[tuple[str, str]]]:
        """The file without what kernels share, and the files with that, as stems and texts."""
        body = self._body()
        shared = texts.shared(self.prelude, self.head, self._loops_of_prelude)
        taken = [texts.taken_in(stem) for stem, _ in shared[-1:]]
        own = texts.own({*self.prelude, "checked_arrays", "addresses"})
        body += axes_left_out(self.program, self.matcher)
        return self._file([*taken, own], body), shared

    def _within(self, tensor: Tensor) -> str:
        """The arguments of the test whether integers are in their range."""
        array = self.spelling.tensor(tensor.name)
        axis, way = tensor.points or (0, 0)
        return f"{array}, {self.code.integer(tensor.integers_below, 1)}, {axis}, {way}"

    def _file(self, prelude: list[str], body: list[str]) -> str:
        head = [docstrings.of_file(self.program, self.dtype), self.head]
        contents = kernel_file.contents(self._contents(), bool(self.strips))
        last = ["", "", *self._said_last] if self._said_last else []
        return "\n".join([*head, "", *prelude, "", contents, *body, *last]) + "\n"

    def _body(self) -> list[str]:
        """Functions, both passes, and what is around them; `prelude` is known then."""
        passes, self._said_last = Lines(), []
        self._loops("forward", self.program.forward, passes)
        self._loops("backward", self.program.backward, passes)
        functions = self.code.written_functions(
            lambda function, lines: write_function(function, self.code, lines, self.prelude)
        )
        around = Lines()
        entry_points = EntryPoints(
            self.program, self.code, self.sizes, self.tests, self.rooms, around
        )
        entry_points.write(self.parallel)
        for word, part in (("in_turns(", "turns"), ("either(", "picked")):
            self.prelude |= {part} if word in f"{functions}{passes}" else set()
        return [str(lines) for lines in (functions, passes, around) if str(lines)]

    def _contents(self) -> dict:
        """The names that a caller uses: the gradient of an output y is called dy."""
        program = self.program
        return {
            "given": tuple(t.name for t in program.network.tensors.values() if t.given),
            "kept": program.kept,
            "upstream": tuple(f"d{t}" for t in program.upstream),
            "outputs": program.forward.results,
            "steps": steps(program),
            "determinants": with_determinants(program.forward),
        }

    # ---- loops ------------------------------------------------------------------------------
    def _loops(self, name: str, one: Pass, lines: Lines) -> None:
        """A pass as one compiled function."""
        body = Lines(1)
        self.code.forget()
        array = self.spelling.array
        used = [array(n) for e in one.equations for n in (e.name, *e.read_names())]
        self.matcher.unread = frozenset(
            e
            for e in one.equations
            if used.count(array(e.name)) == 1 and len(e.subscripts) >= STACKED
        )
        parts = self.parts(name, one)
        private = self._private(one, parts)
        wanted = {*self._wanted, *private}
        rooms = shared_rooms(one, parts, wanted, self.spelling.array, self.matcher)
        self.rooms[name] = rooms
        schedule = Schedule(self.matcher, body, self.parallel, private, rooms)
        schedule.blocks(parts)
        one = self._without(name, private, f"{schedule.functions}\n{body}")
        arguments = [self.spelling.tensor(t) for t in (*one.reads, *one.writes)]
        arguments += [self.spelling.symbol(s) for s in self.sizes]
        self.prelude |= schedule.prelude
        tests = " or ".join(f"strays({self._within(t)})" for t in strayed(one))
        said = "\n".join(f"    {line}" for line in self.code.said_before())
        inside, bodies = bodies_apart(
            f"{said}\n{body}", arguments, self.spelling.fresh, schedule.out.short_loops
        )
        lines.add(*str(schedule.functions).splitlines(), *bodies)
        lines.add("", "", "@kept", f"def {name}_loops({', '.join(arguments)}):")
        if tests:
            lines.add(f"    if {tests}:", "        return 1")
        lines.add(*filter(None, inside), "    return 0" if tests else "    return")
        given = (arguments, self.parallel, self.transforms, private, rooms)
        stages = Stages(self.matcher, name, *given)
        stages.write(parts)
        self.tests[name] = stages.tests
        if stages.tests:
            self.prelude |= stages.prelude
            lines.add(*str(stages).splitlines())
            self._said_last.append(stages.parts())

    @property
    def _wanted(self) -> set[str]:
        """The arrays that a caller gets, or hands from one pass to the other."""
        program = self.program
        return {*program.values, *program.backward.results, *program.gradients.values()}

    def _write_over(self) -> None:
        """Leave out the arrays that lie in others, into which their entries are changed."""
        for tile, other in tiles_in_place(self.strips.values(), self.code.tensors).items():
            self.spelling.written_over(tile, other)
        passes = {"forward": self.program.forward, "backward": self.program.backward}
        for (name, one), other in zip(passes.items(), reversed(passes.values()), strict=True):
            elsewhere = {*other.reads, *other.writes, *other.working}
            parts = self.parts(name, one)
            found = written_over(one, parts, self._wanted, elsewhere, self.matcher)
            for tensor, result in found.items():
                self.spelling.written_over(tensor, result)
            one = replace(one, writes=tuple(t for t in one.writes if t not in found))
            self.program = replace(self.program, **{name: one})

    def parts(self, name: str, one: Pass) -> list[Any]:
        """The blocks of a pass, in the order in which they are written."""
        group = self.strips.get(name)
        if group is None:
            return list(blocks(one.equations))
        start = [e.name for e in one.equations].index(group.equations[0].name)
        after = one.equations[start + len(group.equations) :]
        return [*blocks(one.equations[:start]), group, *blocks(after)]

    def _private(self, one: Pass, parts: Sequence[Block]) -> frozenset[str]:
        """The tensors that nobody asks for and that only their own recurrence reads."""
        wanted, found = self._wanted, set()
        for block in parts:
            if isinstance(block, Recurrence):
                others = (e for e in one.equations if e not in block.equations)
                found |= block.names - wanted - {n for e in others for n in e.read_names()}
        return frozenset(found)

    def _without(self, name: str, private: frozenset[str], body: str) -> Pass:
        """The pass without the private tensors that its text does without, as it is from now on."""
        one = getattr(self.program, name)
        words = set(re.findall(r"[^\W\d]\w*", re.sub(r"#.*", "", body)))
        gone = {t for t in private if self.spelling.tensor(t) not in words}
        one = replace(one, writes=tuple(t for t in one.writes if t not in gone))
        self.program = replace(self.program, **{name: one})
        return one
