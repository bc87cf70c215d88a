"""The table of distances, as a teacher reads it: which mistake shows where, and how clearly."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from deltarule.exams.distances import Distance, in_words, number
from deltarule.exams.drawn_variants import Variant, Variants
from deltarule.exams.draws import Key, mistake_of
from deltarule.exams.further_distances import Further, further_distances
from deltarule.spelling.names import pretty


@dataclass(frozen=True)
class LineSummary:
    """The mistakes of one line: how many there are, how many are seen, and the nearest one."""

    line: str
    mistakes: int
    seen: int
    nearest: Distance | None


@dataclass(frozen=True)
class DistanceTable:
    """What one variant lets a marker see.

    `lines` summarise; `never` are mistakes, in words, under which right numbers come out whatever
    is drawn; `slight` those that change numbers by so little that these digits do not tell them;
    `hidden` those that other draws tell and this one does not. `further` counts what else
    may go wrong: givens read wrongly, pairs of mistakes.
    """

    student: str
    digits: str
    lines: tuple[LineSummary, ...]
    never: tuple[str, ...]
    hidden: tuple[str, ...]
    slight: tuple[str, ...] = ()
    further: tuple[Further, ...] = ()

    @property
    def nearest(self) -> Distance | None:
        """The mistake that comes nearest to what rounding reaches, of those that are seen."""
        found = [s.nearest for s in self.lines if s.nearest is not None]
        return min(found, key=lambda d: d.units - d.reach, default=None)


def distance_table(variants: Variants, variant: Variant, further: bool = False) -> DistanceTable:
    """The table of a variant; with what else may go wrong if that is asked."""
    setting = variants.setting
    return DistanceTable(
        variant.student,
        digits_in_words(variants),
        line_summaries(variants.asked.seen_in, variant.decisive),
        tuple(_named(variants, key) for key in sorted(setting.never)),
        tuple(in_words(variant.decisive[key]) for key in variant.hidden),
        tuple(_named(variants, k) for k in sorted(setting.slight) if not variant.decisive[k].apart),
        further_distances(variants, variant) if further else (),
    )


def line_summaries(
    lines: Iterable[str], decisive: Mapping[Key, Distance]
) -> tuple[LineSummary, ...]:
    """Of each line with mistakes how many show, and the nearest of those, from where each mistake
    shows best."""
    found = []
    for line in lines:
        own = [d for (of, _), d in decisive.items() if of == line]
        seen = [d for d in own if d.apart]
        nearest = min(seen, key=lambda d: d.units - d.reach, default=None)
        found.append(LineSummary(line, len(own), len(seen), nearest))
    return tuple(s for s in found if s.mistakes)


def digits_in_words(variants: Variants) -> str:
    """With how many digits answers are asked: `3 decimals (half-up)`."""
    rounding = variants.setting.rounding
    count, unit = (
        (rounding.decimals, "decimal")
        if rounding.decimals is not None
        else (rounding.significant, "significant figure")
    )
    return f"{count} {unit}{'' if count == 1 else 's'} ({rounding.rule})"


def _named(variants: Variants, key: Key) -> str:
    words = mistake_of(variants.first, variants.asked, key).words
    return f"{pretty(key[0])}: {words}"


def all_distances(variants: Variants, variant: Variant) -> Iterator[tuple[str, str, Mapping]]:
    """Every mistake of every line, in words, with its distance and reach in each quantity that
    is asked and comes of that line."""
    evaluator = variants.first.evaluator
    for line in variants.asked.seen_in:
        quantities = [
            q for q in variants.asked.entries if q == line or line in evaluator.ancestors(q)
        ]
        for mistakes in variants.asked.mistakes(variants.first, line):
            each = {q: variant.distances.in_quantity(line, mistakes, q) for q in quantities}
            for row, mistake in enumerate(mistakes):
                yield line, mistake.words, {q: (u[row], r[row]) for q, (u, r) in each.items()}


def table_markdown(variants: Variants, variant: Variant, table: DistanceTable) -> str:
    """The whole table of a variant, mistake by quantity, as Markdown."""
    quantities = list(variants.asked.entries)
    lines = [
        f"# Distances: {escaped(variants.run.title)}",
        "",
        f"Answers with {table.digits}. Of each mistake stands how far it takes a quantity, in",
        "units of the last digit asked, and in brackets how far rounding on the way may reach.",
        "What lies beyond that is seen whatever is rounded (bold). A quantity that does not change",
        "is ·, and – is one that nobody can work out so.",
        "",
        "| line | mistake | " + " | ".join(escaped(pretty(q)) for q in quantities) + " |",
        "| --- | --- |" + " --: |" * len(quantities),
    ]
    for line, words, each in all_distances(variants, variant):
        cells = " | ".join(_cell(each.get(q)) for q in quantities)
        lines.append(f"| {escaped(pretty(line))} | {escaped(words)} | {cells} |")
    if table.never:
        lines += ["", "## What no numbers can tell", ""]
        lines += [f"- {escaped(words)}" for words in table.never]
    if table.slight:
        lines += ["", "## What changes too little for these digits", ""]
        lines += [f"- {escaped(words)}" for words in table.slight]
    if table.hidden:
        lines += ["", "## What these numbers do not tell", ""]
        lines += [f"- {escaped(words)}" for words in table.hidden]
    for found in table.further:
        lines += [
            "",
            f"## {found.kind.capitalize()}",
            "",
            f"{found.seen} of {found.count} are seen.",
        ]
        if found.nearest:
            lines += ["", f"The nearest: {escaped(found.nearest)}."]
        if found.hidden:
            lines += ["", "Not seen:", "", *(f"- {escaped(words)}" for words in found.hidden)]
    return "\n".join(lines) + "\n"


def _cell(found: tuple[float, float] | None) -> str:
    shown, seen = distance_cell(found)
    return f"**{shown}**" if seen else shown


def distance_cell(found: tuple[float, float] | None) -> tuple[str, bool]:
    """How far a mistake takes a quantity and how far rounding may reach, and whether it is seen.

    A quantity that does not change is ·, and – is one that nobody can work out so.
    """
    if found is None:
        return "", False
    units, reach = found
    if math.isinf(units):
        return "–", False
    if units == 0:
        return "·", False
    return f"{number(units)} ({number(reach)})", units > reach


def escaped(words: str) -> str:
    """Words as Markdown has them in a cell of a table."""
    return "".join(f"\\{c}" if c in "\\|*_`<>[]" else c for c in " ".join(words.split()))


def distance_values(table: DistanceTable) -> dict[str, Any]:
    """A table as plain values."""
    return {
        "student": table.student,
        "digits": table.digits,
        "lines": [
            {
                "line": s.line,
                "mistakes": s.mistakes,
                "seen": s.seen,
                "nearest": None if s.nearest is None else s.nearest.mistake.words,
                "distance": None if s.nearest is None else _finite(s.nearest.units),
                "reach": None if s.nearest is None else _finite(s.nearest.reach),
            }
            for s in table.lines
        ],
        "never": list(table.never),
        "slight": list(table.slight),
        "hidden": list(table.hidden),
        "further": [asdict(found) for found in table.further],
    }


def _finite(units: float) -> float | None:
    return round(units, 3) if math.isfinite(units) else None
