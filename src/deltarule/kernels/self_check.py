"""The self-check at the end of an emitted file: small arrays, shapes, gradients against steps.

It is part of the file, and so needs NumPy and Numba alone. Sizes are chosen when the file is
written: small, different and mostly coprime, so that a transposed or missing axis shows.
"""

from __future__ import annotations

import math

from sympy import Symbol

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.settings import setting, sizes_at
from deltarule.expressions.matrices import in_determinants
from deltarule.kernels.passes.program import Program
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

_TEXT = '''

# ---- run as a program: a self-check on small random arrays ---------------------------------------

ROOTS = {roots}
CHECKED = {checked}
STEP, ALLOWED, MOST = {step}, {allowed}, 24


def sample(random):
    """Arrays that fit: {sizes}."""
    return {{
{drawn}
    }}


def total(arrays, name, entry, step):
    """What is differentiated, with one entry moved: the sum of upstream times output."""
    moved = {{**arrays, name: arrays[name].copy()}}
    moved[name][entry] += step
    values = forward(*(moved[other] for other in GIVEN))
    wide = np.promote_types(real, np.float64)
    return sum(np.sum(np.multiply(arrays.get(up, 1), values[y], dtype=wide)) for y, up in ROOTS)


def gap(arrays, name, entry, derived):
    """How far a gradient's entry is off, how far it may be, and what steps give instead."""
{gap}


def self_check(seed=0):
    """Whether all gradients agree with {method}; prints shapes and gaps."""
    random, right = np.random.default_rng(seed), True
    arrays = sample(random)
    for name, array in arrays.items():
        print(f"{{name}} {{list(array.shape)}}")
    print("compiling", flush=True)
    given = [arrays[name] for name in GIVEN]
    values = forward(*given)
    shapes = ", ".join(f"{{y}} {{list(np.shape(values[y]))}}" for y, _ in ROOTS)
    print(f"forward: {{shapes}}", flush=True)
    upstream = [arrays[name] for name in UPSTREAM]
    gradients = backward(*given, *(values[name] for name in KEPT), *upstream)
    for name in CHECKED:
        entries = list(np.ndindex(arrays[name].shape))
        if len(entries) > MOST:
            entries = [entries[k] for k in random.choice(len(entries), MOST, replace=False)]
        gaps = [gap(arrays, name, e, gradients[name][e]) for e in entries]
        scale = max([1.0, *(abs(measured) for _, _, measured in gaps)])
        worst = max([0.0, *(off / scale for off, _, _ in gaps)])
        agrees = all(off <= may + ALLOWED * scale for off, may, _ in gaps)
        right = right and agrees
        told = "agrees with" if agrees else "DIFFERS from"
        print(f"  gradient of {{name}}: {{told}} {method} (gap {{worst:.1e}})", flush=True)
    return right


if __name__ == "__main__":
    raise SystemExit(0 if self_check() else 1)
'''

_BOTH_SIDES = """\
    here, up, down = (total(arrays, name, entry, step) for step in (0, STEP, -STEP))
    slopes = (here - down) / STEP, (up - here) / STEP
    # At a kink the slopes differ, and whatever lies between them is right.
    return abs(derived - sum(slopes) / 2), abs(slopes[1] - slopes[0]) / 2, sum(slopes) / 2"""

_COMPLEX = """\
    measured = total(arrays, name, entry, 1j * STEP).imag / STEP
    return abs(derived - measured), 0.0, measured"""


def demonstration(program: Program, dtype: str) -> str:
    """The text of the self-check."""
    sizes = sizes_at(program.network, setting(program.network))
    values = Values({}, sizes, {}, {})
    tensors = program.network.tensors
    upstream = {name: f"d{name}" for name in program.upstream}
    given = {t.name: t for t in tensors.values() if t.given}
    numbers = sum(_count(t, values) for t in given.values())
    if numbers > MOST_NUMBERS:
        return _TOO_LARGE.format(numbers=numbers)
    determinants = in_determinants(e.rhs for e in program.network.equations)
    drawn = [
        f'        "{n}": {_draw(t, values, dtype)}{_diagonal(t, values, determinants)},'
        for n, t in given.items()
    ]
    drawn += [
        f'        "{up}": {_uniform(tensors[y], values, (-1, 1), dtype)},'
        for y, up in upstream.items()
    ]
    roots = upstream or dict.fromkeys(
        [program.derivation.of] if program.derivation.of else program.forward.results
    )
    step, allowed = _STEPS[dtype]
    return _TEXT.format(
        roots=tuple(roots.items()),
        checked=tuple(n for n in given if n in program.gradients),
        step=step,
        allowed=allowed,
        sizes=_told(sizes),
        drawn="\n".join(drawn),
        method="complex steps" if dtype == "complex128" else "differences",
        gap=_COMPLEX if dtype == "complex128" else _BOTH_SIDES,
    )


def _told(sizes: dict[Symbol, int]) -> str:
    return ", ".join(f"{symbol} = {number}" for symbol, number in sizes.items()) or "fixed sizes"


def _shape(tensor: Tensor, values: Values) -> tuple[int, ...]:
    return tuple(values.extent(axis) for axis in tensor.axes)


def _count(tensor: Tensor, values: Values) -> int:
    return math.prod(_shape(tensor, values))


def _draw(tensor: Tensor, values: Values, dtype: str) -> str:
    """Python text that draws entries with the properties that the tensor is declared to have."""
    shape = _shape(tensor, values)
    if tensor.whole:
        below = values.extent(tensor.whole_below)
        return f"np.asarray(random.integers(0, {below}, {shape}), np.int64)"
    if tensor.definite:
        root = f"random.uniform(-1, 1, {shape})"
        return f"real(np.eye({shape[-1]}) + (lambda a: a @ a.swapaxes(-1, -2))({root}))"
    if tensor.sums_to_one is not None:
        axis, rest = tensor.sums_to_one, list(shape)
        rest.append(rest.pop(axis))
        parts = f"random.dirichlet(np.ones({rest[-1]}), {tuple(rest[:-1])})"
        return f"np.array(np.moveaxis({parts}, -1, {axis}), real)"
    return _uniform(tensor, values, tensor.drawn_within or (-1, 1), dtype)


def _diagonal(tensor: Tensor, values: Values, determinants: set[str]) -> str:
    """What makes a determinant positive: a large diagonal."""
    size = _shape(tensor, values)[-1] if tensor.name in determinants else 0
    return f" + real({size}) * np.eye({size}, dtype=real)" if size else ""


def _uniform(tensor: Tensor, values: Values, within: tuple[int, int], dtype: str) -> str:
    """Numbers within an open interval, away from its ends where a function may have none."""
    low, high = within
    room = 0.2 * (high - low) if tensor.within else 0
    numbers = f"random.uniform({low + room}, {high - room}, {_shape(tensor, values)})"
    return f"np.array({numbers}, real)"
