"""Mistakes at statistics, planted in forward lines and in the matrices of the chain rule.

A variance that is wrong in one way or another stands for a root that is: √v + ε is the root of
(√v + ε)² − ε and ε together.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jacobians import Edge, Jacobians
from planting import SQUARE, USUAL, Planted, Row, edge_changed

from deltarule.expressions.nodes import Sum, walk

#: The new variance that does what is wrong, and its slope by the variance.
Turn = Callable[[np.ndarray, float], tuple[np.ndarray, np.ndarray | float]]


def _outside(v: np.ndarray, small: float) -> tuple[np.ndarray, np.ndarray]:
    return (np.sqrt(v) + small) ** 2 - small, (np.sqrt(v) + small) / np.sqrt(v)


def _taken_away(v: np.ndarray, small: float) -> tuple[np.ndarray, float]:
    return v - 2 * small, 1.0


def _roots(j: Jacobians) -> list[tuple[int, float]]:
    """The equations that divide x − μ by √(v + ε), and ε: by what they grow at v = 0 and v = 1."""
    found = []
    for k, e in enumerate(j.equations):
        if {"mu", "v"} <= e.read_names():
            none, one = np.zeros_like(j.arrays["v"]), np.ones_like(j.arrays["v"])
            wide, narrow = (
                np.ravel(j.value(k, {"mu": one, "v": v}) - j.value(k, {"mu": none, "v": v}))[0]
                for v in (none, one)
            )
            found.append((k, float(1 / ((wide / narrow) ** 2 - 1))))
    return found


def epsilon_misplaced(j: Jacobians) -> Planted:
    for k, small in _roots(j):
        for turn in (_outside, _taken_away):
            other, slope = turn(j.arrays["v"], small)
            yield j.equations[k].name, j.value(k, {"v": other})
            wrong = {edge: j.matrix(edge, {"v": other}) for edge in j.right if edge[0] == k}
            wrong[k, "v"] = wrong[k, "v"] * np.ravel(slope)
            for edge in wrong:
                yield j.line(edge[1]), j.gradients({edge: wrong[edge]})[edge[1]]


def one_less(j: Jacobians) -> Planted:
    """Σ(x − μ)²/(n − 1) for Σ(x − μ)²/n, and the gradients that come through it."""
    for k, e in enumerate(j.equations):
        statistic = e.name == "v" and "x" in j.arrays
        if statistic and any(isinstance(n, Sum) for n in walk(e.rhs)):
            number = j.arrays["x"].size / j.arrays["v"].size
            if number > 1 and number == round(number):
                ratio = number / (number - 1)
                yield "v", ratio * j.arrays["v"]
                for edge in [edge for edge in j.right if edge[0] == k]:
                    yield edge_changed(j, edge, ratio * j.right[edge])


def over_the_batch(j: Jacobians) -> Planted:
    """Statistics over the other axis: those of the array transposed, in values and gradients."""
    names = ("mu", "v", "xhat")
    of = {e.name: k for k, e in enumerate(j.equations)}
    x = j.arrays.get("x")
    if not set(names) <= of.keys() or x is None or x.ndim != 2 or x.shape[0] != x.shape[1]:
        return
    turned = {"x": x.T}
    for name in names:
        turned[name] = j.value(of[name], turned)
    for name in ("mu", "v"):
        yield name, turned[name]
    yield "xhat", turned["xhat"].T
    edges = [(of[a], b) for a, b in (("xhat", "x"), ("xhat", "mu"), ("xhat", "v"), ("v", "x"))]
    edges += [(of["v"], "mu"), (of["mu"], "x")]
    m: dict[Edge, np.ndarray] = {edge: j.matrix(edge, turned) for edge in edges if edge in j.right}
    come = np.ravel(j.gradients()["xhat"].T)
    by_v = come @ m[of["xhat"], "v"]
    by_mu = come @ m[of["xhat"], "mu"] + by_v @ m[of["v"], "mu"]
    through = come @ m[of["xhat"], "x"] + by_v @ m[of["v"], "x"] + by_mu @ m[of["mu"], "x"]
    yield j.line("x"), through.reshape(x.shape).T


def constant_misremembered(j: Jacobians) -> Planted:
    """0.2 for α, β or λ; ten times a small ε."""
    for symbol, value in j.computation.floats.scalars.items():
        other = 0.2 if value > 0.01 else 10 * float(value)
        wrong = {
            edge: j.matrix(edge, scalars={symbol: other})
            for edge in j.right
            if symbol in j.equations[edge[0]].rhs.free_symbols
        }
        for _, name in wrong:
            yield j.line(name), j.gradients(wrong)[name]


ROWS = (
    Row("29 ε misplaced", epsilon_misplaced, ("ε misplaced", "sign"), "batch_norm", USUAL, True),
    Row("29 n − 1 for n", one_less, ("n − 1 for n",), "batch_norm"),
    Row("29 constant", constant_misremembered, ("constant misremembered",), "running_statistics"),
    Row("30 over the batch", over_the_batch, ("another axis", "transposed"), "layer_norm", SQUARE),
)  # fmt: skip
