"""A paper as Markdown: mathematics between dollars, numbers in tables."""

from __future__ import annotations

from collections.abc import Iterator

from deltarule.exams.paper import Matrix, Paper, PaperQuestion
from deltarule.exams.question_text import question_text
from deltarule.reports.latex_alphabet import latex
from deltarule.reports.markdown import escaped
from deltarule.reports.trace_markdown import trace_lines_markdown
from deltarule.spelling.names import latex as name_latex


def paper_markdown(paper: Paper) -> str:
    """The paper as a text of Markdown."""
    return "\n".join(_lines(paper)).rstrip() + "\n"


def _lines(paper: Paper) -> Iterator[str]:
    yield from (f"# {escaped(paper.title)}{' – key' if paper.key else ''}", "")
    whose = escaped(paper.student) if paper.student else "\\_" * 30
    yield from (f"Name: {whose} ({escaped(paper.total)} points)", "")
    for sentence in filter(None, (paper.instructions, *paper.sentences)):
        yield from (escaped(sentence), "")
    if paper.equations:
        yield from ("## Forward", "")
        for left, right in paper.equations:
            yield from (f"$${latex(left)} = {latex(right)}$$", "")
    if paper.givens:
        yield from ("## Given", "", *_matrices(paper.givens))
    yield from ("## Questions", "")
    for question in paper.questions:
        yield from _question(question, paper.key)
    for trace in paper.traces:
        yield from ("## Worked", "", trace_lines_markdown(trace), "")


def _question(question: PaperQuestion, key: bool) -> Iterator[str]:
    words = question_text(_braced(question.text), question.run, "markdown")
    yield from (f"**{escaped(question.id)}** ({escaped(question.marks)}) {words}", "")
    yield from _matrices(question.room)
    for letter, choice in question.choices:
        yield f"- [ ] {escaped(letter)}: {question_text(_braced(choice), question.run, 'markdown')}"
    if question.choices:
        yield ""
    if key and question.answer:
        yield from (f"**{escaped(question.answer)}**", "")
    yield from ["&nbsp;", ""] * question.lines


def _braced(words: str) -> str:
    """Words of a question, in which no HTML is HTML; quantities stay in their braces."""
    return words.replace("<", "&lt;")


def _matrices(matrices: tuple[Matrix, ...]) -> Iterator[str]:
    for matrix in matrices:
        at = f"[{','.join(map(str, matrix.at))}]" if matrix.at else ""
        yield from (f"${name_latex(matrix.name)}{at}$", "")
        yield "|" + "   |" * len(matrix.rows[0])
        yield "|" + " --: |" * len(matrix.rows[0])
        for row in matrix.rows:
            yield "| " + " | ".join(cell or "&nbsp;" for cell in row) + " |"
        yield ""
