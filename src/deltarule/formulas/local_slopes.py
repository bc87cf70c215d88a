"""Links of a chain in a formula: ∂ŷ/∂s₂ is σ′(s₂), ∂s₂/∂Θ₂ is h₁ for every output.

    ∂E/∂ŷ · ∂ŷ/∂s₂ · ∂s₂/∂Θ₂

A link is the derivative of one line by what it reads, all else held. Among indices it is read
where both have the same entries; of whole arrays also where one is a sum over the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer

from deltarule.calculus.partial_derivatives import partials
from deltarule.expressions.symbols import Index
from deltarule.formulas.vocabulary import Vocabulary
from deltarule.networks.equations import Equation

Axes = tuple[tuple[Index, Expr], ...]


@dataclass(frozen=True)
class Link:
    """∂A/∂B: `entry` at A's own `axes` and those of B that A does not have, `more`.

    Of ∂s₂/∂Θ₂ = h₁ the axes are (m), those more (d), and `order` those of Θ₂: (d, m).
    """

    entry: Expr
    axes: Axes
    more: Axes
    order: tuple[Index, ...]

    @property
    def by_entries(self) -> bool:
        """Whether each entry of A depends on the same one of B alone."""
        return not self.more and self.order == tuple(i for i, _ in self.axes)


def link(text: str, vocabulary: Vocabulary) -> Link | None:
    """What ∂A/∂B means, where A is a line that reads B; else None."""
    above, _, below = text.replace(" ", "").partition("/")
    of, wrt = (vocabulary.tensor(part[1:]) for part in (above, below) if len(part) > 1)
    lines = [e for e in vocabulary.network.equations if e.name == of]
    if len(lines) != 1 or wrt is None or wrt not in lines[0].read_names():
        return None
    return _of_line(lines[0], wrt)


def _of_line(line: Equation, wrt: str) -> Link | None:
    found = list(partials(line.rhs, wrt, line.lhs))
    if not found or line.subscripts != line.indices:
        return None
    first = found[0]
    order = first.subscripts
    alike = all(p.subscripts == order and p.ranges == first.ranges for p in found)
    if not alike or not all(isinstance(i, Index) for i in order) or len(set(order)) != len(order):
        return None
    more = tuple((i, n) for i, n in first.ranges)
    if {i for i, _ in more} - set(order):
        return None
    entry = sum((p.factor for p in found), Integer(0))
    return Link(entry, line.ranges, more, tuple(order))
