"""A person's own gradients held against measurements of their own function.

Sizes are small and unequal, the batch is larger than 1, upstream gradients are generic. The other
arguments take their defaults, and then other values. Zeros, ties and extremes are always tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from deltarule.errors import DeltaruleError
from deltarule.gradcheck.result import GradientCheck
from deltarule.gradcheck.user_code.at_points import Tried, check_points
from deltarule.gradcheck.user_code.comparing import Comparison
from deltarule.gradcheck.user_code.constants import apart, plan
from deltarule.gradcheck.user_code.diagnosis import Diagnosis
from deltarule.gradcheck.user_code.function import OwnFunction
from deltarule.gradcheck.user_code.given_gradients import Fault
from deltarule.gradcheck.user_code.inference import with_all_shapes
from deltarule.gradcheck.user_code.otherwise import right_if_exchanged
from deltarule.gradcheck.user_code.precision import DOUBLE
from deltarule.gradcheck.user_code.rounds import Round, Tolerance, round_at
from deltarule.gradcheck.user_code.shapes import DOMAINS, ROWS


@dataclass
class OwnResult:
    """What came out for one function: its gradients, and what else is wrong with its companion.

    `why` says why differences were taken, if they were; where `measured`, there is no companion
    that gradients are held against. `notes` are what else a person should know.
    """

    function: OwnFunction
    checks: list[GradientCheck] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    why: str = ""
    measured: bool = False
    tried: Tried = field(default_factory=Tried)

    @property
    def right(self) -> bool:
        """Whether nothing is wrong, and something was checked."""
        return not self.faults and bool(self.checks) and all(c.right for c in self.checks)


def check_own(
    function: OwnFunction,
    rounds: int = 3,
    seed: int = 0,
    sizes: Mapping[str, int] | None = None,
    progress: Callable[[str], None] | None = None,
    tolerance: Tolerance | None = None,
) -> OwnResult:
    """Check a function's gradients at some sizes, all settings, and at zeros, ties and extremes.

    Raises DeltaruleError where the function itself fails.
    """
    tell = progress or (lambda words: None)
    function, notes = with_all_shapes(function, seed)
    result = OwnResult(function, notes=notes, measured=function.backward is None)
    return _Checking(result, rounds, seed, sizes or {}, tell, tolerance or Tolerance()).result


class _Checking:
    """The rounds of one function, and what they found."""

    def __init__(
        self,
        result: OwnResult,
        rounds: int,
        seed: int,
        given: Mapping[str, int],
        tell: Callable[[str], None],
        tolerance: Tolerance,
    ):
        self.result, self.function = result, result.function
        self.seed, self.given, self.tolerance = seed, given, tolerance
        self.coarse = DOUBLE
        self.diagnosis = Diagnosis(self.function)
        for number, at in enumerate(self._rounds(rounds)):
            tell(f"{self.function.name}: round {number + 1}")
            self._round(at, number)
            if result.faults:
                return
        tell(f"{self.function.name}: zeros, ties and extremes")
        wrong = {c.tensor for c in result.checks if not c.right}
        if not result.measured and wrong != set(self.first.real):
            result.checks += check_points(
                self.first, tolerance, self.coarse, result.tried, result.faults, wrong
            )
        result.checks = [self._with_hint(check) for check in result.checks]

    def _round(self, at: Round, number: int) -> None:
        """The check of every gradient; what else is wrong is added to the result."""
        if number == 0:
            self.result.why = at.box.why
            self._drawn(at)
        try:
            compared = Comparison(at, self.tolerance, later=number > 0)
        except Fault as fault:
            seen = right_if_exchanged(at)
            self.result.faults.append(fault.message + f"; {seen}" * bool(seen))
            return
        for name in at.real:
            check = compared.check(name)
            self.coarse = max(self.coarse, compared.coarse, key=lambda p: p.unit)
            self.result.checks.append(check)
            if not self.result.measured:
                self.diagnosis.add(compared, name, check)

    def _rounds(self, least: int) -> Iterator[Round]:
        """First the person's own defaults; then other values, and other sizes."""
        function = self.function
        self.first = round_at(function, function.constants, 0, self.seed, self.given)
        yield self.first
        pinned = dict(function.pinned)
        reached = self.first.caller.takes(self.first.value) if function.backward else set()
        lost = [n for n in function.constants if function.backward and n not in reached]
        pinned |= {n: function.constants[n] for n in lost}
        self._lost([n for n in lost if n not in function.pinned])
        number = 1
        while number < least:
            yield round_at(function, function.constants, number, self.seed + number, self.given)
            number += 1
        for row in range(least, ROWS):
            yield from self._if_it_works(function.constants, row)
        for constants in list(plan(function.constants, pinned, function.choices))[1:]:
            yield from self._with(constants, number)
            number += 1
        optional = frozenset(a.name for a in function.arguments if a.optional)
        if optional and len(optional) < len(function.arguments):
            yield from self._if_it_works(function.constants, 0, optional)

    def _with(self, constants: Mapping[str, object], number: int) -> Iterator[Round]:
        """A round with other arguments, together or, where the function refuses that, apart."""
        found, before = list(self._if_it_works(constants, number)), self._wrong()
        yield from found
        # What is wrong together shows which argument it is when they change apart.
        if not found or (not before and self._wrong()):
            for one in apart(self.function.constants, constants):
                yield from self._if_it_works(one, number)

    def _wrong(self) -> bool:
        return any(not c.right for c in self.result.checks)

    def _if_it_works(
        self, constants: Mapping[str, object], number: int, left_out: frozenset[str] = frozenset()
    ) -> Iterator[Round]:
        """A round that the function need not be made for."""
        try:
            yield round_at(
                self.function, constants, number, self.seed + number, self.given, left_out
            )
        except DeltaruleError:
            return

    def _lost(self, names: list[str]) -> None:
        if names:
            self.result.notes.append(
                f"{self.function.gradient} takes no {', '.join(names)}: checked at the default "
                "alone"
            )

    def _drawn(self, at: Round) -> None:
        for domain in dict.fromkeys(d for d in at.domains.values() if d != "any"):
            names = ", ".join(n for n, d in at.domains.items() if d == domain)
            self.result.notes.append(
                f"{names} drawn {DOMAINS[domain]}: elsewhere the value is no number"
            )

    def _with_hint(self, check: GradientCheck) -> GradientCheck:
        """The check, saying what is wrong where that explains all numbers of all rounds."""
        seen = "" if check.right else self.diagnosis.hint(check.tensor)
        if check.note.startswith("at ") and np.isnan(check.derived):
            seen = "it holds what is no number"
        return replace(check, note="; ".join(part for part in (check.note, seen) if part))
