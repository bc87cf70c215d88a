"""Kinks and ties that the numbers of a trace lie on: the entries of a tensor along which slopes to
both sides differ, and by which convention the gradient passes there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from sympy import Expr

from deltarule.arithmetic.base import Arithmetic, Undecided
from deltarule.arithmetic.beyond_fractions import as_ball, middle
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.one_sided import OneSided
from deltarule.expressions.choices import Choose
from deltarule.expressions.functions import Elementwise, sign
from deltarule.expressions.nodes import Max, Positive, Selection, walk
from deltarule.networks.network import Network
from deltarule.tracing.reference_derivatives import Moved, changes_along, displacement

Roots = Mapping[str, np.ndarray | None]
#: Slopes to both sides of a place are the same up to this share of the larger of them.
ALIKE = 1e-20
#: Of a tensor with more entries than this, only those that differences are taken of are looked at;
#: so many at once.
MOST_ENTRIES, AT_ONCE = 512, 16

_OF_TIES = {
    "first": "of several largest the first passes the gradient",
    "all": "each of several largest passes the whole gradient",
    "split": "several largest share the gradient in equal parts",
}
_OF_CHOICES = "of several largest the first is chosen, and the choice counts as fixed"
_OF_CASES = "at the border of two cases the one that holds there"


@dataclass(frozen=True)
class KinksMet:
    """The `entries` of a tensor that lie on a kink or a tie, of so many that were looked at.

    `jumps` are those of them at which the value itself jumps, so that there is no slope at all.
    `tied` and `bent` say whether largest bodies tie, and whether a function has a kink there;
    `conventions` say in words what the gradient is there.
    """

    entries: tuple[tuple[int, ...], ...]
    looked_at: int
    tied: bool
    bent: bool
    conventions: tuple[str, ...]
    jumps: tuple[tuple[int, ...], ...] = ()


def kinks_met(
    network: Network,
    values: Values,
    arithmetic: Arithmetic,
    name: str,
    roots: Roots,
    entries: Sequence[tuple[int, ...]],
    jumps: Sequence[tuple[int, ...]] = (),
) -> KinksMet | None:
    """Those of some `entries` of a tensor that lie on a kink or a tie, or at one of the `jumps`.
    None where there are none and these are all that it has, and where no kink is met.
    """
    shape = np.shape(values.arrays[name])
    found: list[tuple[int, ...]] = list(jumps)
    with arithmetic.context():
        for start in range(0, len(entries), AT_ONCE):
            chosen = entries[start : start + AT_ONCE]
            units = np.zeros((len(chosen), *shape), dtype=int)
            for number, entry in enumerate(chosen):
                units[(number, *entry)] = 1
            both = sides(network, values, name, roots, arithmetic, arithmetic.array(units))
            totals = [arithmetic.total(part, (1,)) for part in _together(both)]
            if totals:
                pairs = zip(*map(np.ravel, totals), strict=True)
                found += [e for e, pair in zip(chosen, pairs, strict=True) if not same(*pair)]
        if not found and len(entries) == np.prod(shape, dtype=int):
            return None
        tied, bent, words = _conventions(network, values, arithmetic, name, bool(jumps))
    if not words:
        return None
    found = sorted(set(found))
    return KinksMet(tuple(found), len(entries), tied, bent, tuple(words), tuple(jumps))


def meets_kinks(network: Network, values: Values, arithmetic: Arithmetic, name: str) -> bool:
    """Whether numbers that follow from a tensor lie on kinks or ties, or may jump."""
    with arithmetic.context():
        tied, bent, words = _conventions(network, values, arithmetic, name, jumps=True)
    return tied or bent or bool(words)


def jumps_met(
    network: Network, values: Values, name: str, roots: Roots, entries: Iterable[tuple[int, ...]]
) -> list[tuple[int, ...]]:
    """The entries at which the error itself jumps: it changes by as much in a small step as in a
    thousand times that. In float64."""
    moved, found = Moved(network, values, Float64(), name, roots), []
    size = sum(float(np.sum(np.abs(values.arrays[root]))) for root in roots)
    for entry in entries:
        far, near = (moved.around(entry, step)[:2] for step in (1e-6, 1e-9))
        if any(abs(n) > max(abs(f) / 2, 1e-9 * size) for f, n in zip(far, near, strict=True)):
            found.append(entry)
    return found


def jumpy(network: Network) -> bool:
    """Whether values may jump: signs and integers next to a number, cases, what is the largest."""
    return any(
        isinstance(node, Selection)
        or (isinstance(node, Elementwise) and (node.row.stepped or node.func == sign))
        or (isinstance(node, Choose) and node.args[0].has(Positive))
        for equation in network.equations
        for node in walk(equation.rhs)
    )


def sides(
    network: Network,
    values: Values,
    name: str,
    roots: Roots,
    arithmetic: Arithmetic,
    directions: np.ndarray,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each root the derivatives to both sides; empty where no kink is met."""
    minus = arithmetic.number(Fraction(-1))
    both = np.concatenate([directions, arithmetic.multiply(minus, directions)])
    duals, count = OneSided(arithmetic, len(both)), len(directions)
    try:
        found = list(changes_along(network, values, duals, name, both, roots))
    except Undecided:
        return []
    return [(c[:count], arithmetic.multiply(minus, c[count:])) for c in found if duals.edges]


def same(one, other) -> bool:
    """Whether two slopes are the same, as far as balls can tell."""
    one, other = middle(as_ball(one)), middle(as_ball(other))
    return bool(abs(one - other) <= ALIKE * max(1, abs(one), abs(other)))


def _together(both: Iterable[tuple[np.ndarray, np.ndarray]]) -> list[np.ndarray]:
    """What all roots change together, to the right and to the left; empty if there are none."""
    return [np.concatenate(side, axis=1) for side in zip(*both, strict=True)]


def _conventions(
    network: Network, values: Values, arithmetic: Arithmetic, name: str, jumps: bool
) -> tuple[bool, bool, list[str]]:
    """Whether largest bodies tie in what follows from a tensor, whether a function has a kink
    there, and what is declared of these; of what may jump too, if there are `jumps`."""
    behind = {e.name for e in displacement(network, values, arithmetic, name)[0].equations}
    duals, tied, bent, words = OneSided(arithmetic, 1), False, False, dict[str, None]()
    arrays = {
        n: a if values.tensors[n].integral else duals.constant(a)
        for n, a in values.arrays.items()
        if n in values.tensors
    }
    still = replace(values, arrays=arrays)
    for equation in (e for e in network.equations if e.name in behind):
        at_ties, at_bends, at_jumps = _declared(equation.rhs)
        if at_ties or at_bends:
            duals.edges = duals.ties = 0
            evaluate(equation.rhs, equation.ranges, still, duals)
            ties, bends = duals.ties > 0, duals.edges > duals.ties
            tied, bent = tied or ties, bent or bends
            words.update(dict.fromkeys(at_ties * ties + at_bends * bends))
        words.update(dict.fromkeys(at_jumps * jumps))
    return tied, bent, [*words]


def _declared(expression: Expr) -> tuple[list[str], list[str], list[str]]:
    """What is declared at the ties of an expression, at the kinks of its functions, and where it
    jumps."""
    ties, bends, jumps = dict[str, None](), dict[str, None](), dict[str, None]()
    for node in walk(expression):
        if isinstance(node, Max):
            ties[_OF_TIES[node.ties]] = None
        elif isinstance(node, Selection):
            jumps[_OF_CHOICES] = None
        elif isinstance(node, Elementwise) and node.row.kink:
            words = f"{node.row.symbol or node.row.name}: {node.row.kink}"
            (jumps if node.row.stepped else bends)[words] = None
        elif isinstance(node, Choose) and node.args[0].has(Positive):
            bends[_OF_CASES] = None
    return [*ties], [*bends], [*jumps]
