"""`check`: verdicts on a sheet's printed values, on answers, and on gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deltarule.cli.arguments import split
from deltarule.cli.screen import busy, console, write, write_json
from deltarule.marking import Marking, load_sheet, mark
from deltarule.marking.answers import holds_answers, load_answers
from deltarule.marking.sheets import sheet_names
from deltarule.notation.errors import DeltaruleError

REMEDY = "write check example slide, or check answers.toml, or check --template slide"


@dataclass(frozen=True)
class Request:
    """What a person asked `check` for."""

    words: Sequence[str]
    sheet: str | None = None
    template: str | None = None
    run: int | None = None
    output: Path | None = None
    style: str = "screen"


def show_check(request: Request) -> int:
    """Mark, show the verdicts, and say by the exit status whether all are right."""
    if request.template is not None:
        return _show_template(request)
    bare, options = split(request.words)
    if options:
        raise DeltaruleError(
            f"there is no option --{next(iter(options)).replace('_', '-')}",
            "the command line", "see check --help",
        )  # fmt: skip
    marking = _marked(request, bare)
    if request.style == "json":
        from deltarule.reports.worked import marking_values

        write_json(marking_values(marking))
    elif request.style == "markdown":
        from deltarule.reports.marking import marking_markdown

        write(marking_markdown(marking))
    elif request.style == "latex":
        from deltarule.reports.latex import document
        from deltarule.reports.marking import marking_latex

        write(document(marking_latex(marking)))
    else:
        from deltarule.cli.page import Page
        from deltarule.cli.verdict_page import marking_page

        screen = console()
        page = Page(screen.width)
        marking_page(page, marking)
        page.show(screen)
    return 0 if marking.passed else 1


def _marked(request: Request, bare: Sequence[str]) -> Marking:
    """The verdicts on what the words name: an example, a sheet, or answers."""
    what = list(bare)
    if what[:1] == ["example"]:
        what = what[1:]
        if not what:
            raise DeltaruleError(
                "no example is named", "the command line",
                f"the examples are {', '.join(sheet_names())}",
            )  # fmt: skip
    if len(what) != 1:
        raise DeltaruleError(
            f"{len(what)} things stand where one belongs" if what else "nothing to check is named",
            "the command line", REMEDY,
        )  # fmt: skip
    name = what[0]
    with busy(f"marking {name}"):
        if request.sheet is not None:
            return mark(load_sheet(request.sheet), load_answers(name))
        if name.endswith(".toml") and bare[0] != "example" and holds_answers(name):
            answers = load_answers(name)
            return mark(load_sheet(answers.example()), answers)
        return mark(load_sheet(name))


def _show_template(request: Request) -> int:
    from deltarule.marking.blank import blank

    sheet = load_sheet(request.template or "")
    name = request.template if request.template in sheet_names() else sheet.path
    text = blank(sheet, request.run or 1, name)
    if request.output is None:
        write(text)
        return 0
    if request.output.exists():
        raise DeltaruleError(
            f"{request.output} is there already", str(request.output), "name another file"
        )
    try:
        request.output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DeltaruleError(
            f"the file cannot be written: {error.strerror}", str(request.output),
            "name another file",
        ) from None  # fmt: skip
    return 0
