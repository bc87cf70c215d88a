"""Functions that emitted files bring along where they need them, as texts for each framework.

NumPy's and JAX's differ in the name of the module; PyTorch's are in `torch_helpers`. A helper may
need others, which stand before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_ARRAYS = {
    "if_positive": '''\
def if_positive(z, then, otherwise):
    """`then` where z > 0, `otherwise` where z ≤ 0, and NaN where z is NaN."""
    return {m}.where(z > 0, then, {m}.where(z <= 0, otherwise, z))''',
    "if_greater": '''\
def if_greater(a, b, then, otherwise):
    """`then` where a > b, `otherwise` where a ≤ b, and NaN where one of them is NaN."""
    return {m}.where(a > b, then, {m}.where(a <= b, otherwise, {m}.where(a != a, a, b)))''',
    "if_later": '''\
def if_later(a, b, then, otherwise):
    """`then` where a comes behind b in order, in which NaN is last, `otherwise` elsewhere."""
    return {m}.where((a > b) | ((a != a) & (b == b)), then, otherwise)''',
    "finite": '''\
def finite(z):
    """The numbers themselves, and 0 for what is infinite or NaN."""
    return {m}.where({m}.isfinite(z), z, 0.0)''',
    "weighted": '''\
def weighted(weight, a):
    """weight·a; 0 where the weight is 0 and a infinite."""
    {quietly}return {m}.where((weight == 0) & {m}.isinf(a), 0.0, weight * a)''',
    "quotient": '''\
def quotient(a, b):
    """a/b; 0 where both are 0."""
    {quietly}return {m}.where((a == 0) & (b == 0), 0.0, a / b)''',
    "as_real": '''\
def as_real(a, like):
    """Integers and truths as numbers of the type of `like`."""
    return {m}.asarray(a, like.dtype)''',
    "as_integers": '''\
def as_integers(a):
    """Real numbers that are integers, as places that arrays are read at."""
    {undefined}return {m}.asarray(a).astype(int)''',
    "_refused": '''\
def _refused(a, wrong, name, holds):
    """Raise ValueError with the first of the wrong entries{traced}."""
    if {concrete}wrong.any():
        first = a[wrong].reshape(-1)[0]
        raise ValueError(f"{name} holds {first}, which is out of range; {name} holds {holds}")''',
    "whole_numbers": '''\
def whole_numbers(a, name, limit):
    """Labels of any type of numbers as integers; others than 0 … limit − 1 are refused."""
    a = {m}.asarray(a)
    made = as_integers(a)
    wrong = (made != a) | (made < 0) | (made >= limit)
    _refused(a, wrong, name, f"whole numbers from 0 to {limit - 1}")
    return made''',
    "pointers": '''\
def pointers(a, name, axis, way):
    """Places of any type of numbers as integers; others than later ones along an axis (way 1),
    earlier ones (way −1) and −1 for none are refused.
    """
    a = {m}.asarray(a)
    made = as_integers(a)
    along = {m}.moveaxis(made, axis, -1)
    own = {m}.arange(along.shape[-1])
    right = (along >= 0) & (along < own.size) & ((along - own) * way > 0)
    wrong = (made != a) | ~{m}.moveaxis(right | (along == -1), -1, axis)
    kind = "later" if way > 0 else "earlier"
    _refused(a, wrong, name, f"{kind} places along axis {axis} than its own, or -1 for none")
    return made''',
    "entries": '''\
def entries(array, places, outside=0.0):
    """array[places], and `outside` for places beyond its shape."""
    found = inside(places, array.shape)
    if 0 in array.shape:
        return {m}.full(found.shape, outside, array.dtype)
    nearest = tuple({m}.clip(at, 0, n - 1) for at, n in zip(places, array.shape))
    return {m}.where(found, {m}.asarray(array)[nearest], {m}.asarray(outside, array.dtype))''',
    "inside": '''\
def inside(places, shape):
    """Where places lie within a shape."""
    places = {m}.broadcast_arrays(*places)
    return {m}.stack([(0 <= at) & (at < n) for at, n in zip(places, shape)]).all(0)''',
    "einsum_where": '''\
def einsum_where(spec, where, *factors):
    """The Einstein sum of the products for which `where` holds; beside them NaN does not count.

    Finite factors have to be 0 there.
    """
    takes, gives = spec.split("->")
    mask, takes = takes.split(",", 1)
    every = "".join(dict.fromkeys(takes.replace(",", "")))

    def whole():
        here = {m}.einsum(f"{mask},{takes}->{every}", where, *map({m}.ones_like, factors)) > 0
        product = {m}.where(here, {m}.einsum(f"{takes}->{every}", *factors), 0)
        return {m}.einsum(f"{every}->{gives}", product)

    {total}''',
    "largest": '''\
def largest(a, axes):
    """The largest number along some axes; −∞ where there is none."""
    return {m}.max(a, axis=axes, initial=-{m}.inf)''',
    "logsumexp": '''\
def logsumexp(a, axes):
    """log Σ exp(a) along some axes, without overflow; −∞ where there is nothing to add."""
    top = {frozen_top}
    total = {m}.sum({m}.exp(a - top), axis=axes, keepdims=True)
    return {m}.squeeze({log_total} + top, axis=axes)''',
    "chosen": '''\
def chosen(a, axes, ties="first", among=True):
    """1 where a number, or NaN, is the largest along some axes; its part where several share it."""
    top = {m}.max(a, axis=axes, keepdims=True, initial=-{m}.inf)
    found = ((a == top) | (a != a)) & among
    if ties == "first":
        last = tuple(range(a.ndim - len(axes), a.ndim))
        moved = {m}.moveaxis(found, axes, last)
        flat = moved.reshape(*moved.shape[: last[0]], math.prod(moved.shape[last[0] :]))
        first = flat & ({m}.cumsum(flat, axis=-1) == 1)
        found = {m}.moveaxis(first.reshape(moved.shape), last, axes)
    one = {m}.asarray(found, a.dtype)
    return one / {m}.maximum(one.sum(axes, keepdims=True), 1) if ties == "split" else one''',
    "first_largest": '''\
def first_largest(a, axes, among=True):
    """The number of the first largest entry, or NaN, along the last axes; −1 without an entry."""
    top = {m}.max(a, axis=axes, keepdims=True, initial=-{m}.inf)
    found = ((a == top) | (a != a)) & among
    flat = found.reshape(*a.shape[: axes[0]], math.prod(a.shape[axes[0] :]))
    if not flat.shape[-1]:
        return {m}.full(flat.shape[:-1], -1)
    return {m}.where(flat.any(-1), {m}.argmax(flat, axis=-1), -1)''',
    "inverse": '''\
def inverse(a):
    """The inverses of the matrices in the last two axes."""
    return {m}.linalg.inv(a)''',
    "log_determinant": '''\
def log_determinant(a):
    """log det of the matrices in the last two axes, NaN where a determinant is below 0."""
    sign, logarithm = {m}.linalg.slogdet(a)
    return {m}.where(sign < 0, {m}.nan, logarithm)''',
}

_NUMPY_TOP = {
    "undefined": 'with np.errstate(invalid="ignore"):\n        ',  # NaN is none
    "traced": "",
    "concrete": "",
    "frozen_top": "finite(np.max(a, axis=axes, keepdims=True, initial=-np.inf))",
    "log_total": "_log(total)",
    "quietly": 'with np.errstate(divide="ignore", invalid="ignore"):\n        ',
    "total": """\
if all(np.isfinite(f).all() for f in factors):
        return np.einsum(f"{takes}->{gives}", *factors)
    return whole()""",
}
_JAX_TOP = {
    "undefined": "",
    "traced": "; under jit there is none to be seen",
    "concrete": "not isinstance(wrong, jax.core.Tracer) and ",
    "frozen_top": (
        "jax.lax.stop_gradient(finite(jnp.max(a, axis=axes, keepdims=True, initial=-jnp.inf)))"
    ),
    "log_total": "jnp.log(total)",
    "quietly": "",
    "total": """\
finite = jnp.stack([jnp.isfinite(f).all() for f in factors]).all()
    return jax.lax.cond(finite, lambda: jnp.einsum(f"{takes}->{gives}", *factors), whole)""",
}


def _filled(module: str, others: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, text in _ARRAYS.items():
        text = text.replace("{m}", module)
        for key, value in others.items():
            text = text.replace(f"{{{key}}}", value)
        found[name] = text
    return found


NUMPY = {
    "erf": """\
#: The error function, entry by entry.
erf = np.vectorize(math.erf, otypes="d")""",
    "erfc": """\
#: The complementary error function, entry by entry.
erfc = np.vectorize(math.erfc, otypes="d")""",
    "lgamma": """\
#: log Γ(x), entry by entry.
lgamma = np.vectorize(math.lgamma, otypes="d")""",
    "digamma": '''\
def digamma(z):
    """ψ(z), the derivative of log Γ(z), for z > 0: by its series from z ≥ 12 on."""
    x, below = np.array(z, dtype=float), 0.0
    for _ in range(12):
        below, x = below + np.where(x < 12, 1 / x, 0.0), np.where(x < 12, x + 1, x)
    y = 1 / x / x
    tail = y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y * (1 / 132
           - y * (691 / 32760 - y / 12))))))
    return np.log(x) - 0.5 / x - tail - below''',
    "trigamma": '''\
def trigamma(z):
    """The second derivative of log Γ(z), for z > 0: by its series from z ≥ 12 on."""
    x, below = np.array(z, dtype=float), 0.0
    for _ in range(12):
        below, x = below + np.where(x < 12, 1 / x / x, 0.0), np.where(x < 12, x + 1, x)
    y = 1 / x / x
    tail = y * (1 / 6 - y * (1 / 30 - y * (1 / 42 - y * (1 / 30 - y * (5 / 66
           - y * (691 / 2730 - y * 7 / 6))))))
    return below + (1 + 0.5 / x + tail) / x''',
    "_log": '''\
def _log(z):
    """log z, which is −∞ at 0 and says nothing of it."""
    with np.errstate(divide="ignore"):
        return np.log(z)''',
    **_filled("np", _NUMPY_TOP),
}
JAX = {
    "trigamma": '''\
def trigamma(z):
    """The second derivative of log Γ(z)."""
    return jax.scipy.special.polygamma(1, z)''',
    **_filled("jnp", _JAX_TOP),
}


def texts(helpers: Mapping[str, str], body: str) -> list[str]:
    """The texts of the helpers that a text calls, each behind those that it calls itself."""
    found: dict[str, str] = {}

    def add(text: str) -> None:
        for name, helper in helpers.items():
            if name not in found and re.search(rf"(?<![\w.]){name}\(", text):
                add(helper.split('"""')[-1])
                found[name] = helper

    add(body)
    return list(found.values())
