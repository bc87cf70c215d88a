"""What a lowering writes to, and asks to lower what is left of its equation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.packed_panels import Panels
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code
from deltarule.networks.equations import Equation


class Matched(Protocol):
    """A lowering with its plan (`lowering.Match`)."""

    def emit(self, out: Emitter) -> None: ...


class Matching(Protocol):
    """What chooses lowerings (`matcher.Matcher`)."""

    code: Code
    unread: frozenset[Equation]

    def match(self, equation: Equation, loop_indices: Sequence[Index] = ()) -> Matched: ...


class Emitter:
    """`lines` of a pass in the words of `code`; `prelude` collects the helpers that they call.

    With `parallel`, outermost loops run in threads. Within a recurrence `packed` keeps matrices
    that no time changes, and within a strip those that all strips multiply with.
    """

    def __init__(self, matcher: Matching, lines: Lines, parallel: bool = False):
        self.matcher, self.lines, self.parallel = matcher, lines, parallel
        self.code = matcher.code
        self.prelude: set[str] = set()
        self.packed: Panels | None = None
        #: Whether short loops run over several arrays, of which LLVM must know that they lie apart:
        #: it would compare their places before each loop.
        self.short_loops = False

    def lower(self, equation: Equation, loop_indices: Sequence[Index] = ()) -> None:
        """Emit an equation by the lowering that it matches."""
        self.matcher.match(equation, loop_indices).emit(self)

    def collapsed(self, site: Site) -> Equation:
        """The site's equation over as few indices as possible, behind the views that it needs."""
        found = site.collapsed
        self.code.tensors.update(found.tensors)
        for name, tensor in found.views.items():
            other = self.code.spelling.array(tensor)
            if other != tensor and name.startswith(tensor):
                self.code.spelling.written_over(name, other + name.removeprefix(tensor))
            lengths = [self.code.integer(n) for n in found.tensors[name].axes]
            shape = f"({', '.join(lengths)}{',' if len(lengths) == 1 else ''})"
            spell = self.code.spelling.tensor
            line = f"{spell(name)} = seen_as({spell(tensor)}, {shape})"
            if not self.lines.ends_with(line):
                self.lines.add(line)
            self.prelude.add("views")
        return found.equation
