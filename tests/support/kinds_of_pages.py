"""Every kind of page there is: of each thing that a command shows, of a class, and of the site."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from page_blocks import run

from deltarule.pages.documentation_site import site_page

#: What a command shows, as messages call it, and a command that shows it. To those without a file
#: `--html FILE.html` is added.
COMMANDS = {
    "a derivation": "derive layer_norm --steps",
    "one line a gradient": "derive conv2d --brief",
    "entries of a derivative": "derive softmax_cross_entropy --hessian",
    "tangents": "derive dense --hvp",
    "the source of a kernel": "derive conv2d --kernel",
    "a table of counts": "derive lenet5 --count",
    "a proof": "derive --prove 'bias before layer norm has zero gradient'",
    "the list of statements": "derive --prove list",
    "the explanation of a rule": "derive --explain 'sift the delta'",
    "the list of rules": "derive --explain list",
    "the list of derivations": "derive --list",
    "the list of options": "derive conv --options",
    "a trace": "trace conv2d --random --set N=1 --set H=5 --set W=5 --set S=2 --set P=1",
    "a worked sheet": "trace example slide",
    "the flow of a gradient": "trace flow lstm --steps 8",
    "a product of factors": "trace flow --factor 0.9 --steps 40",
    "a loss landscape": "trace landscape mlp --steps 20",
    "a marking": "check example mazur",
    "the marking of several files": "check one.toml two.toml",
    "a line for each file": "check one.toml two.toml --brief",
    "the totals of a class": "check class handed_in --sheet slide --brief --jobs 1",
    "a check of code": "check homework.py",
    "a line for each file of code": "check homework.py other.py --brief",
    "the list of conventions": "check --conventions",
    "an answers file": "check --template slide",
    "a gradient check": "check gradient dense",
    "remarks on a sheet": "check sheet none.toml",
    "the schema of exams": "deltarule exam schema",
    "the marking of an exam": "check one.toml --sheet exam.toml",
    "a new exam": "deltarule exam new --like slide --seed 1 --count 2 --out drawn",
    "an audit of a sheet": "deltarule exam audit slide",
    "a paper": "deltarule exam paper exam.toml --key --out paper.html",
    "papers": "deltarule exam paper exam.toml --out papers",
    "a practice": "deltarule practice slide --seed 1",
    "links to a server": "deltarule serve slide --links --state links.sqlite",
    "a guide": "deltarule guide students_code",
    "the list of guides": "deltarule guide",
    "a written site": "deltarule guide --site site --only dense",
    "a bundle of an exam": "deltarule exam bundle exam.toml --gradescope --out bundle",
    "the table of a course": "check class handed_in --sheet slide --statistics --jobs 1",
    "marks for another system": "check one.toml --sheet slide --export junit -o marks.xml",
}
#: Shown otherwise than by such a command: see `training_page` and `class_pages`; and what serves
#: pages of its own.
WITHOUT = frozenset({"a course of training", "a marked class", "a server"})
#: Pages of the site: those that have an example of numbers, kernels, times, windows.
SITE = (
    "index.html", "layers/conv2d.html", "layers/lstm.html", "layers/softmax.html",
    "rules/sift_the_delta.html", "rules/chain_rule.html", "guides/an_exam.html",
)  # fmt: skip
_ANSWERS = {
    "one.toml": 'sheet = "slide"\n[answers]\ns2 = 1.33\nyhat = 0.79\nE = 0.02\n'
    '"dE/dTheta2" = [0.1, 0.2, 0.3]\n',
    "two.toml": 'sheet = "slide"\n[answers]\ns2 = 0.51\nyhat = "what?"\n',
    "none.toml": 'title = "A sheet"\nnetwork = "mpl"\n[given]\nx = [1, "<b>"]\n',
}


def furnish(folder: Path) -> None:
    """Writes the files that the commands read: answers, a class, code and an exam of the guides."""
    from marked_class import STUDENTS
    from page_blocks import blocks

    from deltarule.pages.guide_html import guide_named

    code = next(b for b in blocks(guide_named("students_code").text) if b.language == "python")
    exam = next(b for b in blocks(guide_named("an_exam").text) if b.language == "toml")
    files = {**_ANSWERS, "homework.py": code.text, "other.py": code.text, "exam.toml": exam.text}
    files |= {f"handed_in/{name}": text for name, text in STUDENTS.items()}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def command_pages(folder: Path) -> Iterator[tuple[str, Path]]:
    """The page of each thing that a command shows, written into a folder which is furnished."""
    for thing, command in COMMANDS.items():
        words = shlex.split(command)
        page = folder / (words[-1] if words[-1].endswith(".html") else f"{slug(thing)}.html")
        asked = command if page.name == words[-1] else f"{command} --html {page.name}"
        said = run(asked, folder)
        assert page.exists(), f"{asked}: {said.output}"
        yield thing, page


def class_pages(folder: Path) -> Iterator[tuple[str, Path]]:
    """The pages of a marked class: the class, and its students."""
    said = run("check class handed_in --sheet slide --html class --jobs 1", folder)
    pages = sorted((folder / "class").rglob("*.html"))
    assert pages, said.output
    yield from ((f"a marked class: {page.stem}", page) for page in pages)


def site_pages(folder: Path) -> Iterator[tuple[str, Path]]:
    """Pages of the site of the documentation."""
    for path in SITE:
        page = folder / path
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(site_page(path), encoding="utf-8")
        yield f"the site: {path}", page


def training_page(folder: Path) -> Iterator[tuple[str, Path]]:
    """What a short course of training came to."""
    from made_digits import SMALL, made_digits

    from deltarule.cli.pictured import training_html
    from deltarule.training.plan import Plan
    from deltarule.training.training_run import train

    network, page = folder / "small.py", folder / "training.html"
    network.write_text(SMALL, encoding="utf-8")
    plan = Plan(network=str(network), rate=0.005, batch=32, epochs=2, shift=1, held_out=70)
    page.write_text(training_html(train(plan, made_digits())), encoding="utf-8")
    yield "a course of training", page


def notebook_page(folder: Path) -> Iterator[tuple[str, Path]]:
    """Results as a notebook shows them, in a page of other people's style."""
    import deltarule
    from deltarule.marking.sheet_files.sheets import load_sheet
    from deltarule.marking.worked_sheets import work

    derivation, trace = deltarule.derive("dense"), work(load_sheet("slide"))[0].trace
    parts = (derivation._repr_html_(), trace._repr_html_())
    page = folder / "notebook.html"
    head = "<!doctype html><html lang='en'><title>Notebook</title><main><h1>Mine</h1>"
    page.write_text(f"{head}{''.join(parts)}</main></html>", encoding="utf-8")
    yield "results in a notebook", page


def all_pages(folder: Path) -> Iterator[tuple[str, Path]]:
    """All of them, written into a folder."""
    furnish(folder)
    for kinds in (command_pages, class_pages, site_pages, training_page, notebook_page):
        yield from kinds(folder)


def slug(thing: str) -> str:
    """A name of a file for what a page shows."""
    return "".join(c if c.isalnum() else "-" for c in thing)
