"""`trace`: a network worked through with numbers, of a sheet or drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from deltarule.arithmetic.base import Arithmetic, Undecided
from deltarule.arithmetic.exact import Ball, Rational, Rounded
from deltarule.arithmetic.printed import Printed
from deltarule.arithmetic.rounding import check_rule
from deltarule.calculus import Derivation, derive
from deltarule.cli.arguments import no_example, numbers, one_name, split
from deltarule.cli.formats import show
from deltarule.cli.kinds_of_words import is_formula
from deltarule.cli.screen import busy
from deltarule.cli.trace_command import Trace as Asked
from deltarule.cli.trace_faults import report_faults
from deltarule.cli.typed_formula import network_of_formula
from deltarule.errors import DeltaruleError
from deltarule.language.load import find, load
from deltarule.marking.sheet_files.sheets import Sheet, load_sheet, sheet_names
from deltarule.marking.worked_sheets import Worked, work
from deltarule.networks.network import Network
from deltarule.reports.things import ShownSheet, ShownTrace
from deltarule.tracing.random_givens import drawn, sizes_by_hand
from deltarule.tracing.trace import Trace, trace

#: The words that mean the network of the sheet.
ANY_NETWORK = ("backprop", "bptt", "backpropagation")
EXAMPLE = "trace backprop --example slide"


def show_trace(asked: Asked) -> int:
    """Work through a sheet, and show what was asked for."""
    bare, options = split(asked.words or ())
    sheet = _sheet(asked, bare, options)
    if options:
        runs = tuple(replace(r, options={**r.options, **options}) for r in sheet.runs)
        sheet = replace(sheet, runs=runs)
    if asked.example is not None and bare:
        sheet = _about(one_name(bare, EXAMPLE), sheet)
    with busy(f"working through {sheet.title}"):
        runs = _worked(asked, sheet)
    shown = ShownSheet(sheet, runs, _only(asked, runs[0].trace))
    show(shown, "a worked sheet", asked.format)
    return report_faults(worked.trace for worked in runs)


def _sheet(asked: Asked, bare: Sequence[str], options: dict) -> Sheet:
    """The sheet that is meant: by `example` or --example, by a path, or by its bare name."""
    if bare[:1] == ["example"]:
        if asked.example is not None:
            raise DeltaruleError(
                "an example is named twice", "the command line", "leave --example out"
            )
        if len(bare) == 1:
            raise no_example()
        return load_sheet(one_name(bare[1:], "trace example slide"))
    if asked.example is not None:
        return load_sheet(asked.example)
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


def _about(name: str, sheet: Sheet) -> Sheet:
    """The sheet, if it is about the derivation that is named, or about a network that has it as a
    layer, as a convolution block has conv2d. Raises DeltaruleError for any other.
    """
    if name in ANY_NETWORK:
        return sheet
    meant = find(name)
    if any(meant == find(str(run.network)) for run in sheet.runs):
        return sheet
    networks: dict[str, Network] = {}
    for run in sheet.runs:
        key = repr((run.network, sorted(run.options.items())))
        networks[key] = networks.get(key) or load(str(run.network), **run.options)
    if not any(_has_layer(network, meant.stem) for network in networks.values()):
        raise DeltaruleError(
            f"the sheet is about {sheet.runs[0].network}, not {name}",
            sheet.path,
            f"write trace {sheet.runs[0].network}, or trace backprop for whatever it is about",
        )
    read = [networks[repr((r.network, sorted(r.options.items())))] for r in sheet.runs]
    runs = [replace(r, network=n, options={}) for r, n in zip(sheet.runs, read, strict=True)]
    return replace(sheet, runs=tuple(runs))


def _has_layer(network: Network, name: str) -> bool:
    return any(e.layer.partition(" ")[0] == name for e in network.equations)


def _worked(asked: Asked, sheet: Sheet) -> list[Worked]:
    also = {"as_printed": asked.as_printed, "extra": asked.only or ()}
    if not asked.exact:
        return work(sheet, _rounded(asked, sheet), **also)
    try:
        return work(sheet, Rational(), **also)
    except Undecided:
        return work(sheet, Ball(160), **also)


def _rounded(asked: Asked, sheet: Sheet | None = None) -> Arithmetic | None:
    """The rounding that was asked for; None to leave it to the sheet."""
    if asked.decimals is None and asked.significant is None and asked.rounding is None:
        return None
    own = sheet.runs[0].rounding if sheet else None
    decimals, significant = asked.decimals, asked.significant
    if decimals is None and significant is None and own is not None:
        decimals, significant = own.decimals, own.significant
    if decimals is None and significant is None:
        raise DeltaruleError(
            "it is not said to how many digits to round",
            "--rounding",
            "give --decimals or --significant too",
        )
    rule = asked.rounding or (own.rule if own else "half-up")
    return Rounded(decimals, None if asked.decimals is not None else significant, check_rule(rule))


def show_random(asked: Asked) -> int:
    """Work through a derivation with numbers drawn at random."""
    bare, options = split(asked.words or ())
    name = one_name(bare, "trace dense --random", options)
    with busy(f"working through {name}"):
        derivation, fixed = _named(name, options, asked)
        givens, sizes = drawn(derivation, asked.seed, fixed)
        rate = None if asked.rate is None else Fraction(Printed(asked.rate, "--rate").value)
        extra = asked.only or ()

        def traced(arithmetic: Arithmetic | None) -> Trace:
            return trace(derivation, givens, arithmetic, sizes=sizes, rate=rate, extra=extra)

        try:
            found = traced(Rational() if asked.exact else _rounded(asked))
        except Undecided:
            found = traced(Ball(160))
    show(ShownTrace(found, asked.seed, _only(asked, found)), "a trace", asked.format)
    return report_faults([found])


def _named(name: str, options: dict, asked: Asked) -> tuple[Derivation, dict[str, int]]:
    """The derivation of that name, or of the equations typed, and the sizes that are given it."""
    if is_formula(name):
        return derive(network_of_formula(name, options, asked.set_ or (), ())), {}
    network, fixed = load(name, **options), numbers(asked.set_ or ())
    sizes_by_hand(network, Random(asked.seed), fixed)  # refused before it is derived
    return derive(network), fixed


def _only(asked: Asked, found: Trace) -> set[str] | None:
    """The quantities asked for, None for all. Raises DeltaruleError for unknown ones."""
    if not asked.only:
        return None
    return {found.computation.locate(name)[0] for name in asked.only}
