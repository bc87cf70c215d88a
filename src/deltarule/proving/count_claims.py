"""Claims about what a network counts: weights and receptive fields; see proving/proofs.py."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from sympy import Expr, Integer, Symbol

from deltarule.calculus.rules.rearrange import REARRANGE
from deltarule.counting.receptive_fields import fields_of
from deltarule.expressions.nodes import multiply
from deltarule.expressions.rewrites import replaced
from deltarule.networks.network import Network
from deltarule.proving.counting_rules import COUNT_WEIGHTS, RECEPTIVE_FIELD
from deltarule.proving.proofs import Finding, Line
from deltarule.spelling.text import text


class _KnowsNothing:
    def known(self, network: Network) -> Network:
        """Nothing that later claims could use."""
        return network


@dataclass(frozen=True)
class SameField(_KnowsNothing):
    """Entries of two tensors depend on windows of the input of the same size."""

    one: str
    other: str

    def examine(self, network: Network) -> Finding:
        """Compare the receptive fields along every axis."""
        fields = fields_of(network)
        mine, theirs = ([f.rows for f in fields[name]] for name in (self.one, self.other))
        claim = f"{self.one} and {self.other} see windows of the same size"
        lines = tuple(
            Line(
                f"what {name} sees",
                "×".join(_rows(r) for r in rows),
                RECEPTIVE_FIELD,
                RECEPTIVE_FIELD.reason,
            )
            for name, rows in ((self.one, mine), (self.other, theirs))
        )
        one, other = ([r for r in rows if r is not None] for rows in (mine, theirs))
        if not one or not len(mine) == len(one) == len(other) == len(theirs):
            return Finding(claim, "undecided", lines, "a field is not a window")
        gaps = [(a - b).expand() for a, b in zip(one, other, strict=True)]
        if not any(gaps):
            return Finding(claim, "proved", lines)
        apart = next(g for g in gaps if g != 0)
        if apart.is_nonzero:
            return Finding(claim, "refuted", lines, f"they differ by {text(apart)} rows")
        return Finding(claim, "undecided", lines, f"they differ by {text(apart)} rows")


def _rows(rows: Expr | None) -> str:
    return "all" if rows is None else text(rows)


@dataclass(frozen=True)
class FewerWeights(_KnowsNothing):
    """Some parameters hold fewer numbers than others, for all sizes."""

    few: tuple[str, ...]
    many: tuple[str, ...]

    def examine(self, network: Network) -> Finding:
        """Count both; a difference that is positive for all sizes is the proof."""
        counts = []
        lines = []
        for names in (self.few, self.many):
            counts.append(_numbers_of(network, names))
            lines.append(
                Line(
                    " and ".join(text.name(n) for n in names),
                    text(counts[-1]),
                    COUNT_WEIGHTS,
                    COUNT_WEIGHTS.reason,
                )
            )
        claim = f"{text(counts[0])} < {text(counts[1])}"
        gap = (counts[1] - counts[0]).expand()
        left = f"{text(counts[1])} − {_term(counts[0])}"
        lines.append(Line(left, text(gap), REARRANGE, "Sizes are 1 or more."))
        if _positive(gap):
            return Finding(claim, "proved", tuple(lines))
        against = _against(counts, gap)
        if against:
            return Finding(claim, "refuted", tuple(lines), against)
        return Finding(claim, "undecided", tuple(lines), f"{text(gap)} may have either sign")


def _positive(gap: Expr) -> bool:
    """Whether a polynomial is above 0 for all sizes from 1 on: each is 1 and something more."""
    more = {s: 1 + Symbol(str(s), nonnegative=True) for s in gap.free_symbols}
    return bool(replaced(gap, more).expand().is_positive)


def _term(count: Expr) -> str:
    return f"({text(count)})" if count.is_Add else text(count)


def _numbers_of(network: Network, names: tuple[str, ...]) -> Expr:
    return sum((multiply(network.tensor(n).axes) for n in names), Integer(0)).expand()


def _against(counts: list[Expr], gap: Expr) -> str:
    """Small sizes for which there are not fewer; empty where none is found."""
    sizes = sorted(gap.free_symbols, key=str)
    for numbers in itertools.product((1, 2, 3, 10), repeat=len(sizes)):
        table = dict(zip(sizes, map(Integer, numbers), strict=True))
        if replaced(gap, table) <= 0:
            few, many = (replaced(count, table) for count in counts)
            at = ", ".join(f"{s} = {n}" for s, n in table.items())
            return f"{few} against {many}" + (f" for {at}" if at else "")
    return ""
