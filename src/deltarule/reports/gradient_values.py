"""Checks of gradients as values for JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from deltarule.errors import DeltaruleError
from deltarule.gradcheck.choose import ChosenCheck
from deltarule.gradcheck.result import GradientCheck
from deltarule.reports.things import MeasuredGradients


def checks_values(found: Sequence[MeasuredGradients]) -> dict:
    """Several checks, and whether all are right."""
    values = [check_values(o.checked, o.checks, o.faults, o.error, **(o.more or {})) for o in found]
    return {"right": all(o.right for o in found), "checks": values}


def check_values(
    checked: str,
    checks: Iterable[GradientCheck],
    faults: Iterable[str] = (),
    error: DeltaruleError | None = None,
    **more,
) -> dict:
    """All that was found out about one derivation or function; NaN is null.

    `error` says why nothing was checked.
    """
    checks, faults = list(checks), list(faults)
    fault = {"fact": error.fact, "place": error.place, "remedy": error.remedy} if error else None
    return {
        "checked": checked,
        "right": error is None and not faults and all(c.right for c in checks),
        "error": fault,
        **more,
        "faults": faults,
        "gradients": [_values(check) for check in checks],
    }


def kernel_values(found: ChosenCheck) -> dict:
    """What came out of the compiled kernel, and whether formula or kernel is at fault."""
    kernel = found.kernel
    if kernel is None:
        return {}
    return {
        "right": kernel.right,
        "fault": found.fault or None,
        "failed": kernel.failed or None,
        "settings": [dict(s) for s in kernel.settings],
        "results": [
            {
                "name": c.name,
                "right": c.right,
                "worst": list(c.worst),
                "gap": _finite(c.error),
                "kernel": _finite(c.derived),
                "wanted": _finite(c.measured),
            }
            for c in kernel.checks
        ],
    }


def _values(check: GradientCheck) -> dict:
    values: Mapping = {
        "name": check.name,
        "tensor": check.tensor,
        "right": check.right,
        "method": check.method,
        "entries": check.entries,
        "worst": list(check.worst),
        "derived": check.derived,
        "measured": check.measured,
        "gap": check.error,
        "allowed": check.tolerance,
        "settings": dict(check.settings),
        "outputs": check.outputs,
        "passes": check.passes,
        "edges": check.edges,
        "seconds": check.seconds,
        "note": check.note,
        "form": check.form or None,
    }
    return {name: _finite(value) for name, value in values.items()}


def _finite(value):
    return None if isinstance(value, float) and not math.isfinite(value) else value
