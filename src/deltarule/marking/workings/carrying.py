"""Ways of carrying values on: exactly, as printed, rounded on the way, with earlier mistakes.

Each way is a hypothesis with a cost: how much has to be supposed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

from deltarule.arithmetic.exact import Rounded
from deltarule.marking.aligned_answers import Aligned, Written
from deltarule.marking.mistakes import Mistake
from deltarule.marking.other_formulas import OtherWays
from deltarule.marking.printed_otherwise import printed_otherwise
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.networks.reachability import reachable

#: What it costs to suppose that values were carried in some way.
ONE_PRINTED, RIGHT_PRINTED, ALL_PRINTED, ROUNDED_BETWEEN, ONE_ROUNDED = 1.0, 1.4, 1.5, 0.5, 1.2
#: What it costs to suppose that an earlier mistake was carried on.
EARLIER = 1.6
#: How many explanations of one earlier value, and how many sets of mistakes, are carried on.
MOST_READINGS, MOST_SETS = 4, 24
#: How many of the printed lines before a line are carried on alone, the nearest first.
MOST_SINGLY = 8


#: What a way of carrying costs, the way, and mistakes that are carried on so.
Way = tuple[float, Hypothesis, tuple[Mistake, ...]]


def with_mistakes(hypothesis: Hypothesis, mistakes: Sequence[Mistake]) -> Hypothesis:
    """The same with some lines evaluated wrongly."""
    wrong = {line: equation for mistake in mistakes for line, equation in mistake.equations}
    return replace(hypothesis, variants={**hypothesis.variants, **wrong}) if wrong else hypothesis


class Carrying:
    """How the values before a quantity may have been carried on to it.

    `not_right` are the quantities that were judged as not right; `diagnosed` holds, for some of
    them, the mistakes that explain them: sets of mistakes, simplest first.
    """

    def __init__(self, evaluator: Evaluator, aligned: Aligned):
        self.evaluator, self.aligned = evaluator, aligned
        self.not_right: set[str] = set()
        self.diagnosed: dict[str, list[tuple[Mistake, ...]]] = {}
        self.conventions: Callable[[], list[tuple[Mistake, ...]]] = list
        self.carried_back: Callable[[Mistake], tuple[Mistake, ...]] = lambda mistake: ()
        self._as_printed = {
            name: w for name, w in aligned.written.items() if name in evaluator.equations
        }
        self._unprinted = evaluator.equations.keys() - self._as_printed
        self.other_ways = OtherWays(evaluator, frozenset(self._as_printed))
        self._ways: dict[tuple, list] = {}
        self._printed_above: dict[str, list[str]] = {}
        self._between: dict[str, list[str]] = {}

    def right(self, written: Written) -> list[tuple[float, Hypothesis]]:
        """Ways of carrying with right formulas alone, simplest first."""
        key = ("right", written.quantity, written.decimals, self._wrong_above(written.quantity))
        if key not in self._ways:
            self._ways[key] = [*self._right(written), *self._by_other_formulas(written)]
        return self._ways[key]

    def _wrong_above(self, name: str) -> frozenset[str]:
        """The printed lines before a line that are known not to be right."""
        return frozenset(self.not_right.intersection(self.printed_before(name)))

    def _right(self, written: Written) -> Iterator[tuple[float, Hypothesis]]:
        name = written.quantity
        printed = self.printed_above(name)
        between = self.between(name)[:MOST_SINGLY]
        roundings = self.roundings(written)
        yield 0.0, Hypothesis()
        for one in sorted(printed, key=lambda p: self._distance(name, p))[:MOST_SINGLY]:
            yield ONE_PRINTED, Hypothesis(frozenset([one]))
        for one in between:
            for rounding in roundings:
                yield ONE_ROUNDED, Hypothesis(rounded={one: rounding})
        right = frozenset(printed) - self.not_right
        for cost, as_printed in ((RIGHT_PRINTED, right), (ALL_PRINTED, frozenset(printed))):
            yield cost, Hypothesis(as_printed)
            for one in between:
                for rounding in roundings:
                    yield cost + ONE_ROUNDED, Hypothesis(as_printed, rounded={one: rounding})
            for rounding in roundings:
                yield cost + ROUNDED_BETWEEN, Hypothesis(as_printed, rounding)
        for rounding in roundings:
            yield ALL_PRINTED + ROUNDED_BETWEEN, Hypothesis(rounding=rounding)
        if written.decimals is not None:
            finer = Rounded(written.decimals + 1, None, self.aligned.rounding.rule)
            yield ALL_PRINTED + ONE_ROUNDED, Hypothesis(rounding=finer)
        for as_printed in self._from_itself(written):
            yield ALL_PRINTED, Hypothesis(as_printed)
            for rounding in roundings:
                yield ALL_PRINTED + ROUNDED_BETWEEN, Hypothesis(as_printed, rounding)

    def _by_other_formulas(self, written: Written) -> Iterator[tuple[float, Hypothesis]]:
        """The same with other right formulas, which go on from other printed lines."""
        for way in self.other_ways.to(written.quantity):
            printed = frozenset(way.printed)
            sets = [printed - self.not_right, printed, *(frozenset([p]) for p in way.gained)]
            for as_printed in dict.fromkeys(sets):
                yield ALL_PRINTED, Hypothesis(as_printed, variants=way.variants)
                for rounding in self.roundings(written):
                    carried = Hypothesis(as_printed, rounding, variants=way.variants)
                    yield ALL_PRINTED + ROUNDED_BETWEEN, carried

    def _from_itself(self, written: Written) -> list[frozenset[str]]:
        """The lines taken as printed where a recurrence goes on from its own printed values."""
        name = written.quantity
        if name not in self.evaluator.groups or name not in self._as_printed:
            return []
        printed = frozenset(self.printed_above(name))
        sets = (frozenset(), printed - self.not_right, printed)
        return list(dict.fromkeys(as_printed | {name} for as_printed in sets))

    def by_convention(self, written: Written) -> Iterator[Way]:
        """Ways of carrying with right formulas by other conventions at ties and kinks."""
        name = written.quantity
        above = self.evaluator.ancestors(name) | {name}
        printed = frozenset(self.printed_above(name))
        for convention in self.conventions():
            bearing = tuple(m for m in convention if m.lines & above)
            if not bearing:
                continue
            lines = frozenset(line for m in bearing for line, _ in m.equations)
            for as_printed in dict.fromkeys((frozenset(), printed - self.not_right - lines)):
                plain = with_mistakes(Hypothesis(as_printed), bearing)
                yield ALL_PRINTED, plain, bearing
                for rounding in self.roundings(written):
                    yield (
                        ALL_PRINTED,
                        Hypothesis(as_printed, rounding, variants=plain.variants),
                        bearing,
                    )

    def following(self, written: Written) -> Iterator[list[Way]]:
        """Ways of carrying, and the earlier mistakes that are carried on so: exactly, then rounded
        or beside printed values, then by other right formulas."""
        name, explained = written.quantity, sum(len(found) for found in self.diagnosed.values())
        key = ("following", name, written.decimals, self._wrong_above(name), explained)
        stages = self._ways.setdefault(key, [])
        for k, stage in enumerate((self._exactly, self._beside_printed, self._otherwise)):
            if k == len(stages):
                stages.append(list(stage(written)))
            yield stages[k]

    def _exactly(self, written: Written) -> Iterator[Way]:
        for mistakes in self.earlier(written.quantity):
            yield EARLIER, Hypothesis(), mistakes

    def _beside_printed(self, written: Written) -> Iterator[Way]:
        name = written.quantity
        printed = frozenset(self.printed_above(name))
        for mistakes in self.earlier(name):
            lines = {line for m in mistakes for line, _ in m.equations}
            for as_printed in self._beside(name, printed, lines):
                if as_printed:
                    yield EARLIER + RIGHT_PRINTED, Hypothesis(as_printed), mistakes
                for rounding in self.roundings(written):
                    rounded = Hypothesis(as_printed, rounding)
                    yield EARLIER + RIGHT_PRINTED + ROUNDED_BETWEEN, rounded, mistakes

    def _otherwise(self, written: Written) -> Iterator[Way]:
        """By other right formulas than the network's."""
        name = written.quantity
        for mistakes in self.earlier(name):
            lines = {line for m in mistakes for line, _ in m.equations}
            for way in () if name in lines else self.other_ways.to(name):
                for as_printed in self._beside(name, frozenset(way.printed), lines):
                    for rounding in (None, *self.roundings(written)):
                        carried = Hypothesis(as_printed, rounding, variants=way.variants)
                        yield EARLIER + RIGHT_PRINTED, carried, mistakes

    def _beside(self, name: str, printed: frozenset[str], lines: set[str]) -> list[frozenset[str]]:
        """The printed lines that may be taken as printed while some wrong lines are not."""
        unexplained = printed & self.not_right - self.diagnosed.keys()
        right = printed - self.not_right
        near = sorted(printed - lines, key=lambda p: (self._distance(name, p), p))
        some = [frozenset([one]) for one in near[:MOST_SINGLY]]
        sets = [frozenset(), unexplained, right, right | unexplained, printed - lines, *some]
        return list(dict.fromkeys(as_printed - lines for as_printed in sets))

    def earlier(self, name: str) -> list[tuple[Mistake, ...]]:
        """Sets of earlier mistakes that bear on a quantity: all together first, then fewer."""
        above = self.evaluator.ancestors(name) | {name}
        bearing = []
        for readings in self.diagnosed.values():
            simplest = readings[:1] and [self._and_back(readings[0], name)]
            tried = [*simplest, *readings[:MOST_READINGS]]
            kept = [tuple(m for m in r if m.lines & above) for r in dict.fromkeys(tried)]
            if any(kept):
                bearing.append([r for r in kept if r])
        found: dict[tuple[Mistake, ...], None] = {}
        for count in range(len(bearing), 0, -1):
            for chosen in combinations(bearing, count):
                for readings in product(*chosen):
                    together = tuple(dict.fromkeys(m for r in readings for m in r))
                    found.setdefault(together)
                    if len(found) >= MOST_SETS:
                        return list(found)
        return list(found)

    def _and_back(self, mistakes: tuple[Mistake, ...], name: str) -> tuple[Mistake, ...]:
        """Mistakes, and the gradients of the lines as they make them, unless others are printed."""
        back = tuple(b for m in mistakes for b in self.carried_back(m))
        moved = {b.line for b in back}
        carried = with_mistakes(Hypothesis(), (*mistakes, *back))
        for line in self.printed_before(name) if back else ():
            if line == name or moved.isdisjoint(self.evaluator.ancestors(line) | {line}):
                continue
            if printed_otherwise(self.evaluator, self.aligned, self._as_printed[line], carried):
                return mistakes
        return (*mistakes, *back)

    def wrong(self, written: Written) -> list[Way]:
        """Ways of carrying on which a new mistake is looked for."""
        name, explained = written.quantity, sum(len(found) for found in self.diagnosed.values())
        key = ("wrong", name, written.decimals, self._wrong_above(name), explained)
        if key not in self._ways:
            self._ways[key] = list(self._wrong(written))
        return self._ways[key]

    def _wrong(self, written: Written) -> Iterator[Way]:
        name = written.quantity
        printed = frozenset(self.printed_before(name))
        yield 0.0, Hypothesis(), ()
        seen = set()
        for cost, as_printed in ((RIGHT_PRINTED, printed - self.not_right), (ALL_PRINTED, printed)):
            if as_printed and as_printed not in seen:
                seen.add(as_printed)
                yield cost, Hypothesis(as_printed), ()
        for rounding in self.roundings(written):
            for as_printed in seen or {frozenset()}:
                yield ALL_PRINTED + ROUNDED_BETWEEN, Hypothesis(as_printed, rounding), ()
        for as_printed in self._from_itself(written)[:1]:
            yield ALL_PRINTED, Hypothesis(as_printed), ()
        outside = printed - self.evaluator.groups.get(name, frozenset())
        if outside and outside not in seen:  # the loop over the times in one go
            yield ALL_PRINTED, Hypothesis(outside), ()
        for carried in self.earlier(name)[:1]:
            yield EARLIER, with_mistakes(Hypothesis(), carried), carried

    def from_wrong_prints(self, name: str) -> Iterator[Hypothesis]:
        """Right formulas that go on from printed values that are not right: from these alone, and
        from all that is printed."""
        own = [({}, self.printed_above(name))]
        others = [(way.variants, way.printed) for way in self.other_ways.to(name)]
        for variants, above in (*own, *others):
            printed = frozenset(above)
            wrong = printed & self.not_right
            if wrong:
                yield Hypothesis(wrong, variants=variants)
                yield Hypothesis(printed, variants=variants)

    def _distance(self, name: str, ancestor: str) -> int:
        return len(self.evaluator.ancestors(name)) - len(self.evaluator.ancestors(ancestor))

    def printed_above(self, name: str) -> list[str]:
        """The printed lines that a line depends on by its own formula, in the order of
        computation."""
        if name not in self._printed_above:
            needs = self.evaluator.needs
            above = {*reachable([name], lambda n: needs.get(n, ()))} & self._as_printed.keys()
            above -= {name}
            self._printed_above[name] = [n for n in self.evaluator.equations if n in above]
        return self._printed_above[name]

    def printed_before(self, name: str) -> list[str]:
        """The same by any of its right formulas."""
        ways = self.other_ways.to(name)
        others = frozenset().union(*(way.printed for way in ways))
        own = self.printed_above(name)
        if others <= set(own):
            return own
        return [n for n in self.evaluator.equations if n in others.union(own)]

    def between(self, name: str) -> list[str]:
        """The unprinted lines between a line and the printed ones before it, nearest first."""
        if name not in self._between:
            unprinted, needs = self._unprinted, self.evaluator.needs
            self._between[name] = reachable([name], lambda line: sorted(needs[line] & unprinted))
        return self._between[name]

    def roundings(self, written: Written) -> list[Rounded]:
        """How lines in between may have been rounded: as the sheet says, and as printed here."""
        policy = self.aligned.rounding
        found = []
        if not policy.exact:
            found.append(Rounded(policy.decimals, policy.significant, policy.rule))
        if written.decimals is not None and written.decimals != policy.decimals:
            found.append(Rounded(written.decimals, None, policy.rule))
        return found
