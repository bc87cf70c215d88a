"""Arrays whose entries are computed where they are read, rather than written and read again.

In batch normalisation x̂ = t·(x − μ) is as large as x, which is there anyway: to write x̂ and to
read it again takes longer than a difference and a product. So this is put where x̂ is read, in
both passes; the backward pass gets μ and x instead. It is done where an array is read once for
each of its entries (in no sum of products), and is made with sums, products and squares alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from sympy import Add, Expr, Integer, Mul, Pow

from deltarule.expressions import nodes
from deltarule.expressions.nodes import Read, Reduction, free_indices, reads, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Index
from deltarule.kernels.passes.program import Pass, Program, only
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence, blocks


def recomputed(program: Program) -> Program:
    """The program without the arrays that need not be in memory."""
    if any(isinstance(b, Recurrence) for p in _passes(program) for b in blocks(p.equations)):
        return program
    # What is made of another array that is not kept either is put in first.
    for name in reversed(program.forward.writes):
        if name in program.kept:
            program = _not_kept(name, program) or program
    forward = _without_arrays(program.forward, {*program.forward.results, *program.kept})
    backward = _without_arrays(program.backward, {*program.backward.results})
    return replace(program, forward=forward, backward=backward)


def _passes(program: Program) -> tuple[Pass, Pass]:
    return program.forward, program.backward


def _not_kept(name: str, program: Program) -> Program | None:
    """The program whose backward pass does not read an array; None where it should."""
    forward, backward = _passes(program)
    made = None if name in forward.results else _cheap(name, forward)
    if made is None or not all(_entry_by_entry(made, one) for one in (forward, backward)):
        return None
    working = [e for e in forward.equations if e.name in made.read_names() & {*forward.working}]
    if any(e.rhs.has(Reduction) or e.read_names() & {*forward.working} for e in working):
        return None
    names = {*made.read_names(), *(n for e in working for n in (e.name, *e.read_names()))}
    names |= backward.tensors.keys()
    tensors = {n: t for n, t in forward.tensors.items() if n in names} | backward.tensors
    later = replace(
        backward,
        equations=(*working, *(_put_in(made, e) for e in backward.equations)),
        tensors=tensors,
        working=(*(e.name for e in working), *backward.working),
    )
    later, network = only(later, backward.results), program.network.tensors
    kept = tuple(n for n in later.reads if n in network and not network[n].given)
    earlier = only(forward, (*forward.results, *kept))
    return replace(program, forward=earlier, backward=later, kept=kept)


def _without_arrays(one: Pass, wanted: Collection[str]) -> Pass:
    """A pass without the arrays that nobody else wants, where they are cheap."""
    for name in (n for n in one.writes if n not in wanted):
        made = _cheap(name, one)
        if made is not None and _entry_by_entry(made, one):
            one = replace(one, equations=tuple(_put_in(made, e) for e in one.equations))
            one = only(one, wanted)
    return one


def _cheap(name: str, one: Pass) -> Equation | None:
    """The one equation of an array, if its entries are arithmetic on another array's entries at
    the same place, and on arrays with fewer axes.
    """
    writers = [e for e in one.equations if e.name == name]
    if len(writers) != 1 or one.tensors[name].outside is not None:
        return None
    [made] = writers
    own = made.subscripts
    plain = [i for i, _ in made.ranges] == list(own) and all(isinstance(s, Index) for s in own)
    if not plain or len(own) < 2 or not all(map(_arithmetic, _parts(made.rhs))):
        return None
    found = [(r, one.tensors[tensor_name(r)]) for r in reads(made.rhs)]
    if any(t.outside is not None or t.integral for _, t in found):
        return None
    large = {t.name for r, t in found if len(r.indices) >= len(own)}
    small = [r for r, t in found if t.name not in large]
    in_place = all(r.indices == own for r, t in found if t.name in large)
    known = all(set(r.indices) <= set(own) for r in small)
    return made if len(large) == 1 and in_place and known else None


def _parts(node: Expr) -> Iterator[Expr]:
    """All of an expression, without the subscripts of what it reads."""
    yield node
    if not isinstance(node, Read):
        for part in node.args:
            yield from _parts(part)


def _arithmetic(node: Expr) -> bool:
    if isinstance(node, Pow):
        return node.exp in (Integer(2), Integer(-1))
    return isinstance(node, Read | Add | Mul) or not node.args


def _entry_by_entry(made: Equation, one: Pass) -> bool:
    """Whether a pass reads each entry of an array once in each equation, and in plain sums."""
    return all(
        _once(made, e.rhs, frozenset(i for i, _ in e.ranges))
        for e in one.equations
        if made.name in e.read_names()
    )


def _once(made: Equation, node: Expr, around: frozenset[Index]) -> bool:
    """The same of an expression in loops over `around`; sums stand outside of those they ignore."""
    if isinstance(node, Read):
        own = node.indices
        plain = all(isinstance(i, Index) for i in own) and len(set(own)) == len(own)
        return tensor_name(node) != made.name or plain and set(own) == around
    if not reads(node, made.name):
        return True
    if isinstance(node, Reduction):
        plain = type(node) is nodes.Sum and not node.conditions
        return plain and _once(made, node.body, (free_indices(node) & around) | {*node.indices})
    return all(_once(made, part, around) for part in node.args)


def _put_in(made: Equation, equation: Equation) -> Equation:
    """An equation with what an array's entries are in place of them."""
    if equation.name == made.name:
        return equation
    rhs = replace_reads(equation.rhs, lambda access: made.at(access.indices), made.name)
    return replace(equation, rhs=rhs)
