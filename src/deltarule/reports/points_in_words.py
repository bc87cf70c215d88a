"""Points in words: what a quantity earns, and what a submission earns in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from deltarule.marking.points import parts_in_words, points_text
from deltarule.marking.verdicts import Marking, Score, Verdict
from deltarule.reports.things import MarkedFile, together
from deltarule.spelling.counted import counted


def with_scores(marking: Marking) -> Iterator[tuple[Verdict, Score | None]]:
    """The verdicts, and behind the last one on each quantity what it earns."""
    scores = {(s.run, s.quantity): s for s in marking.scores}
    last = {(v.run, v.quantity): k for k, v in enumerate(marking.verdicts)}
    for k, verdict in enumerate(marking.verdicts):
        key = verdict.run, verdict.quantity
        yield verdict, scores.get(key) if last[key] == k else None


def is_shown(score: Score, marking: Marking) -> bool:
    """Whether a score is said: where the sheet has marks, and of what is partly right."""
    return any(s.marked for s in marking.scores) or 0 < score.points < score.of or bool(score.parts)


def of_score(score: Score) -> str:
    """2 of 3 points, and what of it is for the numbers and what for the formula."""
    hand = f", {points_text(score.open)} to be decided by hand" if score.open else ""
    parts = f" ({said})" if (said := parts_in_words(score.parts)) else ""
    return f"{points_text(score.points)} of {_points(score.of)}{parts}{hand}"


def total(marking: Marking) -> str:
    """How many quantities are right, and the points unless they say the same."""
    sentence = f"{marking.right} of {marking.of} right"
    plain = marking.points == marking.right and marking.points_of == marking.of
    if not plain or any(s.marked for s in marking.scores):
        sentence += f", {points_text(marking.points)} of {_points(marking.points_of)}"
    if marking.points_open:
        sentence += f" ({points_text(marking.points_open)} more to be decided by hand)"
    return sentence


def _points(points) -> str:
    return f"{points_text(points)} point{'' if points == 1 else 's'}"


def in_a_line(file: MarkedFile) -> str:
    """What one of several files earns, and whose it is; or why it could not be marked."""
    if file.marking is None:
        return "could not be read" if file.error is None else file.error.fact
    who = f"  {file.marking.who}" if file.marking.who else ""
    return f"{total(file.marking)}{who}"


def in_all(files: Sequence[MarkedFile]) -> str:
    """`2 files: 1 all right, 1 not marked`, and what they earn together, if anything is asked."""
    everything = together(files)
    sentence = f"{counted(len(files), 'file')}: {kinds(files)}"
    return f"{sentence}; {total(everything)}" if everything.of else sentence


def kinds(files: Iterable[MarkedFile]) -> str:
    """`2 all right, 1 with something wrong, 1 not marked`."""
    words = {"✓": "all right", "✗": "with something wrong", "?": "not marked"}
    counts = Counter(file.sign for file in files)
    return ", ".join(f"{counts[sign]} {kind}" for sign, kind in words.items() if counts[sign])
