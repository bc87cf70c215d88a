"""Gradients of whole networks checked layer by layer, each against those of the layers behind it.

If a tensor x moves along ẋ, each equation y = f(x, …) that reads it changes by its tangent ẏ, and
⟨∂L/∂x, ẋ⟩ = Σ ⟨∂L/∂y, ẏ⟩ over these equations (Griewank and Walther, Evaluating Derivatives, 2008,
ch. 3). Tangents are dual numbers of the forward equations, which know nothing of the derivation;
where the gradients of the outputs are right, so is by induction every one before them. It costs as
much as a few passes forward, however deep the network is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from deltarule.arithmetic.duals import Duals, DualsArray
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.settings import setting
from deltarule.calculus import Derivation
from deltarule.expressions.nodes import Selection, read
from deltarule.gradcheck.probed import Probed
from deltarule.gradcheck.result import GradientCheck
from deltarule.networks.equations import Equation
from deltarule.spelling.counted import counted

METHOD = "dual numbers of the layers that read it"
#: Both sides may differ by so much of the sum of the sizes of all terms that go into them.
ROUNDING = 1e-9
#: Equations between two lines of progress.
_BETWEEN = 25


@dataclass
class _Sides:
    """A direction, and what the changes of the equations that read a tensor add up to along it."""

    direction: np.ndarray
    measured: float = 0.0
    size: float = 0.0


def check_across_layers(
    derivation: Derivation,
    seed: int = 0,
    sizes: Mapping[str, int] | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[GradientCheck]:
    """All gradients of a derivation, those of intermediate tensors too, along random directions.

    `sizes` holds some sizes, values are drawn from `seed`; `progress` is said of the equations.
    Raises DeltaruleError for sizes that do not fit.
    """
    probe = Probe(derivation.network, Float64(), seed, **setting(derivation.network, 0, sizes))
    probed = Probed(derivation, probe)
    sides = _sides(probed, seed, progress or (lambda line: None))
    gradients = derivation.gradients
    first = {g.kind: g.name for g in reversed(gradients.values()) if g.kind is not None}
    return [
        _checked(probed, name, found, first.get(gradients[name].kind, ""))
        for name, found in sides.items()
    ]


def _sides(probed: Probed, seed: int, progress: Callable[[str], None]) -> dict[str, _Sides]:
    random = np.random.default_rng(Random(seed).randrange(2**32))
    derivation, arrays = probed.derivation, probed.arrays
    found = {
        name: _Sides(
            random.uniform(0.5, 1.5, np.shape(arrays[name])) * _signs(random, arrays[name])
        )
        for name in derivation.gradients
        if name != derivation.of
    }
    equations = [e for e in derivation.network.equations if not isinstance(e.rhs, Selection)]
    for number, equation in enumerate(equations):
        if number % _BETWEEN == 0:
            progress(f"{number} of {counted(len(equations), 'equation')}")
        for name, change in _changes(equation, probed, found):
            found[name].measured += float(change.sum())
            found[name].size += float(np.abs(change).sum())
    return found


def _signs(random: np.random.Generator, array: np.ndarray) -> np.ndarray:
    return random.choice((-1.0, 1.0), np.shape(array))


def _changes(
    equation: Equation, probed: Probed, sides: Mapping[str, _Sides]
) -> Iterator[tuple[str, np.ndarray]]:
    """For each tensor that an equation reads: upstream · (its change), if that tensor moves."""
    upstream = _upstream(equation, probed)
    moving = [n for n in sorted(equation.read_names()) if n in sides]
    if upstream is None or not moving:
        return
    values, duals = probed.probe.values, Duals(Float64(), len(moving))
    arrays: dict = {}
    for name in equation.read_names():
        array = values.arrays[name]
        tensor = values.tensors.get(name)
        arrays[name] = array if tensor is None or tensor.integral else duals.constant(array)
    for k, name in enumerate(moving):
        along = np.zeros((len(moving), *np.shape(values.arrays[name])))
        along[k] = sides[name].direction
        arrays[name] = DualsArray(values.arrays[name], along)
    here = Values(arrays, values.sizes, values.scalars, values.tensors)
    changed: Any = evaluate(equation.rhs, equation.ranges, here, duals)
    tangent = np.broadcast_to(changed.tangent, (len(moving), *np.shape(upstream)))
    for k, name in enumerate(moving):
        yield name, upstream * tangent[k]


def _upstream(equation: Equation, probed: Probed) -> np.ndarray | None:
    """The gradient by what an equation writes, at the places that it writes; None for none."""
    if equation.name == probed.derivation.of and not probed.derivation.upstream:
        return np.ones(())
    gradient = probed.name_of(equation.name)
    if gradient not in probed.arrays:
        return None
    there = read(gradient, *equation.subscripts)
    found: Any = evaluate(there, equation.ranges, probed.probe.values, Float64())
    return found


def _checked(probed: Probed, name: str, sides: _Sides, form: str) -> GradientCheck:
    tensor = probed.network.tensors[name]
    gradient = np.asarray(probed.gradient(tensor), dtype=float)
    terms = gradient * sides.direction
    derived, size = float(terms.sum()), float(np.abs(terms).sum()) + sides.size
    gap = abs(derived - sides.measured)
    return GradientCheck(
        name,
        probed.name_of(name),
        METHOD,
        int(gradient.size),
        gap / size if size else gap,
        ROUNDING,
        (),
        derived,
        sides.measured,
        probed.numbers,
        form=form,
    )
