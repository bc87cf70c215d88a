"""Tensors: one standing where another belongs, transposed, updated too early."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from sympy import Expr

from deltarule.expressions.gradient_names import GradientName, is_gradient, tensor_of
from deltarule.expressions.nodes import Carried, Read, Reduction, read, reads, tensor_name, walk
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Index
from deltarule.marking.mistakes.again import is_softmax
from deltarule.marking.mistakes.context import Context, Wrong, choice_of
from deltarule.marking.mistakes.reread import Reread
from deltarule.networks.equations import Equation
from deltarule.spelling.names import pretty

#: The kind of the commonest mistake between two updates.
TOO_EARLY = "updated weights used"

_KINDS = {
    ("parameter", "activation"): "weights where activations belong",
    ("activation", "parameter"): "activations where weights belong",
}


def stand_in(context: Context) -> Iterator[Wrong]:
    """Another tensor of the same shape, or of its transpose, everywhere in the formula."""
    rhs = context.equation.rhs
    near, scope = neighbours(context), _scope(context)
    forwards = _is_forwards(context.line.quantity)
    names = (n for n in dict.fromkeys(map(tensor_name, reads(rhs))) if not choice_of(n))
    for name in names:
        for other in context.shapes:
            known = other in near or other == f"{name} after"
            if choice_of(other) or (forwards and not _is_forwards(other)):
                continue  # places of maxima are no numbers; errors are not known on the way there
            if known and other not in (name, context.line.quantity):
                yield from _instead(context, name, other, scope)


def _is_forwards(name: str) -> bool:
    """Whether it is known on the way to the loss: no gradient, nothing updated."""
    return not is_gradient(name) and not name.endswith(" after")


def exchanged(context: Context) -> Iterator[Wrong]:
    """Two tensors of one shape, each in the other's place: the gates i and f of a state."""
    rhs, tensors = context.equation.rhs, context.network.tensors
    names = [
        n
        for n in dict.fromkeys(tensor_name(r) for r in reads(rhs))
        if n in tensors
        and tensors[n].role != "parameter"
        and context.shapes.get(n)
        and not choice_of(n)
    ]
    for one, other in combinations(names, 2):
        if context.shapes[one] == context.shapes[other]:
            table = {a: read(other, *a.indices) for a in reads(rhs, one)}
            table |= {a: read(one, *a.indices) for a in reads(rhs, other)}
            words = f"{pretty(one)} and {pretty(other)} are exchanged"
            yield Wrong("wrong tensor", 5.2, Reread(context.equation, table), words)


def neighbours(context: Context) -> set[str]:
    """The tensors, and their gradients, of the forward equations that the line has to do with.

    What is put through an activation counts with what comes out: of h = σ(s) the layers before s
    and behind h are near.
    """
    own = {_bare(tensor_name(r)) for r in reads(context.equation.rhs)} | {
        _bare(context.line.quantity)
    }
    own |= {name for pair in context.activated if own & set(pair) for name in pair}
    near = set(own)
    for equation in context.network.equations:
        names = equation.read_names() | {equation.name}
        if names & own:
            near |= names
    return near | {n for n in context.shapes if is_gradient(n) and _bare(n) in near}


def _bare(name: str) -> str:
    """The tensor that a gradient or an updated value is of."""
    return tensor_of(name).removesuffix(" after")


def _instead(context: Context, name: str, other: str, scope: dict[Index, Expr]) -> Iterator[Wrong]:
    rhs = context.equation.rhs
    table = {a: _reread(context, a, other, scope) or a for a in reads(rhs, name)}
    if any(old != new for old, new in table.items()):
        kind, cost = _judge(context, name, other)
        words = f"{pretty(other)} stands where {pretty(name)} belongs"
        if kind in _KINDS.values():
            words = f"{kind}: {words}"
        if kind == "slope lost":
            words += ": the slope between them is lost"
        if kind == TOO_EARLY:
            words = f"the error is sent back through the already updated {pretty(name)}"
        yield Wrong(kind, cost, Reread(context.equation, table), words)


def _scope(context: Context) -> dict[Index, Expr]:
    """The extents of all indices in the formula, free and bound, those in conditions too."""
    extents = dict(context.equation.ranges)
    for node in walk(context.equation.rhs):
        if isinstance(node, Reduction):
            extents |= dict(node.ranges)
    return extents


def _reread(context: Context, access: Read, other: str, scope: dict[Index, Expr]) -> Expr | None:
    """`other` read with the indices at hand, so that the extents fit; None if they do not.

    Indices fit best that run along the same axes; where there are none, such as are as long.
    """
    if other == f"{tensor_name(access)} after":
        return read(other, *access.indices)
    shape = context.shapes[other]
    long = {i: context.extent(n) for i, n in scope.items()}
    subscripts = [s for s in access.indices if isinstance(s, Index)]
    for order in (subscripts, subscripts[::-1]):
        if [long.get(s) for s in order] == list(shape):
            return read(other, *order)
    free = list(dict.fromkeys([*subscripts, *scope]))
    tensor = context.network.tensors.get(_bare(other))
    chosen: list[Index] = []
    for place, extent in enumerate(shape):
        fitting = [i for i in free if long[i] == extent and i not in chosen]
        if tensor is not None:  # of two as long, the one along the same axis
            fitting.sort(key=lambda i, n=tensor.axes[place]: scope[i] != n)
        if not fitting:
            return None
        chosen.append(fitting[0])
    if not set(subscripts) & set(chosen) and subscripts:
        return None
    return read(other, *chosen)


def _judge(context: Context, name: str, other: str) -> tuple[str, float]:
    """The kind of a swap, and how likely people make it."""
    kind = _KINDS.get((_role(context, other), _role(context, name)))
    if other == f"{name} after":
        return TOO_EARLY, 4.0
    if kind:
        return kind, 4.0
    if other.endswith(" after"):
        return "wrong tensor", 7.0
    if _sum_and_output(context, name, other):
        return "s and h exchanged", 4.5
    if _behind_a_slope(context, name, other):
        return "slope lost", 4.5
    same = is_gradient(name) == is_gradient(other)
    return "wrong tensor", 5.0 if same else 6.0


def _sum_and_output(context: Context, name: str, other: str) -> bool:
    """Whether one of two tensors is the other one, put through an activation."""
    return (name, other) in context.activated or (other, name) in context.activated


def _behind_a_slope(context: Context, name: str, other: str) -> bool:
    """Whether ∂E/∂h stands for ∂E/∂s, where h is s put through an activation or softmax."""
    here, there = GradientName.parse(name), GradientName.parse(other)
    if here is None or there is None or here.by(there.wrt) != there:
        return False
    inside, output = here.wrt, there.wrt
    return (inside, output) in context.activated or any(
        e.name == output and is_softmax(e.rhs) and inside in e.read_names()
        for e in context.network.equations
    )


def _role(context: Context, name: str) -> str:
    tensor = context.network.tensors.get(name)
    if tensor is None:
        return "gradient" if is_gradient(name) else "parameter"
    weights = tensor.role == "parameter" and name not in _starts(context.network.equations)
    return "parameter" if weights else "activation"


@lru_cache(maxsize=64)
def _starts(equations: tuple[Equation, ...]) -> frozenset[str]:
    """What states begin with: no weights, though they may be learned."""
    return frozenset(
        tensor_name(access)
        for equation in equations
        for node in walk(equation.rhs)
        if isinstance(node, Carried)
        for access in reads(node.args[2])
    )


def transposed(context: Context) -> Iterator[Wrong]:
    """A square matrix, or kernels that are one, read with the last indices the wrong way round."""
    rhs = context.equation.rhs
    for access in reads(rhs):
        shape = list(context.shapes.get(tensor_name(access), ()))
        indices = list(access.indices)
        kernel = len(shape) > 2 and _role(context, tensor_name(access)) == "parameter"
        if (len(shape) == 2 or kernel) and shape[-1] == shape[-2] and indices[-1] != indices[-2]:
            turned = read(tensor_name(access), *indices[:-2], indices[-1], indices[-2])
            formula = replace_reads(rhs, lambda a, old=access, new=turned: new if a == old else a)
            yield Wrong(
                "transposed", 4.0, formula, f"{pretty(tensor_name(access))} stands transposed"
            )


ROWS = (stand_in, exchanged, transposed)
