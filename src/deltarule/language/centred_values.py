"""Values less their mean, x[n] − Σ_m x[m]/N, and the mean square of those."""

from __future__ import annotations

from sympy import Add, Expr, Mul, Pow

from deltarule.expressions.nodes import Read, Sum, free_indices, multiply, reads, tensor_name
from deltarule.expressions.substitution import rename_indices
from deltarule.expressions.symbols import Index, Size


def centring_mean(added: Add) -> tuple[Expr, Expr, Read] | None:
    """What is left of x[n] − Σ_m x[m]/N without the mean, the mean, and what it is a mean of.

    None where no mean of a tensor is taken from what reads that tensor.
    """
    for term in added.args:
        mean = -term
        total, count = _quotient(mean)
        if total is None or not isinstance(total.body, Read):
            continue
        rest = Add(*(t for t in added.args if t is not term))
        centred = reads(rest, tensor_name(total.body))
        if centred and count == multiply(n for _, n in total.ranges):
            return rest, _by_index(total, centred[0]) / count, total.body
    return None


def _by_index(total: Sum, centred: Read) -> Expr:
    """Σ_n x[n], by the indices of the read x[n] that it is subtracted from where these are new."""
    places = zip(reads(total.body)[0].indices, centred.indices, strict=True)
    names = {i: j for i, j in places if isinstance(i, Index) and isinstance(j, Index)}
    names = {i: j for i, j in names.items() if i in total.indices}
    new = frozenset(names.values()) - free_indices(total)
    return rename_indices(total, names) if len(new) == len(names) == len(total.ranges) else total


def centred_tensor(node: Expr, means: dict[str, str]) -> str | None:
    """The tensor of Σ_n (x[n] − mean_x)²/N, which `means` names by its mean; None of others."""
    total, count = _quotient(node)
    if total is None or count == 1 or not isinstance(total.body, Pow) or total.body.exp != 2:
        return None
    of = [means[tensor_name(r)] for r in reads(total.body) if tensor_name(r) in means]
    return of[0] if len(of) == 1 and len(Add.make_args(total.body.base)) == 2 else None


def _quotient(node: Expr) -> tuple[Sum | None, Expr]:
    """The sum and the count of Σ …/N; None for what is no sum over a count."""
    sums = [f for f in Mul.make_args(node) if isinstance(f, Sum)]
    if len(sums) != 1 or sums[0].conditions or not sums[0].ranges:
        return None, node
    count = sums[0] / node
    return (sums[0], count) if count.free_symbols and _counts(count) else (None, node)


def _counts(count: Expr) -> bool:
    return all(isinstance(s, Size) for s in count.free_symbols)
