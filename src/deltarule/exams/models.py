"""What an exam is to be like: a run of a sheet, or a network with numbers of the usual kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.small_sizes import choose_sizes
from deltarule.calculus.without_steps import derive_unverified
from deltarule.errors import DeltaruleError
from deltarule.exams.givens_as_printed import as_printed
from deltarule.exams.pleasant_givens import USUAL, USUAL_COMPARED, draw_givens
from deltarule.exams.seeded_numbers import Seeded
from deltarule.expressions.nodes import Max, walk
from deltarule.language.load import load
from deltarule.marking.printed import Printed
from deltarule.marking.sheets import Rounding, Run, load_sheet
from deltarule.networks.network import Network
from deltarule.networks.specialise import specialise
from deltarule.spelling.counted import counted

#: With so many decimals at least answers are asked where no sheet says.
LEAST_DECIMALS = 3


def run_like(name_or_path: str | Path, number: int | None = None) -> tuple[Run, list[str]]:
    """A run of a sheet to draw variants of, the first that can be, and notes on the others.

    Raises DeltaruleError for a sheet of which no run can be varied.
    """
    sheet = load_sheet(name_or_path)
    runs = sheet.runs
    if number is not None and not 1 <= number <= len(runs):
        raise DeltaruleError(
            f"the sheet has {counted(len(runs), 'run')}, and no run {number}",
            sheet.path,
            "count from 1",
        )
    wanted = number or next((k for k, r in enumerate(runs, 1) if not _why_not(r)), 1)
    run = runs[wanted - 1]
    why = _why_not(run)
    if why:
        raise DeltaruleError(why, sheet.path, "vary a run with one update at most")
    others = len(runs) - 1
    notes = [f"{counted(others, 'other run')} of the sheet left out"] if others else []
    title = sheet.title if wanted == 1 or others == 0 else run.title
    return replace(run, title=title), notes


def _why_not(run: Run) -> str:
    if run.at == "after" or run.updates > 1:
        return f"{run.title} asks for values after {counted(run.updates, 'update')}"
    return ""


def run_of_network(
    name: str,
    options: Mapping[str, Any],
    sizes: Mapping[str, int],
    asked: Sequence[str] = (),
    rate: str | None = None,
    rounding: Rounding | None = None,
) -> Run:
    """A run about any derivation: its givens have these sizes and numbers of the usual kind.

    Sizes that are not given are small. With a `rate` the parameters are updated once. Raises
    DeltaruleError for sizes that are unknown or do not fit.
    """
    network = load(name, **options)
    specialise(network, sizes)
    fixed = {s.name: n for s, n in network.attributes.items()} | dict(sizes)
    chosen = choose_sizes(network, Random(0), fixed)
    extent = Values({}, chosen, {}, {}).extent
    derivation = derive_unverified(network)
    axes = {t.name: t.axes for t in network.tensors.values() if t.given}
    for output in derivation.upstream:
        axes[derivation.gradient_name(output)] = network.tensor(output).axes
    old = {n: np.full([extent(a) for a in of], None, dtype=object) for n, of in axes.items()}
    manner = USUAL_COMPARED if _compares(network) else USUAL
    drawn = draw_givens(network, extent, old, dict.fromkeys(old, manner), Seeded("model", name))
    return Run(
        network.title.split(". ")[0].rstrip(".") or network.name,
        name,
        dict(options),
        rate=None if rate is None else Printed(rate, "--rate"),
        updates=int(rate is not None),
        rounding=rounding or Rounding(LEAST_DECIMALS),
        given={n: as_printed(array) for n, array in drawn.items()},
        asked=tuple(asked),
    )


def _compares(network: Network) -> bool:
    return any(isinstance(node, Max) for e in network.equations for node in walk(e.rhs))
