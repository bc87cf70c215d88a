"""What a trace says when a gradient fails the independent check: a fault, and not a matter of what
a sheet has published."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from deltarule.cli.screen import console
from deltarule.spelling.names import pretty
from deltarule.tracing.trace import Trace


def report_faults(traces: Iterable[Trace]) -> int:
    """Say which gradients differ from derivatives found without them; the exit status, 0 or 1."""
    names = dict.fromkeys(pretty(name) for found in traces for name in found.faults)
    if not names:
        return 0
    differ = "differs" if len(names) == 1 else "differ"
    screen = console(stderr=True)
    screen.print(
        Text(
            f"{', '.join(names)} {differ} from derivatives found without the derivation: this is a "
            "fault of deltarule, whatever the sheet says. Please report it with the sheet.",
            style="bold red",
        )
    )
    return 1
