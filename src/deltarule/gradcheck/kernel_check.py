"""A derivation's compiled kernel, held against its equations and its derived gradients.

The equations and the closed forms of the gradients are evaluated in float64, without a kernel; what
the kernel gives for the same arrays must be the same, at small settings and at one that is large
enough for the loops and products of large problems. Whether a formula is right, measurements of
the gradients tell; together the two say which of formula and kernel is at fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.arithmetic.settings import most_points, setting, sizes_at
from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Attribute
from deltarule.gradcheck.result import GradientCheck, compared, worst_of
from deltarule.kernels.api import Kernel, kernel
from deltarule.kernels.passes.program import Program, known_sizes, program
from deltarule.language.load import network_of
from deltarule.networks.network import Network
from deltarule.networks.specialise import specialise

#: What is allowed between two ways to add up the same numbers, relative to the largest.
ROUNDING = 1e-9
#: How many times as large the sizes of the large setting are, if no equation has more points.
TIMES, MOST_POINTS = (6, 5, 4, 3, 2), 60_000
#: How many small settings are tried.
SMALL_SETTINGS = 3


@dataclass(frozen=True)
class KernelCheck:
    """What came out: every value and gradient of the kernel at its worst setting.

    `failed` tells of a kernel that could not be made or called at all; `settings` are the sizes.
    """

    checks: Sequence[GradientCheck]
    settings: Sequence[Mapping[str, int]]
    failed: str = ""

    @property
    def right(self) -> bool:
        """Whether the kernel computes what the equations and the formulas say."""
        return not self.failed and all(c.right for c in self.checks)

    @property
    def worst(self) -> GradientCheck | None:
        """The value or gradient that is furthest off."""
        return max(self.checks, key=lambda c: c.badness, default=None)

    def fault(self, measured: Sequence[GradientCheck], by_kernels: bool = False) -> str:
        """Which is wrong, by measurements of the gradients: formula, kernel, both, or "" for none.

        A kernel computes what a wrong formula says, and is not at fault for it. Measurements that
        were made `by_kernels` say nothing of the formula where the kernel is wrong.
        """
        formula = any(not c.right for c in measured) and (self.right or not by_kernels)
        if formula and not self.right:
            return "both"
        return "formula" if formula else "kernel" if not self.right else ""


def check_kernel(
    name: Network | str | Path,
    sizes: Mapping[str, int] | None = None,
    seed: int = 0,
    options: Mapping[str, object] | None = None,
    progress: Callable[[str], None] | None = None,
    small: bool = False,
) -> KernelCheck:
    """Hold the compiled float64 kernel of a network or a derivation against its equations.

    `sizes` holds some sizes and attributes, `options` are the derivation's; with `small`, sizes
    that the kernel leaves open are chosen here. One kernel is compiled: its sizes stay symbols, and
    attributes that are not given have their usual numbers.
    Raises DeltaruleError for sizes that do not fit.
    """
    report = progress or (lambda line: None)
    network = network_of(name, **(options or {}))
    settings, named = kernel_settings(network, sizes or {})
    made = program(network, dict(settings))
    at = list(_settings(made.network, {} if small else named))
    wanted = [_probed(made, seed + k, numbers) for k, numbers in enumerate(at)]
    found = []
    try:
        report("compiling the kernel")
        compiled = kernel(network, progress=progress, **settings)
        for number, probe in enumerate(wanted):
            report(f"running the kernel at setting {number + 1} of {len(at)}")
            found += _compared(made, compiled, probe)
    except Exception as error:
        # A kernel that cannot be made or called is what this check is there to find.
        said = getattr(error, "fact", f"{type(error).__name__}: {error}")
        return KernelCheck((), at, said.partition("\n")[0])
    return KernelCheck(worst_of(found), at)


def kernel_settings(free: Network, sizes: Mapping[str, int]) -> tuple[dict, dict]:
    """The settings that a kernel of these sizes is compiled for, and the sizes that it leaves open.

    A size that the kernel must be said, and that is not named, is 3.
    """
    attributes = {s.name for s in free.attributes}
    settings = {n: k for n, k in sizes.items() if n in attributes}
    usual = {a.name: v for a, v in free.attributes.items()}
    for symbol in known_sizes(specialise(free, usual))[1]:
        if not isinstance(symbol, Attribute):
            settings[symbol.name] = sizes.get(symbol.name, 3)
    return settings, {n: k for n, k in sizes.items() if n not in settings}


def _settings(network: Network, named: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Small settings, and the largest of some that are not too large to be evaluated."""
    small = [setting(network, number, named) for number in range(SMALL_SETTINGS)]
    seen = []
    for numbers in small:
        if numbers not in seen:
            seen.append(numbers)
            yield numbers
    for times in TIMES:
        large = {n: k if n in named else times * k + 1 for n, k in small[0].items()}
        try:
            points = most_points(network, sizes_at(network, large))
        except DeltaruleError:
            continue
        if points <= MOST_POINTS and large not in seen:
            yield large
            return


def _probed(made: Program, seed: int, named: Mapping[str, int]) -> Probe:
    """All values and gradients at one setting, without a kernel."""
    probe = Probe(made.network, Float64(), seed, **named)
    probe.values.scalars = {**probe.values.scalars, **made.scalars}
    for tensor, gradient in made.upstream.items():
        probe.values.arrays[gradient] = probe.noise(made.network.tensors[tensor].axes)
    with np.errstate(all="ignore"):
        run(made.network.equations, probe.values, Float64())
        run(made.derivation.equations(), probe.values, Float64())
    return probe


def _compared(made: Program, compiled: Kernel, probe: Probe) -> Iterator[GradientCheck]:
    """Each value that the kernel puts out, and each gradient, at one setting."""
    arrays = probe.values.arrays
    given = {n: np.asarray(arrays[n]) for n in compiled.inputs}
    upstream = {f"d{t}": np.asarray(arrays[g]) for t, g in made.upstream.items()}
    values, gradients = compiled.both(**given, **upstream)
    numbers = {s.name: int(n) for s, n in probe.sizes.items()}
    for tensor in compiled.outputs:
        yield _one(tensor, tensor, values[tensor], arrays[tensor], numbers)
    for tensor, gradient in made.gradients.items():
        yield _one(tensor, gradient, gradients[tensor], arrays[gradient], numbers)


def _one(tensor: str, name: str, by_kernel, wanted, numbers: Mapping[str, int]) -> GradientCheck:
    by_kernel, wanted = np.asarray(by_kernel, float), np.asarray(wanted, float)
    # Where the equations give no number, or ∞, the kernel should give the same.
    same = (by_kernel == wanted) | (np.isnan(by_kernel) & np.isnan(wanted))
    odd = same & ~np.isfinite(wanted)
    by_kernel, wanted = np.where(odd, 0.0, by_kernel), np.where(odd, 0.0, wanted)
    return compared(tensor, name, "compiled kernel", by_kernel, wanted, ROUNDING, settings=numbers)
