"""Why a function is wrong: the fewest and simplest mistakes that give all its wrong outputs.

Each wrong output is held against every wrong version of every line that it depends on, and against
what may be done wrongly to whole arrays, at all settings; what is named gives the student's numbers
at each of them, where they are right too.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from deltarule.expressions.gradient_names import is_gradient
from deltarule.marking.mistakes import Mistake
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.submissions.agreement import Fit
from deltarule.submissions.array_slips import slips, with_inputs
from deltarule.submissions.cause_words import BESIDES, cause_of_mistake, cause_text
from deltarule.submissions.course_conventions import Task
from deltarule.submissions.explanations import Explained, Explanations, Seen
from deltarule.submissions.findings import Cause
from deltarule.submissions.input_slips import Known
from deltarule.submissions.right_task import RightTask
from deltarule.submissions.shape_slips import OVERFLOW, overflow, overflows
from deltarule.submissions.student_arrays import tensors_of
from deltarule.submissions.task_check import Observed
from deltarule.submissions.wrong_lines import RIGHT, WrongLines, wrong_lines

#: What it costs to suppose a mistake in the line of an output that is right.
RIGHT_ELSEWHERE = 1.5


@dataclass
class _Candidate:
    """A cause, how simple it is, and which outputs it gives."""

    cause: Cause
    cost: float
    outputs: set[str] = field(default_factory=set)


def causes_of(
    right: RightTask, seen: Observed, base: Hypothesis = RIGHT, forward: Sequence[Observed] = ()
) -> list[Cause]:
    """The causes of a function's wrong outputs; of some outputs none may be found.

    `forward` are the functions called before it: what is right of them refutes causes, too.
    """
    task = right.task
    wrong = [n for n, found in seen.outputs.items() if found.wrong and _computed(right, n)]
    lines = WrongLines(right, seen.rights) if task.recovered else wrong_lines(right)
    explanations = Explanations(lines, base)
    evidence = {name: evidence_of(right, seen, name) for name in wrong}
    beside = [_overflow_beside(right, name, evidence[name]) for name in wrong]
    evidence = {name: _without_overflow(one) for name, one in evidence.items()}
    proved = [evidence_of(right, seen, n) for n, o in seen.outputs.items() if not o.wrong]
    proved += _forward_proved(right, forward)
    found: dict[Hashable, _Candidate] = {}

    def add_mistakes(joint: bool) -> None:
        known: dict[int, Explained] = {}
        for name, one in evidence.items():
            forward = not task.values[name].gradient
            again = explanations.again(list(known.values()), one, forward)
            for e in again or explanations.of(one, forward, joint):
                cause = cause_of_mistake(e.mistake, task, right.derivation)
                cost = e.cost + RIGHT_ELSEWHERE * _elsewhere(e.mistake, name, task, right, wrong)
                key: Hashable = id(e.mistake)
                if not own_alone(e.mistake, one) and explanations.refuted(e.mistake, proved):
                    if is_gradient(name_of(right, name)) > is_gradient(e.mistake.line):
                        continue
                    key, cost = (key, name), cost + RIGHT_ELSEWHERE
                    cause.words += f"; on the way to {name} alone"
                else:
                    known[id(e.mistake)] = e
                _add(found, key, _Candidate(cause, cost), name)

    for name, one in evidence.items():
        for slip in slips(task, name, one):
            new = _Candidate(Cause(slip.words, slip.kind), slip.cost)
            _add(found, (slip.kind, name, slip.other or slip.words), new, name)
    add_mistakes(joint=False)
    _exchanged(found, wrong)
    chosen = _fewest(list(found.values()), wrong)
    if len(chosen) > 1 or not {*wrong} <= set().union(*(c.outputs for c in chosen)):
        add_mistakes(joint=True)
        chosen = _fewest(list(found.values()), wrong)
    left = [n for n in wrong if not any(n in c.outputs for c in chosen)]
    known: Known = {}
    for name in left:
        for slip in with_inputs(task, name, evidence[name], known):
            new = _Candidate(Cause(slip.words, slip.kind), slip.cost)
            _add(found, (slip.kind, slip.other), new, name)
    if left:
        chosen = _fewest(list(found.values()), wrong)
    chosen = _alike(chosen, list(found.values()))
    causes = _merged([*(_with_outputs(c) for c in chosen), *filter(None, beside)])
    for cause in causes:
        if cause.kind == OVERFLOW and any(beside):
            cause.words = f"{BESIDES}{cause.words}"  # it does not explain the other numbers
    return sorted(causes, key=lambda c: c.kind == OVERFLOW)


def _computed(right: RightTask, value: str) -> bool:
    """Whether a value is none that is given, and shall be left as it is."""
    place = right.task.values[value].parts[0]
    return place.gradient or not right.network.tensor(place.tensor).given


def name_of(right: RightTask, value: str) -> str:
    """The name of the line that gives a value, or of the first of several."""
    place = right.task.values[value].parts[0]
    return right.derivation.gradient_name(place.tensor) if place.gradient else place.tensor


def own_alone(mistake: Mistake, seen: list[Seen]) -> bool:
    """Whether a mistake is made in the lines that are returned, and in no other.

    What else the derivation computes of those lines, a student's code may compute without them: no
    value that is right refutes it.
    """
    returned = next((s.tensors.keys() for s in seen if s.tensors is not None), set())
    return mistake.lines <= returned


def _without_overflow(seen: list[Seen]) -> list[Seen]:
    """Where it does not overflow, if it is wrong there, too: that tells which mistake it is."""
    left = [s for s in seen if not overflows(s)]
    return left if any(s.wrong for s in left) else seen


def _overflow_beside(right: RightTask, name: str, seen: list[Seen]) -> Cause | None:
    """That it overflows as well, where it is wrong elsewhere, too."""
    if len(_without_overflow(seen)) == len(seen):
        return None
    slip = overflow(right.task.values[name], right.network)
    return Cause(slip.words, slip.kind, outputs=(name,))


def _forward_proved(right: RightTask, forward: Sequence[Observed]) -> list[list[Seen]]:
    """What is right of the functions before."""
    return [
        evidence_of(right, one, name)
        for one in forward
        for name, output in one.outputs.items()
        if output.right and not output.wrong
    ]


def _elsewhere(
    mistake: Mistake, name: str, task: Task, right: RightTask, wrong: Sequence[str]
) -> bool:
    """Whether a mistake would be in the line of another output, which is right."""
    for other, value in task.values.items():
        if other != name and other not in wrong:
            places = value.parts
            own = {
                right.derivation.gradient_name(p.tensor) if p.gradient else p.tensor for p in places
            }
            if mistake.line in own:
                return True
    return False


def _exchanged(found: dict[Hashable, _Candidate], wrong: Sequence[str]) -> None:
    """Outputs that stand in each other's place."""
    for one, two in combinations(wrong, 2):
        pair = [found.get(("another output", *n)) for n in ((one, two), (two, one))]
        if pair[0] is not None and pair[1] is not None:
            cause = Cause(f"{one} and {two} are exchanged", "outputs exchanged")
            found["outputs exchanged", one, two] = _Candidate(cause, 3.5, {one, two})


def _merged(causes: list[Cause]) -> list[Cause]:
    """The same mistake made of several outputs is one cause."""
    kept: dict[tuple[str, str], Cause] = {}
    for cause in causes:
        known = kept.setdefault((cause.kind, cause.words), cause)
        known.outputs = tuple(sorted({*known.outputs, *cause.outputs}))
    return list(kept.values())


def evidence_of(right: RightTask, seen: Observed, name: str) -> list[Seen]:
    """What an output was at each setting."""
    found, value = [], right.task.values[name]
    bad = {setting: agreement.fit for setting, agreement in seen.outputs[name].wrong}
    good = set(seen.outputs[name].right)
    for setting, given in seen.at:
        if setting in bad or setting in good:
            values, raw = seen.rights[setting], given.values.get(name)
            known = raw is not None and bad.get(setting) is not Fit.SHAPE
            tensors = tensors_of(value, raw, values) if known else None
            found.append(Seen(setting, values, raw, tensors, setting in bad))
    return found


def _add(found: dict, key: Hashable, new: _Candidate, name: str) -> None:
    known = found.setdefault(key, new)
    known.outputs.add(name)
    known.cost = min(known.cost, new.cost)


def _fewest(candidates: list[_Candidate], wrong: Sequence[str]) -> list[_Candidate]:
    """As few as possible that give all wrong outputs, each time the one that gives most."""
    left, chosen = set(wrong), []
    while left:
        best = min(
            (c for c in candidates if c.outputs & left),
            key=lambda c: (-len(c.outputs & left), c.cost),
            default=None,
        )
        if best is None:
            break
        chosen.append(best)
        left -= best.outputs
    return chosen


def _alike(chosen: list[_Candidate], candidates: list[_Candidate]) -> list[_Candidate]:
    """The chosen ones, but for an output that a mistake explains which is made in others, too: of
    one row the mean is the sum, and who takes it elsewhere has taken it there."""
    texts = [cause_text(_with_outputs(c)) for c in chosen]
    found = list(chosen)
    for place, own in enumerate(chosen):
        others = {t for k, t in enumerate(texts) if k != place}
        if texts[place] not in others:
            same = (c for c in candidates if c.outputs == own.outputs and c is not own)
            like = (c for c in same if cause_text(_with_outputs(c)) in others)
            found[place] = next(like, own)
    return found


def _with_outputs(candidate: _Candidate) -> Cause:
    candidate.cause.outputs = tuple(sorted(candidate.outputs))
    return candidate.cause
