"""Whether two index formulas are equal: by their normal form, or else by exact trial.

"proved" is said only where the normal forms agree. Otherwise both formulas are evaluated exactly at
small sizes (1 among them) and random values: modulo a prime, in fractions with ties where an
order matters, in balls where there are functions. A difference comes with a counterexample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from sympy import Expr

from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.evaluate import evaluate
from deltarule.arithmetic.exact import Ball, Rational, fraction
from deltarule.arithmetic.modular import Modular
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.arithmetic.small_sizes import free_sizes
from deltarule.calculus.normal_form import normal_form
from deltarule.calculus.steps import Derivation
from deltarule.errors import DeltaruleError
from deltarule.expressions.functions import Elementwise
from deltarule.expressions.gradient_names import tensor_of
from deltarule.expressions.nodes import reads, tensor_name
from deltarule.expressions.symbols import Attribute, Index
from deltarule.networks.network import Network


@dataclass(frozen=True)
class Counterexample:
    """Sizes and an entry for which two formulas differ, and their values there."""

    sizes: Mapping[str, int]
    entry: tuple[int, ...]
    left: float
    right: float

    def __str__(self) -> str:
        at = ", ".join(f"{s} = {n}" for s, n in self.sizes.items())
        return f"{self.left:.6g} against {self.right:.6g} at entry {list(self.entry)} for {at}"


@dataclass(frozen=True)
class Verdict:
    """What was found: `kind` is proved, verified, different or undecided.

    `detail` says at which sizes and how it was verified, or why it could not be decided.
    """

    kind: str
    detail: str = ""
    counterexample: Counterexample | None = None
    tried: tuple[str, ...] = field(default=(), compare=False)

    @property
    def equal(self) -> bool:
        """Whether the formulas were found equal."""
        return self.kind in ("proved", "verified")

    def __str__(self) -> str:
        if self.counterexample is not None:
            return f"{self.kind}: {self.counterexample}"
        return f"{self.kind} {self.detail}".strip()


def equal(
    a: Expr,
    b: Expr,
    network: Network,
    ranges: Sequence[tuple[Index, Expr]],
    derivation: Derivation | None = None,
    trials: int = 4,
) -> Verdict:
    """Whether a = b over the `ranges` of their free indices, for all sizes and values.

    Both read tensors of the network, and gradients such as `dL/dy`: with the `derivation`, those
    that it derives have their derived values; all others have values of their own.
    """
    if a == b or not normal_form(a - b, ranges, network.definitions):
        return Verdict("proved")
    return _tried(a, b, network, ranges, derivation, trials)


def _tried(a, b, network, ranges, derivation, trials) -> Verdict:
    agreed: list[str] = []
    for seed, fixed in _settings(network, trials):
        for arithmetic in _arithmetics(a, b):
            try:
                probe = _probe(a, b, network, derivation, arithmetic, seed, fixed)
                one = evaluate(a, ranges, probe.values, arithmetic)
                two = evaluate(b, ranges, probe.values, arithmetic)
            except Undecided:
                continue
            differing = _differing(one, two, arithmetic)
            if differing is None:
                continue
            if differing:
                if isinstance(arithmetic, Modular):
                    continue  # the same is now shown in numbers that can be read
                return _different(differing[0], one, two, probe)
            agreed.append(", ".join(f"{s}={n}" for s, n in probe.sizes.items()))
            break
    if agreed:
        return Verdict("verified", "at " + "; ".join(dict.fromkeys(agreed)), tried=tuple(agreed))
    return Verdict("undecided", "no trial could tell them apart or show them equal")


def _settings(network: Network, trials: int) -> Iterator[tuple[int, dict[str, int]]]:
    """Seeds, and sizes to hold: all of them 1 where that fits, then random ones."""
    sizes = [s.name for s in free_sizes(network) if not isinstance(s, Attribute)]
    for seed in range(1, trials + 1):
        yield seed, {}
    yield 0, dict.fromkeys(sizes, 1)
    yield 0, dict.fromkeys(sizes, 2)


def _arithmetics(a: Expr, b: Expr) -> list:
    smooth = not (a.has(Elementwise) or b.has(Elementwise))
    return [Modular(), Rational(), Ball(160)] if smooth else [Modular(), Ball(160)]


def _probe(a, b, network, derivation, arithmetic, seed, fixed) -> Probe:
    """The network at some values, with the gradients that the formulas read."""
    try:
        probe = Probe(network, arithmetic, seed, **fixed)
    except Undecided:
        raise
    except DeltaruleError as error:
        raise Undecided(error.fact) from None
    known = set() if derivation is None else {g.name for g in derivation.gradients.values()}
    names = {tensor_name(r) for e in (a, b) for r in reads(e)}
    if derivation is not None:
        names |= {tensor_name(r) for g in derivation.gradients.values() for r in reads(g.expr)}
    for name in sorted(names - probe.values.arrays.keys() - known):
        of = network.tensor(tensor_of(name))
        probe.values.arrays[name] = probe.noise(of.axes)
    if derivation is not None:
        run(derivation.equations(), probe.values, arithmetic)
    return probe


def _differing(one, two, arithmetic) -> list[tuple[int, ...]] | None:
    """The entries that differ; None where it cannot be decided."""
    if not isinstance(arithmetic, Ball):
        return [tuple(map(int, at)) for at in np.argwhere(np.asarray(one != two, dtype=bool))]
    found = []
    for at in np.ndindex(np.shape(one)):
        u, v = one[at], two[at]
        if not u.overlaps(v):
            found.append(at)
        elif not (u - v).abs_upper() < 1e-12:
            return None
    return found


def _different(at: tuple, one, two, probe: Probe) -> Verdict:
    sizes = {str(s): int(n) for s, n in probe.sizes.items()}
    values = float(fraction(one[at])), float(fraction(two[at]))
    return Verdict("different", counterexample=Counterexample(sizes, at, *values))
