"""A trace as a page: the graph with its numbers, and every line in symbols, with the numbers put
in, and its value; a script goes through it step by step. Without the script all of it is there.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

import numpy as np

from deltarule.calculus import Derivation, derive
from deltarule.calculus.alike import Alike, alike
from deltarule.counting.window_reads import WindowReads
from deltarule.expressions import nodes
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.marking.worked_sheets import Worked
from deltarule.pages.blocks_html import (
    STYLES,
    begun,
    displayed,
    equation_html,
    inline_name,
    paragraph,
)
from deltarule.pages.derivation_html import steps_html
from deltarule.pages.graph_svg import trace_svg
from deltarule.pages.html_page import page_html, sentence_html, text_html
from deltarule.pages.mathml import MathmlNumbers, number_mathml
from deltarule.pages.mathml_names import places, sign
from deltarule.pages.unrolled_svg import unrolled_svg
from deltarule.pages.verdict_kinds import verdict_kind
from deltarule.pages.window_svg import reads_values, trace_windows, windows_html
from deltarule.reports.number_text import brief, nested, number_text, rows
from deltarule.reports.things import ShownSheet, ShownTrace
from deltarule.reports.trace_lines import (
    PHASES,
    carried,
    check_text,
    exactly,
    published,
    run_title,
    shown_lines_of,
)
from deltarule.spelling.counted import counted
from deltarule.spelling.names import pretty
from deltarule.tracing.substituted import inserted
from deltarule.tracing.trace import Trace, TracedLine

#: The scripts of a page with traces.
STEPPER = ("tab_stops.js", "stepper.js", "windows.js")
#: Of a quantity with more entries than this, only the first few are evaluated in full; and of every
#: quantity where all have more than so many together, fewer of many quantities: so many rows.
MOST_ENTRIES, FEW_ENTRIES, MOST_IN_ALL, FEWEST, ROWS = 24, 6, 200, 2, 120
#: Of more lines than this, numbers are put in in the first and the last of each phase alone.
MOST_LINES, AT_EACH_END = 90, 10
#: Quantities with more numbers than this are not shown beside their symbols.
MOST_SHOWN = 64


class _Sources(MathmlNumbers):
    """Numbers that say of which entry they are; a window's sum is written out."""

    most_terms = 12

    def _read(self, node: nodes.Read):
        text, binding = super()._read(node)
        name = nodes.tensor_name(node)
        if self._values.arrays.get(name) is None:
            return text, binding
        at = ",".join(str(self._whole(i)) for i in node.indices)
        return f'<mrow class="n" data-q="{name}" data-at="{at}">{text}</mrow>', binding

    _methods = {**MathmlNumbers._methods, nodes.Read: _read}


def trace_html(shown: ShownTrace) -> str:
    """Numbers drawn at random, worked through."""
    trace = shown.trace
    body = [
        f"<h1>{sentence_html(trace.network.title)}</h1>",
        *([] if shown.seed is None else [_seeded(shown.seed)]),
        *trace_body(trace, None, shown.only, "h2", windows := trace_windows(trace)),
    ]
    return _page(trace.network.title, body, [traced_values(trace, windows)])


def sheet_html(shown: ShownSheet) -> str:
    """The runs of a sheet, with what it prints and the verdicts on it."""
    sheet, runs = shown.sheet, shown.runs
    body = [f"<h1>{text_html(sheet.title)}</h1>"]
    body += [paragraph(sheet.source, "soft")] if sheet.source else []
    level, data = "h3" if len(runs) > 1 else "h2", []
    for number, worked in enumerate(runs, start=1):
        if len(runs) > 1:
            body.append(f"<h2>{text_html(run_title(worked, number, len(runs)))}</h2>")
        if worked.run.at == "after":
            body.append(paragraph(f"After {counted(worked.run.updates, 'update')}.", "soft"))
        windows = trace_windows(worked.trace)
        body += trace_body(worked.trace, worked, shown.only, level, windows)
        data.append(traced_values(worked.trace, windows))
    return _page(sheet.title, body, data)


def _seeded(seed: int) -> str:
    return paragraph(f"Numbers drawn at random, seed {seed}.", "soft")


def _page(title: str, body: list[str], data: list[dict]) -> str:
    return page_html(title, body, (*STYLES, "trace_style.css"), STEPPER, data)


def traced_values(trace: Trace, windows: Mapping[str, WindowReads]) -> dict:
    """The numbers of every quantity as they are shown, its shape, and what windows read of it."""
    to_text = number_text(trace.arithmetic)
    found = {n: (v, brief) for n, v in trace.computation.givens.items()}
    found |= {line.quantity: (line.value, to_text) for line in trace.lines}
    return {
        name: {
            "shape": list(np.shape(array)),
            "value": nested(array, text) if np.size(array) <= MOST_SHOWN else None,
            **({"reads": reads_values(windows[name])} if _has_own(windows, name) else {}),
        }
        for name, (array, text) in found.items()
    }


def _has_own(windows: Mapping[str, WindowReads], name: str) -> bool:
    return name in windows and windows[name].quantity == name


def trace_body(
    trace: Trace,
    worked: Worked | None,
    only: Container[str] | None,
    level: str,
    windows: Mapping[str, WindowReads],
    steps: bool = True,
) -> Iterator[str]:
    """The graph, the givens, and every line under the heading of its phase, with its window where
    one moves; unless they stand elsewhere on the page, with the `steps` by which its formula was
    derived.
    """
    yield '<div class="run">'
    yield paragraph(f"{begun(carried(trace))}.", "soft")
    yield f'<div class="wide" tabindex="0">{trace_svg(trace)}</div>'
    if unrolled := unrolled_svg(trace):
        yield f'<div class="wide" tabindex="0">{unrolled}</div>'
        yield paragraph(
            "Unrolled over time: arrows to the next time carry the state, and those back the "
            "gradient, the broader and warmer the larger it is.",
            "soft",
        )
    yield '<div class="stepper" hidden></div>'
    if only is None:
        yield f'<div class="given-numbers"><{level}>Given</{level}>'
        for name, array in trace.computation.givens.items():
            shown = ", ".join(rows(array, brief))
            yield f"<p>{inline_name(name)} = {text_html(shown)}</p>"
        for verdict in worked.of_no_line if worked else ():
            if verdict.finding:
                yield paragraph(f"{verdict.finding}.", "bad")
        yield "</div>"
    most, own = _most(trace), f"h{int(level[1]) + 1}"
    derivation = _verified(trace.computation.derivation) if steps else None
    shown_lines = list(shown_lines_of(trace, worked, only))
    if folded := _folded(shown_lines):
        yield paragraph(
            f"{len(folded)} of the {len(shown_lines)} lines say only what comes out, neither the "
            "numbers put in nor how the formula is derived; --only NAME shows one whole, as "
            f"--only {folded[0]} does.",
            "soft",
        )
    same = {}
    if derivation:
        same = alike(derivation, [g for g in derivation.gradients.values() if g.name not in folded])
    for line, phase in shown_lines:
        if phase:
            yield f'<{level} class="phase">{PHASES[phase]}</{level}>'
        entries = (0, 0) if line.quantity in folded else most
        yield from _line(line, trace, worked, own, entries, windows.get(line.quantity))
        if derivation and line.quantity not in folded:
            yield from _derived(line.quantity, derivation, same)
        yield "</section>"
    yield "</div>"


def _folded(lines: Sequence[tuple[TracedLine, str]]) -> list[str]:
    """Of many lines the quantities in the middle of each phase, in which no numbers are put in."""
    if len(lines) <= MOST_LINES:
        return []
    starts = [k for k, (_, phase) in enumerate(lines) if phase]
    folded = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        folded += [line.quantity for line, _ in lines[start + AT_EACH_END : end - AT_EACH_END]]
    return folded


def _most(trace: Trace) -> tuple[int, int]:
    """So many entries of a quantity are evaluated in full; and so many of one that has more."""
    in_all = sum(min(np.size(line.value), MOST_ENTRIES) for line in trace.lines)
    if in_all <= MOST_IN_ALL:
        return MOST_ENTRIES, FEW_ENTRIES
    few = min(FEW_ENTRIES, max(FEWEST, ROWS // len(trace.lines)))
    return few, few


def _line(
    line: TracedLine,
    trace: Trace,
    worked: Worked | None,
    level: str,
    most: tuple[int, int],
    window: WindowReads | None,
) -> Iterator[str]:
    """A line, the end of whose section is not written yet."""
    equation = line.line.equation
    sources = dict.fromkeys(nodes.tensor_name(read) for read in nodes.reads(equation.rhs))
    yield (
        f'<section class="line" data-q="{text_html(line.quantity)}" '
        f'data-reads="{text_html("|".join(sources))}">'
    )
    yield f'<{level} class="quantity">{inline_name(line.quantity)}</{level}>'
    yield equation_html(equation.lhs, equation.rhs, marked=True)
    if window is not None:
        yield from windows_html(window, line, trace)
    points = trace.points(line)
    for point, entry in points if len(points) <= most[0] else points[: most[1]]:
        yield displayed(_reckoning(line, trace, point, entry), "eq entry")
    if len(points) > most[0]:
        every = "; ".join(rows(line.value, number_text(trace.arithmetic)))
        yield paragraph(f"All: {every}")
    if line.check is not None:
        yield paragraph(check_text(line.check), "how")
    if worked:
        yield from _published(line.quantity, worked)


def _verified(derivation: Derivation) -> Derivation:
    """The same with every step verified: sheets are worked with gradients that were compared as
    wholes."""
    return derivation if derivation.verified else derive(derivation.network, of=derivation.of)


def _derived(quantity: str, derivation: Derivation, same: Mapping[str, Alike]) -> Iterator[str]:
    """Of a gradient, the steps of its derivation, to be unfolded; or which are the same."""
    for gradient in derivation.gradients.values():
        if gradient.name == quantity and quantity in same:
            sentence = same[quantity].sentence(pretty(gradient.tensor.name))
            yield paragraph(f"Its formula is derived by {sentence}.", "soft")
        elif gradient.name == quantity:
            yield from steps_html(gradient, "how its formula is derived")


def _reckoning(line: TracedLine, trace: Trace, point, entry: tuple[int, ...]) -> str:
    """`[0] = 0.79·(−0.2) + … = 0.51`, and the exact value where it is another."""
    to_text = number_text(trace.arithmetic)
    value, exact = to_text(line.value[entry]), exactly(line, trace, entry)
    pieces = [places(entry)] if entry else []
    if not line.line.equation.rhs.has(Inverse, LogDet):
        numbers = inserted(line.line.equation, point, trace.put_in, _number, _Sources)
        if numbers != number_mathml(value):
            pieces.append(f"{sign('=')}{numbers}")
    at = f'data-q="{text_html(line.quantity)}" data-at="{",".join(map(str, entry))}"'
    pieces.append(f'{sign("=")}<mrow class="n own" {at}>{number_mathml(value)}</mrow>')
    if exact:
        pieces.append(f'<mtext class="exact">\u00a0(exactly {text_html(exact)})</mtext>')
    return "".join(pieces)


def _number(value: object) -> str:
    return number_mathml(brief(value))


def _published(quantity: str, worked: Worked) -> Iterator[str]:
    """What the sheet prints of a quantity, the verdict, and why."""
    said = published(quantity, worked)
    if said is None:
        return
    kind = verdict_kind(said.verdict)
    verdict = f': <span class="verdict {kind}">{text_html(said.verdict)}</span>'
    yield f"<p>printed {text_html(said.printed)}{verdict if said.verdict else ''}</p>"
    yield from (paragraph(finding, "finding") for finding in said.findings)
