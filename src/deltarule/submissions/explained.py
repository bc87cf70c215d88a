"""A finding completed: why a function is wrong, in which line, and a smallest test of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deltarule.sandbox import Verdict
from deltarule.submissions.causes import causes_of
from deltarule.submissions.counterexample import Shrinking
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict
from deltarule.submissions.function_verdicts import finding_again
from deltarule.submissions.further_settings import try_further
from deltarule.submissions.loaded_file import LoadedFile
from deltarule.submissions.printed_test import printed_test, without_imports
from deltarule.submissions.right_task import RightTask
from deltarule.submissions.source_lines import SourceLines
from deltarule.submissions.task_check import Observed, TaskCheck

#: The verdicts that call for a reason.
_WRONG = (FunctionVerdict.WRONG, FunctionVerdict.PARTLY, FunctionVerdict.CRASHED)
#: How a test fails; where what is returned cannot be taken apart, in another way.
ASSERTION = "AssertionError"


def explain(
    finding: FunctionFinding,
    seen: Observed,
    right: RightTask,
    file: LoadedFile,
    chosen: Mapping[int, str],
    before: Sequence[Observed] = (),
) -> None:
    """Say in a finding why its function is wrong; what is right stays as it is."""
    if finding.verdict is FunctionVerdict.CHANGES:
        settings = [s for s, _ in seen.at]
        shrinking = Shrinking(right, file.open, chosen, seen.number, (), changes=True)
        finding.test = _shown(shrinking, settings, seen, file)
    if finding.verdict not in _WRONG:
        return
    if seen.unsteady and seen.first_right:
        names = TaskCheck(right, file.open, chosen).outputs(seen.call)
        shrinking = Shrinking(right, file.open, chosen, seen.number, names, twice=True)
        finding.test = _shown(shrinking, [seen.at[0][0]], seen, file)
        return
    if finding.test:
        finding.test = _failing(finding.test, ASSERTION, file)
        return
    if try_further(seen, right, file.open, chosen):
        finding_again(seen, finding)
    if not any(o.wrong for o in finding.outputs):
        finding.test = crash_shown(finding, seen, right, file, chosen)
        return
    if not all(s.again for o in finding.outputs for s, _ in o.wrong):
        finding.causes = causes_of(right, seen, forward=before)
    lines = SourceLines(file.text)
    wrong = [o.name for o in finding.outputs if o.wrong]
    for cause in finding.causes:
        cause.line = lines.of(seen.name, seen.call, (cause.outputs or wrong)[0])
    own = next(iter(finding.causes), None)
    line = own.line if own is not None else lines.of(seen.name, seen.call, wrong[0])
    finding.line = line or finding.line
    finding.test = counterexample(seen, right, file, chosen)


def counterexample(
    seen: Observed, right: RightTask, file: LoadedFile, chosen: Mapping[int, str]
) -> str:
    """A smallest test that shows what is wrong; "" where none is found that fails with the file."""
    settings = [s for o in seen.outputs.values() for s, _ in o.wrong]
    names = [n for n, o in seen.outputs.items() if o.wrong]
    return _shown(Shrinking(right, file.open, chosen, seen.number, names), settings, seen, file)


def crash_shown(
    finding: FunctionFinding,
    seen: Observed,
    right: RightTask,
    file: LoadedFile,
    chosen: Mapping[int, str],
) -> str:
    """The smallest call that is found that raises the error, or of which the answer cannot be taken
    apart, and what would be right."""
    error = finding.raised.partition(":")[0]
    settings = [s for s, g in seen.at if g.outcome is not None and s not in seen.answered]
    names = TaskCheck(right, file.open, chosen).outputs(seen.call)
    if not error and any(g.unlike for _, g in seen.at):
        other = Shrinking(right, file.open, chosen, seen.number, names)
        return _shown(other, seen.answered, seen, file)
    if not error or not settings:
        return ""
    shrinking = Shrinking(right, file.open, chosen, seen.number, names, error)
    return _shown(shrinking, settings, seen, file)


def _shown(
    shrinking: Shrinking, settings: Sequence[Setting], seen: Observed, file: LoadedFile
) -> str:
    settings = sorted(dict.fromkeys(settings), key=lambda s: s.numbers != "usual")
    found = shrinking.smallest(settings)
    if found is None:
        return ""
    text = printed_test(shrinking.right.task, shrinking.chosen, seen.number, found, file.name)
    error = "" if found.missing else found.raises or ASSERTION
    return _failing(text, error, file)


def _failing(text: str, error: str, file: LoadedFile) -> str:
    """A test, if it fails, with an error of that type where one is said; else ""."""
    if not file.runs_text or not text:
        return text
    run = file.run_with(without_imports(text, file.name))
    failed = run.verdict is Verdict.RAISED and run.detail.partition(":")[0]
    return text if failed and failed == (error or failed) else ""
