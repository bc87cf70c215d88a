"""Networks, derivations and programs that many tests read: made once a process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import NamedTuple

import pytest

from deltarule.calculus import Derivation, derive
from deltarule.calculus.without_steps import derive_unverified
from deltarule.expressions.symbols import Size
from deltarule.kernels.passes import pipeline
from deltarule.kernels.passes.draft import Draft
from deltarule.kernels.passes.program import Program, known_sizes, program
from deltarule.language.load import load
from deltarule.networks.network import Network


class Step(NamedTuple):
    """A compiler pass by its name, and the draft before and after it."""

    name: str
    before: Draft
    after: Draft


_derivations: dict[tuple, list[Derivation]] = {}


@lru_cache(maxsize=1024)
def loaded(name: str, **options) -> Network:
    """A derivation file of the catalogue, read."""
    return load(name, **options)


def settings_of(name: str, extent: int = 3) -> dict[str, int]:
    """Numbers for the sizes of a derivation that no shape tells its kernel."""
    return {size.name: extent for size in known_sizes(loaded(name))[1] if type(size) is Size}


def derived(name: str, **options) -> Derivation:
    """Its gradients. A test that patches the calculus derives anew."""
    return derivation_of(loaded(name, **options))


def deriving(name: str, **options) -> Callable[[], Derivation]:
    """The same when it is called: for tables, which every worker reads."""
    return partial(derived, name, **options)


def derivation_of(network: Network, of: str | None = None) -> Derivation:
    """The gradients of a network; those of an equal one where they are known."""
    return _once(network, of, lambda: derive(network, of=of))


def unverified(network: Network) -> Derivation:
    """The same gradients, no step of them verified."""
    return _once(network, "unverified", lambda: derive_unverified(network))


def formulas_of(network: Network) -> Derivation:
    """The gradients of a network for tests that compare these themselves.

    Where the same network was derived no step is verified again, nor where it was not, but in a
    full run: `whole_network.agrees` is cheaper than that, and any wrong gradient shows in it.
    """
    if os.environ.get("DELTARULE_FULL"):
        return derivation_of(network)
    known = _derivations.get((network.name, network.equations, None), [])
    return next((d for d in known if d.network == network), None) or unverified(network)


def _once(network: Network, of: str | None, make: Callable[[], Derivation]) -> Derivation:
    alike = _derivations.setdefault((network.name, network.equations, of), [])
    for known in alike:
        if known.network == network:
            return known
    alike.append(make())
    return alike[-1]


@contextmanager
def sharing(*modules: str) -> Iterator[None]:
    """Meanwhile, what these modules derive is derived once."""
    with pytest.MonkeyPatch.context() as patch:
        for module in modules:
            patch.setattr(f"{module}.derive", derivation_of)
        yield


def programmed(name: str, **settings) -> Program:
    """What the kernel of a derivation computes."""
    return traced(name, **settings)[0]


@lru_cache(maxsize=1024)
def traced(name: str, **settings) -> tuple[Program, list[Step]]:
    """The same, and what each compiler pass did to its forward and to its backward pass.

    The steps of its derivation may not be verified.
    """
    steps: list[Step] = []

    def watched(apply):
        def watching(draft: Draft) -> Draft:
            found = apply(draft)
            steps.append(Step(apply.__name__, draft, found))
            return found

        return watching

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "PASSES", tuple(map(watched, pipeline.PASSES)))
        patch.setattr("deltarule.kernels.passes.program.derive", formulas_of)
        return program(name, settings), steps
