"""`check gradient`: derivations, and functions of one's own, held against measurements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from deltarule.checking.gradient_check import GradientCheck
from deltarule.cli.arguments import numbers, split
from deltarule.cli.screen import busy, console, write_json
from deltarule.notation.errors import DeltaruleError

if TYPE_CHECKING:
    from deltarule.checking.chosen_check import ChosenCheck

REMEDY = "write check gradient conv, or check gradient layers.py:dense"


@dataclass(frozen=True)
class Request:
    """What a person asked to be checked, and at which sizes."""

    words: Sequence[str]
    settings: Sequence[str] = ()
    shapes: Sequence[str] = ()
    seed: int = 0
    jacobian: bool = False
    style: str = "screen"
    kernel: bool = True


@dataclass(frozen=True)
class Outcome:
    """What is shown of one derivation or function."""

    checked: str
    title: str
    checks: Sequence[GradientCheck]
    faults: Sequence[str] = ()
    lines: Sequence[str] = ()
    more: Mapping | None = None
    own: str = "derived"
    bare: bool = False
    kernel: ChosenCheck | None = None

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults and all(c.right for c in self.checks) and not (
            self.kernel and self.kernel.fault
        )


def show_gradients(request: Request) -> int:
    """Check, show what came out, and say by the exit status whether all is right."""
    bare, options = split(request.words)
    if not bare:
        raise DeltaruleError("nothing to check is named", "the command line", REMEDY)
    found: list[Outcome] = []
    for name in bare:
        with busy(f"checking {name}") as line:
            found += _checked(name, request, options, line.tell)
    if request.style == "json":
        from deltarule.reports.gradients import check_values

        values = [check_values(o.checked, o.checks, o.faults, **(o.more or {})) for o in found]
        write_json({"right": all(o.right for o in found), "checks": values})
    else:
        _on_screen(found)
    return 0 if all(o.right for o in found) else 1


def _checked(name: str, request: Request, options: Mapping, tell) -> list[Outcome]:
    path, _, function = name.partition(":")
    if function or (path.endswith(".py") and not _is_derivation(Path(path))):
        return _own(Path(path), function, request, options, tell)
    if request.shapes:
        raise DeltaruleError(
            "a derivation has its shapes", "--shape", "leave it out; --set N=2 gives a size"
        )
    return [_derivation(name, request, options, tell)]


def _is_derivation(path: Path) -> bool:
    """Whether a file is written in the words of derivations, and no program of its own."""
    import ast

    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return True
    return any(
        isinstance(node, ast.ImportFrom) and (node.module or "").startswith("deltarule.notation")
        for node in ast.walk(tree)
    )


def _derivation(name: str, request: Request, options: Mapping, tell) -> Outcome:
    from deltarule.checking.chosen_check import check_derivation
    from deltarule.reports.gradients import kernel_values

    began = perf_counter()
    found = check_derivation(
        name, numbers(request.settings), request.seed, request.jacobian, tell, options,
        request.kernel,
    )
    lines = [found.note] if found.note else []
    more = {"seconds": perf_counter() - began, "jacobian": found.jacobian, "note": found.note}
    if found.jacobian:
        seconds = sum(c.seconds for c in found.checks)
        entries, outputs = sum(c.entries for c in found.checks), found.checks[0].outputs
        more |= {"measuring": seconds, "shape": [entries, outputs]}
        lines.append(
            f"Jacobian of {entries} × {outputs} by compiled kernels, in "
            f"{sum(c.passes for c in found.checks)} passes and {_time(seconds)}, compilation apart"
        )
        lines.append("held against the derived gradients for 3 random gradients of the outputs"
                     if outputs > 1 else "held against the derived gradients")  # fmt: skip
    if found.kernel:
        more["kernel"] = kernel_values(found)
    return Outcome(name, found.title, found.checks, (), lines, more, kernel=found)


def _own(path: Path, function: str, request: Request, options: Mapping, tell) -> list[Outcome]:
    from deltarule.checking.own_checks import check_own
    from deltarule.checking.own_function import own_functions

    shapes = dict(_shape(text) for text in request.shapes)
    given = numbers(request.settings)
    if options:
        raise DeltaruleError(
            f"there is no option --{next(iter(options)).replace('_', '-')}", "the command line",
            f"a function's other arguments are set by --set: --set {next(iter(options))}=2",
        )  # fmt: skip
    found = []
    for own in own_functions(path, function or None, shapes, given):
        result = check_own(own, seed=request.seed, sizes=given, progress=tell)
        lines = []
        if result.why:
            lines.append(f"central differences are taken: {result.why}")
        found.append(Outcome(
            own.name, f"{own.name} ({own.place})", result.checks, result.faults, lines,
            {"why": result.why, "place": own.place}, "given", result.measured,
        ))  # fmt: skip
    return found


def _shape(text: str) -> tuple[str, str]:
    name, equals, shape = text.partition("=")
    if not equals:
        raise DeltaruleError(
            f"{text!r} gives no argument a shape", "--shape", 'write --shape "x=N D"'
        )
    return name.strip(), shape.strip()


def _on_screen(found: Sequence[Outcome]) -> None:
    from deltarule.cli.gradient_page import gradient_page
    from deltarule.cli.kernel_line import kernel_line
    from deltarule.cli.page import Page

    screen = console()
    page = Page(screen.width)
    for outcome in found:
        page.blank()
        page.title(outcome.title)
        for line in outcome.lines:
            page.prose(line, style="dim")
        page.blank()
        gradient_page(page, outcome.checks, outcome.faults, outcome.own, outcome.bare)
        if outcome.kernel:
            kernel_line(page, outcome.kernel)
    page.show(screen)


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"
