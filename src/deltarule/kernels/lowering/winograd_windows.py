"""Window sums by Winograd (Cook–Toom) transforms, where windows lie side by side on two axes."""

from __future__ import annotations

from functools import partial

from deltarule.kernels.lowering.convolution import Convolution, in_groups, shapes, write_windows
from deltarule.kernels.lowering.lowering import Stage
from deltarule.kernels.lowering.patterns import Windows
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code
from deltarule.spelling.text import text


def stage(plan: Convolution, site: Site) -> Stage | None:
    """The sum as a call that chooses by cost, or is forced to take the transforms."""
    if not applies(plan.windows):
        return None
    return Stage(
        plan.rest,
        f"{text(site.equation.lhs)} += {text(plan.total)}",
        partial(_tests, plan.windows, site.code),
        partial(_write, plan.windows, site.code),
        "winograd_blocks",
    )


def applies(pattern: Windows) -> bool:
    """Whether windows lie side by side on two axes (strides and dilations of 1), in no groups."""
    if len(pattern.windows) != 2 or in_groups(pattern):
        return False
    return all(w.stride == w.dilation == 1 for w in pattern.windows)


def _tests(pattern: Windows, code: Code, forced: bool) -> list[str]:
    return [f"tiles_pay({shape}, {forced})" for shape in shapes(pattern, code)]


def _write(pattern: Windows, code: Code, lines: Lines, forced: bool) -> None:
    write_windows(pattern, code, lines, forced)
