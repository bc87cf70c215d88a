"""`check`: verdicts on a sheet's printed values, on answers, and on gradients."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from deltarule.cli.arguments import no_example, no_option, split
from deltarule.cli.check_command import OF_CODE, Check
from deltarule.cli.code_files import has_answers, is_code
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.cli.screen import busy
from deltarule.errors import DeltaruleError, unwritten
from deltarule.reports.things import ShownTemplate

REMEDY = "write check layers.py, or check answers.toml, or check example slide"


def show_check(asked: Check) -> int:
    """Mark, show the verdicts, and say by the exit status whether all are right."""
    names, example = _names(asked)
    if (status := _of_exam(asked, names)) is not None:
        return status
    if (status := _with_code(asked, names, example)) is not None:
        return status
    if len(names) > 1 or (not example and Path(names[0]).is_dir()):
        from deltarule.cli.check_files import show_files

        return show_files(names, asked.sheet, "the marking of several files", asked.format)
    from deltarule.marking.check_file import Marker

    with busy(f"marking {names[0]}"):
        marking = Marker(asked.sheet).mark(names[0], example=example)
    show(marking, "a marking", asked.format)
    return 0 if marking.passed else 1


def _of_exam(asked: Check, names: Sequence[str]) -> int | None:
    """Mark answers to an exam with questions; None where the sheet is another one."""
    sheet = Path(asked.sheet or "")
    if sheet.is_dir() and asked.sheet:
        from deltarule.cli.check_exam import own_paper

        sheet = own_paper(sheet, names)
        asked.sheet = str(sheet)
    if not sheet.is_file() or b"question" not in sheet.read_bytes():
        return None
    from deltarule.cli.check_exam import show_exam_check
    from deltarule.exams.exam_files import load_exam

    exam = load_exam(sheet)
    return None if exam.plain else show_exam_check(asked, exam, names)


def show_brief(asked: Check) -> int:
    """Mark, and show a line for each file."""
    from deltarule.cli.check_files import show_files

    names, example = _names(asked)
    if (status := _of_exam(asked, names)) is not None:
        return status
    if (status := _with_code(asked, names, example)) is not None:
        return status
    return show_files(names, asked.sheet, "a line for each file", asked.format)


def _with_code(asked: Check, names: Sequence[str], example: bool) -> int | None:
    """Check students' code, and mark answers beside it; None where there is no code.

    Of a folder that is named for a --sheet the answers alone are meant.
    """
    folders = asked.sheet is not None
    code = [n for n in names if not example and is_code(n) and not (folders and Path(n).is_dir())]
    if not code:
        _refuse_options_of_code(asked)
        return None
    answers = [n for n in names if n not in code or (Path(n).is_dir() and has_answers(n))]
    if folders and not answers:
        raise DeltaruleError(
            "--sheet is about answers", "the command line", f"leave it out: {code[0]} is code"
        )
    from deltarule.cli.started_sandbox import StartedSandbox

    with StartedSandbox(asked) as started:
        from deltarule.cli.check_submissions import show_submissions

        if not answers:
            return show_submissions(asked, started, code)
        from deltarule.cli.check_files import marked_files

        return show_submissions(asked, started, code, marked_files(answers, asked.sheet))


def _refuse_options_of_code(asked: Check) -> None:
    """Raises DeltaruleError for an option about students' code where none is named."""
    for option in OF_CODE.split():
        if vars(asked).get(option, vars(asked).get(f"{option}_")) not in (None, False, (), []):
            raise DeltaruleError(
                f"--{option} is about students' code",
                "the command line",
                f"leave it out, or name a file of code: check layers.py --{option} …",
            )


def _names(asked: Check) -> tuple[list[str], bool]:
    """What is to be marked, and whether that is an example."""
    bare, options = split(asked.words or ())
    if options and asked.like is None:
        raise no_option(options, "see check --help")
    example = bare[:1] == ["example"]
    names = bare[1:] if example else bare
    _refuse_none(names, example)
    return names, example


def _refuse_none(names: Sequence[str], example: bool) -> None:
    """Raises DeltaruleError where nothing is named, or by an empty word."""
    if not names and example:
        raise no_example()
    if not all(name.strip() for name in names):
        raise DeltaruleError("an empty name", "the command line", REMEDY)
    if not names:
        raise DeltaruleError("nothing to check is named", "the command line", REMEDY)


def show_template(asked: Check) -> int:
    """An empty answers file, shown or written."""
    from deltarule.exams.exam_files import load_exam
    from deltarule.exams.exam_template import exam_template
    from deltarule.marking.sheet_files.sheets import sheet_names

    template = asked.template or ""
    exam = load_exam(template)
    name = template if template in sheet_names() else exam.path
    run = asked.run_ or 1
    text = exam_template(exam, name, run)
    if asked.output is not None:
        write_new(asked.output, text)
    show(ShownTemplate(name, run, asked.output, text), "an answers file", asked.format)
    return 0


def write_new(path: Path, text: str) -> None:
    """Write a new file. Raises DeltaruleError where it cannot be, or is there already."""
    if path.exists():
        raise DeltaruleError(f"{path} is there already", str(path), "name another file")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise unwritten(path, error) from None


def template_page(page: Page, template: ShownTemplate) -> None:
    """The answers file, unless it was written."""
    page.named(f"Answers to {template.sheet}")
    if template.path is None:
        page.verbatim(template.text)
