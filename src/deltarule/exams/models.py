"""What an exam is to be like: a run of a sheet, or a network with numbers of the usual kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from sympy import Symbol

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.printed import Printed
from deltarule.arithmetic.small_sizes import choose_sizes
from deltarule.calculus import Derivation
from deltarule.calculus.without_steps import derive_unverified
from deltarule.errors import DeltaruleError
from deltarule.exams.exam_files import load_exam
from deltarule.exams.givens_as_printed import as_printed
from deltarule.exams.pleasant_givens import USUAL, USUAL_COMPARED, draw_givens
from deltarule.exams.seeded_numbers import Seeded
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Max, walk
from deltarule.language.load import load
from deltarule.marking.sheet_files.sheets import Rounding, Run, found_sheet
from deltarule.marking.sheet_files.toml_text import read_toml
from deltarule.networks.network import Network
from deltarule.networks.specialise import specialise
from deltarule.spelling.counted import counted
from deltarule.tracing.trace import computation_of

#: With so many decimals at least answers are asked where no sheet says.
LEAST_DECIMALS = 3
#: Other sizes that are tried, how often numbers are drawn for each, and how small the largest entry
#: of a gradient should not be.
MORE_SIZES, DRAWS, VANISHING = 6, 3, 2e-3


@dataclass(frozen=True)
class Model:
    """What an exam is made from: a run, and what its file says besides.

    `questions` are the tables of its questions as they are written, `extra` what stands above
    them; `notes` say what is left out.
    """

    run: Run
    source: str = ""
    questions: tuple[Mapping[str, Any], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def model_like(name_or_path: str | Path, number: int | None = None) -> Model:
    """A run of a sheet or an exam, the first that variants can be drawn of.

    Raises DeltaruleError for a sheet of which no run can be varied.
    """
    exam = load_exam(name_or_path)
    sheet = exam.sheet
    runs = sheet.runs
    if not runs:
        raise DeltaruleError(
            "the exam has no sheet, and so no numbers to draw", exam.path, "give it a network"
        )
    if number is not None and not 1 <= number <= len(runs):
        raise DeltaruleError(
            f"the sheet has {counted(len(runs), 'run')}, and no run {number}",
            sheet.path,
            "count from 1",
        )
    wanted = number or next((k for k, r in enumerate(runs, 1) if not _why_not(r)), 1)
    run = runs[wanted - 1]
    others = len(runs) - 1
    why = _why_not(run)
    if why or (others and not exam.plain):
        raise DeltaruleError(
            why or f"the exam has {counted(len(runs), 'run')} with questions about them",
            sheet.path,
            "vary a sheet of one run, with one update at most",
        )
    notes = (f"{counted(others, 'other run')} of the sheet left out",) if others else ()
    title = sheet.title if wanted == 1 or not others else run.title
    run = replace(run, title=title)
    questions, extra = ((), {}) if exam.plain else _as_written(name_or_path)
    return Model(run, sheet.source, questions, extra, notes)


def _as_written(name_or_path: str | Path) -> tuple[tuple[Mapping[str, Any], ...], dict[str, Any]]:
    """The tables of an exam's questions as they are written, and what stands above them."""
    data = read_toml(*found_sheet(name_or_path)).data
    extra = {key: data[key] for key in ("instructions", "total") if key in data}
    return tuple(data["question"]), extra


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

    Sizes that are not given are small, and such that no gradient nearly vanishes. With a `rate` the
    parameters are updated once. Raises DeltaruleError for sizes that are unknown or do not fit.
    """
    network = load(name, **options)
    specialise(network, sizes)
    derivation = derive_unverified(network)
    fixed = {s.name: n for s, n in network.attributes.items()} | dict(sizes)
    best = min(_drawn(derivation, name, fixed), key=lambda found: found[0])[1]
    return Run(
        network.title.split(". ")[0].rstrip(".") or network.name,
        name,
        _values_of(network, options),
        rate=None if rate is None else Printed(rate, "--rate"),
        updates=int(rate is not None),
        rounding=rounding or Rounding(LEAST_DECIMALS),
        given={n: as_printed(array) for n, array in best.items()},
        asked=tuple(asked),
    )


Givens = dict[str, np.ndarray]


def _drawn(
    derivation: Derivation, name: str, fixed: dict[str, int]
) -> Iterator[tuple[tuple[int, int], Givens]]:
    """Givens of the smallest sizes, and of others where some gradient nearly vanishes at these;
    each with in how many draws one does, and how many numbers they are."""
    for k in range(1 + MORE_SIZES):
        chosen = choose_sizes(derivation.network, Random(k), fixed, varied=k > 0)
        draws = [_usual_givens(derivation, chosen, (name, j)[: 1 + bool(j)]) for j in range(DRAWS)]
        vanishing = sum(_vanishes(derivation, givens) for givens in draws)
        yield (vanishing, sum(a.size for a in draws[0].values())), draws[0]
        if not (k or vanishing):
            return


def _usual_givens(
    derivation: Derivation, chosen: Mapping[Symbol, int], words: tuple[object, ...]
) -> Givens:
    """Givens of these sizes, and numbers of the usual kind, drawn from some words."""
    network = derivation.network
    extent = Values({}, chosen, {}, {}).extent
    axes = {t.name: t.axes for t in network.tensors.values() if t.given}
    for output in derivation.upstream:
        axes[derivation.gradient_name(output)] = network.tensor(output).axes
    old = {n: np.full([extent(a) for a in of], None, dtype=object) for n, of in axes.items()}
    manner = USUAL_COMPARED if _compares(network) else USUAL
    return draw_givens(network, extent, old, dict.fromkeys(old, manner), Seeded("model", *words))


def _vanishes(derivation: Derivation, givens: Givens) -> bool:
    """Whether some gradient is nearly 0, and not quite: as that of a batch norm of two examples,
    each of which lies one standard deviation from their mean."""
    computation = computation_of(derivation, dict(givens))
    found = computation.floats.arrays
    return any(
        0 < np.max(np.abs(found[line.quantity].astype(float)), initial=0) < VANISHING
        for line in computation.lines
        if is_gradient(line.quantity)
    )


def _values_of(network: Network, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as a sheet has them: their values, however they were typed."""
    known = network.options
    return {
        name: known[name].value if name in known else int(str(value))
        for name, value in options.items()
    }


def _compares(network: Network) -> bool:
    return any(isinstance(node, Max) for e in network.equations for node in walk(e.rhs))
