"""What a person is said of a trace: which lines, and in words what is said of each of them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from math import inf, isnan

from deltarule.arithmetic.exact import Rounded
from deltarule.marking.verdicts import COUNT_AS_RIGHT, Verdict
from deltarule.marking.worked_sheets import Worked
from deltarule.reports.number_text import brief, one_line, power_of_ten
from deltarule.spelling.counted import counted
from deltarule.tracing.format_numbers import LEAST_NORMAL, finite
from deltarule.tracing.kinks_met import KinksMet
from deltarule.tracing.line_check import Check
from deltarule.tracing.trace import Trace, TracedLine

#: So many entries that lie on a kink are named.
MOST_NAMED = 4
#: The headings of the phases.
PHASES = {"forward": "Forward", "error": "Error", "backward": "Backward", "update": "Update"}


def shown_lines(worked: Worked) -> list[TracedLine]:
    """The lines of a run; of values after the updates, only the way forward."""
    if worked.run.at == "after":
        return [l for l in worked.trace.lines if l.phase in ("forward", "error")]
    return list(worked.trace.lines)


def shown_lines_of(
    trace: Trace, worked: Worked | None, only: Container[str] | None
) -> Iterator[tuple[TracedLine, str]]:
    """The lines that a person is shown, each with its phase where one begins, else "".

    Those of `only`; if that is None all but ∂E/∂E = 1 and the like.
    """
    phase = ""
    for line in shown_lines(worked) if worked else trace.lines:
        if wanted(line, only) and (only is not None or not _is_seed(line)):
            yield line, "" if line.phase == phase else line.phase
            phase = line.phase


def run_title(worked: Worked, number: int, count: int) -> str:
    """`Run 1 of 2: its title`."""
    title = f": {worked.run.title}" if worked.run.title else ""
    return f"Run {number} of {count}{title}"


def _is_seed(line: TracedLine) -> bool:
    """Whether it is ∂E/∂E = 1 or the like, which need not be said."""
    return line.phase == "backward" and bool(line.line.equation.rhs.is_number)


def wanted(line: TracedLine, only: Container[str] | None) -> bool:
    """Whether a line is among those asked for: `only` names quantities, None all."""
    return only is None or line.quantity in only


def decisive(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The verdict that tells most of several on one quantity: the first that is not right."""
    verdicts = list(verdicts)
    wrong = [v for v in verdicts if v.verdict not in COUNT_AS_RIGHT]
    carried = [v for v in verdicts if v.finding]
    return (wrong or carried or verdicts or [None])[0]


@dataclass(frozen=True)
class Published:
    """What a sheet prints of a quantity, the verdict on it ("" for none), and why."""

    printed: str
    verdict: str
    findings: tuple[str, ...]


def published(quantity: str, worked: Worked) -> Published | None:
    """What is said of a printed value; None where the sheet prints none."""
    written = worked.aligned.written.get(quantity)
    verdicts = worked.by_quantity.get(quantity, [])
    leading = decisive(verdicts)
    if written is None and leading is None:
        return None
    printed = leading.given if leading else ""
    if written is not None:
        printed = one_line(
            written.numbers, lambda p: "·" if p is None else str(p).replace("-", "−")
        )
    findings = dict.fromkeys(v.finding for v in verdicts if v.finding)
    return Published(printed, leading.verdict if leading else "", tuple(findings))


def carried(trace: Trace) -> str:
    """In which arithmetic the numbers are carried."""
    arithmetic = trace.arithmetic
    if isinstance(arithmetic, Rounded) and arithmetic.decimals is not None:
        digits = counted(arithmetic.decimals, "decimal")
    elif isinstance(arithmetic, Rounded) and arithmetic.significant is not None:
        digits = counted(arithmetic.significant, "significant figure")
    else:
        return "carried exactly" if arithmetic.name != "float64" else "carried in float64"
    return f"every line rounded to {digits} ({arithmetic.rule}); exact values beside them"


def exactly(line: TracedLine, trace: Trace, entry: tuple[int, ...]) -> str:
    """The exact value of an entry where another is shown: one that was rounded, or what float64 has
    where it ends, as ∞ for exp(1000). "" where they are the same.
    """
    value, exact = line.value[entry], line.exact[entry]
    rounded = trace.arithmetic.name == "rounded"
    if trace.arithmetic.name == "float64":
        rounded = finite(exact) and not LEAST_NORMAL <= abs(value) < inf
    return brief(exact) if rounded and brief(value) != brief(exact) else ""


def check_text(check: Check) -> str:
    """How a gradient compares with derivatives that were found without the derivation."""
    if check.beyond:
        return "? not compared: on the way there are numbers too large for certain enclosures"
    if isnan(check.dual):
        return "? ∞ or NaN: there is no derivative here to compare with"
    if check.undefined:
        return "? dual numbers cannot tell: too little is left of numbers so far apart"
    dual, differences = power_of_ten(check.dual), power_of_ten(check.differences)
    near = "cannot be taken" if isnan(check.differences) else f"to {differences}"
    if not check.agrees:
        near = near if isnan(check.differences) else f"are off by {differences}"
        return f"✗ off by {dual} from dual numbers, central differences {near}"
    zeros = f", 0 within {power_of_ten(check.within)}" if check.within else ""
    whose = "dual numbers in float64" if check.floats else "dual numbers"
    agree = f"✓ {whose} agree to {dual}{zeros}"
    if check.kinks is None:
        return f"{agree}, central differences {near}"
    every = len(check.kinks.entries) == check.entries
    beside = "" if every else f", central differences of the others {near}"
    return f"{agree}{beside}; {_kinks_text(check.kinks, check.entries)}"


def _kinks_text(met: KinksMet, in_all: int) -> str:
    """Which entries lie on a kink or a tie, and which convention holds there."""
    count, jumps = len(met.entries), len(met.jumps)
    kinds = [kind for kind, there in (("tie", met.tied), ("kink", met.bent)) if there]
    kinds = [*kinds * (count > jumps), *["jump"] * (jumps > 0)] or ["tie or kink"]
    named = ", ".join(f"[{','.join(map(str, e))}]" for e in met.entries[:MOST_NAMED] if e)
    more = f" and {count - MOST_NAMED} more" if count > MOST_NAMED else ""
    which = "it" if in_all == 1 else f"{count or 'none'} of {counted(met.looked_at, 'entry')}"
    looked = f" looked at, of {in_all}," if met.looked_at < in_all else ""
    places = " or ".join(f"{kind}s" if count > 1 else f"a {kind}" for kind in kinds)
    why = "there is no slope" if count and count == jumps else "slopes to both sides differ"
    return (
        f"{which}{looked} {'lie' if count > 1 else 'lies'} on {places}"
        f"{f' ({named}{more})' if named else ''}, where {why}; by convention, "
        f"{'; '.join(met.conventions)}"
    )
