"""What is found of the functions of one task, called as it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from deltarule.submissions.call_failures import (
    arrays_of_one_entry,
    for_unfinished_code,
    with_other_attributes,
    without_statement,
)
from deltarule.submissions.chosen_names import chosen_names
from deltarule.submissions.course_conventions import Task
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict
from deltarule.submissions.function_verdicts import finding_of
from deltarule.submissions.loaded_file import LoadedFile
from deltarule.submissions.own_forward import OwnForward
from deltarule.submissions.right_task import RightTask
from deltarule.submissions.task_check import Observed, TaskCheck

#: The verdicts that call for a reason.
WRONG = (FunctionVerdict.WRONG, FunctionVerdict.PARTLY)
#: Those of which it is said why, or that are shown.
EXPLAINED = (*WRONG, FunctionVerdict.CRASHED, FunctionVerdict.CHANGES)


@dataclass
class CheckedFunction:
    """A finding, with what it rests on: what the function did, and what is right.

    `named` are the names of the task's calls in the file, `before` what the calls before it did.
    """

    finding: FunctionFinding
    seen: Observed
    right: RightTask
    named: Mapping[int, str]
    before: list[Observed] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The function's name."""
        return self.finding.name

    def explain(self, file: LoadedFile) -> None:
        """Say in the finding why it is wrong, if it is."""
        if self.finding.verdict in EXPLAINED:
            from deltarule.submissions.explained import explain  # brings the mistakes of marking

            explain(self.finding, self.seen, self.right, file, self.named, self.before)


def findings(
    right: RightTask, file: LoadedFile, named: Mapping[int, str], defined: Mapping[str, int]
) -> list[CheckedFunction]:
    """What is found of the functions `named`, of which `defined` tells the lines."""
    own = OwnForward(right, file.open, named)
    found: list[CheckedFunction] = []
    for seen in TaskCheck(right, file.open, named).observe():
        earlier = [(c.finding, c.seen) for c in found]
        failed = any(not f.verdict.passes for f, _ in earlier)
        line = defined.get(seen.name)
        finding = finding_of(seen, right.task.name, line, own if failed else None)
        _after_overflow(finding, [f for f, _ in earlier if not f.verdict.passes])
        without_statement(finding, file.submitted.unfilled)
        for_unfinished_code(seen, finding, earlier, file.submitted.body)
        with_other_attributes(seen, finding)
        finding.notes += arrays_of_one_entry(seen, file.submitted)
        _judge_mask(seen, finding, right, file, named)
        found.append(CheckedFunction(finding, seen, right, named, [o for _, o in earlier if o.at]))
    return [c for c in found if c.seen.call.kind != "class" or not c.finding.verdict.passes]


def _after_overflow(finding: FunctionFinding, failed: list[FunctionFinding]) -> None:
    """A forward pass that overflows at large numbers, and is right elsewhere, is not wrong."""
    unstable = [f for f in failed if f.overflow_alone]
    if finding.verdict is FunctionVerdict.FOLLOWS and len(unstable) == len(failed):
        words = "which overflows at large numbers"
        finding.finding = f"the gradient of the file's own forward pass, {words}"


def _judge_mask(
    seen: Observed, finding: FunctionFinding, right: RightTask, file: LoadedFile, named
) -> None:
    """What is right for the mask that was drawn is wrong where that is drawn wrongly."""
    if not right.task.rates or finding.verdict is not FunctionVerdict.RIGHT:
        return
    from deltarule.submissions.drawn_masks import mask_mistake  # few tasks draw any
    from deltarule.submissions.printed_test import printed_mask_test

    mistake = mask_mistake(right, file.open, named, seen.number)
    if mistake is None:
        return
    finding.verdict = FunctionVerdict.WRONG
    finding.finding, finding.remedy = mistake.words, mistake.remedy
    if mistake.check:
        number, values = seen.number, mistake.values
        finding.test = printed_mask_test(right.task, named, number, values, mistake, file.name)


def of_all_names(
    right: RightTask, file: LoadedFile, defined: Mapping[str, int]
) -> Iterator[CheckedFunction]:
    """The same of all functions of a task that a file has; several names of one call are several
    functions."""
    done: set[str] = set()
    for variant in range(max((len(c.names) for c in right.task.calls), default=0)):
        named = chosen_names(right.task, defined, variant)
        new = {n for n in named.values() if n not in done}
        for one in findings(right, file, named, defined) if new else ():
            if one.name in new and one.name not in done:
                done.add(one.name)
                yield one


def with_about(task: Task, finding: FunctionFinding) -> None:
    """Say in a finding that is not right in which mode the function was called."""
    if task.about and finding.verdict is not FunctionVerdict.RIGHT:
        finding.finding = f"{task.about}: {finding.finding}"
