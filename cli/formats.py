"""The table of formats: which function shows which thing in which format.

A format is a row: what its option says, how what its functions give goes out, and for each thing,
under the name by which messages call it, the function that shows it. What has no function is
refused by name. A thing is an object of the engine, or one of reports/things.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import combinations

from deltarule.cli.exam_formats import EXAM_PAGES, EXAM_VALUES
from deltarule.cli.guide_formats import GUIDE_PAGES, GUIDE_VALUES
from deltarule.cli.picture_formats import PICTURED, PICTURES
from deltarule.cli.second_order_formats import second_order
from deltarule.cli.shown_as import (
    as_a_document,
    as_bitmap,
    as_files,
    as_it_is,
    as_values,
    bitmaps_ready,
    on_the_screen,
    page_as_document,
    page_as_html,
    page_as_latex,
    page_as_markdown,
)
from deltarule.errors import DeltaruleError, did_you_mean


@dataclass(frozen=True)
class Format:
    """One format: its `title` in messages, and the `help` of its option (none for the usual one).

    `out` takes one of the `functions` and a thing, and shows it. A format that is a `variant_of`
    another may be asked for together with it. With `of_a_page` a thing without a function is shown
    by what fills its page of text, and is called as messages call it. A format that goes to a
    `file` says how its name is called; things in `folders` are several files, which their functions
    give with their paths. `ready` raises DeltaruleError, before anything is done, where something
    for it is not installed.
    """

    title: str
    help: str
    out: Callable[[Callable, object], None]
    functions: Mapping[str, str]
    variant_of: str = ""
    of_a_page: Callable[[Callable, object, str], None] | None = None
    file: str = ""
    folders: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], object] = bool

    def shows(self, called: str) -> str:
        """The place of the function for a thing; empty for none."""
        page = FORMATS["text"].functions.get(called, "") if self.of_a_page else ""
        return self.folders.get(called) or self.functions.get(called, page)

    def goes_to(self, called: str) -> str:
        """The ending of the file that a thing goes to: / for a folder, none for the screen."""
        return "/" if called in self.folders else self.file and f".{self.file.rpartition('.')[2]}"


def show(thing: object, called: str, name: str) -> None:
    """Show a thing in a format. Raises DeltaruleError where the table has no function for it."""
    refuse(called, name)
    form = FORMATS[name]
    place = form.shows(called)
    out = as_files if called in form.folders else form.out
    try:
        if form.of_a_page and called not in {*form.functions, *form.folders}:
            form.of_a_page(function(place), thing, called)
        else:
            out(function(place), thing)
    except Exception as error:
        error.add_note(f"{called} was being shown as {form.title}, by {place}")
        raise


def function(place: str) -> Callable:
    """The function that a place of a table names, such as `.reports.marks:marking_latex`: a module,
    with a dot before it in this package, and a name.
    """
    module, _, name = place.partition(":")
    try:
        home = import_module(module, "deltarule")
    except ModuleNotFoundError as error:
        if error.name != module.replace(".", "deltarule.", 1) and error.name != module:
            raise
        raise _no_place(f"there is no file {module}", place) from error
    if not callable(getattr(home, name, None)):
        near = did_you_mean(name, (n for n, v in vars(home).items() if callable(v)))
        raise _no_place(f"{module} has no function {name}", place, near)
    return getattr(home, name)


def _no_place(fact: str, place: str, remedy: str = "") -> DeltaruleError:
    """The error for a place of a table that is none."""
    return DeltaruleError(
        fact,
        f"the place {place} in a table of cli/",
        remedy or "write FILE:FUNCTION, with a dot before a file of deltarule's own",
    )


def formats_of(called: str) -> list[str]:
    """The formats in which a thing is shown."""
    return [name for name, form in FORMATS.items() if form.shows(called)]


def refuse(called: str, name: str, without: str = "") -> None:
    """Raises DeltaruleError, which says what there is instead, for a thing without that format.

    `without` says what to leave out for something that has it.
    """
    there = formats_of(called)
    if name in there:
        return
    others = one_of(f"--{other}" for other in there if FORMATS[other].help)
    raise DeltaruleError(
        f"{called} is not shown as {FORMATS[name].title}",
        f"--{name}",
        f"leave --{name} out for text"
        + (f", or {without}" if without else "")
        + (f", or write {others}" if others else ""),
    )


def one_of(words: Iterable[str]) -> str:
    """ "a, b or c"."""
    *first, last = [*words] or [""]
    return f"{', '.join(first)} or {last}" if first else last


def chosen_format(given: Mapping[str, object]) -> str:
    """The one format that is asked for; the table of commands lets no two others through."""
    found = [name for name in FORMATS if given.get(name)]
    wider = {FORMATS[name].variant_of for name in found}
    return next((name for name in found if name not in wider), "text")


def exclude_each_other(formats: Sequence[str]) -> tuple[str, str] | None:
    """Two of some formats that cannot both be asked for, if there are any."""
    for one, other in combinations(formats, 2):
        if one != FORMATS[other].variant_of and other != FORMATS[one].variant_of:
            return one, other
    return None


_LATEX = {
    "a paper": ".exams.paper_latex:paper_fragment",
    "a derivation": ".reports.latex:derivation_latex",
    **second_order(".reports.second_order_texts", "latex"),
    "a trace": ".reports.trace_latex:trace_latex",
    "a worked sheet": ".reports.trace_latex:sheet_latex",
    "a marking": ".reports.marks:marking_latex",
    "the marking of several files": ".reports.marks:files_latex",
}

FORMATS = {
    "text": Format(
        "text",
        "",
        on_the_screen,
        {
            "a derivation": ".cli.derivation:derivation_page",
            "one line a gradient": ".cli.derivation:brief_page",
            **second_order(".cli.second_order", "page"),
            "the source of a kernel": ".cli.kernel:kernel_page",
            "a table of counts": ".cli.count:count_page",
            "a proof": ".cli.prove:proof_page",
            "the list of statements": ".cli.prove:statements_page",
            "the explanation of a rule": ".cli.explain:rule_page",
            "the list of rules": ".cli.explain:rules_page",
            "the list of derivations": ".cli.catalogue:catalogue_page",
            "the list of options": ".cli.derivation_options:options_page",
            "a trace": ".cli.trace_page:trace_page",
            "a worked sheet": ".cli.trace_page:sheet_page",
            "the flow of a gradient": ".cli.flow:flow_page",
            "a product of factors": ".cli.flow:product_page",
            "a loss landscape": ".cli.landscape:landscape_page",
            "a marking": ".cli.verdict_page:marking_page",
            "the marking of several files": ".cli.check_files:files_page",
            "a line for each file": ".cli.check_files:summary_page",
            "a marked class": ".cli.check_class:class_page",
            "the totals of a class": ".cli.check_class:totals_page",
            "a check of code": ".cli.submission_page:code_page",
            "a line for each file of code": ".cli.submission_page:code_brief_page",
            "the list of conventions": ".cli.conventions:conventions_page",
            "an answers file": ".cli.check:template_page",
            "a gradient check": ".cli.gradient_page:gradient_page",
            "remarks on a sheet": ".cli.lint_sheets:lint_page",
            "the schema of exams": ".cli.exam_schema:schema_page",
            "the marking of an exam": ".cli.check_exam:exam_marking_page",
            "a course of training": ".cli.train:training_page",
            **EXAM_PAGES,
            **GUIDE_PAGES,
            "a bundle of an exam": ".cli.exam_bundle:bundle_page",
            "the table of a course": ".cli.course_page:course_page",
            "marks for another system": ".cli.check_export:export_page",
        },
    ),
    "latex": Format(
        "LaTeX", "As a LaTeX document.", as_a_document, _LATEX, of_a_page=page_as_document
    ),
    "fragment": Format(
        "LaTeX",
        "LaTeX without a preamble, to paste.",
        as_it_is,
        _LATEX,
        variant_of="latex",
        of_a_page=page_as_latex,
    ),
    "markdown": Format(
        "Markdown",
        "As Markdown.",
        as_it_is,
        {
            "a paper": ".exams.paper_markdown:paper_markdown",
            "a guide": ".cli.guide:guide_text",
            "a derivation": ".reports.markdown:derivation_markdown",
            **second_order(".reports.second_order_texts", "markdown"),
            "a trace": ".reports.trace_markdown:trace_markdown",
            "a worked sheet": ".reports.trace_markdown:sheet_markdown",
            "a marking": ".reports.marks:marking_markdown",
            "the marking of several files": ".reports.marks:files_markdown",
        },
        of_a_page=page_as_markdown,
    ),
    "html": Format(
        "HTML",
        "As a page that opens in any browser, without a network; - writes it to the screen.",
        as_it_is,
        {
            "a derivation": ".pages.derivation_html:derivation_html",
            **second_order(".pages.second_order_html", "html"),
            "a trace": ".pages.trace_html:trace_html",
            "a worked sheet": ".pages.trace_html:sheet_html",
            "the flow of a gradient": ".pages.flow_html:flow_html",
            "a guide": ".pages.guide_html:guide_html",
            **PICTURED,
            "a marking": ".pages.marking_html:marking_html",
            "the marking of several files": ".pages.marking_html:files_html",
            "the marking of an exam": ".classes.feedback.feedback_html:exam_marking_html",
        },
        of_a_page=page_as_html,
        file="FILE.html",
        folders={"a marked class": ".classes.class_site.class_pages:class_pages"},
    ),
    "svg": Format(
        "SVG",
        "As a picture (SVG): the graph of a network with its shapes or numbers, or a curve.",
        as_it_is,
        PICTURES,
        file="FILE.svg",
    ),
    "png": Format(
        "PNG", "The same as a bitmap.", as_bitmap, PICTURES, file="FILE.png", ready=bitmaps_ready
    ),
    "json": Format(
        "JSON",
        "As JSON, errors too.",
        as_values,
        {
            "a derivation": ".reports.json:derivation_values",
            **second_order(".reports.second_order_values", "values"),
            "the source of a kernel": ".reports.json:kernel_values",
            "a table of counts": ".reports.count_values:count_values",
            "a proof": ".reports.proof_values:proof_values",
            "the list of statements": ".reports.proof_values:statements_values",
            "the explanation of a rule": ".reports.rule_values:rule_values",
            "the list of rules": ".reports.rule_values:rules_values",
            "the list of derivations": ".reports.catalogue_values:catalogue_values",
            "the list of options": ".reports.catalogue_values:options_values",
            "a trace": ".reports.trace_values:trace_values",
            "a worked sheet": ".reports.trace_values:sheet_values",
            "the flow of a gradient": ".reports.flow_values:flow_values",
            "a product of factors": ".reports.flow_values:product_values",
            "a loss landscape": ".cli.landscape:landscape_values",
            "a marking": ".reports.marking_values:marking_values",
            "the marking of several files": ".reports.marking_values:files_values",
            "an answers file": ".reports.marking_values:template_values",
            "a marked class": ".classes.class_result:class_values",
            "the totals of a class": ".classes.class_result:totals_values",
            "a check of code": ".reports.submission_values:code_values",
            "the list of conventions": ".reports.convention_values:conventions_values",
            "a gradient check": ".reports.gradient_values:checks_values",
            "remarks on a sheet": ".cli.lint_sheets:lint_values",
            "a course of training": ".reports.training_values:training_values",
            **EXAM_VALUES,
            **GUIDE_VALUES,
            "a bundle of an exam": ".classes.bundles.exam_bundle:bundle_values",
            "the table of a course": ".classes.course.course_values:course_values",
            "marks for another system": ".classes.exporting:export_values",
        },
    ),
}
