"""What a trace says of its numbers where they lie on kinks and ties: the slopes to both sides
differ there, so no central difference confirms the gradient, and the convention is named."""

from fractions import Fraction

import numpy as np
import pytest
from once import derived, loaded
from variants import FULL, names

from deltarule.arithmetic.floats import Float64
from deltarule.expressions.gradient_names import GradientName
from deltarule.networks.nonsmooth import kinked
from deltarule.reports.trace_lines import check_text
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.reference_derivatives import central_differences
from deltarule.tracing.trace import trace

#: In a run that is not full, networks of more equations are left out: their layers are here.
MOST = 12
KINKED = [
    name
    for name in names()
    if kinked(loaded(name)) and (FULL or len(loaded(name).equations) <= MOST)
]


def rounded(network, name, array):
    """Integers, of which many are equal and some 0, where any number may stand."""
    tensor = network.tensors.get(name)
    if tensor is None or tensor.integral or tensor.within or tensor.definite:
        return array
    return np.asarray(np.frompyfunc(lambda v: Fraction(round(v)), 1, 1)(array), dtype=object)


@pytest.mark.parametrize("name", KINKED)
def test_entries_whose_slopes_differ_are_named_and_no_others(name):
    derivation = derived(name)
    givens, sizes = drawn(derivation, seed=3)
    givens = {n: rounded(derivation.network, n, a) for n, a in givens.items()}
    found = trace(derivation, givens, sizes=sizes)
    floats, roots = found.computation.floats, {derivation.of: None}
    if derivation.upstream:
        roots = {n: floats.arrays[derivation.gradient_name(n)] for n in derivation.upstream}
    for line in found.lines:
        check = line.check
        if check is None or check.undefined or check.entries > 200:
            continue
        tensor = GradientName.parse(line.quantity).wrt
        entries = list(np.ndindex(line.value.shape))
        slopes = central_differences(
            derivation.network, floats, Float64(), tensor, roots, entries, 1e-5
        )
        differ = [
            entry
            for entry, (left, right) in zip(entries, slopes, strict=True)
            if abs(right - left) > 1e-3 * max(1.0, abs(left), abs(right))
        ]
        met = check.kinks.entries if check.kinks else ()
        assert list(met) == differ, line.quantity
        assert check.agrees and ("by convention" in check_text(check)) == bool(differ)


JUMPS = '''"""Integers beside a number."""
from deltarule.language import *
N = size("N")
n = index("n")
x, y = input("x", N), output("y", N)
y[n] = floor(x[n]) * x[n]
'''
TIED = [[[[1.75, 1.75], [1.75, -1.25]]]]
SAID = [
    (
        "max_pool2d", {"x": TIED, "dL/dy": [[[[1]]]]}, {},
        "✓ dual numbers agree to 0, central differences of the others to 0; 3 of 4 entries lie on "
        "ties ([0,0,0,0], [0,0,0,1], [0,0,1,0]), where slopes to both sides differ; by "
        "convention, of several largest the first passes the gradient",
    ),
    (
        "activation", {"z": [[0, 0]], "dL/dh": [[1, 1]]}, {"activation": "relu"},
        "✓ dual numbers agree to 0; 2 of 2 entries lie on kinks ([0,0], [0,1]), where slopes to "
        "both sides differ; by convention, ReLU: the derivative at 0 is 0",
    ),
    (
        JUMPS, {"x": [1, 0.5], "dL/dy": [1, 1]}, {},
        "✓ dual numbers agree to 0, central differences of the others to 0; 1 of 2 entries lies "
        "on a jump ([0]), where there is no slope; by convention, floor: its derivative is 0, at "
        "its jumps too",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "givens", "options", "sentence"), SAID)
def test_the_convention_is_said(layer, givens, options, sentence, tmp_path):
    if layer is JUMPS:
        layer = tmp_path / "layer.py"
        layer.write_text(JUMPS, encoding="utf-8")
    (found,) = (line.check for line in trace(layer, givens, **options).lines if line.check)
    assert found.agrees and check_text(found) == sentence
