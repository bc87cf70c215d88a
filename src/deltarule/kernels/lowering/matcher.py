"""Choosing a lowering: each equation is matched once, whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.lowering import Lowering, Match, Site, named
from deltarule.kernels.lowering.lowerings import LOWERINGS
from deltarule.kernels.python_text.real_text import Code
from deltarule.networks.equations import Equation
from deltarule.spelling.text import text


class Matcher:
    """Matches equations with `lowerings`, those of the largest benefit first."""

    def __init__(self, code: Code, lowerings: Iterable[Lowering[Any]] = LOWERINGS):
        self.code = code
        self.lowerings = sorted(lowerings, key=lambda row: -row.benefit)
        #: The equations of what may be large and the pass around neither reads nor adds to.
        self.unread: frozenset[Equation] = frozenset()
        self._found: dict[tuple, Match[Any]] = {}

    def match(self, equation: Equation, loop_indices: Sequence[Index] = ()) -> Match[Any]:
        """The lowering of an equation within loops over `loop_indices`, and its plan.

        Raises DeltaruleError where none matches.
        """
        key = (equation, tuple(loop_indices))
        if key not in self._found:
            self._found[key] = self._match(Site(equation, tuple(loop_indices), self.code))
        return self._found[key]

    def _match(self, site: Site) -> Match[Any]:
        for lowering in self.lowerings:
            with named(lowering, "match", site):
                plan = lowering.match(site)
            if plan is not None:
                return Match(lowering, site, plan)
        left = site.equation
        raise DeltaruleError(
            f"no lowering takes {text(left.lhs)} = {text(left.rhs)}",
            left.place,
            "keep loop_nest among the lowerings: it takes any equation",
        )
