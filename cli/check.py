"""`check`: verdicts on a sheet's printed values, on answers, and on gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deltarule.cli.arguments import no_example, no_option, split
from deltarule.cli.screen import busy, console, write, write_json
from deltarule.errors import DeltaruleError
from deltarule.marking import load_sheet
from deltarule.marking.check_file import Marker
from deltarule.marking.sheets import sheet_names

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
    brief: bool = False


def show_check(request: Request) -> int:
    """Mark, show the verdicts, and say by the exit status whether all are right."""
    if request.template is not None:
        return _show_template(request)
    bare, options = split(request.words)
    if options:
        raise no_option(options, "see check --help")
    example = bare[:1] == ["example"]
    names = bare[1:] if example else bare
    _refuse_none(names, example)
    if len(names) > 1 or request.brief or (not example and Path(names[0]).is_dir()):
        _refuse_pages(request.style)
        from deltarule.cli.check_files import show_files

        return show_files(names, request.sheet, request.style == "json", request.brief)
    with busy(f"marking {names[0]}"):
        marking = Marker(request.sheet).mark(names[0], example=example)
    if request.style == "json":
        from deltarule.reports.trace_values import marking_values

        write_json(marking_values(marking))
    elif request.style == "markdown":
        from deltarule.reports.marks import marking_markdown

        write(marking_markdown(marking))
    elif request.style == "latex":
        from deltarule.reports.latex import document
        from deltarule.reports.marks import marking_latex

        write(document(marking_latex(marking)))
    else:
        from deltarule.cli.page import Page
        from deltarule.cli.verdict_page import marking_page

        screen = console()
        page = Page(screen.width)
        marking_page(page, marking)
        page.show(screen)
    return 0 if marking.passed else 1


def _refuse_none(names: Sequence[str], example: bool) -> None:
    """Raises DeltaruleError where nothing is named, or by an empty word."""
    if not names and example:
        raise no_example()
    if not all(name.strip() for name in names):
        raise DeltaruleError("an empty name", "the command line", REMEDY)
    if not names:
        raise DeltaruleError("nothing to check is named", "the command line", REMEDY)


def _refuse_pages(style: str) -> None:
    """Raises DeltaruleError for several files as one LaTeX or Markdown page."""
    if style in ("latex", "markdown"):
        raise DeltaruleError(
            f"--{style} shows one file",
            "the command line",
            f"name one, or write --json for several: check answers.toml --{style}",
        )


def _show_template(request: Request) -> int:
    from deltarule.marking.answer_template import blank

    sheet = load_sheet(request.template or "")
    name = request.template if request.template in sheet_names() else sheet.path
    text = blank(sheet, request.run or 1, name)
    if request.output is None:
        if request.style == "json":
            write_json(_template_values(name, request, text))
        else:
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
            f"the file cannot be written: {error.strerror}",
            str(request.output),
            "name another file",
        ) from None
    if request.style == "json":
        write_json(_template_values(name, request, text))
    return 0


def _template_values(name: str, request: Request, text: str) -> dict:
    path = None if request.output is None else str(request.output)
    return {"sheet": name, "run": request.run or 1, "path": path, "template": text}
