"""One hypothesis of how somebody worked: what was carried on, rounded, or done wrongly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from deltarule.arithmetic.exact import Rounded
from deltarule.networks.equations import Equation


@dataclass(frozen=True)
class Hypothesis:
    """`as_printed`: lines taken as printed; `variants`: lines evaluated wrongly.

    `rounded` tells how single lines were rounded of which nothing is printed, `rounding` how all
    others were.
    """

    as_printed: frozenset[str] = frozenset()
    rounding: Rounded | None = None
    rounded: Mapping[str, Rounded] = field(default_factory=dict)
    variants: Mapping[str, Equation] = field(default_factory=dict)

    @property
    def rounds(self) -> bool:
        """Whether some line is rounded on the way."""
        return self.rounding is not None or bool(self.rounded)

    @cached_property
    def key(self) -> tuple:
        """What tells hypotheses apart; it can be hashed, other than the hypothesis itself."""
        between = tuple((line, digits(r)) for line, r in self.rounded.items())
        wrong = tuple((line, id(equation)) for line, equation in self.variants.items())
        return self.as_printed, digits(self.rounding), between, wrong

    def with_variant(self, line: str, equation: Equation) -> Hypothesis:
        """The same with one more wrong line."""
        return replace(self, variants={**self.variants, line: equation})


def digits(rounding: Rounded | None) -> tuple | None:
    """What tells ways of rounding apart."""
    return rounding and (rounding.decimals, rounding.significant, rounding.rule)
