"""The computations of a sheet's runs, and their derivations, each made once for all answers.

For numbers, the gradients are compared with dual numbers at the run's own givens, all at once; the
steps of their derivation are verified one by one only where that does not tell, and for formulas.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from deltarule.calculus import Derivation, derive
from deltarule.calculus.without_steps import derive_unverified
from deltarule.language.load import network_of
from deltarule.marking.cost import check_computation, check_network
from deltarule.marking.sheet_files.arrays import Numbers
from deltarule.marking.sheet_files.sheets import Run
from deltarule.networks.network import Network
from deltarule.tracing.all_gradients import gradients_agree, other_roots
from deltarule.tracing.computation import Computation
from deltarule.tracing.quantities import is_usual
from deltarule.tracing.trace import computation_of

#: What is evaluated of a sheet once, for all answers to it: derivations, computations, and more.
Known = dict[tuple, Any]
#: Under this key stand, where sheets with other givens follow, the first sessions of their lines.
FIRST_SESSIONS = ("first sessions",)
#: Under this one, the computations, the one used last at the end.
COMPUTATIONS = ("computations",)
#: So many are kept at most: only unusual quantities and other runs need more than one.
MOST_COMPUTATIONS = 16


def run_computation(run: Run, wanted: tuple[str, ...], known: Known) -> Computation:
    """The course of a run: its network, derived, with its givens; kept in `known`.

    Raises DeltaruleError for what would take long, before anything is evaluated.
    """
    means = (
        run.network,
        run.options,
        run.given,
        run.optimiser,
        run.rate,
        run.updates,
        run.not_updated,
    )
    derivation = derivation_for_numbers(run, known)
    # What has lines anyway makes no other computation: students answer many sets of quantities.
    beyond = tuple(name for name in wanted if not is_usual(name, derivation))
    computations: list[tuple] = known.setdefault(COMPUTATIONS, [])
    for k, (same, names, computation) in enumerate(computations):
        if names == set(beyond) and same == means:
            computations.append(computations.pop(k))
            return computation
    found = _new_computation(run, beyond, known)
    computations.append((means, set(beyond), found))
    if len(computations) > MOST_COMPUTATIONS:
        _, _, oldest = computations.pop(0)
        known.pop(kept_of(oldest), None)
    return found


def kept_of(computation: Computation) -> tuple:
    """The key of what is kept for a computation, which is forgotten with it."""
    return ("of a course", id(computation))


def _new_computation(run: Run, wanted: tuple[str, ...], known: Known) -> Computation:
    """The computation, its gradients compared with dual numbers, or derived step by step."""
    computation = _computation(run, wanted, derivation_for_numbers(run, known))
    check_computation(computation, run.updates)
    # Not for other quantities once more, but for gradients of other entries: lines and givens are
    # the same.
    key, _ = _network(run, known)
    roots = tuple(other_roots(computation))
    agreed = known.setdefault(("agreed", *key, repr(run.given), roots), [])
    if not agreed:
        agreed.append(gradients_agree(computation))
    return computation if agreed[0] else _computation(run, wanted, derivation_of(run, known))


def _computation(run: Run, wanted: tuple[str, ...], derivation: Derivation) -> Computation:
    return computation_of(
        derivation,
        {name: nested(value) for name, value in run.given.items()},
        optimiser=run.optimiser if run.updates else None,
        rate=None if run.rate is None or not run.updates else run.rate.value,
        not_updated=run.not_updated,
        extra=wanted,
    )


def derivation_for_numbers(run: Run, known: Known) -> Derivation:
    """The same gradients as of `derivation_of`; whoever uses one compares it with dual numbers."""
    key, network = _network(run, known)
    if ("for numbers", *key) not in known:
        full = known.get(("derivation", *key))
        known["for numbers", *key] = derive_unverified(network) if full is None else full
    return known["for numbers", *key]


def derivation_of(run: Run, known: Known) -> Derivation:
    """The derivation of a run's network, each step of it verified, made once."""
    key, network = _network(run, known)
    if ("derivation", *key) not in known:
        known["derivation", *key] = derive(network)
    return known["derivation", *key]


def derivations(runs: Iterable[Run], known: Known) -> Known:
    """What is known of runs whatever their givens: their networks, these derived, and the first
    sessions, of whose lines the mistakes are made."""
    for run in runs:
        derivation_for_numbers(run, known)
    known.setdefault(FIRST_SESSIONS, [])
    kept = ("derivation", "for numbers", *FIRST_SESSIONS)
    return {k: v for k, v in known.items() if k[0] in kept or isinstance(v, Network)}


def _network(run: Run, known: Known) -> tuple[tuple, Network]:
    """A run's network, loaded once, and what tells it from others."""
    given = run.network if isinstance(run.network, str) else id(run.network)
    key = (given, repr(sorted(run.options.items())))
    if key not in known:
        network = network_of(run.network, **run.options)
        check_network(network, network.name)
        known[key] = network
    return key, known[key]


def nested(numbers: Numbers):
    """Printed numbers as nested lists of fractions."""
    if isinstance(numbers, tuple):
        return [nested(n) for n in numbers]
    return None if numbers is None else numbers.value
