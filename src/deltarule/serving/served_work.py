"""What is done with opened exams, job by job: laid out, marked, helped with, read, linted.

A job is a table of plain values, and so is what comes of it; both go through JSON. What somebody
typed is data in it. Whatever goes wrong is in the answer, as `refused` or as `fault`.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from deltarule.classes.class_worker import fault_words
from deltarule.classes.roster import Roster
from deltarule.errors import DeltaruleError
from deltarule.exams.exam import Exam
from deltarule.exams.exam_answers import sorted_answers
from deltarule.exams.open_exam import OpenExam
from deltarule.marking.sheet_files.lenient import Lenient
from deltarule.marking.sheet_files.toml_text import TomlText
from deltarule.serving.help_ladder import help_on
from deltarule.serving.pasted_sheet import pasted
from deltarule.serving.read_preview import preview
from deltarule.serving.served_exams import ServedExam
from deltarule.serving.served_layout import laid_out
from deltarule.serving.sheet_review import identifiability, remarks

#: So many papers are kept open.
MOST_OPEN = 60
#: What answers are called in messages.
PLACE = "the page"

Job = Mapping[str, Any]
Answer = dict[str, Any]


class ServedWork:
    """Exams by their slugs, opened when first wanted. `shelf` has slug and path of each."""

    def __init__(self, shelf: Iterable[tuple[str, str]], sandbox: bool = False):
        self._exams = {slug: ServedExam(slug, path, Roster()) for slug, path in shelf}
        self._sandbox = sandbox
        self._open: dict[tuple[str, str], OpenExam] = {}
        self._does: dict[str, Callable[[Job], Answer]] = {
            "layout": self._layout,
            "mark": self._mark,
            "help": lambda job: help_on(self._exam(job), job),
            "preview": lambda job: preview(self._exam(job), job),
            "remarks": lambda job: remarks(self._exams[job["exam"]]),
            "pasted": pasted,
            "identifiability": lambda job: identifiability(self._exams[job["exam"]]),
        }

    def done(self, job: Job) -> Answer:
        """What comes of a job."""
        try:
            return self._does[job["do"]](job)
        except DeltaruleError as error:
            return refusal(error)
        except RecursionError:
            return refusal(DeltaruleError("it is nested beyond reading", PLACE, "nest less"))
        except Exception as error:
            if os.environ.get("DELTARULE_TRACEBACK"):
                traceback.print_exc()
            return {"fault": fault_words(error)}

    def close(self) -> None:
        """End the sandboxes that were started."""
        for opened in self._open.values():
            opened.close()

    def _exam(self, job: Job) -> Exam:
        return self._opened(job).exam

    def _opened(self, job: Job) -> OpenExam:
        slug, paper = job["exam"], job.get("paper", "")
        key = slug, paper
        if key in self._open:
            self._open[key] = self._open.pop(key)  # the last one used stands last
            return self._open[key]
        exam = self._exams[slug].exam(paper)
        common = self._opened({"exam": slug}) if paper else None
        opened = OpenExam(exam) if common is None else common.variant(exam)
        while len(self._open) >= MOST_OPEN:
            self._open.pop(next(k for k in self._open if k[1] or len(self._open) == 1)).close()
        self._open[key] = opened
        return opened

    def _layout(self, job: Job) -> Answer:
        opened = self._opened(job)
        left_open: list[str] = []
        with suppress(DeltaruleError):  # what is wrong with what a sheet publishes, marking says
            left_open = opened.left_open()
        return {**laid_out(opened.exam), "left_open": left_open}

    def _mark(self, job: Job) -> Answer:
        opened = self._opened(job)
        exam = opened.exam
        found = [sorted_answers(exam, Lenient(TomlText(PLACE, "", t))) for t in job["typed"]]
        code = tuple((name, text.encode()) for name, text in job.get("code", ()))
        if code and not self._sandbox:
            raise DeltaruleError("code is not run here", None, "hand it in as your teacher says")
        answers = tuple(a for s in found for a in s.answers)
        submission = replace(found[0], who=job["who"], answers=answers, code=code)
        marking = opened.mark(submission)
        return {"marking": marking.to_json()}


def refusal(error: DeltaruleError) -> Answer:
    """What somebody can mend, as plain values."""
    said = {"fact": error.fact, "place": error.place or "", "remedy": error.remedy or ""}
    return {"refused": said}
