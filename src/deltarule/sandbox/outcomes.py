"""What became of a call in a sandbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Verdict(Enum):
    """What became of a call; the value is how it is said."""

    RETURNED = "returned"
    OTHER = "returned a value of another type"
    RAISED = "raised an error"
    MISSING = "has no such function"
    EXITED = "exited early"
    CRASHED = "crashed"
    FORGED = "wrote something else in place of an answer"
    REFUSED = "was refused what is not allowed"
    SECONDS = "reached the time limit"
    PROCESSOR = "reached the processor time limit"
    MEMORY = "reached the memory limit"
    DISK = "reached the disk limit"
    FILES = "reached the limit of open files"
    ANSWER = "reached the limit of an answer's size"
    OUTPUT = "reached the output limit"


@dataclass
class Outcome:
    """What became of a call.

    `value` is what it returned, of exact base types: numbers, text, arrays, tuples, lists and
    dictionaries; what has another type stands as `Other`. `number` names the call in `Kept`.
    `detail` says more of the verdict, `line` where in the file. The rest is what the submission's
    process says of itself, and no more certain than that: `printed` first lines, warnings,
    arguments `changed` in place (by position or name), and what it `tried` of the not allowed.
    """

    verdict: Verdict
    value: Any = None
    number: int = 0
    detail: str = ""
    line: int | None = None
    printed: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    changed: list[int | str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)

    @property
    def returned(self) -> bool:
        """Whether there is a value to be judged, all of it of base types."""
        return self.verdict is Verdict.RETURNED

    def __str__(self) -> str:
        detail = f": {self.detail}" if self.detail else ""
        tried = f" (it tried to {', to '.join(self.tried)})" if self.tried else ""
        return f"{self.verdict.value}{detail}{tried}"
