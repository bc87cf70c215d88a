"""All of the catalogue derived again: Hessians times a vector and tangents, against dual numbers.

    python tests/support/second_order.py [NAME …]

One line a layer: its name, what became of both, and the CPU seconds.
"""

from __future__ import annotations

import sys
from time import process_time

import numpy as np

from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.dual import Dual, DualArray
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.calculus.gradient_network import hessian_vector_network
from deltarule.calculus.tangents import tangent_network
from deltarule.errors import DeltaruleError
from deltarule.gradcheck.choose import check_derivation
from deltarule.language.catalogue import catalogue
from deltarule.language.load import load
from deltarule.networks.network import Network

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
