"""All of the catalogue derived again: Hessians times a vector and tangents, against dual numbers.

    python tests/support/second_order.py [NAME …]

One line a layer: its name, what became of both, and the CPU seconds.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from time import process_time

import numpy as np

from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.dual import Dual, DualArray
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.calculus.gauss_newton import gauss_newton_network
from deltarule.calculus.gradient_network import hessian_vector_network
from deltarule.calculus.tangents import tangent_network
from deltarule.errors import DeltaruleError
from deltarule.gradcheck.choose import check_derivation
from deltarule.language.catalogue import catalogue
from deltarule.language.load import load
from deltarule.networks.network import Network
from deltarule.networks.reachability import needed_for

#: What refuses an update, which uses gradients and has none.
NONE = "has no gradients to derive again"


def hessian_products(network: Network) -> list[str]:
    """The tensors of which the Hessian times a vector differs from dual numbers'."""
    checks = check_derivation(hessian_vector_network(network), edges=False).checks
    return [c.tensor for c in checks if not c.right] if checks else ["nothing was checked"]


def tangents(network: Network, seeds: tuple[int, ...] = (0, 1)) -> list[str]:
    """The outputs whose tangents differ from the dual parts of one forward pass."""
    whole, _ = tangent_network(network)
    found: dict[str, bool] = {}
    for seed in seeds:
        try:
            probe = Probe(whole, Ball(160), seed)
            with probe.arithmetic.context():
                found |= _differing(network, probe, found)
        except Undecided:
            continue
    return [name for name, right in found.items() if not right] if found else ["nothing compared"]


def _differing(network: Network, probe: Probe, found: dict[str, bool]) -> dict[str, bool]:
    arrays = probe.values.arrays
    pairs = {}
    for tensor in network.tensors.values():
        if tensor.given:
            array = arrays[tensor.name]
            zeros = probe.arithmetic.zeros(array.shape)
            moved = arrays.get(f"v_{tensor.name}", zeros)
            pairs[tensor.name] = array if tensor.integral else DualArray(array, moved)
    values = Values(pairs, probe.sizes, dict(network.scalars), dict(network.tensors))
    run(network.equations, values, Dual(probe.arithmetic))
    both = [n for n in network.tensors if f"v_{n}" in arrays and not network.tensors[n].given]
    return {
        n: found.get(n, True) and _overlap(values.arrays[n].tangent, arrays[f"v_{n}"]) for n in both
    }


def quadratic_gap(network: Network, at: str, seed: int = 0) -> tuple[float, float]:
    """S = ½ vᵀ G v of the Gauss–Newton matrix at `at`, and how far it is from ½ d²E(z + τ·J v)/dτ².

    J v is the dual part of one forward pass; the second derivative along it is a difference, in
    balls of 320 bits at steps of 10⁻²⁰.
    """
    whole = gauss_newton_network(network, at)
    probe = Probe(whole, Ball(320), seed)
    number = probe.arithmetic
    with number.context():
        arrays = probe.values.arrays
        given = {
            n: arrays[n] if n in arrays else probe.draw(t)
            for n, t in network.tensors.items()
            if t.given
        }
        moved = {n: arrays.get(f"v_{n}", number.zeros(a.shape)) for n, a in given.items()}
        pairs = {
            n: a if network.tensors[n].integral else DualArray(a, moved[n])
            for n, a in given.items()
        }
        values = Values(pairs, probe.sizes, dict(network.scalars), dict(network.tensors))
        run(network.equations, values, Dual(number))
        z, loss = values.arrays[at], network.loss.name
        step = number.number(Fraction(1, 10**20))
        after = [e for e in network.equations if e.name != at]
        needed = needed_for(after, [loss])
        found = []
        for sign in (1, 0, -1):
            there = {**given, at: z.value + sign * step * z.tangent}
            values = Values(there, probe.sizes, dict(network.scalars), dict(network.tensors))
            run([e for e in after if e.name in needed], values, number)
            found.append(values.arrays[loss][()])
        measured = (found[0] - 2 * found[1] + found[2]) / (2 * step * step)
        own = arrays[whole.loss.name][()]
        return float(own.mid()), float(abs(own - measured).abs_upper())


def _overlap(one, two) -> bool:
    pairs = zip(np.ravel(one), np.ravel(two), strict=True)
    return all(
        a.overlaps(b) and (a - b).abs_upper() < 1e-9 * max(a.abs_upper(), 1) for a, b in pairs
    )


def _became(check, network: Network) -> str:
    try:
        wrong = check(network)
    except DeltaruleError as refused:
        return "no gradients" if NONE in refused.fact else f"refused: {refused.fact[:160]}"
    except Exception as error:  # a survey goes on
        return f"FAILS {type(error).__name__}: {str(error)[:160]}"
    return f"WRONG {', '.join(wrong)}" if wrong else "agrees"


def main(names: list[str]) -> None:
    """A line for each."""
    for name in names or list(catalogue()):
        network, began = load(name), process_time()
        hvp = _became(hessian_products, network)
        middle = process_time()
        jvp = _became(tangents, network)
        print(
            f"{name}\t{hvp}\t{jvp}\t{middle - began:.1f}\t{process_time() - middle:.1f}", flush=True
        )


if __name__ == "__main__":
    main(sys.argv[1:])
