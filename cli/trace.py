"""`trace`: a network worked through with numbers, of a sheet or drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from deltarule.arithmetic.base import Arithmetic, Undecided
from deltarule.arithmetic.exact import Ball, Rational, Rounded
from deltarule.arithmetic.rounding import check_rule
from deltarule.calculus import derive
from deltarule.cli.arguments import no_example, numbers, one_name, split
from deltarule.cli.screen import busy, console, write, write_json
from deltarule.cli.trace_faults import faults_told
from deltarule.errors import DeltaruleError
from deltarule.language.load import find, load
from deltarule.marking.printed import Printed
from deltarule.marking.sheets import Run, Sheet, load_sheet, sheet_names
from deltarule.marking.worked_sheets import Worked, work
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import Trace, trace

#: The words that mean the network of the sheet.
ANY_NETWORK = ("backprop", "bptt", "backpropagation")
EXAMPLE = "trace backprop --example slide"


@dataclass(frozen=True)
class Request:
    """What a person asked `trace` for."""

    words: Sequence[str]
    example: str | None = None
    decimals: int | None = None
    significant: int | None = None
    rounding: str | None = None
    exact: bool = False
    only: Sequence[str] = ()
    random: bool = False
    seed: int = 0
    settings: Sequence[str] = ()
    rate: str | None = None
    as_printed: bool = False
    style: str = "screen"
    fragment: bool = False


def show_trace(request: Request) -> int:
    """Work through, and show what was asked for."""
    bare, options = split(request.words)
    if request.random:
        return _show_drawn(request, one_name(bare, "trace dense --random", options), options)
    sheet = _sheet(request, bare, options)
    if options:
        runs = tuple(replace(r, options={**r.options, **options}) for r in sheet.runs)
        sheet = replace(sheet, runs=runs)
    with busy(f"working through {sheet.title}"):
        runs = _worked(request, sheet)
    _show_sheet(request, sheet, runs)
    return faults_told(worked.trace for worked in runs)


def _sheet(request: Request, bare: Sequence[str], options: dict) -> Sheet:
    """The sheet that is meant: by `example` or --example, by a path, or by its bare name."""
    if bare[:1] == ["example"]:
        if request.example is not None:
            raise DeltaruleError(
                "an example is named twice", "the command line", "leave --example out"
            )
        if len(bare) == 1:
            raise no_example()
        return load_sheet(one_name(bare[1:], "trace example slide"))
    if request.example is not None:
        sheet = load_sheet(request.example)
        name = one_name(bare, EXAMPLE) if bare else "backprop"
        _refuse_other_network(name, sheet)
        return sheet
    name = one_name(bare, EXAMPLE, options)
    if name.endswith(".toml") or name in sheet_names() and name not in ANY_NETWORK:
        return load_sheet(name)
    if name not in ANY_NETWORK:
        find(name)
    raise DeltaruleError(
        f"there are no numbers for {name}",
        "the command line",
        f"give --example and one of {', '.join(sheet_names())}; or the path of a sheet; "
        "or --random",
    )


def _has_layer(run: Run, name: str) -> bool:
    """Whether a derivation is a layer of the run's network, as conv2d is of a convolution block."""
    network = load(run.network, **run.options)
    return any(e.layer.partition(" ")[0] == name for e in network.equations)


def _refuse_other_network(name: str, sheet: Sheet) -> None:
    if name in ANY_NETWORK:
        return
    meant = find(name)
    if not any(meant == find(run.network) or _has_layer(run, meant.stem) for run in sheet.runs):
        raise DeltaruleError(
            f"the sheet is about {sheet.runs[0].network}, not {name}",
            sheet.path,
            f"write trace {sheet.runs[0].network}, or trace backprop for whatever it is about",
        )


def _worked(request: Request, sheet: Sheet) -> list[Worked]:
    asked = {"as_printed": request.as_printed, "extra": request.only}
    if not request.exact:
        return work(sheet, _rounded(request, sheet), **asked)
    try:
        return work(sheet, Rational(), **asked)
    except Undecided:
        return work(sheet, Ball(160), **asked)


def _rounded(request: Request, sheet: Sheet | None = None) -> Arithmetic | None:
    """The rounding that was asked for; None to leave it to the sheet."""
    if request.decimals is None and request.significant is None and request.rounding is None:
        return None
    own = sheet.runs[0].rounding if sheet else None
    decimals, significant = request.decimals, request.significant
    if decimals is None and significant is None and own is not None:
        decimals, significant = own.decimals, own.significant
    if decimals is None and significant is None:
        raise DeltaruleError(
            "it is not said to how many digits to round",
            "--rounding",
            "give --decimals or --significant too",
        )
    rule = request.rounding or (own.rule if own else "half-up")
    return Rounded(
        decimals, None if request.decimals is not None else significant, check_rule(rule)
    )


def _show_drawn(request: Request, name: str, options: dict) -> int:
    with busy(f"working through {name}"):
        derivation = derive(load(name, **options))
        givens, sizes = drawn(derivation, request.seed, numbers(request.settings))
        rate = None if request.rate is None else Fraction(Printed(request.rate, "--rate").value)

        def traced(arithmetic: Arithmetic | None) -> Trace:
            return trace(derivation, givens, arithmetic, sizes=sizes, rate=rate, extra=request.only)

        try:
            found = traced(Rational() if request.exact else _rounded(request))
        except Undecided:
            found = traced(Ball(160))
    only = _only(request, found)
    if request.style == "json":
        from deltarule.reports.trace_values import trace_values

        write_json(trace_values(found, only))
    elif request.style == "latex":
        from deltarule.reports.latex import document
        from deltarule.reports.trace_latex import trace_fragment

        body = trace_fragment(found.network.title, [found], only)
        write(body if request.fragment else document(body))
    else:
        from deltarule.cli.page import Page
        from deltarule.cli.trace_page import trace_page

        screen = console()
        page = Page(screen.width)
        page.title(found.network.title)
        page.prose(f"numbers drawn at random, seed {request.seed}", style="dim")
        trace_page(page, found, None, only)
        page.show(screen)
    return faults_told([found])


def _only(request: Request, found: Trace) -> set[str] | None:
    """The quantities asked for, None for all. Raises DeltaruleError for unknown ones."""
    if not request.only:
        return None
    return {found.course.locate(name)[0] for name in request.only}


def _show_sheet(request: Request, sheet: Sheet, runs: list[Worked]) -> None:
    only = _only(request, runs[0].trace)
    if request.style == "json":
        from deltarule.reports.trace_values import worked_values

        write_json(worked_values(sheet.title, runs, only))
    elif request.style == "latex":
        from deltarule.reports.latex import document
        from deltarule.reports.trace_latex import sheet_fragment

        body = sheet_fragment(sheet.title, runs, only)
        write(body if request.fragment else document(body))
    else:
        from deltarule.cli.contributions import contributions
        from deltarule.cli.page import Page
        from deltarule.cli.trace_page import sheet_page

        screen = console()
        page = Page(screen.width)
        sheet_page(page, sheet, runs, only)
        for worked in runs if only is None else ():
            contributions(page, worked.trace)
        page.show(screen)
