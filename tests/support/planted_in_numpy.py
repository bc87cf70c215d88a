"""The list of students' mistakes, planted in NumPy in every derivation of the catalogue.

    python tests/support/planted_in_numpy.py            # the whole catalogue: totals, and gaps
    python tests/support/planted_in_numpy.py gru conv1d

A mistake is one matrix of the chain rule worked out otherwise (`jacobians.py`), or a gradient
changed as a whole. Its value is held against the values of the mistakes that are generated for the
same line: one of them must be the same, by a kind that stands for the row. The numbers of the rows
are those of the list; what is planted by hand elsewhere, and what needs code, is not here.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
import planted_dense as dense
import planted_layers as layers
from jacobians import Jacobians
from mistakes_table import TELLING
from once import derived
from variants import names

from deltarule.errors import DeltaruleError
from deltarule.marking.hypotheses import Evaluator
from deltarule.marking.hypothesis import Hypothesis
from deltarule.marking.mistakes import Mistake, contexts, mistakes_in
from deltarule.marking.mistakes.times import nothing_carried
from deltarule.marking.shortlist import Shortlist
from deltarule.marking.wrong_rows import WrongRows
from deltarule.tracing.computation import Computation
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import computation_of


def computation(name: str) -> Computation:
    """A derivation at small numbers without ties."""
    derivation = derived(name)
    known = {s.name: n for s, n in derivation.network.attributes.items()}
    telling = {n: v for n, v in TELLING.items() if n in known}
    try:
        givens, sizes = drawn(derivation, 1, telling)
    except DeltaruleError:
        givens, sizes = drawn(derivation, 1)
    random = np.random.default_rng(5)
    for tensor in derivation.network.tensors.values():
        if tensor.role in ("input", "parameter") and not (
            tensor.integral or tensor.within or tensor.definite or tensor.sums_to_one is not None
        ):
            near = random.integers(1, 400, np.shape(givens[tensor.name]))
            shifted = np.asarray(givens[tensor.name]) + near * Fraction(1, 10000)
            givens = {**givens, tensor.name: shifted}
    return computation_of(derivation, givens, sizes=sizes, rate=1)


ROWS: tuple[tuple[str, Callable[[Jacobians], dense.Planted], tuple[str, ...]], ...] = (
    ("1, 36 slope lost", dense.slope_lost, ("slope lost",)),
    ("2 slope at the output", dense.slope_at_the_output, ("slope at the wrong place",)),
    ("2 slope of the sum", dense.slope_of_the_sum, ("slope at the wrong place",)),
    ("3 slope of the upstream", dense.slope_of_the_upstream, ("slope at the wrong place",)),
    ("4, 16 slope again", dense.slope_again, ("slope twice",)),
    ("5 sign", dense.sign, ("sign",)),
    ("6 factor", dense.factor, ("constant factor", "power", "constant lost", "mean for sum")),
    ("7 bias: one row", dense.bias_of_one_row, ("one path only",)),
    ("7, 22 bias: mean", dense.bias_mean, ("mean for sum", "constant factor")),
    ("8 bias from weights", dense.bias_of_weights, ("bias from weights",)),
    ("9 transposed", dense.weights_transposed, ("transposed", "layout")),
    ("10 weights lost", dense.weights_lost, ("weights lost",)),
    ("12 updated weights", dense.weights_updated, ("updated weights used",)),
    ("13 shared out", dense.error_shared_out, ("error shared out",)),
    ("14 one output", dense.one_output_alone, ("one path only",)),
    ("15 diagonal", layers.diagonal_alone, ("diagonal alone",)),
    ("18 mask of the upstream", dense.mask_of_the_upstream, ("slope at the wrong place",)),
    ("19 kernel turned", layers.kernel_turned, ("kernel turned",)),
    ("20 stride lost", layers.placed_otherwise("S", 1), ("stride lost",)),
    ("20 dilation lost", layers.placed_otherwise("D", 1), ("dilation lost",)),
    ("21 padding lost", layers.placed_otherwise("P", 0), ("padding lost",)),
    ("23 written over", layers.written_over, ("assignment for accumulation",)),
    ("25 divisor lost", layers.divisor_lost, ("divisor lost", "constant lost", "sum for mean")),
    ("26, 27 path frozen", layers.path_frozen, ("path frozen", "summand lost", "recurrence cut")),
    ("28 scale lost", dense.scale_lost, ("scale lost",)),
    ("31, 34 recurrence cut", layers.recurrence_cut, ("recurrence cut",)),
    ("32 wrong time", layers.wrong_time, ("wrong time",)),
    ("32 last step alone", layers.last_step_alone, ("one path only",)),
    ("33 slope of tanh", dense.tanh_otherwise,
     ("slope inverted", "slope misremembered", "power", "sign")),
    ("33 slope of σ", dense.sigmoid_otherwise,
     ("slope misremembered", "sign", "factor lost", "function for slope")),
    ("35, 38 gate lost", layers.gate_lost, ("gate lost",)),
    ("39 duplicates lost", layers.duplicates_lost, ("assignment for accumulation",)),
    ("40 mask lost", layers.mask_lost, ("mask lost",)),
    ("45 inputs reversed", layers.inputs_reversed, ("time order reversed",)),
)  # fmt: skip


class Generated:
    """The mistakes that are generated for the lines of a course, and their values."""

    def __init__(self, of: Computation):
        self.computation, self.lines = of, {line.quantity: line for line in of.lines}
        self.evaluator = Evaluator(of, {})
        self.shapes = {n: np.shape(a) for n, a in of.floats.arrays.items() if a.dtype.kind == "f"}
        self._known: dict[str, tuple[list[Mistake], np.ndarray]] = {}

    def __call__(self, name: str) -> tuple[list[Mistake], np.ndarray]:
        """The mistakes of a line, and a row of values for each."""
        if name not in self._known:
            (context,) = contexts(self.computation, name)
            found = mistakes_in(context)
            if name in self.evaluator.groups:
                found += nothing_carried({n: l.equation for n, l in self.lines.items()}, name)
            sets = WrongRows([(m,) for m in found])
            values = Shortlist(self.evaluator).values(name, Hypothesis(), sets)
            if values is None:
                values = np.array([self._alone(name, m) for m in found])
            self._known[name] = found, values
        return self._known[name]

    def _alone(self, name: str, mistake: Mistake) -> np.ndarray:
        try:
            changed = Hypothesis(variants=dict(mistake.equations))
            return np.asarray(self.evaluator.quick(name, changed), float)
        except Exception:  # what has no value is no explanation
            return np.full(self.shapes[name], np.nan)


def planted(name: str) -> Iterator[tuple[str, str, bool]]:
    """Each mistake that is planted in a derivation: row, line, and whether it is generated."""
    here = computation(name)
    j, generated, of = Jacobians(here), Generated(here), here.derivation.of
    right = j.gradients()
    told = {
        n: r
        for n, g in right.items()
        if f"d{of}/d{n}" in generated.lines
        and np.allclose(g, r := here.floats.arrays[f"d{of}/d{n}"], rtol=1e-5, atol=1e-7)
    }
    for row, plant, kinds in ROWS:
        seen: Counter[str] = Counter()
        for tensor, value in plant(j):
            if (
                tensor not in told
                or seen[tensor] > 4
                or not np.isfinite(value).all()
                or not value.any()
            ):
                continue
            if np.allclose(value, told[tensor], rtol=1e-4, atol=1e-6):
                continue
            seen[tensor] += 1
            mistakes, values = generated(f"d{of}/d{tensor}")
            size = max(1e-3, float(np.abs(value).max()))
            gaps = np.abs(values - value).reshape(len(mistakes), -1).max(1) / size
            found = any(mistakes[k].kind in kinds for k in np.flatnonzero(gaps < 1e-5))
            yield row, f"d{of}/d{tensor}", found


if __name__ == "__main__":
    total: Counter[bool] = Counter()
    pairs: dict[tuple[str, str], bool] = {}
    for derivation in sys.argv[1:] or names():
        for row, line, found in planted(derivation):
            total[found] += 1
            pairs[derivation, row] = pairs.get((derivation, row), True) and found
            if not found:
                print(f"{derivation}: {row} in {line} is not generated", flush=True)
    print(f"{total[True]} of {total.total()} planted values are generated and named")
    print(f"{sum(pairs.values())} of {len(pairs)} pairs of a row and a derivation")
