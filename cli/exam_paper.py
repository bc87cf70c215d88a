"""`deltarule exam paper`: papers and keys, shown or written."""

from __future__ import annotations

from deltarule.cli.arguments import no_option, one_name, split
from deltarule.cli.exam_paper_command import ExamPaper
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.cli.screen import busy
from deltarule.errors import DeltaruleError
from deltarule.exams.paper import Paper
from deltarule.exams.paper_files import WrittenPapers, paper_for, write_papers
from deltarule.exams.paper_markdown import paper_markdown

_EXAMPLE = "deltarule exam paper slide --key"


def _exam(asked: ExamPaper) -> str:
    bare, options = split(asked.words or ())
    if options:
        raise no_option(options, "see deltarule exam paper --help")
    if not bare:
        raise DeltaruleError("no exam is named", "the command line", f"write {_EXAMPLE}")
    return one_name(bare, _EXAMPLE)


def show_paper(asked: ExamPaper) -> int:
    """Show one paper."""
    with busy("setting the paper"):
        paper = paper_for(_exam(asked), asked.student or "", asked.key)
    show(paper, "a paper", asked.format)
    return 0


def write_out(asked: ExamPaper) -> int:
    """Write papers to files."""
    if asked.out is None:
        return show_paper(asked)
    with busy("writing papers"):
        written = write_papers(_exam(asked), asked.student or "", asked.key, asked.out, asked.force)
    show(written, "papers", asked.format)
    return 0


def paper_page(page: Page, paper: Paper) -> None:
    """The paper as its Markdown."""
    page.verbatim(paper_markdown(paper))


def papers_page(page: Page, written: WrittenPapers) -> None:
    """The files that were written."""
    page.title(written.title)
    for path in written.paths:
        page.prose(str(path), indent=2)
