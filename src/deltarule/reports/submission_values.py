"""What is found of students' code as plain values for JSON."""

from __future__ import annotations

import math

from deltarule.errors import DeltaruleError
from deltarule.reports.things import CheckedCode, CheckedFile
from deltarule.submissions.findings import FunctionFinding, OutputFinding


def code_values(checked: CheckedCode) -> dict:
    """Files with their functions; `right` and `of` count functions, `all_right` is of everything;
    answers that were marked beside are under `answers`."""
    found = [(file, f) for file in checked.files if file.report for f in file.report.functions]
    values = {
        "files": [_file_values(file) for file in checked.files],
        "left_out": checked.left_out,
        "right": sum(file.passes(f) for file, f in found),
        "of": len(found),
        "all_right": checked.right,
    }
    if checked.marked:
        from deltarule.reports.marking_values import files_values

        values["answers"] = files_values(checked.marked)
    return values


def _file_values(file: CheckedFile) -> dict:
    report, error = file.report, file.error
    return {
        "path": file.path,
        "convention": report.convention if report else "",
        "sandbox": report.layers if report else "",
        "error": _error_values(error) if error else (report.error or None) if report else None,
        "notes": list(report.notes) if report else [],
        "all_right": file.right,
        "seconds": round(file.seconds, 3),
        "functions": [
            function_values(f, file.passes(f)) for f in (report.functions if report else ())
        ],
    }


def _error_values(error: DeltaruleError) -> dict:
    return {"fact": error.fact, "place": error.place, "remedy": error.remedy}


def function_values(found: FunctionFinding, passes: bool) -> dict:
    """One function: `verdict` is a word for programs, `words` the same for people; `outputs` say at
    how many settings each value was right; `test` is Python to paste."""
    return {
        "function": found.name,
        "task": found.task,
        "line": found.line,
        "place": found.place,
        "verdict": found.verdict.name.lower(),
        "words": found.verdict.value,
        "passes": passes,
        "finding": found.finding,
        "remedy": found.remedy,
        "causes": [
            {
                "words": c.words,
                "kind": c.kind,
                "line": c.line,
                "formula": c.formula,
                "right_formula": c.right_formula,
                "outputs": list(c.outputs),
            }
            for c in found.causes
        ],
        "outputs": [_output_values(o) for o in found.outputs],
        "notes": list(found.notes),
        "test": found.test,
    }


def _output_values(output: OutputFinding) -> dict:
    return {
        "name": output.name,
        "right_at": len(output.right),
        "wrong_at": [
            {
                "setting": setting.words,
                "sizes": dict(setting.sizes),
                "fit": agreement.fit.value,
                "entry": list(agreement.at),
                "given": _finite(agreement.given),
                "right": _finite(agreement.right),
                "words": agreement.words,
            }
            for setting, agreement in output.wrong
        ],
    }


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
