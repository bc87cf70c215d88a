"""Errors in proportion to the weights; biases from the weights' gradients; means lost."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Mul

from deltarule.expressions import nodes
from deltarule.expressions.gradient_names import GradientName, is_gradient
from deltarule.expressions.nodes import Sum, read, reads, tensor_name
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import Index, fresh
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.marking.mistakes.positions import sites
from deltarule.spelling.names import pretty


def in_proportion(context: Context) -> Iterator[Wrong]:
    """Σ_m δ_m·W[i, m]/Σ_k W[k, m] for Σ_m δ_m·W[i, m]: every weight as a part of all of them."""
    tensors = context.network.tensors
    own = dict(context.equation.ranges)
    for site in sites(context.equation.rhs):
        if not isinstance(site.node, Sum) or not is_gradient(context.line.quantity):
            continue
        for access in reads(site.node.body):
            tensor = tensors.get(tensor_name(access))
            along = [i for i in access.indices if i in own]
            if tensor is None or tensor.role != "parameter" or len(access.indices) != 2:
                continue
            if len(along) != 1 or not all(isinstance(i, Index) for i in access.indices):
                continue
            other = fresh(
                along[0].name, nodes.index_names(context.equation.rhs) | {i.name for i in own}
            )
            total = Sum(substitute(access, {along[0]: other}), [(other, own[along[0]])])
            body = replace_reads(
                site.node.body, lambda a, o=access, t=total: a / t if a == o else a
            )
            yield Wrong(
                "error shared out",
                5.0,
                site.replaced(Sum(body, site.node.ranges, site.node.conditions)),
                f"the error is shared out in proportion to the weights {pretty(tensor.name)}",
            )


def bias_from_weights(context: Context) -> Iterator[Wrong]:
    """Σ ∂E/∂W where ∂E/∂b belongs."""
    own_name = GradientName.parse(context.line.quantity)
    tensors = context.network.tensors
    if own_name is None or own_name.wrt not in tensors or len(context.equation.ranges) != 1:
        return
    ((own, extent),) = context.equation.ranges
    for equation in context.network.equations:
        (place, *_), *_ = [a.indices for a in reads(equation.rhs, own_name.wrt)] or [(None,)]
        for access in reads(equation.rhs):
            other, gradient = tensor_name(access), str(own_name.by(tensor_name(access)))
            weights = other in tensors and tensors[other].role == "parameter"
            if not weights or gradient not in context.shapes or access.indices.count(place) != 1:
                continue
            axis = access.indices.index(place)
            if len(access.indices) > 1 and tensors[other].axes[axis] == extent:
                taken = {own.name}
                places, ranges = [], []
                for position, length in enumerate(tensors[other].axes):
                    if position == axis:
                        places.append(own)
                        continue
                    ranges.append((fresh("k", taken), length))
                    places.append(ranges[-1][0])
                    taken.add(ranges[-1][0].name)
                yield Wrong(
                    "bias from weights",
                    5.0,
                    Sum(read(gradient, *places), ranges),
                    f"the gradients of the weights {pretty(other)} are added up",
                )


def means_lost(context: Context) -> Iterator[Wrong]:
    """A sum where a mean over several axes belongs: all its divisors left out together."""
    for site in sites(context.equation.rhs):
        if not isinstance(site.node, Mul):
            continue
        under = [
            f
            for f in site.node.args
            if f.is_Pow and f.args[1] == -1 and not reads(f) and not f.is_number
        ]
        if len(under) > 1:
            yield Wrong(
                "sum for mean",
                4.3,
                site.replaced(site.node / nodes.multiply(under)),
                "the sum stands for the mean: it is not divided by the number of entries",
            )


ROWS = (in_proportion, bias_from_weights, means_lost)
