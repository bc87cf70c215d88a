"""A derivation checked in the way that suits its size: in balls, or by compiled Jacobians."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sympy import Symbol

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.random_arrays import random_arrays
from deltarule.arithmetic.settings import most_points, points_added, setting, sizes_at
from deltarule.arithmetic.tensor_entries import refuse_many
from deltarule.calculus import derive
from deltarule.calculus.gradient_equations import derive_once
from deltarule.counting.copy_costs import copy_sentence, copy_to_calculate, derivation_of
from deltarule.errors import DeltaruleError
from deltarule.expressions.given_arguments import (
    known_mapping,
    known_progress,
    known_seed,
    yes_or_no,
)
from deltarule.gradcheck.across_layers import check_across_layers
from deltarule.gradcheck.by_jacobian import check_jacobians
from deltarule.gradcheck.check import check_gradients
from deltarule.gradcheck.kernel_check import KernelCheck, check_kernel, kernel_settings
from deltarule.gradcheck.result import GradientCheck
from deltarule.kernels.passes.program import loaded
from deltarule.language.load import with_sizes
from deltarule.networks.network import Network
from deltarule.networks.nonsmooth import everyone, kinked
from deltarule.networks.specialise import specialise

#: Up to so many entries of a tensor, and points of an equation, balls are quick enough.
MOST_ENTRIES, MOST_POINTS = 600, 20_000
#: A tensor of more entries is too large for compiled kernels to be measured with.
MOST_MEASURED = 50_000_000
#: An equation of more points is large only if so many remain where sums stand side by side.
MOST_ADDED = 5_000

TIES = (
    "ties are left out: the whole gradient goes to every one of them, as this derivation declares, "
    "which is no subgradient"
)

JUMPS = "kinks and ties are left out: the gradient jumps there, and has no derivative"


@dataclass(frozen=True)
class ChosenCheck:
    """What came out, whether compiled kernels measured, and what was left out.

    `kernel` is what came out of the compiled kernel itself, None where that was not asked for, or
    where a scaled-down `copy` of a large network was checked: the sentence says of which.
    """

    title: str
    checks: Sequence[GradientCheck]
    jacobian: bool
    note: str = ""
    kernel: KernelCheck | None = None
    copy: str = ""

    @property
    def fault(self) -> str | None:
        """What is wrong: "formula", "kernel", "both", "", or None where no kernel was run."""
        return self.kernel.fault(self.checks, self.jacobian) if self.kernel else None


def check_derivation(
    name: Network | str | Path,
    sizes: Mapping[str, int] | None = None,
    seed: int = 0,
    jacobian: bool = False,
    progress: Callable[[str], None] | None = None,
    options: Mapping[str, object] | None = None,
    compiled: bool = False,
    edges: bool = True,
    **own,
) -> ChosenCheck:
    """Check all gradients of a network, or of a derivation by name or path.

    Small settings are checked in balls, at values that `seed` gives; at large `sizes`, or with
    `jacobian`, compiled kernels measure the whole Jacobian. Of a network of large layers all
    gradients are checked on a scaled-down copy, layer by layer. `progress` is said of each check.
    With `compiled`, the kernel is held against the equations and the derived gradients as well.
    Without `edges`, kinks and ties are left out, as for a gradient that is derived again: it jumps
    there.
    `name` is the network, or what it is called, with its `own` options as for `load`, or a dict
    of them as `options`. Raises DeltaruleError for what does not fit.
    """
    place = "check_derivation"
    own = {**known_mapping("options", options, place, '{"layers": 2}'), **own}
    network, numbers = with_sizes(name, place, **own)
    sizes = {**numbers, **known_mapping("sizes", sizes, place, '{"N": 2}')}
    seed = known_seed(seed, place)
    jacobian = bool(yes_or_no("jacobian", jacobian, place))
    compiled = bool(yes_or_no("compiled", compiled, place))
    edges = bool(yes_or_no("edges", edges, place))
    progress = known_progress(progress, place)
    found = _measured(network, sizes, seed, jacobian, progress, edges and not network.derived)
    inner = _inner(network, seed, progress)
    found = replace(found, checks=[*inner, *found.checks])
    if not compiled or found.copy:
        return found
    kernel = check_kernel(network, sizes, seed, None, progress, small=found.jacobian)
    return replace(found, kernel=kernel)


def _measured(
    network: Network, sizes, seed: int, jacobian: bool, progress, edges: bool
) -> ChosenCheck:
    """The gradients held against measurements."""
    specialise(network, sizes)
    copy = None if jacobian else copy_to_calculate(network)
    if copy is not None:
        checks = check_across_layers(derivation_of(copy), seed, sizes, progress)
        return ChosenCheck(network.title, checks, False, copy=copy_sentence(copy))
    if jacobian or _large(network, sizes):
        checks = _by_kernels(network, sizes, seed, progress)
        return ChosenCheck(network.title, checks, True)
    derivation = derive(network)
    checks = check_gradients(derivation, 3, seed, sizes, progress, edges)
    if not checks:
        raise _without_gradient(network)
    note = TIES if everyone(network) else "" if edges or not kinked(network) else JUMPS
    return ChosenCheck(network.title, checks, False, note)


def _inner(network: Network, seed: int, progress) -> list[GradientCheck]:
    """Those lines held against measurements that are gradients of other lines."""
    found: list[GradientCheck] = []
    for lines in network.derived:
        checks = check_gradients(derive_once(lines.network), 3, seed, {}, progress)
        found += [c for c in checks if c.tensor in lines.names]
    return found


def _large(network: Network, sizes: Mapping[str, int]) -> bool:
    """Whether the sizes given are too large for balls."""
    found = sizes_at(network, setting(network, 0, sizes))
    values = Values({}, found, {}, {})
    for tensor in network.tensors.values():
        entries = 1
        for axis in tensor.axes:
            entries *= values.extent(axis)
        if tensor.given and not tensor.integral and entries > MOST_ENTRIES:
            return True
    many = most_points(network, found) > MOST_POINTS
    return many and points_added(network, found) > MOST_ADDED


def _by_kernels(free: Network, sizes, seed: int, progress) -> list[GradientCheck]:
    settings, rest = kernel_settings(free, sizes)
    network = loaded(free, settings)[0]
    at: dict[Symbol, int] = sizes_at(network, setting(network, 0, rest))
    refuse_many(network, at, MOST_MEASURED, "measured")
    checks = check_jacobians(free, random_arrays(network, at, seed), seed, progress, **settings)
    if not checks:
        raise _without_gradient(network)
    return checks


def _without_gradient(network: Network) -> DeltaruleError:
    return DeltaruleError(
        f"{network.name} has no gradient", network.name, "check a layer, a network or a loss"
    )
