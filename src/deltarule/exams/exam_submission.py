"""What one student handed in, already read: nothing in it is opened or imported any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deltarule.marking.sheet_files.answers import Answers


@dataclass(frozen=True)
class Submission:
    """`answers` has numbers and formulas, of each run of the exam's sheet that is answered;
    `choices` and `counts` are texts as typed, by a question's id; `code` has files of code as
    names and bytes; `notes` say what was read otherwise than it stands there.
    """

    who: str = ""
    answers: tuple[Answers, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, str] = field(default_factory=dict)
    code: tuple[tuple[str, bytes], ...] = ()
    notes: tuple[str, ...] = ()

    def of_run(self, number: int) -> Answers | None:
        """What is answered to one run of the sheet, counted from 1."""
        return next((a for a in self.answers if a.run == number), None)
