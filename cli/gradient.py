"""`check gradient`: derivations, and functions of one's own, held against measurements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from deltarule.cli.arguments import no_option, numbers, split
from deltarule.cli.screen import busy, console, write_json
from deltarule.errors import DeltaruleError
from deltarule.gradcheck.result import GradientCheck
from deltarule.spelling.counted import counted

if TYPE_CHECKING:
    from deltarule.gradcheck.choose import ChosenCheck
    from deltarule.gradcheck.user_code.outcome import FunctionOutcome

#: What a derivation file imports its words from.
LANGUAGE = ("deltarule.language", "deltarule.notation")
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
    relative: float | None = None
    absolute: float | None = None
    timeout: float | None = None


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
    error: DeltaruleError | None = None

    @property
    def right(self) -> bool:
        """Whether nothing is wrong, and nothing was left unchecked."""
        sound = self.error is None and not self.faults and all(c.right for c in self.checks)
        return sound and not (self.kernel and self.kernel.fault)


def show_gradients(request: Request) -> int:
    """Check, show what came out, and say by the exit status whether all is right."""
    bare, options = split(request.words)
    if not bare:
        raise DeltaruleError("nothing to check is named", "the command line", REMEDY)
    found: list[Outcome] = []
    for name in bare:
        with busy(f"checking {name}") as line:
            found += _checked(name, request, options, line.tell)
    if len(found) == 1 and found[0].error is not None:
        raise found[0].error
    if request.style == "json":
        from deltarule.reports.gradient_values import check_values

        values = [
            check_values(o.checked, o.checks, o.faults, o.error, **(o.more or {})) for o in found
        ]
        write_json({"right": all(o.right for o in found), "checks": values})
    else:
        _on_screen(found)
    return 0 if all(o.right for o in found) else 1


def _checked(name: str, request: Request, options: Mapping, tell) -> list[Outcome]:
    path, _, function = name.partition(":")
    if function or (path.endswith(".py") and not _is_derivation(Path(path))):
        return _own(Path(path), function, request, options, tell)
    own = {
        "shape": request.shapes,
        "rtol": request.relative,
        "atol": request.absolute,
        "timeout": request.timeout,
    }
    for option in (n for n in ("rtol", "atol", "timeout") if own[n] is not None):
        raise DeltaruleError(
            f"--{option} is about functions of your own",
            "the command line",
            "leave it out: a derivation is checked in balls, to 30 digits",
        )
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
        isinstance(node, ast.ImportFrom) and (node.module or "").startswith(LANGUAGE)
        for node in ast.walk(tree)
    )


def _derivation(name: str, request: Request, options: Mapping, tell) -> Outcome:
    from deltarule.gradcheck.choose import check_derivation
    from deltarule.reports.gradient_values import kernel_values

    began = perf_counter()
    found = check_derivation(
        name,
        numbers(request.settings),
        request.seed,
        request.jacobian,
        tell,
        options,
        request.kernel,
    )
    lines = [found.note] if found.note else []
    more = {"seconds": perf_counter() - began, "jacobian": found.jacobian, "note": found.note}
    if found.jacobian:
        seconds = sum(c.seconds for c in found.checks)
        entries, outputs = sum(c.entries for c in found.checks), found.checks[0].outputs
        more |= {"measuring": seconds, "shape": [entries, outputs]}
        passes = counted(sum(c.passes for c in found.checks), "pass")
        lines.append(
            f"Jacobian of {entries} × {outputs} by compiled kernels, in {passes} and "
            f"{_time(seconds)}, compilation apart"
        )
        lines.append(
            "held against the derived gradients for 3 random gradients of the outputs"
            if outputs > 1
            else "held against the derived gradients"
        )
    if found.kernel:
        more["kernel"] = kernel_values(found)
    return Outcome(name, found.title, found.checks, (), lines, more, kernel=found)


def _own(path: Path, function: str, request: Request, options: Mapping, tell) -> list[Outcome]:
    from deltarule.gradcheck.user_code.isolated import TIMEOUT, FileRequest, check_file

    if options:
        raise no_option(
            options, f"a function's other arguments are set by --set: --set {next(iter(options))}=2"
        )
    for option, asked in (("jacobian", request.jacobian), ("no-kernel", not request.kernel)):
        if asked:
            raise DeltaruleError(
                f"--{option} is about derivations",
                "the command line",
                "leave it out: a function of your own has no kernel",
            )
    asked = FileRequest(
        path,
        function or None,
        dict(_shape(text) for text in request.shapes),
        numbers(request.settings),
        request.seed,
        request.relative,
        request.absolute or 0.0,
        TIMEOUT if request.timeout is None else request.timeout,
    )
    return [_of_own(outcome) for outcome in check_file(asked, tell)]


def _of_own(found: FunctionOutcome) -> Outcome:
    lines = [f"central differences are taken: {found.why}"] if found.why else []
    lines += found.notes
    if found.left_out:
        lines.append("left out, where its value is no number: " + ", ".join(found.left_out))
    lines += [f"it prints: {line}" for line in found.prints]
    lines += [f"it warns: {line}" for line in found.warns]
    more = {
        "why": found.why,
        "place": found.place,
        "measured": found.measured,
        "notes": found.notes,
        "points": found.points,
        "left_out": found.left_out,
        "prints": found.prints,
        "warns": found.warns,
    }
    error = DeltaruleError(*found.error) if found.error else None
    return Outcome(
        found.name,
        f"{found.name} ({found.place})",
        found.checks,
        found.faults,
        lines,
        more,
        "given",
        found.measured,
        error=error,
    )


def _shape(text: str) -> tuple[str, str]:
    name, equals, shape = text.partition("=")
    if not equals:
        raise DeltaruleError(
            f"{text!r} gives no argument a shape", "--shape", 'write --shape "x=N D"'
        )
    return name.strip(), shape.strip()


def _on_screen(found: Sequence[Outcome]) -> None:
    from deltarule.cli.gradient_page import gradient_page, unchecked
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
        if outcome.error is not None:
            unchecked(page, outcome.error)
            continue
        points = len((outcome.more or {}).get("points", ()))
        also = f"and at {counted(points, 'point')} with zeros, ties and extremes" if points else ""
        gradient_page(page, outcome.checks, outcome.faults, outcome.own, outcome.bare, also)
        if outcome.kernel:
            kernel_line(page, outcome.kernel)
    page.show(screen)


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"
