"""The wrong versions of lines among which explanations are looked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from deltarule.marking.mistakes import Mistake


@dataclass(frozen=True)
class Doubts:
    """The wrong versions of a line: the commonest of networks over time, all of one line, those
    that take long to work out, those of its other right formulas, and numbers read
    wrongly. `again` gives those of a line in which a mistake is made already.
    """

    common: Callable[[str], list[Mistake]]
    all: Callable[[str], list[Mistake]]
    costly: Callable[[str], list[Mistake]]
    otherwise: Callable[[str], list[Mistake]]
    seldom: Callable[[str], list[Mistake]]
    again: Callable[[Mistake], list[Mistake]]
