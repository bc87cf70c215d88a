"""The functions that files for PyTorch bring along where they need them, as texts by name."""

from __future__ import annotations

TORCH = {
    "trigamma": '''\
def trigamma(z):
    """The second derivative of log Γ(z)."""
    return torch.special.polygamma(1, z)''',
    "grid": '''\
def grid(*sizes, device):
    """The numbers 0, 1, … along an axis of its own for each size."""
    shapes = [[-1 if k == own else 1 for k in range(len(sizes))] for own in range(len(sizes))]
    return [torch.arange(n, device=device).reshape(s) for n, s in zip(sizes, shapes)]''',
    "assigned": '''\
def assigned(array, at, value):
    """The array with a value written into it: into itself where nothing is recorded."""
    array = array.clone() if torch.is_grad_enabled() else array
    array[at] = value
    return array''',
    "if_later": '''\
def if_later(a, b, then, otherwise):
    """`then` where a comes behind b in order, in which NaN is last, `otherwise` elsewhere."""
    return torch.where((a > b) | ((a != a) & (b == b)), then, otherwise)''',
    "finite": '''\
def finite(z):
    """The numbers themselves, and 0 for what is infinite or NaN."""
    return torch.where(torch.isfinite(z), z, 0.0)''',
    "if_positive": '''\
def if_positive(z, then, otherwise):
    """`then` where z > 0, `otherwise` where z ≤ 0, and NaN where z is NaN."""
    return torch.where(z > 0, then, torch.where(z <= 0, otherwise, z))''',
    "if_greater": '''\
def if_greater(a, b, then, otherwise):
    """`then` where a > b, `otherwise` where a ≤ b, and NaN where one of them is NaN."""
    return torch.where(a > b, then, torch.where(a <= b, otherwise, torch.where(a != a, a, b)))''',
    "weighted": '''\
def weighted(weight, a):
    """weight·a; 0 where the weight is 0 and a infinite."""
    nothing = (torch.as_tensor(weight) == 0) & torch.isinf(a)
    return torch.where(nothing, 0.0, weight * a)''',
    "quotient": '''\
def quotient(a, b):
    """a/b; 0 where both are 0."""
    return torch.where((a == 0) & (b == 0), 0.0, a / b)''',
    "as_real": '''\
def as_real(a, like):
    """Integers and truths as numbers of the type of `like`."""
    return torch.as_tensor(a, device=like.device).to(like.dtype)''',
    "as_integers": '''\
def as_integers(a):
    """Real numbers that are integers, as places that arrays are read at."""
    return torch.as_tensor(a).to(torch.int64)''',
    "_refused": '''\
def _refused(a, wrong, name, holds):
    """Raise ValueError with the first of the wrong entries."""
    if wrong.any():
        first = a[wrong].reshape(-1)[0]
        raise ValueError(f"{name} holds {first}, which is out of range; {name} holds {holds}")''',
    "whole_numbers": '''\
def whole_numbers(a, name, limit):
    """Labels of any type of numbers as integers; others than 0 … limit − 1 are refused."""
    a = torch.as_tensor(a)
    made = as_integers(a)
    wrong = (made < 0) | (made >= limit) | (a.is_floating_point() and made != a)
    _refused(a, wrong, name, f"whole numbers from 0 to {limit - 1}")
    return made''',
    "pointers": '''\
def pointers(a, name, axis, way):
    """Places of any type of numbers as integers; others than later ones along an axis (way 1),
    earlier ones (way −1) and −1 for none are refused.
    """
    a = torch.as_tensor(a)
    made = as_integers(a)
    along = made.movedim(axis, -1)
    own = torch.arange(along.shape[-1], device=made.device)
    right = (along >= 0) & (along < own.numel()) & ((along - own) * way > 0)
    wrong = ~(right | (along == -1)).movedim(-1, axis) | (a.is_floating_point() and made != a)
    kind = "later" if way > 0 else "earlier"
    _refused(a, wrong, name, f"{kind} places along axis {axis} than its own, or -1 for none")
    return made''',
    "entries": '''\
def entries(array, places, outside=0.0):
    """array[places], and `outside` for places beyond its shape."""
    places = [torch.as_tensor(at, device=array.device) for at in places]
    found = inside(places, array.shape)
    if 0 in array.shape:
        return array.new_full(found.shape, outside)
    nearest = tuple(at.clamp(0, n - 1) for at, n in zip(places, array.shape))
    return torch.where(found, array[nearest], outside)''',
    "inside": '''\
def inside(places, shape):
    """Where places lie within a shape."""
    device = next((at.device for at in places if torch.is_tensor(at)), None)
    places = torch.broadcast_tensors(*(torch.as_tensor(at, device=device) for at in places))
    return torch.stack([(0 <= at) & (at < n) for at, n in zip(places, shape)]).all(0)''',
    "einsum_where": '''\
def einsum_where(spec, where, *factors):
    """The Einstein sum of the products for which `where` holds; beside them NaN does not count.

    Finite factors have to be 0 there.
    """
    takes, gives = spec.split("->")
    mask, takes = takes.split(",", 1)
    if all(torch.isfinite(f).all() for f in factors):
        return torch.einsum(f"{takes}->{gives}", *factors)
    every = "".join(dict.fromkeys(takes.replace(",", "")))
    ones = (torch.ones_like(f) for f in factors)
    here = torch.einsum(f"{mask},{takes}->{every}", where.to(factors[0].dtype), *ones) > 0
    product = torch.where(here, torch.einsum(f"{takes}->{every}", *factors), 0.0)
    return torch.einsum(f"{every}->{gives}", product)''',
    "largest": '''\
def largest(a, axes):
    """The largest number along some axes; −∞ where there is none."""
    if 0 in (a.shape[k] for k in axes):
        return a.new_full([n for k, n in enumerate(a.shape) if k not in axes], -torch.inf)
    return torch.amax(a, axes)''',
    "logsumexp": '''\
def logsumexp(a, axes):
    """log Σ exp(a) along some axes, without overflow; −∞ where there is nothing to add."""
    return torch.logsumexp(a, axes)''',
    "chosen": '''\
def chosen(a, axes, ties="first", among=True):
    """1 where a number, or NaN, is the largest along some axes; its part where several share it."""
    if 0 in (a.shape[k] for k in axes):
        return torch.zeros_like(a)
    found = ((a == torch.amax(a, axes, keepdim=True)) | (a != a)) & among
    if ties == "first":
        last = tuple(range(a.ndim - len(axes), a.ndim))
        moved = torch.movedim(found, axes, last)
        flat = moved.reshape(*moved.shape[: last[0]], math.prod(moved.shape[last[0] :]))
        first = flat & (flat.cumsum(-1) == 1)
        found = torch.movedim(first.reshape(moved.shape), last, axes)
    one = found.to(a.dtype)
    return one / one.sum(axes, keepdim=True).clamp(min=1) if ties == "split" else one''',
    "first_largest": '''\
def first_largest(a, axes, among=True):
    """The number of the first largest entry, or NaN, along the last axes; −1 without an entry."""
    count = math.prod(a.shape[axes[0] :])
    if not count:
        return torch.full(a.shape[: axes[0]], -1, device=a.device)
    found = ((a == torch.amax(a, axes, keepdim=True)) | (a != a)) & among
    flat = found.reshape(*a.shape[: axes[0]], count)
    return torch.where(flat.any(-1), flat.to(torch.int8).argmax(-1), -1)''',
    "inverse": '''\
def inverse(a):
    """The inverses of the matrices in the last two axes."""
    return torch.linalg.inv(a)''',
    "log_determinant": '''\
def log_determinant(a):
    """log det of the matrices in the last two axes, NaN where a determinant is below 0."""
    sign, logarithm = torch.linalg.slogdet(a)
    return torch.where(sign < 0, torch.nan, logarithm)''',
}
