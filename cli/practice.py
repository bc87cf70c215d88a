"""`deltarule practice`: questions on the terminal, or through a pipe.

What is asked and said goes to standard output; with --json to standard error, and the transcript
to standard output.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction
from secrets import token_hex

from deltarule.classes.revealing import CAUSES, finding_shown
from deltarule.cli.arguments import one_name, sheet_names
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.cli.practice_command import PracticeExam
from deltarule.cli.screen import busy
from deltarule.exams.exam_marking import QuestionMark
from deltarule.exams.models import model_like
from deltarule.exams.paper import given_lines
from deltarule.exams.practice import Attempt, Practice, Step
from deltarule.spelling.names import pretty
from deltarule.spelling.visible import visible

_EXAMPLE = "deltarule practice slide"
_HOW = "Type numbers or a formula; ? gives a hint, - skips, q ends."


def practise(asked: PracticeExam) -> int:
    """Pose the questions; the exit status says whether all ended right."""
    bare = sheet_names(asked.words, "deltarule practice", _EXAMPLE)
    model = model_like(one_name(bare, _EXAMPLE))
    with busy("drawing numbers"):
        practice = Practice(model.run, asked.seed or token_hex(4))
    talk = _Talk(practice, sys.stderr if asked.format == "json" else sys.stdout)
    try:
        talk.begin()
        for number, step in enumerate(practice.steps, start=1):
            if not talk.pose(step, number):
                break
    except KeyboardInterrupt:
        talk.say("")
    show(practice, "a practice", asked.format)
    return 0 if all(step.fine for step in practice.steps) else 1


class _Talk:
    """What is asked and answered, line by line."""

    def __init__(self, practice: Practice, out):
        self.practice, self.out = practice, out

    def say(self, words: str) -> None:
        for line in words.split("\n"):
            self.out.write(visible(line) + "\n")
        self.out.flush()

    def begin(self) -> None:
        """The title, the givens, and how to answer."""
        practice = self.practice
        self.say(f"{practice.run.title} (seed {practice.seed})")
        for line in given_lines(practice.run):
            self.say(f"  {line}")
        self.say(_HOW)

    def pose(self, step: Step, number: int) -> bool:
        """Ask for one quantity until it is over; False to end the practice."""
        count = " × ".join(str(n) for n in step.extents if n != 1)
        of = f" ({count} numbers)" if count else ""
        self.say(f"\n{number} of {len(self.practice.steps)}: {pretty(step.quantity)}{of}")
        while not step.over:
            self.out.write("> ")
            self.out.flush()
            typed = sys.stdin.readline()
            if not typed or typed.strip() in ("q", "quit", "exit"):
                return False
            self._take(step, typed.strip())
        return True

    def _take(self, step: Step, typed: str) -> None:
        if typed in ("", "?", "hint"):
            self.say(f"hint {min(step.hints + 1, 3)}: {self.practice.hint(step)}")
        elif typed in ("-", "skip"):
            self.practice.skip(step)
            self.say(f"right: {self.practice.right(step)}")
        else:
            self._marked(step, self.practice.answer(step, typed))

    def _marked(self, step: Step, attempt: Attempt) -> None:
        sign = "✓" if attempt.fine else "✗"
        finding = attempt.finding if step.over else _without_right_value(attempt)
        self.say(f"{sign} {attempt.verdict}" + (f": {finding}" if finding else ""))
        if step.over and not step.fine:
            self.say(f"right: {self.practice.right(step)}")


def _without_right_value(attempt: Attempt) -> str:
    """What was found, without what would give the right value away."""
    none = Fraction(0)
    mark = QuestionMark("", "", "", attempt.verdict, none, none, finding=attempt.finding)
    mark = replace(mark, expected=attempt.expected, given=attempt.typed)
    return finding_shown(mark, CAUSES)


def practice_page(page: Page, practice: Practice) -> None:
    """How many are right, and what to revise."""
    page.named(f"Practice: {practice.run.title}")
    page.blank()
    right = sum(step.fine for step in practice.steps)
    first = sum(step.fine and len(step.attempts) == 1 for step in practice.steps)
    page.prose(f"{right} of {len(practice.steps)} right, {first} of them at the first try")
    revise = list(practice.to_revise())
    if revise:
        page.heading("Revise")
        for quantity, why in revise:
            page.prose(f"{quantity}: {why}", indent=2)
