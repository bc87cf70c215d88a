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
from jacobians import Edge, Jacobians
from mistakes_table import TELLING
from once import derived
from variants import names

from deltarule.errors import DeltaruleError
from deltarule.expressions.functions import Elementwise
from deltarule.expressions.nodes import Max, MaxAll, Read, Selection, walk
from deltarule.marking.hypotheses import Bench
from deltarule.marking.hypothesis import Hypothesis
from deltarule.marking.mistakes import Mistake, Scene, mistakes_in
from deltarule.marking.mistakes.times import nothing_carried
from deltarule.marking.shortlist import Shortlist
from deltarule.tracing.computation import Course
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import course_of

#: A tensor, and what somebody writes for its gradient.
Planted = Iterator[tuple[str, np.ndarray]]


def course(name: str) -> Course:
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
            tensor.whole or tensor.within or tensor.definite or tensor.sums_to_one is not None
        ):
            near = random.integers(1, 400, np.shape(givens[tensor.name]))
            shifted = np.asarray(givens[tensor.name]) + near * Fraction(1, 10000)
            givens = {**givens, tensor.name: shifted}
    return course_of(derivation, givens, sizes=sizes, rate=1)


def _with(j: Jacobians, edge: Edge, matrix: np.ndarray) -> tuple[str, np.ndarray]:
    return edge[1], j.gradients({edge: matrix})[edge[1]]


def _upstream(j: Jacobians, output: str) -> np.ndarray:
    """What comes back to an output: its gradient, or what a layer is given."""
    found = j.gradients().get(output)
    return j.arrays[f"d{j.course.derivation.of}/d{output}"] if found is None else found


def _activations(j: Jacobians, *functions: str) -> Iterator[Edge]:
    for k, e in enumerate(j.equations):
        if isinstance(e.rhs, Elementwise) and isinstance(e.rhs.args[0], Read):
            (name,) = e.read_names() if len(e.read_names()) == 1 else ("",)
            alike = name and j.arrays[name].shape == j.arrays[e.name].shape
            if alike and e.rhs.row.name in (functions or ("sigmoid", "tanh", "relu")):
                yield k, name


def _parameters(j: Jacobians, edge: Edge, least: int, most: int = 9) -> list[str]:
    """The parameters that are read beside another tensor."""
    return [
        n
        for n in sorted(j.equations[edge[0]].read_names() - {edge[1]})
        if j.network.tensors[n].role == "parameter"
        and least <= j.arrays[n].ndim <= most
        and f"{n.removesuffix('0')}" not in j.carried  # what a state begins with
    ]


def _behind_weights(j: Jacobians) -> Iterator[tuple[Edge, str]]:
    for edge in j.right:
        if j.network.tensors[edge[1]].role != "parameter":
            for weights in _parameters(j, edge, 2):
                yield edge, weights


# ---- slopes -------------------------------------------------------------------------------------
def slope_lost(j: Jacobians) -> Planted:
    for edge in _activations(j):
        yield _with(j, edge, np.eye(len(j.right[edge])))


def slope_at_the_output(j: Jacobians) -> Planted:
    for edge in _activations(j, "sigmoid", "tanh"):
        yield _with(j, edge, j.matrix(edge, {edge[1]: j.output(edge)}))


def slope_of_the_sum(j: Jacobians) -> Planted:
    for edge in _activations(j, "sigmoid", "tanh"):
        s = np.ravel(j.arrays[edge[1]])
        sigmoid = j.equations[edge[0]].rhs.row.name == "sigmoid"
        yield _with(j, edge, np.diag(s * (1 - s) if sigmoid else 1 - s**2))


def slope_of_the_upstream(j: Jacobians) -> Planted:
    for edge in _activations(j, "sigmoid"):
        output = j.equations[edge[0]].name
        upstream = np.ravel(_upstream(j, output))
        if output not in j.carried:
            yield _with(j, edge, np.diag(upstream * (1 - upstream)))


def mask_of_the_upstream(j: Jacobians) -> Planted:
    for edge in _activations(j, "relu"):
        output = j.equations[edge[0]].name
        upstream = np.ravel(_upstream(j, output))
        if output not in j.carried:
            yield _with(j, edge, np.diag((upstream > 0) * 1.0))


def tanh_otherwise(j: Jacobians) -> Planted:
    for edge in _activations(j, "tanh"):
        h = np.ravel(j.output(edge))
        for slope in (1 / (1 - h**2), 1 - h, (1 - h) ** 2):
            yield _with(j, edge, np.diag(slope))


def sigmoid_otherwise(j: Jacobians) -> Planted:
    for edge in _activations(j, "sigmoid"):
        h = np.ravel(j.output(edge))
        for slope in (h * (1 + h), h**2, (1 - h) ** 2, 1 - h, h):
            yield _with(j, edge, np.diag(slope))


def slope_again(j: Jacobians) -> Planted:
    if j.network.loss is None:
        return
    for k, e in enumerate(j.equations):
        p = j.arrays[e.name]
        for name in e.read_names():
            softmax = p.ndim and np.all(p > 0) and np.allclose(p.sum(-1), 1)
            if (k, name) in j.right and softmax and p.shape == j.arrays[name].shape:
                through = [edge for edge in j.reading(name) if edge[0] != k]
                if "t" in j.arrays or through:
                    yield name, j.gradients()[name] * p * (1 - p)


# ---- signs and factors --------------------------------------------------------------------------
def _times(j: Jacobians, number: float) -> Planted:
    """Every gradient times a number; between times it is carried on so."""
    for name, gradient in j.gradients().items():
        if name not in j.carried:
            yield name, number * gradient
        elif name not in j.course.derivation.upstream:
            wrong = {edge: number * j.right[edge] for edge in j.reading(name)}
            yield name, j.gradients(wrong)[name]


def sign(j: Jacobians) -> Planted:
    yield from _times(j, -1)


def factor(j: Jacobians) -> Planted:
    yield from _times(j, 2)
    yield from _times(j, 0.5)


# ---- sums ---------------------------------------------------------------------------------------
def _biases(j: Jacobians) -> Iterator[tuple[Edge, np.ndarray]]:
    """Biases that are added: each output reads one of them, at the last axis."""
    for edge, matrix in j.right.items():
        tensor, out = j.network.tensors[edge[1]], j.output(edge)
        plain = tensor.role == "parameter" and j.arrays[edge[1]].ndim == 1
        if plain and out.ndim > 1 and np.allclose(matrix.sum(1), 1) and np.isin(matrix, (0, 1)).all:
            yield edge, matrix


def bias_of_one_row(j: Jacobians) -> Planted:
    for edge, matrix in _biases(j):
        kept = matrix.reshape(*j.output(edge).shape, -1).copy()
        kept[1:] = 0
        yield _with(j, edge, kept.reshape(matrix.shape))


def bias_mean(j: Jacobians) -> Planted:
    for edge, matrix in _biases(j):
        yield _with(j, edge, matrix / matrix.sum(0))


def bias_of_weights(j: Jacobians) -> Planted:
    for edge, _ in _biases(j):
        for weights in _parameters(j, edge, 2, 2):
            gradient = j.gradients()[weights].sum(0)
            if gradient.shape == j.arrays[edge[1]].shape:
                yield edge[1], gradient


def one_output_alone(j: Jacobians) -> Planted:
    for edge, _ in _behind_weights(j):
        if j.output(edge).ndim and j.arrays[edge[1]].shape[:1] == j.output(edge).shape[:1]:
            kept = j.right[edge].reshape(*j.output(edge).shape, -1).copy()
            if kept.ndim == 3:
                kept[:, 1:] = 0
                yield _with(j, edge, kept.reshape(j.right[edge].shape))


# ---- weights ------------------------------------------------------------------------------------
def weights_lost(j: Jacobians) -> Planted:
    for edge, weights in _behind_weights(j):
        yield _with(j, edge, j.matrix(edge, {weights: np.ones_like(j.arrays[weights])}))


def weights_transposed(j: Jacobians) -> Planted:
    for edge, weights in _behind_weights(j):
        array = j.arrays[weights]
        if array.shape[-1] == array.shape[-2]:
            yield _with(j, edge, j.matrix(edge, {weights: array.swapaxes(-1, -2)}))


def weights_updated(j: Jacobians) -> Planted:
    for edge, weights in _behind_weights(j):
        if edge[1] in j.carried:
            continue  # the updated weights depend on what is carried
        after = j.arrays[weights] - j.gradients()[weights]
        yield _with(j, edge, j.matrix(edge, {weights: after}))


def error_shared_out(j: Jacobians) -> Planted:
    for edge, weights in _behind_weights(j):
        array = j.arrays[weights]
        if array.ndim == 2 and array.shape[0] != array.shape[1]:
            for axis in (0, 1):
                if array.shape[axis] == j.arrays[edge[1]].shape[-1]:
                    shares = array / array.sum(axis, keepdims=True)
                    yield _with(j, edge, j.matrix(edge, {weights: shares}))


def kernel_turned(j: Jacobians) -> Planted:
    for edge, weights in _behind_weights(j):
        array = j.arrays[weights]
        if array.ndim > 2 and _slides(j, edge):
            turned = np.flip(array, tuple(range(2, array.ndim)))
            yield _with(j, edge, j.matrix(edge, {weights: turned}))


def scale_lost(j: Jacobians) -> Planted:
    for edge in j.right:
        if j.network.tensors[edge[1]].role == "parameter":
            continue
        for scale in _parameters(j, edge, 1, 1):
            lost = j.matrix(edge, {scale: np.ones_like(j.arrays[scale])})
            if {"mu", "v"} <= j.network.tensors.keys():
                yield _with(j, edge, lost)


# ---- windows ------------------------------------------------------------------------------------
def _slides(j: Jacobians, edge: Edge) -> bool:
    found = j.equations[edge[0]]
    return any(
        len(s.free_symbols & set(found.indices)) > 0 and s.is_Add
        for n in walk(found.rhs)
        if isinstance(n, Read)
        for s in n.indices
    )


def _placed_otherwise(attribute: str, value: int) -> Callable[[Jacobians], Planted]:
    def planted(j: Jacobians) -> Planted:
        for symbol, known in j.network.attributes.items():
            if symbol.name != attribute or j.sizes.get(symbol, known) == value:
                continue
            for edge in j.right:
                maximum = any(isinstance(n, (Max, Selection)) for n in walk(j.equations[edge[0]].rhs))
                if _slides(j, edge) and not maximum and edge[1] not in j.carried:
                    yield _with(j, edge, j.matrix(edge, sizes={symbol: value}))

    return planted


def written_over(j: Jacobians) -> Planted:
    for edge, matrix in j.right.items():
        if _parameters(j, edge, 1) or not _slides(j, edge) or edge[1] in j.carried:
            continue
        last = np.zeros_like(matrix)
        for column, entries in enumerate(matrix.T):
            rows = np.flatnonzero(entries)
            if len(rows):
                last[rows[-1], column] = entries[rows[-1]]
        yield _with(j, edge, last)


def duplicates_lost(j: Jacobians) -> Planted:
    if "E" not in j.arrays or j.network.tensors["E"].role != "parameter":
        return
    for edge in j.reading("E"):
        matrix = j.right[edge]
        last = np.where(np.cumsum(matrix[::-1] != 0, 0)[::-1] == 1, matrix, 0)
        yield _with(j, edge, last)


def divisor_lost(j: Jacobians) -> Planted:
    for edge, matrix in j.right.items():
        kinds = [n for n in walk(j.equations[edge[0]].rhs) if isinstance(n, (Max, MaxAll))]
        if _slides(j, edge) and not kinds and not _parameters(j, edge, 0):
            found = set(np.round(np.unique(matrix[matrix != 0]), 9))
            if len(found) == 1 and found != {1.0}:
                yield _with(j, edge, (matrix != 0) * 1.0)


# ---- paths --------------------------------------------------------------------------------------
def path_frozen(j: Jacobians) -> Planted:
    for name in dict.fromkeys(name for _, name in j.right):
        found = j.reading(name)
        if len(found) > 1 and name not in j.carried:
            for edge in found:
                yield _with(j, edge, np.zeros_like(j.right[edge]))


def diagonal_alone(j: Jacobians) -> Planted:
    for edge, matrix in j.right.items():
        out = j.output(edge)
        if out.shape == j.arrays[edge[1]].shape and np.all(out > 0) and out.ndim:
            if np.allclose(out.sum(-1), 1) and len(j.equations[edge[0]].read_names()) == 1:
                yield _with(j, edge, np.diag(np.diag(matrix)))


def mask_lost(j: Jacobians) -> Planted:
    for edge in j.reading("x"):
        if "mask" in j.equations[edge[0]].read_names():
            yield _with(j, edge, j.matrix(edge, {"mask": np.ones(j.arrays["mask"].shape)}))


# ---- time ---------------------------------------------------------------------------------------
def recurrence_cut(j: Jacobians) -> Planted:
    for name in j.carried:
        wrong = {}
        for edge in j.reading(name):
            shape = (*j.output(edge).shape, *j.arrays[name].shape)
            now = j.right[edge].reshape(shape)
            times = np.eye(shape[0], now.shape[j.output(edge).ndim])
            times = times.reshape(
                [shape[0], *[1] * (j.output(edge).ndim - 1), -1, *[1] * (j.arrays[name].ndim - 1)]
            )
            wrong[edge] = (now * times).reshape(j.right[edge].shape)
        if any(not np.array_equal(m, j.right[e]) for e, m in wrong.items()):
            yield name, j.gradients(wrong)[name]


def wrong_time(j: Jacobians) -> Planted:
    if "h0" not in j.arrays or "h" not in j.carried:
        return
    for edge in j.right:
        if edge[1].startswith("W_h") and "h" in j.equations[edge[0]].read_names():
            h = j.arrays["h"]
            at = {"h": np.concatenate([h[1:], h[-1:]]), "h0": h[0]}
            yield _with(j, edge, j.matrix(edge, at))


def last_step_alone(j: Jacobians) -> Planted:
    for edge in j.right:
        if edge[1].startswith("W_") and j.equations[edge[0]].name in j.carried:
            kept = j.right[edge].reshape(*j.output(edge).shape, -1).copy()
            kept[1:] = 0
            yield _with(j, edge, kept.reshape(j.right[edge].shape))


def gate_lost(j: Jacobians) -> Planted:
    gates = {j.equations[k].name for k, _ in _activations(j, "sigmoid")} & j.carried
    for edge in j.right:
        for gate in j.equations[edge[0]].read_names() & gates - {edge[1]}:
            if edge[1] in j.carried and edge[1] not in gates:
                yield _with(j, edge, j.matrix(edge, {gate: np.ones_like(j.arrays[gate])}))


def inputs_reversed(j: Jacobians) -> Planted:
    for edge in j.right:
        if edge[1].startswith("W_x") and j.equations[edge[0]].name in j.carried:
            if "x" in j.equations[edge[0]].read_names() and j.arrays["x"].dtype.kind == "f":
                yield _with(j, edge, j.matrix(edge, {"x": j.arrays["x"][::-1]}))


ROWS: tuple[tuple[str, Callable[[Jacobians], Planted], tuple[str, ...]], ...] = (
    ("1, 36 slope lost", slope_lost, ("slope lost",)),
    ("2 slope at the output", slope_at_the_output, ("slope at the wrong place",)),
    ("2 slope of the sum", slope_of_the_sum, ("slope at the wrong place",)),
    ("3 slope of the upstream", slope_of_the_upstream, ("slope at the wrong place",)),
    ("4, 16 slope again", slope_again, ("slope twice",)),
    ("5 sign", sign, ("sign",)),
    ("6 factor", factor, ("constant factor", "power", "constant lost", "mean for sum")),
    ("7 bias: one row", bias_of_one_row, ("one path only",)),
    ("7, 22 bias: mean", bias_mean, ("mean for sum", "constant factor")),
    ("8 bias from weights", bias_of_weights, ("bias from weights",)),
    ("9 transposed", weights_transposed, ("transposed", "layout")),
    ("10 weights lost", weights_lost, ("weights lost",)),
    ("12 updated weights", weights_updated, ("updated weights used",)),
    ("13 shared out", error_shared_out, ("error shared out",)),
    ("14 one output", one_output_alone, ("one path only",)),
    ("15 diagonal", diagonal_alone, ("diagonal alone",)),
    ("18 mask of the upstream", mask_of_the_upstream, ("slope at the wrong place",)),
    ("19 kernel turned", kernel_turned, ("kernel turned",)),
    ("20 stride lost", _placed_otherwise("S", 1), ("stride lost",)),
    ("20 dilation lost", _placed_otherwise("D", 1), ("dilation lost",)),
    ("21 padding lost", _placed_otherwise("P", 0), ("padding lost",)),
    ("23 written over", written_over, ("assignment for accumulation",)),
    ("25 divisor lost", divisor_lost, ("divisor lost", "constant lost", "sum for mean")),
    ("26, 27 path frozen", path_frozen, ("path frozen", "summand lost", "recurrence cut")),
    ("28 scale lost", scale_lost, ("scale lost",)),
    ("31, 34 recurrence cut", recurrence_cut, ("recurrence cut",)),
    ("32 wrong time", wrong_time, ("wrong time",)),
    ("32 last step alone", last_step_alone, ("one path only",)),
    ("33 slope of tanh", tanh_otherwise,
     ("slope inverted", "slope misremembered", "power", "sign")),
    ("33 slope of σ", sigmoid_otherwise,
     ("slope misremembered", "sign", "factor lost", "function for slope")),
    ("35, 38 gate lost", gate_lost, ("gate lost",)),
    ("39 duplicates lost", duplicates_lost, ("assignment for accumulation",)),
    ("40 mask lost", mask_lost, ("mask lost",)),
    ("45 inputs reversed", inputs_reversed, ("time order reversed",)),
)  # fmt: skip


class Generated:
    """The mistakes that are generated for the lines of a course, and their values."""

    def __init__(self, of: Course):
        self.course, self.lines = of, {line.quantity: line for line in of.lines}
        self.bench = Bench(of, {})
        self.shapes = {n: np.shape(a) for n, a in of.floats.arrays.items() if a.dtype.kind == "f"}
        self._known: dict[str, tuple[list[Mistake], np.ndarray]] = {}

    def __call__(self, name: str) -> tuple[list[Mistake], np.ndarray]:
        """The mistakes of a line, and a row of values for each."""
        if name not in self._known:
            scene = Scene(
                self.course.network, self.lines[name], self.lines, self.shapes,
                self.course.floats.extent, self.course.givens,
            )  # fmt: skip
            found = mistakes_in(scene)
            if name in self.bench.groups:
                found += nothing_carried({n: l.equation for n, l in self.lines.items()}, name)
            sets = [(m,) for m in found]
            values = Shortlist(self.bench).values(name, Hypothesis(), sets)
            if values is None:
                values = np.array([self._alone(name, m) for m in found])
            self._known[name] = found, values
        return self._known[name]

    def _alone(self, name: str, mistake: Mistake) -> np.ndarray:
        try:
            changed = Hypothesis(variants=dict(mistake.equations))
            return np.asarray(self.bench.quick(name, changed), float)
        except Exception:  # what has no value is no explanation
            return np.full(self.shapes[name], np.nan)


def planted(name: str) -> Iterator[tuple[str, str, bool]]:
    """Each mistake that is planted in a derivation: row, line, and whether it is generated."""
    here = course(name)
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
            if tensor not in told or seen[tensor] > 4 or not np.isfinite(value).all():
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
