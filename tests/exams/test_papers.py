"""Papers and keys: the exam's numbers and questions in three formats, and every line worked."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from drawn_papers import like_slide

from deltarule.cli.programs import program
from deltarule.errors import DeltaruleError
from deltarule.exams.exam_files import load_exam
from deltarule.exams.models import model_like
from deltarule.exams.paper import Paper, paper
from deltarule.exams.paper_files import write_papers
from deltarule.exams.paper_html import paper_html
from deltarule.exams.paper_latex import paper_latex
from deltarule.exams.paper_markdown import paper_markdown
from deltarule.exams.variant_files import write_exam
from deltarule.reports.plain_mathematics import plain_mathematics

EXAM = r"""
title = "Backprop <b>& more</b> $x_1$"
instructions = "Show your work; 100 % counts."
network = "mlp"
[options]
layers = 2
batch = false
[rounding]
decimals = 3
[given]
x = [1.0, -0.5]
y = 0.9
Theta1 = [[1.2, 2.1, -1.5], [-0.3, -0.7, 0.3]]
Theta2 = [-0.2, 0.5, 1.3]
[[question]]
id = "1a"
kind = "numbers"
text = "Work out {yhat} for {x = } <script>alert(1)</script>."
asked = ["h1", "yhat"]
marks = 2.5
[[question]]
id = "1b"
kind = "formula"
asked = "dE/dTheta2"
[[question]]
id = "2"
kind = "choice"
text = "Where is σ steepest?"
choices = ["at 0", "at 1 & beyond"]
right = "a"
[[question]]
id = "3"
kind = "counting"
of = "lenet5"
what = "parameters"
"""


@pytest.fixture(scope="module")
def exam(tmp_path_factory):
    path = tmp_path_factory.mktemp("paper") / "exam.toml"
    path.write_text(EXAM, encoding="utf-8")
    return load_exam(path)


@pytest.fixture(scope="module")
def sheet(exam) -> Paper:
    return paper(exam, "Emmy <N.>")


@pytest.fixture(scope="module")
def key(exam) -> Paper:
    return paper(exam, key=True)


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text = [], set(), ""

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "onclick", "onload"}
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_html_stands_by_itself_and_escapes_everything(sheet):
    read = _Tags()
    read.feed(paper_html(sheet))
    assert read.open == []
    assert "script" not in read.seen and "b" in read.seen
    assert "<script>alert(1)</script>" in read.text
    assert "Emmy <N.>" in read.text and "s₁[m] = Σ_d x[d]·Θ₁[d, m]" in read.text


def test_a_paper_gives_room_and_no_answer(sheet):
    first = sheet.questions[0]
    assert [(m.name, m.rows) for m in first.room] == [("h1", (("", "", ""),)), ("yhat", (("",),))]
    assert (first.marks, sheet.total, sheet.traces) == ("2.5", "5.5", ())
    assert all(question.answer == "" for question in sheet.questions)
    assert "0.79" not in paper_html(sheet)


def test_latex_and_markdown_hold_what_the_exam_says(sheet):
    latex, markdown = paper_latex(sheet), paper_markdown(sheet)
    assert r"$x = (1.0, -0.5)$" in latex and r"100 \% counts" in latex
    assert r"Backprop $<$b$>$\& more" in latex
    assert r"\begin{array}{rrr} 1.2 & 2.1 & -1.5 \\ -0.3 & -0.7 & 0.3 \end{array}" in latex
    assert "| 1.2 | 2.1 | −1.5 |" in markdown and "&lt;script>" in markdown
    assert "- [ ] b: at 1 & beyond" in markdown


def test_a_key_has_the_answers_and_every_line_worked(key):
    numbers, formula, choice, count = key.questions
    assert numbers.room[0].rows == (("0.794", "0.921", "0.161"),)
    assert formula.answer == "∂E/∂Θ₂[d, m] = ∂E/∂s₂[m]·h₁[d]"
    assert (choice.answer, count.answer) == ("a: at 0", "61,706")
    html = paper_html(key)
    assert "= 1.0·1.2 + " not in html and "1·1.2 + (−0.5)·(−0.3) = 1.350" in html
    assert re.search(r"&=.*1\.350", paper_latex(key))
    assert "## Worked" in paper_markdown(key)


@pytest.mark.slow
def test_papers_are_written_for_everybody(tmp_path):
    folder = tmp_path / "exam"
    write_exam(like_slide(), ["ann", "bob"], folder, model_like("slide"))
    written = write_papers(folder, "", False, tmp_path / "papers")
    assert {p.name for p in written.paths} == {
        f"{who}{end}" for who in ("ann", "bob") for end in (".tex", ".md", ".html")
    }
    assert "−2.0" in (tmp_path / "papers" / "ann.html").read_text(encoding="utf-8")
    with pytest.raises(DeltaruleError, match="no format ends in .pdf"):
        write_papers(folder, "ann", False, tmp_path / "ann.pdf")


def test_the_command_shows_and_writes(tmp_path):
    shown = CliRunner().invoke(program("exam paper"), ["slide", "--markdown"])
    assert shown.exit_code == 0 and "Work out $s_{1}$." in shown.output
    out = tmp_path / "key.html"
    ran = CliRunner().invoke(program("exam paper"), ["slide", "--key", "--out", str(out)])
    assert ran.exit_code == 0 and Path(out).read_text(encoding="utf-8").startswith("<!DOCTYPE")


def test_any_name_is_set_by_any_engine(exam):
    """Accents are LaTeX's, however they were typed; other scripts have a font, or code points."""
    written = paper_latex(paper(exam, "Mu\u0308ller, \u674e\u5c0f\u9f8d \U0001f600"))
    assert r"M\"{u}ller, \otherscript{han}{李小龍}{U+674E U+5C0F U+9F8D}" in written
    assert r"\otherscript{picture}{😀}{U+1F600}" in written
    preamble, _, body = written.partition(r"\begin{document}")
    assert r"\DeclareRobustCommand{\otherscript}[3]{[#3]}" in preamble  # pdfLaTeX
    assert r"\newfontfamily\otherhan{Noto Serif CJK SC}" in preamble  # the others
    assert not re.sub(r"\\otherscript\{\w+\}\{.*?\}", "", body).strip(_ASCII)
    assert "otherscript" not in paper_latex(paper(exam, "Zoë"))
    assert '<span class="name">Müller</span>' in paper_html(paper(exam, "Mu\u0308ller"))


_ASCII = "".join(map(chr, range(128)))


def test_keys_have_exact_values_beside_rounded_ones(key):
    for written in (paper_markdown(key), paper_latex(key)):
        assert r"= 0.7\quad\text{(exactly }0.7\text{)}" not in written
        assert re.search(r"= 0\.\d{3}\\quad\\text\{\(exactly \}0\.\d{5,6}\\text\{\)\}", written)
    assert re.search(r"= 0\.\d{3} \(exactly 0\.\d{5,6}\)", paper_html(key))


def test_mathematics_of_ones_own_is_plain_signs_in_html(exam):
    question = replace(
        exam.questions[0], text=r"Show $\frac{\partial E}{\partial h_1}$ = $\delta_2 \Theta_2^\top$"
    )
    written = paper_html(paper(replace(exam, questions=(question,))))
    assert "Show ∂E/∂h₁ = δ₂ Θ₂ᵀ" in written


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"\sigma(s) = \frac{1}{1+e^{-s}}", "σ(s) = 1/(1+e^(−s))"),
        (r"\hat{y} \in [0, 1]", "ŷ ∈[0, 1]"),
        (r"\sum_{i=1}^n x_i^2 \ge \|W\|_2^2", "Σ_(i=1)^n xᵢ² ≥‖W‖₂²"),
        (r"\sqrt{a+b} \cdot W^{(2)} \unknown", "√(a+b) ·W^(2) unknown"),
        ("{" * 100 + "x", "{" * 70 + "x"),
        (r"\frac", "/"),
    ],
)
def test_latex_in_plain_signs(latex, plain):
    assert plain_mathematics(latex) == plain
