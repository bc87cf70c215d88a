"""The record of one derivation: every rewrite becomes a verified step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from sympy import Expr

from deltarule.calculus.rules.rename_indices import RENAME
from deltarule.calculus.rules.rule import Given, Rewrite, Rule
from deltarule.calculus.rules.share_the_sum import SHARE_THE_SUM
from deltarule.calculus.rules.table import SIMPLIFICATIONS
from deltarule.calculus.rules.write_upstream import INSERT
from deltarule.calculus.steps import Step
from deltarule.calculus.verify import Unverified, Verifier
from deltarule.errors import DeltaruleError, in_short
from deltarule.expressions.nodes import size_of
from deltarule.expressions.symbols import Index
from deltarule.expressions.sympy_functions import own
from deltarule.expressions.terms_counted import MOST_TERMS, count_terms
from deltarule.networks.network import Network
from deltarule.spelling.text import text

#: Rules that simplify come to an end long before so many rewrites of one formula.
MOST_REWRITES = 100


class Record:
    """The formula as it stands, and the steps that led to it from `start`.

    `rules` simplify it, in order.
    """

    def __init__(
        self,
        start: Expr,
        network: Network,
        ranges: Sequence[tuple[Index, Expr]],
        verifier: Verifier,
        rules: Sequence[Rule] = SIMPLIFICATIONS,
    ):
        self.network, self.ranges, self.verifier = network, tuple(ranges), verifier
        self.rules = rules
        self.steps: list[Step] = []
        self.now = start
        self._simplified: Expr | None = None

    def mark(self) -> int:
        """Where the record stands, to come back to."""
        return len(self.steps)

    def back_to(self, mark: int) -> None:
        """Forget the steps since a mark: another way is taken from there."""
        self.now = self.steps[mark].before if mark < len(self.steps) else self.now
        del self.steps[mark:]

    def state(self, rule: Rule, before: Expr, after: Expr, verified: str, detail: str = "") -> None:
        """A step that was verified by other means than comparing both sides."""
        self.steps.append(Step(rule, before, after, detail, "", verified))
        self.now = after

    def move(self, rule: Rule, after: Expr, detail: str = "", condition: str = "") -> None:
        """Rewrite the formula. Raises Unverified if the two sides differ."""
        self._move(self.verifier.same, rule, after, detail, condition)

    def move_beside_kinks(self, rule: Rule, after: Expr, detail: str) -> None:
        """Rewrite the formula by one that differs on kinks alone, if at all."""
        self._move(self.verifier.same_beside_kinks, rule, after, detail)

    def _move(
        self, check: Callable, rule: Rule, after: Expr, detail: str, condition: str = ""
    ) -> None:
        if after == self.now:
            return
        try:
            verified = check(self.now, after, self.ranges)
        except Unverified as error:
            fact = f"{error.fact} (rule: {rule.name})"
            raise Unverified(fact, error.place, error.remedy) from None
        self.steps.append(Step(rule, self.now, after, detail, condition, verified))
        self.now = after

    def simplify(self) -> None:
        """Apply the passes until none applies."""
        if self.now != self._simplified:
            self._apply(passes(self.now, self.given(self.network), self.rules))
            self._simplified = self.now

    def insert(
        self, inserted: Expr, detail: str, network: Network | None = None, longest: float = 1
    ) -> bool:
        """Write upstream gradients out, if that ends in a shorter formula.

        `network` may know more values than ours; the end may be `longest` times as long, and have
        more terms than a reader takes in only if there were more before.
        """
        inserted = own(inserted)
        given = self.given(network or self.network)
        # That two sums share a factor is no reason to write out where they come from.
        rules = [rule for rule in self.rules if rule is not SHARE_THE_SUM]
        rewrites = list(passes(inserted, given, rules))
        end = rewrites[-1][1].after if rewrites else inserted
        if inserted == self.now or size_of(end) >= longest * size_of(self.now):
            return False
        if MOST_TERMS < count_terms(end) > count_terms(self.now):
            return False
        self.move(INSERT, inserted, detail)
        self._apply(rewrites)
        return True

    def _apply(self, rewrites: Iterable[tuple[Rule, Rewrite]]) -> None:
        for rule, rewrite in rewrites:
            self.move(rule, rewrite.after, rewrite.detail, rewrite.condition)
        renamed = RENAME.apply(self.now, self.given(self.network))
        if renamed is not None:
            self.move(RENAME, renamed.after)

    def given(self, network: Network | None = None) -> Given:
        """What rules may know: the network, or one that knows more values, and the extents."""
        return Given(network or self.network, dict(self.ranges))


def passes(
    expression: Expr, given: Given, rules: Sequence[Rule] = SIMPLIFICATIONS
) -> Iterator[tuple[Rule, Rewrite]]:
    """The rewrites that apply, one after another, each to the result of the one before.

    Raises DeltaruleError where a rule leads back to a formula that there was before, and where
    rules find no end.
    """
    known = {expression}
    while (step := _first(expression, given, rules)) is not None:
        rule, rewrite = step
        yield rule, rewrite
        expression = rewrite.after
        if expression in known:
            raise DeltaruleError(
                f"the rule {rule.name} leads back to {text(expression)}",
                given.network.name,
                "let what it does be None where a formula gets no simpler",
            )
        known.add(expression)
        if len(known) > MOST_REWRITES:
            raise DeltaruleError(
                f"the rule {rule.name} finds no end: {MOST_REWRITES} rewrites were made",
                given.network.name,
                "let what it does be None where a formula gets no simpler",
            )


def _first(expression: Expr, given: Given, rules: Sequence[Rule]) -> tuple[Rule, Rewrite] | None:
    """The first rule that changes a formula, and what it makes of it."""
    for rule in rules:
        found = _applied(rule, expression, given)
        if found is None:
            continue
        if not isinstance(found, Rewrite) or not isinstance(found.after, Expr):
            raise DeltaruleError(
                f"the rule {rule.name} gives {in_short(found)}",
                "what it does",
                "give Rewrite(formula), or None where it does not apply",
            )
        found = found._replace(after=own(found.after))
        if found.after != expression:
            return rule, found
    return None


def _applied(rule: Rule, expression: Expr, given: Given) -> object:
    """What a rule gives for a formula. Raises DeltaruleError with its name where it fails."""
    try:
        return rule.apply(expression, given)
    except DeltaruleError:
        raise
    except Exception as error:
        raise DeltaruleError(
            f"the rule {rule.name} fails: {type(error).__name__}: {str(error)[:200]}",
            f"{given.network.name}: {text(expression)[:200]}",
            "mend what it does; it gives Rewrite(formula), or None where it does not apply",
        ) from error
