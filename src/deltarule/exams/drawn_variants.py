"""Variants of a sheet: for each student givens of their own, drawn so that marks are just.

What is settled once for a whole exam, from its seed alone: how wide the numbers are drawn, and with
how many digits answers are asked. Digits are as few as can be, so that every mistake that the
engine generates, and that some numbers of this kind can tell from right working, is seen by most
draws. What no draw can tell is said (`never`). Then each student's givens are drawn until they make
a fair paper (`draws.py`) that tells all of the others.

The numbers come from `seeded_numbers.py`, from the seed, the student and the number of the draw;
draws are accepted by exact and interval arithmetic. So a seed and a student give one paper, on
every machine; who joins a course later changes nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median

from deltarule.arithmetic.evaluate import Values
from deltarule.errors import DeltaruleError
from deltarule.exams.asked_numbers import AskedNumbers, asked_numbers, asked_references
from deltarule.exams.distances import Distance, Distances, in_words
from deltarule.exams.draws import Draw, Key
from deltarule.exams.givens_as_printed import as_printed, decimals_printed
from deltarule.exams.pleasant_givens import WIDENINGS, Manner, draw_givens, manner_like
from deltarule.exams.seeded_numbers import Seeded
from deltarule.marking.run_computations import Known
from deltarule.marking.session import Session, open_session
from deltarule.marking.sheet_files.arrays import entries
from deltarule.marking.sheet_files.sheets import Rounding, Run
from deltarule.spelling.counted import counted

#: So many draws settle how numbers are drawn; so many of them must tell every mistake.
PROBES, ENOUGH = 5, 3
#: The same of wider numbers, of which is asked only whether they tell more.
WIDER_PROBES = 3
#: So many draws at most are made for one student.
MOST_DRAWS = 100
#: So many digits more than the model's are tried, and never more than so many.
MORE_DIGITS, MOST_DIGITS = 6, 9
#: What changes numbers by a smaller share in most draws, as another ε under a root, is no matter of
#: the digits that are asked.
SLIGHT = 5e-4
#: Digits where the model says nothing; a model with more is asked with no more than these first.
USUAL_DIGITS = 4


@dataclass(frozen=True)
class Setting:
    """What all papers of an exam have in common.

    `required` are the mistakes that each paper has to tell, `never` those that none can: the right
    values come out under them, whatever is drawn, or nearly. `slight` ones change numbers by so
    little that digits are not asked for their sake, and not all draws tell them.
    """

    rounding: Rounding
    widening: int
    required: frozenset[Key]
    never: frozenset[Key]
    slight: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class Variant:
    """One student's paper: the run with its givens, the number of the draw, and its distances.

    `hidden` are required mistakes that its numbers do not tell; none unless that was allowed.
    """

    student: str
    run: Run
    draw: int
    decisive: Mapping[Key, Distance]
    distances: Distances
    hidden: tuple[Key, ...] = ()


class Variants:
    """A run of a sheet opened for drawing: the derivation and its mistakes are made once.

    `rounding` fixes the digits, `ties` asks for such numbers as may tie. Raises DeltaruleError for
    what cannot be drawn, and for a run that asks for no number.
    """

    def __init__(
        self,
        run: Run,
        seed: str,
        rounding: Rounding | None = None,
        ties: bool = False,
        number: int = 1,
    ):
        self.run, self.seed, self.fixed, self.ties = run, seed, rounding, ties
        self.known: Known = {}
        names = asked_references(run)
        if run.asked and not names:
            raise DeltaruleError(
                "the sheet asks for no number, so there is nothing to draw numbers for",
                run.title,
                'ask for some, as in asked = ["s1", "E"]',
            )
        self.first: Session = open_session(run, number, {}, self.known, extra=names)
        self.asked: AskedNumbers = asked_numbers(self.first, names)
        self.first.kept.setdefault("costly", {})
        for line in self.asked.seen_in:
            self.asked.mistakes(self.first, line)

    @cached_property
    def manners(self) -> dict[str, Manner]:
        """How each given is drawn; constants such as ε, which are no tensors, stay."""
        found = {}
        for name, array in self.first.computation.givens.items():
            printed = self.run.given.get(name)
            decimals = 1 if printed is None else decimals_printed(printed)
            tensor = self.first.computation.network.tensors.get(name)
            target = tensor is not None and tensor.role == "target"
            declared = self.run.properties.get(name, "")
            found[name] = manner_like(array, decimals, declared, finer=target)
        return found

    def trial(self, widening: int, *words: object) -> Draw:
        """Givens drawn from the seed and some words."""
        computation = self.first.computation
        extent = Values({}, computation.sizes, {}, {}).extent
        manners = {name: manner.wider(widening) for name, manner in self.manners.items()}
        random = Seeded(self.seed, *words)
        givens = draw_givens(computation.network, extent, computation.givens, manners, random)
        return Draw(self.first, self.asked, givens, self.ties)

    # ---- what is settled once ---------------------------------------------------------------
    @cached_property
    def setting(self) -> Setting:
        """How wide numbers are drawn, with how many digits answers are asked, what can be seen."""
        finest = self._roundings[-1]
        probes = {w: self._probes(w, WIDER_PROBES if w else PROBES) for w in range(WIDENINGS)}
        seen = {w: self._union(p, finest) for w, p in probes.items()}
        everything = frozenset().union(*seen.values())
        if not any(seen.values()):
            raise self._nothing_fair()
        widening = min(seen, key=lambda w: (len(everything - seen[w]), w))
        of = self._probes(widening, PROBES) if widening else probes[0]
        slight = self._slight(of, finest)
        wanted = seen[widening] - slight
        # Whatever its digits, a draw may hide something, as where two labels are alike.
        enough = min(self._telling(of, finest, wanted) or 1, ENOUGH)
        few = (r for r in self._roundings if self._telling(of, r, wanted) >= enough)
        rounding = next(few, finest)
        always = [found for p in of if (found := self._seen(p, rounding)) is not None]
        slight -= frozenset.intersection(*always) if always else frozenset()
        required = self._union(of, rounding) - slight
        return Setting(rounding, widening, required, self._all_keys - required - slight, slight)

    def _slight(self, probes: list[Draw], rounding: Rounding) -> frozenset[Key]:
        """The mistakes that change something in these draws, and in most of them by less than
        SLIGHT."""
        if self.fixed is not None:
            return frozenset()
        shares: dict[Key, list[float]] = {}
        for probe in probes:
            balls = probe.enclosures(rounding)
            if balls is not None:
                for key, found in probe.decisive(probe.distances(rounding, balls)):
                    shares.setdefault(key, []).append(found.share)
        return frozenset(k for k, found in shares.items() if 0 < median(found) < SLIGHT)

    def seen_with(self, rounding: Rounding) -> frozenset[Key]:
        """The mistakes that some numbers, of wider ranges too, tell with so many digits."""
        draws = (self._probes(w, PROBES) for w in range(WIDENINGS))
        return frozenset().union(*(self._union(probes, rounding) for probes in draws))

    def _probes(self, widening: int, count: int) -> list[Draw]:
        return [self.trial(widening, "probe", widening, k) for k in range(count)]

    def _union(self, probes: list[Draw], rounding: Rounding) -> frozenset[Key]:
        """The mistakes that some of these draws tell."""
        return frozenset().union(*(self._seen(probe, rounding) or () for probe in probes))

    def _telling(self, probes: list[Draw], rounding: Rounding, wanted: frozenset[Key]) -> int:
        """How many of these draws tell all mistakes that are wanted."""
        found = (self._seen(probe, rounding) for probe in probes)
        return sum(one is not None and wanted <= one for one in found)

    def _seen(self, draw: Draw, rounding: Rounding) -> frozenset[Key] | None:
        """The mistakes that a draw tells; None if it is not fair."""
        balls = draw.enclosures(rounding)
        if balls is None:
            return None
        return _apart(draw.decisive(draw.distances(rounding, balls)))

    @property
    def _all_keys(self) -> frozenset[Key]:
        return frozenset(
            (line, k)
            for line in self.asked.seen_in
            for k in range(sum(map(len, self.asked.mistakes(self.first, line))))
        )

    @cached_property
    def _roundings(self) -> list[Rounding]:
        """The digits that are tried, few ones first."""
        if self.fixed is not None:
            return [self.fixed]
        policy = self.run.rounding
        if policy.significant is not None:
            most = min(policy.significant + MORE_DIGITS, max(policy.significant, MOST_DIGITS))
            return [replace(policy, significant=k) for k in range(policy.significant, most + 1)]
        least = policy.decimals
        if least is None:
            printed = [p for v in self.run.published.values() for _, p in entries(v) if p]
            most_printed = max((p.decimals or 0 for p in printed), default=USUAL_DIGITS)
            least = max(min(most_printed, USUAL_DIGITS), 0)
        most = min(least + MORE_DIGITS, max(least, MOST_DIGITS))
        return [replace(policy, decimals=k) for k in range(least, most + 1)]

    def _nothing_fair(self) -> DeltaruleError:
        return DeltaruleError(
            "no numbers of this kind make a fair paper: there are ties, kinks or values that do "
            "not exist in all that were drawn",
            self.run.title,
            "give --ties if ties are wanted, or a model with larger and more different numbers",
        )

    # ---- one student's ----------------------------------------------------------------------
    def draw(self, student: str, allow_hidden: bool = False) -> Variant:
        """A student's paper. Raises DeltaruleError if no draw tells all that it should, unless
        that is allowed; then the one that hides least is taken."""
        best: Variant | None = None
        for found in self._fair(student):
            if not found.hidden:
                return found
            if best is None or len(found.hidden) < len(best.hidden):
                best = found
        if best is None:
            raise self._nothing_fair()
        if allow_hidden:
            return best
        raise self._refused(best)

    def _fair(self, student: str) -> Iterator[Variant]:
        """The fair draws of a student, one after the other."""
        setting = self.setting
        for number in range(1, MOST_DRAWS + 1):
            draw = self.trial(setting.widening, "student", student, number)
            balls = draw.enclosures(setting.rounding)
            if balls is None:
                continue
            worked = draw.habits(setting.rounding)
            if not draw.clear(worked, setting.rounding):
                continue
            found = draw.distances(setting.rounding, balls, worked)
            decisive = dict(draw.decisive(found))
            hidden = setting.required - _apart(decisive.items())
            yield Variant(student, self._run(draw), number, decisive, found, tuple(sorted(hidden)))

    def _run(self, draw: Draw) -> Run:
        """The run with these givens, and nothing published."""
        given = {
            name: as_printed(draw.givens[name], printed) if name in draw.givens else printed
            for name, printed in self.run.given.items()
        }
        asked = self.run.asked or tuple(self.asked.entries)
        return replace(
            self.run,
            given=given,
            asked=asked,
            rounding=self.setting.rounding,
            published={},
            restated={},
        )

    def _refused(self, best: Variant) -> DeltaruleError:
        digits = self.setting.rounding
        count = digits.decimals if digits.decimals is not None else digits.significant
        option = "decimals" if digits.decimals is not None else "significant"
        worst = in_words(best.decisive[best.hidden[0]])
        return DeltaruleError(
            f"of {MOST_DRAWS} draws for {best.student or 'the specimen'}, none tells every mistake "
            f"from rounding: the best hides {counted(len(best.hidden), 'mistake')}, as {worst}",
            self.run.title,
            f"ask for more digits, --{option} {(count or 0) + 1}, or give --allow-hidden",
        )


def _apart(found) -> frozenset[Key]:
    return frozenset(key for key, distance in found if distance.apart)
