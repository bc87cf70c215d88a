"""A paper as LaTeX: a document that needs nothing but amsmath and geometry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deltarule.exams.paper import Matrix, Paper, PaperQuestion
from deltarule.exams.question_text import question_text
from deltarule.reports.latex import aligned, document
from deltarule.reports.prose import prose
from deltarule.reports.things import ShownTrace
from deltarule.reports.trace_latex import trace_latex
from deltarule.spelling.names import latex as name_latex

#: Room for a number, and for a line of words.
_BOX, _LINE = r"\underline{\hspace{16mm}}", r"\par\vspace{6mm}\hrule\vspace{2mm}"

#: What a fragment needs in a document that knows nothing of other scripts.
_OTHERS = "\\providecommand{\\otherscript}[3]{#2}\n"


def paper_fragment(paper: Paper) -> str:
    """The paper without a preamble."""
    body = "\n".join(_body(paper)) + "\n"
    return body if r"\otherscript{" not in body else _OTHERS + body


def paper_latex(paper: Paper) -> str:
    """The paper as a document."""
    return document(paper_fragment(paper))


def _body(paper: Paper) -> Iterator[str]:
    key = " -- key" if paper.key else ""
    yield rf"\section*{{{prose(paper.title)}{key}}}"
    whose = prose(paper.student) if paper.student else r"\underline{\hspace{70mm}}"
    yield rf"Name: {whose}\hfill {prose(paper.total)} points\par\medskip"
    for sentence in filter(None, (paper.instructions, *paper.sentences)):
        yield rf"{prose(sentence)}\par"
    if paper.equations:
        yield r"\paragraph{Forward}"
        yield from ("", *aligned(paper.equations))
    if paper.givens:
        yield r"\paragraph{Given}"
        yield from ("", *_matrices(paper.givens))
    for question in paper.questions:
        yield from _question(question, paper.key)
    for trace in paper.traces:
        yield from (r"\clearpage", trace_latex(ShownTrace(trace)))


def _question(question: PaperQuestion, key: bool) -> Iterator[str]:
    yield rf"\paragraph{{{prose(question.id)}}} ({prose(question.marks)})\quad"
    yield question_text(question.text, question.run, "latex")
    yield from ("", *_matrices(question.room))
    for letter, words in question.choices:
        said = question_text(words, question.run, "latex")
        yield rf"\par $\square$\ {prose(letter)}: {said}"
    if key and question.answer:
        yield rf"\par\textbf{{{prose(question.answer)}}}"
    yield from [_LINE] * question.lines


def _matrices(matrices: Sequence[Matrix]) -> list[str]:
    if not matrices:
        return []
    rows = [f"{_name(m)} &= {_numbers(m)}" for m in matrices]
    body = [*(rf"{row} \\" for row in rows[:-1]), rows[-1]]
    return [r"\begin{align*}", *body, r"\end{align*}"]


def _name(matrix: Matrix) -> str:
    at = f"[{','.join(map(str, matrix.at))}]" if matrix.at else ""
    return f"{name_latex(matrix.name)}{at}"


def _numbers(matrix: Matrix) -> str:
    cells = [[_BOX if not cell else cell.replace("−", "-") for cell in row] for row in matrix.rows]
    if len(cells) == 1 and len(cells[0]) == 1:
        return cells[0][0]
    columns = "r" * len(cells[0])
    inner = r" \\ ".join(" & ".join(row) for row in cells)
    return rf"\left(\begin{{array}}{{{columns}}} {inner} \end{{array}}\right)"
