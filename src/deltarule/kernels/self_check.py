"""The self-check at the end of an emitted file: small arrays, shapes, gradients against steps.

It is part of the file, and so needs NumPy and Numba alone. Sizes are chosen when the file is
written: small, different and mostly coprime, so that a transposed or missing axis shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from sympy import Expr, Symbol

from deltarule.arithmetic.compared_constants import constants_of
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.places_inside import places_inside
from deltarule.arithmetic.sampler import Interval, Sampler
from deltarule.arithmetic.settings import setting, sizes_at
from deltarule.kernels.passes.program import Program
from deltarule.kernels.stopped_paths import StoppedPaths
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor

#: With more numbers than this a network is not tried out.
MOST_NUMBERS = 3_000_000

#: Width of a step, and the gap allowed, for each type of number.
_STEPS = {"float32": (2**-6, 5e-3), "float64": (2**-17, 1e-6), "complex128": (1e-200, 1e-10)}

_TOO_LARGE = """

# ---- run as a program ----------------------------------------------------------------------------

if __name__ == "__main__":
    print("arrays of {numbers} numbers are too large for a self-check; import forward and backward")
"""

_SAMPLE = '''\
def sample(random):
    """Arrays that fit: {sizes}."""
    return {{
{drawn}
    }}'''

_TEXT = '''

# ---- run as a program: a self-check on small random arrays ---------------------------------------

ROOTS = {roots}
{beside}CHECKED = {checked}
STEP, ALLOWED, MOST = {step}, {allowed}, 24


{sample}


{calls}


{seen_by}def total(arrays, name, entry, step):
    """What is differentiated, with one entry moved: the sum of upstream times output."""
    moved = {{**arrays, name: arrays[name].copy()}}
    moved[name][entry] += step
    values, wide = values_of(moved), np.promote_types(real, np.float64)
    # What is infinite, as the largest of nothing is, does not change; NaN is to show.
    values = {{y: np.nan_to_num(values[y], nan=np.nan, posinf=0, neginf=0) for y, _ in ROOTS}}
    return sum(np.sum(np.multiply(arrays.get(up, 1), values[y], dtype=wide)) for y, up in {seen})


def gap(arrays, name, entry, derived):
    """How far a gradient's entry is off, how far it may be, and what steps give instead."""
{gap}


def self_check(seed=0):
    """Whether all gradients agree with {method}; prints shapes and gaps."""
    random, right = np.random.default_rng(seed), True
    arrays = sample(random)
    for name, array in arrays.items():
        print(f"{{name}} {{list(array.shape)}}")
{compiling}    values = values_of(arrays)
    shapes = ", ".join(f"{{y}} {{list(np.shape(values[y]))}}" for y, _ in ROOTS)
    print(f"forward: {{shapes}}", flush=True)
    gradients = gradients_of(arrays, values)
    for name in CHECKED:
        entries = list(np.ndindex(arrays[name].shape))
        if len(entries) > MOST:
            entries = [entries[k] for k in random.choice(len(entries), MOST, replace=False)]
        derived = np.asarray(gradients[name])
        gaps = [gap(arrays, name, e, derived[e]) for e in entries]
        scale = max([1.0, *(abs(measured) for _, _, measured in gaps)])
        worst = np.max([0.0, *(off / scale for off, _, _ in gaps)])
        agrees = all(off <= may + ALLOWED * scale for off, may, _ in gaps)
        right = right and agrees
        told = "agrees with" if agrees else "DIFFERS from"
        told = "NaN in it or in" if np.isnan(worst) else told
        zero = not any(derived[e] or slope for e, (_, _, slope) in zip(entries, gaps))
        note = "; all are 0, which tells little" if zero else ""
        print(f"  gradient of {{name}}: {{told}} {method} (gap {{worst:.1e}}){{note}}", flush=True)
{unseen}    return right


if __name__ == "__main__":
    raise SystemExit(0 if self_check() else 1)
'''

#: How a tuned kernel is called.
TUNED = '''\
def values_of(arrays):
    """What the forward pass gives, by name."""
    return forward(*(arrays[name] for name in GIVEN))


def gradients_of(arrays, values):
    """What the backward pass gives, by name."""
    kept, upstream = (values[name] for name in KEPT), (arrays[name] for name in UPSTREAM)
    return backward(*(arrays[name] for name in GIVEN), *kept, *upstream)'''

_BESIDE = "# Through a stop, on which no gradient depends.\nBESIDE = {}\n"

_SEEN_BY = '''\
def seen_by(name):
    """The outputs that a gradient looks at: no others depend on the name but through a stop."""
    return [(y, up) for y, up in ROOTS if y not in BESIDE.get(name, ())]


'''

_BOTH_SIDES = """\
    here, up, down = (total(arrays, name, entry, step) for step in (0, STEP, -STEP))
    slopes = (here - down) / STEP, (up - here) / STEP
    # At a kink the slopes differ, and whatever lies between them is right.
    return abs(derived - sum(slopes) / 2), abs(slopes[1] - slopes[0]) / 2, sum(slopes) / 2"""

_COMPLEX = """\
    measured = total(arrays, name, entry, 1j * STEP).imag / STEP
    return abs(derived - measured), 0.0, measured"""


def demonstration(program: Program, dtype: str, calls: str = TUNED, compiled: bool = True) -> str:
    """The text of the self-check, with the functions by which it calls both passes."""
    sample = sampling(program)
    if sample is None:
        return too_large(program)
    step, allowed = _STEPS[dtype]
    beside = _beside(program)
    return _TEXT.format(
        roots=tuple(roots(program).items()),
        checked=checked(program, behind_stops(program)),
        beside=_BESIDE.format(beside) * bool(beside),
        seen="seen_by(name)" if beside else "ROOTS",
        unseen=_unseen(program),
        step=step,
        calls=calls,
        allowed=allowed,
        sample=sample,
        compiling='    print("compiling", flush=True)\n' if compiled else "",
        method="complex steps" if dtype == "complex128" else "differences",
        seen_by=_SEEN_BY * bool(beside),
        gap=_COMPLEX if dtype == "complex128" else _BOTH_SIDES,
    )


def too_large(program: Program) -> str:
    """What stands in the place of a self-check where a network is not tried out."""
    return _TOO_LARGE.format(numbers=_numbers(program))


def roots(program: Program) -> dict[str, str | None]:
    """What is differentiated: outputs by name, and what their upstream gradients are called."""
    upstream = {name: f"d{name}" for name in program.upstream}
    named = [program.derivation.of] if program.derivation.of else program.forward.results
    return upstream or dict.fromkeys(named)


def checked(program: Program, apart: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The given tensors whose gradients are compared: all but those `apart`."""
    given = (t.name for t in program.network.tensors.values() if t.given)
    return tuple(n for n in given if n in program.gradients and n not in apart)


def behind_stops(program: Program) -> frozenset[str]:
    """The tensors of whose gradients differences say nothing, as they go through a stop."""
    return _paths(program).hidden()


def _beside(program: Program) -> dict[str, tuple[str, ...]]:
    """By tensor, the outputs that differences must leave out, as a stop is on the way to them."""
    paths = _paths(program)
    found = {n: paths.beside(n) for n in checked(program, paths.hidden())}
    return {n: outputs for n, outputs in found.items() if outputs}


def _paths(program: Program) -> StoppedPaths:
    return StoppedPaths(program.network, roots(program))


def _unseen(program: Program) -> str:
    """Lines of a self-check that say which gradients it leaves out; none if it tries all."""
    apart = behind_stops(program)
    line = "    print('  gradient of {}: not tried, it is stopped on the way')\n"
    return "".join(line.format(n) for n in checked(program) if n in apart)


def sampling(program: Program) -> str | None:
    """The text of a function that draws what a program is given; None for too many numbers."""
    sizes = sizes_at(program.network, setting(program.network))
    if _numbers(program) > MOST_NUMBERS:
        return None
    values, tensors = Values({}, sizes, {}, {}), program.network.tensors
    sampler = _AsText(program.network, values.extent)
    places = places_inside(program.network)
    drawn = [
        f'        "{t.name}": {sampler.draw(t, places.get(t.name))},'
        for t in tensors.values()
        if t.given
    ]
    drawn += [
        f'        "{up}": {sampler.between(sampler.shape(tensors[y].axes), None)},'
        for y, up in roots(program).items()
        if up is not None
    ]
    return _SAMPLE.format(sizes=_sizes_text(sizes), drawn="\n".join(drawn))


def _numbers(program: Program) -> int:
    """How many numbers a program is given."""
    sizes = sizes_at(program.network, setting(program.network))
    values = Values({}, sizes, {}, {})
    return sum(_count(t, values) for t in program.network.tensors.values() if t.given)


def _sizes_text(sizes: dict[Symbol, int]) -> str:
    return ", ".join(f"{symbol} = {number}" for symbol, number in sizes.items()) or "fixed sizes"


def _shape(tensor: Tensor, values: Values) -> tuple[int, ...]:
    return tuple(values.extent(axis) for axis in tensor.axes)


def _count(tensor: Tensor, values: Values) -> int:
    return math.prod(_shape(tensor, values))


class _AsText(Sampler):
    """Python text that draws entries, in which `random` is a generator and `real` the type.

    Every other entry of a tensor that a formula compares by = or ≠ is a constant of its statements.
    """

    def __init__(self, network: Network, extent: Callable[[Expr], int]):
        super().__init__(network, extent)
        self._constants = constants_of(network)

    def numbers(self, tensor: Tensor, shape: tuple[int, ...], within: Interval) -> str:
        drawn = self.between(shape, within)
        constants = [float(c) for c in self._constants.get(tensor.name, ())]
        if within or tensor.symmetric or not constants:
            return drawn
        places = f"np.arange({math.prod(shape)}).reshape({shape}) % 2 == 0"
        return f"np.array(np.where({places}, random.choice({constants}, {shape}), {drawn}), real)"

    def between(self, shape: tuple[int, ...], within: Interval) -> str:
        low, high = within or (-1, 1)
        room = 0.2 * (high - low) if within else 0  # at its ends a function may have no value
        return f"np.array(random.uniform({low + room}, {high - room}, {shape}), real)"

    def integers(self, shape: tuple[int, ...], least: int, below: int) -> str:
        return f"np.asarray(random.integers({least}, {below}, {shape}), np.int64)"

    def pointers(self, shape: tuple[int, ...], axis: int, way: int) -> str:
        """A tree in which every place has two that point to it, or one, or none."""
        count, along = shape[axis], [1] * len(shape)
        along[axis] = -1
        found = f"(np.arange({count}) - 1) // 2"  # −1 at the root, which is the first
        if way > 0:
            found = f"np.where({found} < 0, -1, {count - 1} - {found})[::-1]"
        return f"np.broadcast_to(({found}).reshape({along}), {shape}).astype(np.int64)"

    def one_hot(self, shape: tuple[int, ...], axis: int) -> str:
        rest = tuple(n for k, n in enumerate(shape) if k != axis % len(shape))
        chosen = f"random.integers(0, {shape[axis]}, {rest})"
        return f"np.moveaxis(np.eye({shape[axis]}, dtype=real)[{chosen}], -1, {axis})"

    def symmetric(self, drawn: str) -> str:
        return f"(lambda a: (a + a.swapaxes(-1, -2)) / 2)({drawn})"

    def definite(self, shape: tuple[int, ...], within: Interval) -> str:
        root = f"random.uniform(-1, 1, {shape})"
        return f"real(np.eye({shape[-1]}) + (lambda a: a @ a.swapaxes(-1, -2))({root}))"

    def parts_of_one(self, shape: tuple[int, ...], axis: int, within: Interval) -> str:
        rest = list(shape)
        extent = rest.pop(axis)
        parts = f"random.dirichlet(np.ones({extent}), {tuple(rest)})"
        return f"np.array(np.moveaxis({parts}, -1, {axis}), real)"

    def dominated(self, drawn: str, shape: tuple[int, ...]) -> str:
        return f"{drawn} + real({shape[-1]}) * np.eye({shape[-1]}, dtype=real)"
