"""What a name in somebody's table means in an exam: a quantity of a run, or a question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from deltarule.errors import DeltaruleError
from deltarule.exams.exam import CODE, FORMULA, Exam, Question
from deltarule.language.load import network_of
from deltarule.marking.sheet_files.other_names import in_own_names
from deltarule.marking.sheet_files.sheets import Run
from deltarule.spelling.names import parse_reference

ANSWERS, FORMULAS, CODES = "answers", "formulas", "code"
_FORMULA = re.compile(r"(?:formula(?: for| of)?:?\s+)(.+)|(.+?)\s*\(formula\)", re.IGNORECASE)
_NUMBERED = re.compile(r"\W*(?:question|q|part|task|nr|no|aufgabe)?\W*([\w.-]+?)\W*(?:\s.*)?", re.I)


@dataclass(frozen=True)
class Field:
    """Where an answer belongs: the table, the run (from 1), and the name in it, which is that of a
    quantity or a question's id. `question` asks for several quantities, each with its name.
    `loosely`: what was said is no name, but names one thing that is asked, among other words.
    """

    table: str
    name: str
    run: int = 1
    question: Question | None = None
    loosely: bool = False


class ExamFields:
    """The names that an exam has for what is asked, and for all other quantities."""

    def __init__(self, exam: Exam):
        self.exam = exam

    def knows(self, said: str) -> bool:
        """Whether a name means something."""
        return self.field(said) is not None

    def field(self, said: str, run: int | None = None) -> Field | None:
        """What a name means, in one run where that is said; None for nothing."""
        said = " ".join(said.split())
        question = self.exam.question(said) or self._by_text(said)
        if question is not None:
            return self._of_question(question)
        if formula := _FORMULA.fullmatch(said):
            inner = self.field(formula[1] or formula[2], run)
            return inner and Field(FORMULAS, inner.name, inner.run)
        return self._quantity(said, run) or self._numbered(said) or self._among_words(said, run)

    def _by_text(self, said: str) -> Question | None:
        """The question whose text it is, as forms have it above a column."""
        return next((q for q in self.exam.questions if q.text and q.text.strip() == said), None)

    def _numbered(self, said: str) -> Field | None:
        """`Question 1a`, `1a)`, `1a: the gradient`: the question with that number."""
        found = _NUMBERED.fullmatch(said)
        ids = {q.id.casefold(): q for q in self.exam.questions}
        question = ids.get(found[1].casefold()) if found and not self.exam.plain else None
        return self._of_question(question) if question is not None else None

    def _among_words(self, said: str, run: int | None) -> Field | None:
        """`Berechnen Sie s1:`, the one quantity asked that is named there; None for several."""
        words = [w for word in said.split() if (w := word.strip(".:;,?!()\"'„“”"))]
        pairs = [f"{one} {two}" for one, two in pairwise(words)]
        known = {said: self._asked(said, run) for said in (*pairs, *words)}
        inside = {word for pair in pairs if known[pair] for word in pair.split()}
        found = {f for w in (*pairs, *words) if w not in inside and (f := known[w])}
        return replace(found.pop(), loosely=True) if len(words) > 1 and len(found) == 1 else None

    def _asked(self, word: str, run: int | None) -> Field | None:
        """The field of a quantity that is asked, by its name; articles name nothing."""
        found = None if word in ("a", "A", "I") else self._quantity(word, run)
        asked = {a for q in self.exam.questions if q.run == (found and found.run) for a in q.asked}
        return found if found is not None and found.name in asked else None

    def _of_question(self, question: Question) -> Field:
        if self.exam.plain:
            table = FORMULAS if question.kind == FORMULA else ANSWERS
            return Field(table, question.asked[0], question.run)
        several = question if len(question.asked) > 1 else None
        table = CODES if question.kind == CODE else ANSWERS
        return Field(table, question.id, question.run, several)

    def _quantity(self, said: str, run: int | None) -> Field | None:
        try:
            reference = str(parse_reference(said))
        except DeltaruleError:
            return None
        asking = [q for q in self.exam.questions if run in (None, q.run) and reference in q.asked]
        # What is asked as numbers and as a formula is a number, unless a formula stands there.
        for question in sorted(asking, key=lambda q: q.kind == FORMULA):
            table = FORMULAS if question.kind == FORMULA else ANSWERS
            return Field(table, reference, question.run)
        for number, names in enumerate(self._names, start=1):
            if run in (None, number) and _tensors(reference, self._runs[number - 1]) <= names:
                return Field(ANSWERS, reference, number)
        return None

    @property
    def _runs(self) -> tuple[Run, ...]:
        return self.exam.sheet.runs

    @cached_property
    def _names(self) -> list[set[str]]:
        """The tensors of each run's network; of one that cannot be loaded, none."""
        return [set(_known(run)) for run in self._runs]


def _known(run: Run) -> Iterator[str]:
    try:
        network = network_of(run.network, **run.options)
    except DeltaruleError:
        return
    yield from (*network.tensors, *(s.name for s in network.scalars))


def _tensors(reference: str, run: Run) -> set[str]:
    """The tensors that a quantity is about, in the network's own names."""
    found = parse_reference(in_own_names(reference, run.names))
    if found.of is not None:
        return {found.of, str(found.wrt)}
    return {found.name.removesuffix(" after")}
