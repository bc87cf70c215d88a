"""What `derive` prints, typed back in: every line must be read, and mean the same."""

from __future__ import annotations

import numpy as np

from deltarule.arithmetic.evaluate import evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError
from deltarule.formulas import Vocabulary, parse_formula
from deltarule.spelling.text import text


def misread(derivation: Derivation) -> list[str]:
    """The lines that are not read as they are meant: equal as written, or in numbers."""
    places = (e for g in derivation.gradients.values() for e in g.places)
    equations = (*derivation.equations(), *places)
    vocabulary = Vocabulary(derivation.network, equations)
    other, found = [], []
    for equation in equations:
        printed = text(equation.rhs)
        try:
            typed = parse_formula(printed, vocabulary, text(equation.lhs))
        except DeltaruleError as error:
            found.append(f"{text(equation.lhs)} = {printed}: {error}")
            continue
        if typed != equation.rhs:
            other.append((equation, typed))
    values = _values(derivation) if other else None
    for equation, typed in other:
        one, two = (
            np.asarray(evaluate(formula, equation.ranges, values, Float64()), dtype=float)
            for formula in (equation.rhs, typed)
        )
        if not np.allclose(one, two, rtol=1e-9, atol=1e-12, equal_nan=True):
            found.append(f"{text(equation.lhs)} = {text(equation.rhs)} is read as {typed}")
    return found


def elsewhere(derivation: Derivation) -> list[str]:
    """The gradients that are written for parts of their tensor, and are another one there."""
    found = []
    for gradient in derivation.gradients.values():
        if gradient.places:
            values = _values(derivation)
            whole = values.arrays[gradient.name]
            parts = np.full_like(whole, np.nan)
            for place in gradient.places:
                at = (evaluate(s, place.ranges, values, Float64()) for s in place.subscripts)
                there = np.broadcast_arrays(*(np.asarray(a, dtype=int) for a in at))
                parts[tuple(there)] = evaluate(place.rhs, place.ranges, values, Float64())
            if not np.allclose(whole, parts, rtol=1e-9):
                found.append(gradient.name)
    return found


def _values(derivation: Derivation):
    """Generic numbers for everything that is computed."""
    probe = Probe(derivation.network, Float64(), seed=1)
    for name in derivation.upstream:
        axes = derivation.network.tensors[name].axes
        probe.values.arrays[f"d{derivation.of}/d{name}"] = probe.noise(axes)
    run(derivation.equations(), probe.values, probe.arithmetic)
    return probe.values
