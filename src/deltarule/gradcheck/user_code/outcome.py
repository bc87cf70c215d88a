"""What came out for one function of a person's file, as it crosses from the process that ran it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from deltarule.errors import DeltaruleError
from deltarule.gradcheck.result import GradientCheck


@dataclass
class FunctionOutcome:
    """What came out for one function.

    `error` says why nothing was checked: fact, place, remedy. `points` are the special values that
    were tried, `left_out` those at which the function has no value; `prints` and `warns` are what
    the code said while it ran.
    """

    name: str
    place: str
    checks: list[GradientCheck] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    why: str = ""
    measured: bool = False
    points: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    prints: list[str] = field(default_factory=list)
    warns: list[str] = field(default_factory=list)
    error: tuple[str, str, str] | None = None

    @property
    def right(self) -> bool:
        """Whether it was checked, and nothing is wrong."""
        return (
            self.error is None
            and not self.faults
            and bool(self.checks)
            and all(c.right for c in self.checks)
        )


def failed(name: str, place: str, error: DeltaruleError) -> FunctionOutcome:
    """The outcome of a function that could not be checked."""
    return FunctionOutcome(name, place, error=(error.fact, error.place or "", error.remedy or ""))


def to_values(outcome: FunctionOutcome) -> dict:
    """As values for JSON; NaN stays so."""
    return asdict(outcome)


def from_values(values: Mapping) -> FunctionOutcome:
    """The outcome that `to_values` made values of."""
    checks = [GradientCheck(**{**c, "worst": tuple(c["worst"])}) for c in values["checks"]]
    error = tuple(values["error"]) if values["error"] else None
    return FunctionOutcome(**{**values, "checks": checks, "error": error})
