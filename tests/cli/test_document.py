"""Whatever a command shows is Markdown and LaTeX as well, made of its page."""

import inspect
import re
from pathlib import Path

import pytest

from deltarule.cli.document import Document, LatexPage, MarkdownPage
from deltarule.cli.formats import FORMATS, formats_of
from deltarule.cli.html_document import HtmlPage
from deltarule.cli.page import Page
from deltarule.reports.text_formulas import formula_latex

CODE = str(Path(__file__).parent / "handed_in.py")
EXAM = str(Path(__file__).parent / "self_test.toml")
ANSWERS = EXAM.replace("test.toml", "test_answers.toml")
#: A quick command for each thing that has no function of its own for Markdown and LaTeX.
SHOWN = {
    "one line a gradient": ("derive", "dense", "--brief"),
    "the source of a kernel": ("derive", "half_squared", "--kernel"),
    "a table of counts": ("derive", "lenet5", "--count"),
    "a proof": ("derive", "--prove", "5×5 has"),
    "the list of statements": ("derive", "--prove", "list"),
    "the explanation of a rule": ("derive", "--explain", "chain rule"),
    "the list of rules": ("derive", "--explain", "list"),
    "the list of derivations": ("derive", "--list"),
    "the list of options": ("derive", "mlp", "--options"),
    "the flow of a gradient": ("trace", "flow", "rnn", "--steps", "3", "--alone"),
    "a loss landscape": ("trace", "landscape", "mlp", "--steps", "2", "--width", "2"),
    "a product of factors": ("trace", "flow", "--factor", "0.5"),
    "a line for each file": ("check", "no_such.toml", "neither.toml", "--brief"),
    "a check of code": ("check", CODE, "-k", "affine"),
    "a line for each file of code": ("check", CODE, "--brief", "-k", "affine"),
    "the list of conventions": ("check", "--conventions", "cs231n"),
    "an answers file": ("check", "--template", "slide"),
    "a gradient check": ("check", "gradient", "half_squared", "--no-kernel"),
    "remarks on a sheet": ("check", "sheet", EXAM),
    "the schema of exams": ("exam", "schema"),
    "the marking of an exam": ("check", ANSWERS, "--sheet", EXAM),
    "a bundle of an exam": ("exam", "bundle", "slide", "--docker", "--github"),
    "a guide": ("guide", "a_command"),
    "the list of guides": ("guide",),
    "a written site": ("guide", "--site", "docs", "--only", "adam"),
    "marks for another system": ("check", "mine.toml", "--sheet", "slide", "--export", "csv"),
}
SLOW = {
    "a new exam",
    "an audit of a sheet",
    "papers",
    "a course of training",
    "a practice",
    "a marked class",
    "the totals of a class",
    "the table of a course",
    "a server",
    "links to a server",
}


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    """What a command writes stays out of the checkout."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text("[answers]\nyhat = 0.62\n", encoding="utf-8")


def balanced(text):
    """Whether braces pair up, as far as they are not signs."""
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", text.replace(r"\\", "")):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def test_everything_without_a_function_of_its_own_is_tried():
    for name in ("markdown", "latex", "fragment"):
        own = set(FORMATS[name].functions)
        assert set(SHOWN) | SLOW == set(FORMATS["text"].functions) - own | {"a guide"}
        assert all({name, "html"} <= set(formats_of(thing)) for thing in SHOWN)


@pytest.mark.parametrize("thing", SHOWN)
def test_a_page_is_markdown_and_latex_as_well(invoke, thing):
    shown = invoke(*SHOWN[thing])
    markdown = invoke(*SHOWN[thing], "--markdown")
    latex = invoke(*SHOWN[thing], "--latex", "--fragment")
    html = invoke(*SHOWN[thing], "--html", "-")
    assert {page.status for page in (markdown, latex, html)} == {shown.status}, markdown.err
    assert balanced(latex.out) and latex.out.isascii(), re.findall(r"[^\x00-\x7f]", latex.out)
    assert latex.out.count("$") % 2 == 0 and markdown.out.count("```") % 2 == 0
    heads = re.findall(r"<h1[^>]*>(.*?)</h1>", html.out)
    assert len(heads) == 1 and heads[0] and not re.search(r"<th[^>]*></th>", html.out)
    words = set(re.findall(r"[a-z]{4,}", shown.out))
    for other in (markdown.out, latex.out, re.sub("<[^<>]*>", " ", html.out)):
        assert len(words - set(re.findall(r"[a-z]{4,}", other))) <= len(words) // 20


def test_counts_are_a_table(invoke):
    assert (
        "| conv₁ | conv2d | N×6×28×28 | 156 |"
        in invoke(*SHOWN["a table of counts"], "--markdown").out
    )
    latex = invoke(*SHOWN["a table of counts"], "--latex").out
    assert r"conv$_{1}$ & conv2d & N$\times$6$\times$28$\times$28 & 156" in latex
    assert latex.startswith(r"\documentclass") and r"\begin{tabular}{lllrrrr}" in latex


def test_documents_know_all_that_pages_know():
    for kind in (MarkdownPage, LatexPage, HtmlPage):
        for name, method in inspect.getmembers(Page, inspect.isfunction):
            if name not in ("__init__", "show", "error"):
                assert getattr(kind, name) is not method, name
                assert inspect.signature(getattr(kind, name)) == inspect.signature(method), name
    assert issubclass(MarkdownPage, Document)


@pytest.mark.parametrize(
    ("command", "title"),
    [
        ("derive half_squared --kernel", "Kernel of half_squared"),
        ("derive half_squared --brief", "Gradients of half_squared"),
        ("check --template slide", "Answers to slide"),
    ],
)
def test_a_page_says_what_it_is_about_where_the_screen_does_not(invoke, command, title):
    page = invoke(*command.split(), "--html", "-").out
    assert f"<h1>{title}</h1>" in page and f"<title>{title}</title>" in page
    assert title not in invoke(*command.split()).out


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        ("Σ_{n,m′} ∂L/∂W_hf[n]", r"$\sum {}_{n,m'} \partial L/\partial W{}_{\mathrm{hf}}[n]$"),
        ("x̂₁₂ = exp(−2)²", r"$\hat{x}{}_{1}{}_{2} = \mathrm{exp}(-2){}^{2}$"),
        ("t = 4  5.2", r"$t = 4\ 5.2$"),
        ("added up over all", "added up over all"),
        ("t = 1 ██", r"$t = 1 \ \rule{0.8em}{1.4ex}$"),
    ],
)
def test_formulas_that_are_text_are_set_in_mathematics_mode(formula, latex):
    assert formula_latex(formula) == latex
