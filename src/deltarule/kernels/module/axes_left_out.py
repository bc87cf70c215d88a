"""What a kernel's file says of last axes that loops are longer without, where they are 1."""

from __future__ import annotations

from deltarule.kernels.lowering.matcher import Matcher
from deltarule.kernels.passes.arguments_apart import short_rows
from deltarule.kernels.passes.program import Program, known_sizes
from deltarule.kernels.passes.unit_axes import UnitAxis, unit_axes
from deltarule.networks.equations import Equation


def axes_left_out(program: Program, matcher: Matcher) -> list[str]:
    """Lines with a table, by the names of sizes: on which axis of which array each stands, and
    what must be 1 too; none where there is no such size.
    """
    if matcher.code.complex:
        return []
    match = matcher.match

    def loops(equation: Equation) -> Equation:
        return match(equation).site.collapsed.equation

    lines = []
    found = unit_axes(program, lambda e: match(e).lowering.calls, loops)
    if found:
        rows = [f'    "{u.size}": ({_arrays(u, program)}, {_names(u)}),' for u in found]
        comment = "# The axes of arrays that a kernel of its own leaves out where they are 1 long."
        lines += ["", "", comment, "UNIT_AXES = {", *rows, "}"]
    known = {s.name: (n, k) for s, (n, k, *_) in known_sizes(program.network)[0].items()}
    short = [sorted(names) for names in short_rows(program, loops) if names <= known.keys()]
    if short:
        rows = [f"    {tuple(n)}: {[known[s] for s in n]}," for n in short]
        comment = (
            "# The sizes of rows, and what tells them, of which another kernel has longer loops."
        )
        lines += ["", "", comment, "SHORT_ROWS = {", *rows, "}"]
    return lines


def _arrays(unit: UnitAxis, program: Program) -> dict[str, int]:
    """The axis by the names that a caller uses: the gradient of an output y is called dy."""
    called = {t.name for t in program.network.tensors.values() if t.given} | {*program.values}
    axes = {n: k for n, k in unit.axes.items() if n in called}
    return axes | {f"d{t}": unit.axes[t] for t in program.upstream if t in unit.axes}


def _names(unit: UnitAxis) -> tuple[str, ...]:
    return tuple(sorted(map(str, unit.behind)))
