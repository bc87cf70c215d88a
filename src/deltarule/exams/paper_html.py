"""A paper as one page of HTML: no script, nothing from elsewhere, every text escaped.

Mathematics is plain text with real signs, so that any reader of any browser has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from deltarule.exams.paper import Matrix, Paper, PaperQuestion
from deltarule.exams.question_text import question_text
from deltarule.reports.number_text import brief, number_text
from deltarule.reports.trace_lines import PHASES, shown_lines_of
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text
from deltarule.spelling.visible import visible
from deltarule.tracing.trace import Trace

_STYLE = """
body { font: 1rem/1.5 Georgia, serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
code { font: 0.95rem Menlo, Consolas, monospace; white-space: pre-wrap; }
table { display: inline-table; border-collapse: collapse; vertical-align: middle;
  margin: 0.3rem; position: relative; }
table.m::before, table.m::after { content: ""; position: absolute; top: 0; bottom: 0;
  width: 0.35rem; border: 1px solid; }
table.m::before { left: 0; border-right: 0; } table.m::after { right: 0; border-left: 0; }
td { padding: 0.1rem 0.6rem; text-align: right; font-variant-numeric: tabular-nums; }
td.room { border: 1px solid #999; min-width: 4.5rem; height: 1.6rem; }
figure { margin: 0.4rem 0; } .line { border-bottom: 1px solid #999; height: 2rem; }
.name { min-width: min(20rem, 60%); display: inline-block; border-bottom: 1px solid #999; }
@media print { section { break-inside: avoid; } }
"""

#: Nothing may be loaded, and nothing run.
_HEAD = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
)


def paper_html(paper: Paper) -> str:
    """The paper as a page that stands by itself."""
    title = _said(paper.title) + (" – key" if paper.key else "")
    body = "\n".join(_body(paper, title))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">{_HEAD}'
        f"<title>{title}</title>\n"
        f"<style>{_STYLE}</style></head>\n<body><main>\n{body}\n</main></body></html>\n"
    )


def _said(words: str) -> str:
    return escape(visible(words))


def _body(paper: Paper, title: str) -> Iterator[str]:
    yield f"<h1>{title}</h1>"
    whose = f'<span class="name">{_said(paper.student)}</span>'
    yield f"<p>Name: {whose} ({_said(paper.total)} points)</p>"
    for sentence in filter(None, (paper.instructions, *paper.sentences)):
        yield f"<p>{_said(sentence)}</p>"
    if paper.equations:
        yield "<h2>Forward</h2>"
        for left, right in paper.equations:
            yield f"<p><code>{_said(f'{text(left)} = {text(right)}')}</code></p>"
    if paper.givens:
        yield "<h2>Given</h2>"
        yield from map(_matrix, paper.givens)
    yield "<h2>Questions</h2>"
    for question in paper.questions:
        yield from _question(question, paper.key)
    for trace in paper.traces:
        yield from _trace(trace)


def _question(question: PaperQuestion, key: bool) -> Iterator[str]:
    words = _said(question_text(question.text, question.run))
    yield f"<section><p><b>{_said(question.id)}</b> ({_said(question.marks)}) {words}</p>"
    yield from map(_matrix, question.room)
    for letter, choice in question.choices:
        yield f"<p>☐ {_said(letter)}: {_said(question_text(choice, question.run))}</p>"
    if key and question.answer:
        yield f"<p><b>{_said(question.answer)}</b></p>"
    yield from ['<div class="line"></div>'] * question.lines
    yield "</section>"


def _matrix(matrix: Matrix) -> str:
    at = f"[{','.join(map(str, matrix.at))}]" if matrix.at else ""
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in matrix.rows)
    name = _said(pretty(matrix.name) + at)
    several = ' class="m"' if sum(map(len, matrix.rows)) > 1 else ""  # a number has no brackets
    return f"<figure>{name} = <table{several}>{rows}</table></figure>"


def _cell(number: str) -> str:
    return f"<td>{_said(number)}</td>" if number else '<td class="room"></td>'


def _trace(trace: Trace) -> Iterator[str]:
    """Every line in symbols, then an entry a row with its numbers put in."""
    to_text = number_text(trace.arithmetic)
    yield "<h2>Worked</h2>"
    for line, phase in shown_lines_of(trace, None, None):
        if phase:
            yield f"<h3>{PHASES[phase]}</h3>"
        yield f"<p><code>{_said(line.formula)}</code></p>"
        rows = []
        for point, entry in trace.points(line):
            at = f"[{','.join(map(str, entry))}]" if entry else ""
            numbers, value = trace.numbers(line, point), to_text(line.value[entry])
            exact = brief(line.exact[entry])
            if trace.arithmetic.name == "rounded" and brief(line.value[entry]) != exact:
                value = f"{value} (exactly {exact})"
            rows.append(f"{at} = {numbers} = {value}" if numbers else f"{at} = {value}")
        yield f"<p><code>{'<br>'.join(map(_said, rows))}</code></p>"
