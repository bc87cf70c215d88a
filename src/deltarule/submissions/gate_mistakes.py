"""Mistakes of gates and masks: inside a product, and left out in all terms of a line."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Integer, Mul

from deltarule.expressions.gradient_names import GradientName, is_gradient
from deltarule.expressions.nodes import Read, Sum, index_names, read, reads, tensor_name
from deltarule.expressions.rebuild import read_at
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import fresh
from deltarule.marking.mistakes import Context, Wrong
from deltarule.marking.mistakes.gates import gates
from deltarule.marking.mistakes.positions import Position, sites
from deltarule.networks.equations import Equation
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text


def inside_the_product(context: Context) -> Iterator[Wrong]:
    """W·(r ∘ h) for r ∘ (W·h): a gate in front of the product with a matrix, not behind it."""
    made = {e.name: e for e in context.network.equations}
    for site in sites(context.equation.rhs):
        if not isinstance(site.node, Mul):
            continue
        factors = [f for f in site.node.args if isinstance(f, Read)]
        for gate in factors:
            for product in factors:
                own = made.get(tensor_name(product))
                if own is None or product is gate or len(gate.indices) != len(product.indices):
                    continue
                inner = _gated(context, own, product, gate)
                if inner is not None:
                    rest = site.node / gate / product
                    words = (
                        f"the gate {pretty(tensor_name(gate))} is multiplied before the product "
                        f"with the matrix, not behind it: {text(inner)}"
                    )
                    yield Wrong("gate inside", 4.4, site.replaced(rest * inner), words)
                    yield from _without_bias(own, product, gate, site, rest)


def _without_bias(
    own: Equation, product: Read, gate: Read, site: Position, rest: Expr
) -> Iterator[Wrong]:
    """r ∘ (W·h) + b for r ∘ (W·h + b)."""
    formula = substitute(own.rhs, dict(zip(own.indices, product.indices, strict=False)))
    terms = Add.make_args(formula)
    biases = [t for t in terms if isinstance(t, Read)]
    if 0 < len(biases) < len(terms):
        kept = Add(*(t for t in terms if t not in biases))
        words = (
            f"the gate {pretty(tensor_name(gate))} multiplies the product with the matrix alone, "
            f"not {' and '.join(map(text, biases))}"
        )
        yield Wrong("gate inside", 4.5, site.replaced(rest * (gate * kept + Add(*biases))), words)


def _gated(context: Context, own: Equation, product: Read, gate: Read) -> Expr | None:
    """Σ_k W[m, k]·h[k] + b with the gate beside h[k]; None for what is no such sum."""
    formula = substitute(own.rhs, dict(zip(own.indices, product.indices, strict=False)))
    terms = []
    for term in Add.make_args(formula):
        if isinstance(term, Sum) and len(term.ranges) == 1:
            ((index, extent),) = term.ranges
            if context.extent(extent) != context.shapes[tensor_name(gate)][-1]:
                return None
            placed = read_at(gate, (*gate.indices[:-1], index))
            terms.append(Sum(term.body * placed, term.ranges, term.conditions))
        else:
            terms.append(term)
    return Add(*terms) if any(isinstance(t, Sum) for t in terms) else None


def left_out_everywhere(context: Context) -> Iterator[Wrong]:
    """A factor of all terms of a sum left out of all of them, as a mask."""
    for site in sites(context.equation.rhs):
        if not isinstance(site.node, Add):
            continue
        terms = site.node.args
        for name in dict.fromkeys(tensor_name(a) for a in reads(site.node)):
            left = [_without(term, name) for term in terms]
            if len(left) > 1 and None not in left:
                words = f"{pretty(name)} is left out: none of the terms is multiplied by it"
                formula = site.replaced(Add(*(t for t in left if t is not None)))
                yield Wrong("factor lost", 4.3, formula, words)


def _without(term: Expr, name: str) -> Expr | None:
    """A term without its factor; None where it has none, or reads it elsewhere, too."""
    if isinstance(term, Read):
        return Integer(1) if tensor_name(term) == name else None
    if isinstance(term, Sum) and not term.ranges:
        inner = _without(term.body, name)
        return None if inner is None else Sum(inner, (), term.conditions)
    if not isinstance(term, Mul):
        return None
    for k, factor in enumerate(term.args):
        rest = Mul(*term.args[:k], *term.args[k + 1 :])
        if name in map(tensor_name, reads(rest)):
            continue
        inner = _without(factor, name)
        if inner is not None:
            return rest * inner
    return None


def one_gate_for_all(context: Context) -> Iterator[Wrong]:
    """The mean of a gate where each unit has its own."""
    for access in dict.fromkeys(reads(context.equation.rhs)):
        name = tensor_name(access)
        if name not in gates(context.network) or not context.shapes.get(name, ()):
            continue
        extent = context.network.tensors[name].axes[-1]
        taken = index_names(context.equation.rhs) | {i.name for i in context.equation.indices}
        unit = fresh("k", taken)
        mean = Sum(read_at(access, (*access.indices[:-1], unit)), [(unit, extent)]) / extent
        formula = replace_reads(
            context.equation.rhs, lambda a, o=access, m=mean: m if a == o else a
        )
        words = f"{pretty(name)} is taken as a single number for all units, its mean: a scalar gate"
        yield Wrong("scalar gate", 5.0, formula, words)


def not_sent_back(context: Context) -> Iterator[Wrong]:
    """No gradient at all sent back through a value between the given ones and the outputs."""
    own = GradientName.parse(context.line.quantity)
    tensor = context.network.tensors.get(own.wrt) if own is not None else None
    if tensor is not None and tensor.role == "intermediate" and context.equation.indices:
        activated = [o for i, o in context.activated if i == tensor.name]
        of = f"{pretty(activated[0])}, or its sum {pretty(tensor.name)}" if activated else ""
        words = f"no gradient comes back through {of or pretty(tensor.name)}: its path is lost"
        yield Wrong("path lost", 4.3, Integer(0), words)


def later_state(context: Context) -> Iterator[Wrong]:
    """What a step returns where what it was given belongs: the new state for the one before."""
    tensors, rhs = context.network.tensors, context.equation.rhs
    outputs = [t for t in tensors.values() if t.role == "output" and t.axes]
    for name in dict.fromkeys(map(tensor_name, reads(rhs))):
        own = tensors.get(name)
        if own is None or own.role != "input":
            continue
        for output in outputs if is_gradient(context.line.quantity) else ():
            if output.axes == own.axes:
                formula = replace_reads(rhs, lambda a, o=output: read(o.name, *a.indices), name)
                words = f"{pretty(output.name)}, which the function computes, stands where "
                yield Wrong("later state", 4.6, formula, f"{words}{pretty(name)} belongs")


GATE_ROWS = (
    *(inside_the_product, left_out_everywhere, one_gate_for_all),
    *(not_sent_back, later_state),
)
