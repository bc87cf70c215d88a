"""`check gradient`: derivations, and functions of one's own, held against measurements."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from deltarule.cli.arguments import no_option, numbers, split
from deltarule.cli.formats import show
from deltarule.cli.gradient_command import Gradient
from deltarule.cli.screen import busy
from deltarule.errors import DeltaruleError
from deltarule.reports.things import MeasuredGradients
from deltarule.spelling.counted import counted
from deltarule.spelling.names import ascii_name

if TYPE_CHECKING:
    from deltarule.gradcheck.user_code.outcome import FunctionOutcome
    from deltarule.networks.network import Network

#: What a derivation file imports its words from.
LANGUAGE = ("deltarule.language", "deltarule.notation")
#: What is said before a file is run.
RUNS = "is run, and may do all that you may; with --sandbox it sees nothing of yours"
#: What is said of a copy.
NO_KERNEL = (
    "each gradient is held against those of the layers that read its tensor, along a random "
    "direction; no kernel is compiled for that: check the kernels of its layers"
)
REMEDY = "write check gradient conv, or check gradient layers.py:dense"


def show_gradients(asked: Gradient) -> int:
    """Check, show what came out, and say by the exit status whether all is right."""
    bare, options = split(asked.words or ())
    if not bare:
        raise DeltaruleError("nothing to check is named", "the command line", REMEDY)
    found: list[MeasuredGradients] = []
    for name in bare:
        with busy(f"checking {name}") as line:
            found += _checked(name, asked, options, line.tell)
    if len(found) == 1 and found[0].error is not None:
        raise found[0].error
    show(found, "a gradient check", asked.format)
    return 0 if all(o.right for o in found) else 1


def _checked(name: str, asked: Gradient, options: Mapping, tell) -> list[MeasuredGradients]:
    path, _, function = name.partition(":")
    if function or (path.endswith(".py") and not _is_derivation(Path(path))):
        if asked.second or asked.gauss_newton is not None:
            option = "--second" if asked.second else "--gauss-newton"
            raise DeltaruleError(
                f"{option} is about derivations",
                "the command line",
                "leave it out: of functions of your own the gradients are measured",
            )
        return _own(Path(path), function, asked, options, tell)
    own = {
        "shape": (asked.shape or ()),
        "rtol": asked.rtol,
        "atol": asked.atol,
        "timeout": asked.timeout,
        "sandbox": asked.sandbox or None,
    }
    for option in (n for n in own if n != "shape" and own[n] is not None):
        raise DeltaruleError(
            f"--{option} is about functions of your own",
            "the command line",
            "leave it out: a derivation is checked in balls, to 30 digits",
        )
    if asked.shape or ():
        raise DeltaruleError(
            "a derivation has its shapes", "--shape", "leave it out; --set N=2 gives a size"
        )
    return [_derivation(name, asked, options, tell)]


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


def _derivation(name: str, asked: Gradient, options: Mapping, tell) -> MeasuredGradients:
    from deltarule.calculus.derived_again import gauss_newton, hvp
    from deltarule.gradcheck.choose import check_derivation
    from deltarule.reports.gradient_values import kernel_values

    began = perf_counter()
    what: Network | str = name
    if asked.second:
        what, options = hvp(name, **options), {}
    elif asked.gauss_newton is not None:
        what, options = gauss_newton(name, ascii_name(asked.gauss_newton), **options), {}
    found = check_derivation(
        what,
        numbers(asked.set_ or ()),
        asked.seed,
        asked.jacobian,
        tell,
        options,
        not asked.no_kernel,
        edges=isinstance(what, str),
    )
    lines = [found.note] if found.note else []
    if found.copy:
        lines += [found.copy, NO_KERNEL]
    more = {"seconds": perf_counter() - began, "jacobian": found.jacobian, "note": found.note}
    more["copy"] = found.copy or None
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
    return MeasuredGradients(name, found.title, found.checks, (), lines, more, kernel=found)


def _own(
    path: Path, function: str, asked: Gradient, options: Mapping, tell
) -> list[MeasuredGradients]:
    from deltarule.gradcheck.user_code.isolated import TIMEOUT, FileRequest, check_file

    if options:
        raise no_option(
            options, f"a function's other arguments are set by --set: --set {next(iter(options))}=2"
        )
    for option, given in (("jacobian", asked.jacobian), ("no-kernel", asked.no_kernel)):
        if given:
            raise DeltaruleError(
                f"--{option} is about derivations",
                "the command line",
                "leave it out: a function of your own has no kernel",
            )
    request = FileRequest(
        path,
        function or None,
        dict(_shape(text) for text in (asked.shape or ())),
        numbers(asked.set_ or ()),
        asked.seed,
        asked.rtol,
        asked.atol or 0.0,
        TIMEOUT if asked.timeout is None else asked.timeout,
        asked.sandbox,
    )
    if path.is_file() and not asked.sandbox:
        print(f"{path.name} {RUNS}", file=sys.stderr, flush=True)
    return [_of_own(outcome) for outcome in check_file(request, tell)]


def _of_own(found: FunctionOutcome) -> MeasuredGradients:
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
    return MeasuredGradients(
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


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"
