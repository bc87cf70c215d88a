"""Marking: a sheet's own published values, or somebody's answers to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from deltarule.arithmetic.printed import Printed
from deltarule.errors import DeltaruleError, placed_at
from deltarule.expressions.given_arguments import known_path
from deltarule.language.load import network_of
from deltarule.marking import givens_printed_twice
from deltarule.marking.after_updates import judge_after, judge_updated
from deltarule.marking.answer_template import everything
from deltarule.marking.asking import (
    asked_items,
    in_order,
    missing,
    notes_on_givens,
    scores,
    without_strangers,
)
from deltarule.marking.both_ways import said_both_ways
from deltarule.marking.corrected_givens import mended
from deltarule.marking.formula_verdicts import judged_formulas
from deltarule.marking.judge import judge
from deltarule.marking.judged_again import judge_again
from deltarule.marking.order import causes_first, computed
from deltarule.marking.other_readings import by_other_readings
from deltarule.marking.run_computations import Known, derivation_of, derivations, run_computation
from deltarule.marking.session import Session, open_session
from deltarule.marking.sheet_files.answers import Answers, load_answers
from deltarule.marking.sheet_files.other_names import check_names
from deltarule.marking.sheet_files.sheet_names import is_reference
from deltarule.marking.sheet_files.sheets import Run, Sheet, load_sheet
from deltarule.marking.strangers import named, only_known, only_known_published, unread_verdict
from deltarule.marking.trivial_values import without_work
from deltarule.marking.undetectable import hidden
from deltarule.marking.verdicts import Marking, Score, Verdict
from deltarule.networks.network import Network
from deltarule.spelling.counted import counted
from deltarule.spelling.names import pretty


def mark(
    sheet: Sheet | str | Path,
    answers: Answers | str | Path | None = None,
    network: Network | str | Path | None = None,
    **options,
) -> Marking:
    """Verdicts on everything that is written.

    `sheet` is a sheet, the name of an example, or a path; with a `network` it is about that one,
    instead of the derivation that it names. `options` are the network's, as for `load`; without a
    network they replace single ones of the sheet's. `answers` are answers or the path of a file
    with them.
    Printed numbers are taken with the digits that they have, and rounding on the way is replayed.
    Without `answers` the sheet's own published values are marked, and its givens are doubted too.
    Raises DeltaruleError for files that cannot be read and for quantities that the network does not
    have.
    """
    return OpenSheet(sheet, network, **options).mark(answers)


class OpenSheet:
    """A sheet opened once for the answers of many: what depends on the sheet alone is kept.

    That is its derivations, right values and the wrong workings that are looked for. `sheet`,
    `network` and `options` are as for `mark`. Raises DeltaruleError for a sheet that cannot be
    read.
    """

    def __init__(
        self, sheet: Sheet | str | Path, network: Network | str | Path | None = None, **options
    ):
        if not isinstance(sheet, Sheet):
            example = 'give a sheet, a path, or an example: mark("slide")'
            sheet = load_sheet(known_path("sheet", sheet, "mark", example))
        if network is not None or options:
            runs = tuple(_about(run, network, options) for run in sheet.runs)
            sheet = replace(sheet, runs=runs)
        self.sheet = sheet
        self._known: Known = {}

    def variant(self, sheet: Sheet) -> OpenSheet:
        """Another sheet opened, such as a student's variant: networks that are the same are derived
        already, and the mistakes of their lines are made."""
        other = OpenSheet(sheet)
        other._known = derivations(self.sheet.runs, self._known)
        return other

    def mark(self, answers: Answers | str | Path | None = None) -> Marking:
        """Verdicts on answers, or on what the sheet publishes itself, as by `mark`.

        `answers` are the path of a file of answers, or what `read_answers(text, name)` of
        `deltarule.marking` makes of the text of one. Raises DeltaruleError as `mark` does.
        """
        if answers is not None:
            if not isinstance(answers, Answers):
                example = 'give the path of a file of answers: mark("slide", "mine.toml")'
                answers = load_answers(known_path("answers", answers, "mark", example))
            with placed_at(answers.path):
                return _answered(self.sheet, answers, self._known)
        parts = []
        for number, run in enumerate(self.sheet.runs, start=1):
            with placed_at(self.sheet.path):
                _check_names(run, self._known)
                parts.append(_published(run, number, self._known))
        return _joined(self.sheet, parts, notes=self.sheet.notes)

    def formulas(self, answers: Answers) -> list[Verdict]:
        """Verdicts on the formulas of answers alone."""
        run = self.sheet.runs[answers.run - 1]
        typed = answers.in_own_names(run.names).formulas
        with placed_at(answers.path):
            return judged_formulas(run, answers.run, typed, self._known)

    def left_open(self) -> list[str]:
        """What the sheet leaves open of its givens: a sentence for each way to read them."""
        said: list[str] = []
        for number, run in enumerate(self.sheet.runs, start=1):
            if run.published or run.restated:
                own = only_known_published(run, self._known)
                own, _ = without_strangers(own, number, self._known)
                session = open_session(own, number, own.published, self._known)
                said += givens_printed_twice.left_open(session)
        return list(dict.fromkeys(said))

    def scores(
        self, found: Iterable[Verdict], number: int, marks: Mapping[str, Fraction]
    ) -> list[Score]:
        """What verdicts earn of a run that gives these marks, by reference, and asks no more."""
        own = self.sheet.runs[number - 1]
        printed = {reference: Printed(str(worth)) for reference, worth in marks.items()}
        run = replace(own, asked=tuple(marks), marks=printed)
        computation = run_computation(run, tuple(dict.fromkeys((*own.asked, *marks))), self._known)
        return scores(asked_items(run, number, computation, self._known), found, run)


def _about(run: Run, network: Network | str | Path | None, options: Mapping) -> Run:
    """A run of a sheet about another network, or with other options."""
    if network is None:
        return replace(run, options={**run.options, **options})
    if isinstance(network, str | Path):
        name = known_path("network", network, "mark", 'give one, such as network="mlp"')
        return replace(run, network=name, options=options)
    return replace(run, network=network_of(network, "mark", **options), options={})


@dataclass
class _Part:
    """What is found of one run."""

    verdicts: list[Verdict]
    scores: list[Score]
    notes: list[str]


def _joined(sheet: Sheet, parts: list[_Part], who: str = "", notes: Iterable[str] = ()) -> Marking:
    return Marking(
        sheet.title,
        tuple(v for p in parts for v in p.verdicts),
        who,
        (*notes, *(n for p in parts for n in p.notes)),
        tuple(s for p in parts for s in p.scores),
    )


def _published(run: Run, number: int, known: Known) -> _Part:
    """The verdicts on what a run of a sheet publishes itself."""
    run, found = without_strangers(only_known_published(run, known), number, known)
    notes: list[str] = []
    session = None
    unread = named(run, run.unread, known)
    if run.published or unread:
        session = open_session(run, number, run.published, known, extra=unread)
    if session is not None and run.published:
        found += judged(session, doubt=True)
        notes += [*hidden(session, found), *notes_on_givens(session, run.published)]
    found += judged_formulas(run, number, run.formulas, known)
    found += [unread_verdict(u, number, session and session.computation) for u in run.unread]
    own = replace(run, asked=(*run.published, *run.formulas, *unread))
    items = asked_items(own, number, session.computation if session else None, known)
    items = [i for i in items if session is None or i.quantity not in session.computation.givens]
    return _Part(in_order(found, items), scores(items, found, run), notes)


def _answered(sheet: Sheet, answers: Answers, known: Known) -> Marking:
    if not 1 <= answers.run <= len(sheet.runs):
        raise DeltaruleError(
            f"the answers are to run {answers.run}, but the sheet has "
            f"{counted(len(sheet.runs), 'run')}",
            answers.path,
            "leave run out for the first one",
        )
    _check_names(sheet.runs[answers.run - 1], known)
    answers = answers.in_own_names(sheet.runs[answers.run - 1].names)
    run = only_known_published(sheet.runs[answers.run - 1], known)
    run, found = without_strangers(run, answers.run, known)
    notes = [*answers.notes, *_on_unread(run)]
    answers = only_known(run, answers, known)
    asked = (*run.asked, *named(run, answers.unread, known))
    session = open_session(run, answers.run, answers.values, known, extra=asked)
    possible = [session.computation.givens]
    if run.published or run.restated:
        sheets_own = open_session(run, answers.run, run.published, known)
        possible = givens_printed_twice.readings(sheets_own)
        session = givens_printed_twice.best(session, possible, lambda s: judged(s, doubt=False))
    found += by_other_readings(session, judged(session, doubt=False))
    notes += givens_printed_twice.notes(session, possible[0], found)
    notes += [*hidden(session, found), *notes_on_givens(session, answers.values)]
    found += judged_formulas(run, answers.run, answers.formulas, known)
    found += [unread_verdict(u, answers.run, session.computation) for u in answers.unread]
    written = (*answers.values, *answers.formulas, *(u.name for u in answers.unread))
    items = asked_items(
        run, answers.run, session.computation, known, written or everything(session.computation)
    )
    items = [i for i in items if i.quantity not in session.computation.givens]
    found += missing(items, found)
    part = _Part(in_order(found, items), scores(items, found, run), notes)
    return _joined(sheet, [part], answers.who)


def _check_names(run: Run, known: Known) -> None:
    """Raises DeltaruleError for a name of the sheet's own that stands for nothing."""
    if run.names:
        check_names(run.names, derivation_of(run, known).network)


def judged(session: Session, doubt: bool) -> list[Verdict]:
    if session.run.at == "after":
        return judge_after(session)
    found: list[Verdict] = []
    if doubt:
        corrected, found = mended(session)
        session.take(corrected.computation)
    updated = judge_updated(session) if session.run.updates > 1 else []
    late = {v.quantity for v in updated}
    causes = [w for w in causes_first(session) if w.quantity not in late]
    of = {written.quantity: judge(session, written) for written in causes}
    of = _said_of_transposed(session, judge_again(session, of))
    found += [v for w in computed(session) for v in of.get(w.quantity, ())] + updated
    return without_work(session, said_both_ways(session, session.ledger.settled(found)))


def _said_of_transposed(session: Session, of: dict[str, list[Verdict]]) -> dict[str, list[Verdict]]:
    """The verdicts, which say of a 2 × 3 for a 3 × 2 that it was read as its transpose."""
    for written in session.aligned.written.values():
        if written.transposed and written.quantity in of:
            shape = " × ".join(map(str, written.numbers.shape[::-1]))
            note = f"the {shape} that is written is read as its transpose"
            of[written.quantity] = [
                v
                if "transpose" in v.finding
                else replace(v, finding=f"{v.finding}; {note}" if v.finding else note)
                for v in of[written.quantity]
            ]
    return of


def _on_unread(run: Run) -> list[str]:
    """A note on what the sheet publishes and nobody can read; it is not given away here."""
    names = dict.fromkeys(pretty(u.name) if is_reference(u.name) else u.name for u in run.unread)
    if not names:
        return []
    return [
        f"of what the sheet publishes itself, {' and '.join(names)} cannot be read: "
        "check the sheet by itself"
    ]
