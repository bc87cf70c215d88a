"""Which matrices of a text are covariances: the Σ of (x − μ)ᵀ Σ⁻¹ (x − μ) + log|Σ| is symmetric.

A matrix is one whose log-determinant is taken, and that a quadratic form is of, or of its inverse;
what is called Σ is one where either is taken, or an inverse. Of K + σ² I it is K. The product of
the inverse and its vector gets a line, α = Σ⁻¹(x − μ), of which all gradients are made.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from deltarule.calculus.symmetric_lines import with_symmetric_lines
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.nodes import Read, free_indices, reads, tensor_name, walk
from deltarule.expressions.quadratic_forms import QuadraticForm, quadratic_forms
from deltarule.expressions.rebuild import outermost
from deltarule.language.piece_words import SOLUTION, WORDS
from deltarule.language.pieces_made import PiecesMade
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network, ordered
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import pretty

#: What is said of them.
SYMMETRIC = "{} is taken to be symmetric, with a determinant above 0, as covariances are."
SEVERAL = "{} are taken to be symmetric, with determinants above 0, as covariances are."
_SIGMA = re.compile(r"Sigma(?:_?\w+)?")


def with_covariances_known(network: Network) -> tuple[Network, str]:
    """The network with its covariances declared as such, and what is said of that."""
    inverses = {
        e.name: tensor_name(e.rhs.args[0])
        for e in network.equations
        if isinstance(e.rhs, Inverse) and isinstance(e.rhs.args[0], Read)
    }
    forms = [f for e in network.equations for f in quadratic_forms(e.rhs)]
    squared = {tensor_name(f.matrix) for f in forms}
    squared |= {inverses[n] for n in squared if n in inverses}
    nodes = (n for e in network.equations for n in walk(e.rhs) if isinstance(n, LogDet))
    measured = {tensor_name(r) for n in nodes for r in reads(n.body)}
    found = squared & measured
    found |= {n for n in squared | measured | {*inverses.values()} if _SIGMA.fullmatch(n)}
    if not found:
        return network, ""
    known = _declared(network, found)
    tensors = {n: replace(t, definite=n in known or t.definite) for n, t in network.tensors.items()}
    network = with_symmetric_lines(replace(network, tensors=tensors))
    if not known:  # Σ is A Aᵀ + σ² I
        return _with_solutions_named(network, {*inverses}), ""
    said = " and ".join(map(pretty, sorted(known)))
    words = SYMMETRIC if len(known) == 1 else SEVERAL
    return _with_solutions_named(network, {*inverses}), words.format(said)


def _declared(network: Network, found: set[str]) -> set[str]:
    """The given matrices by which those found are symmetric: themselves, K of S = K + σ² I."""
    known: set[str] = set()
    for name in found:
        tensor = network.tensors[name]
        if tensor.given:
            known |= {name}
            continue
        for equation in network.equation_of(name):
            read_there = Counter(tensor_name(r) for r in reads(equation.rhs))
            own = {n for n, times in read_there.items() if times == 1 and _square(network, n)}
            declared = {n: replace(network.tensors[n], definite=True) for n in own}
            tried = replace(network, tensors={**network.tensors, **declared})
            if own and with_symmetric_lines(tried).tensors[name].symmetric:
                known |= own
    return {n for n in known if _square(network, n)}


def _square(network: Network, name: str) -> bool:
    tensor = network.tensors[name]
    return tensor.given and len(tensor.axes) > 1 and tensor.axes[-1] == tensor.axes[-2]


def _with_solutions_named(network: Network, inverses: set[str]) -> Network:
    """The network with lines for the products Σ⁻¹ v of its quadratic forms."""
    work, equations = PiecesMade(network), []
    for equation in network.equations:
        symmetric = {n for n in inverses if network.tensors[n].symmetric}
        while (form := _form_of(equation, symmetric)) is not None:
            line = _solution(work, equation, form)
            equations.append(line)
            by_line = {form.whole: form.by(line.lhs)}
            equation = replace(equation, rhs=outermost(equation.rhs, by_line.get))
        equations.append(equation)
    if len(equations) == len(network.equations):
        return network
    return replace(network, tensors=work.tensors(), equations=ordered(equations, work.tensors()))


def _form_of(equation: Equation, inverses: set[str]) -> QuadraticForm | None:
    """A quadratic form of an inverse in an equation, of which no other index is bound around it."""
    for form in quadratic_forms(equation.rhs):
        around = {i for i, _ in (*equation.ranges, *form.ranges)}
        if tensor_name(form.matrix) in inverses and free_indices(form.product) <= around:
            return form
    return None


def _solution(work: PiecesMade, equation: Equation, form: QuadraticForm) -> Equation:
    """The line of the product in a quadratic form."""
    free = free_indices(form.product)
    ranges = tuple((i, n) for i, n in (*equation.ranges, *form.ranges) if i in free)
    name = work.name(SOLUTION, equation.name)
    note = f"{WORDS[SOLUTION]} in {equation.name}"
    axes = tuple(n for _, n in ranges)
    work.made[name] = Tensor(name, axes, "intermediate", note=note, piece=True), equation.name
    subscripts = tuple(i for i, _ in ranges)
    return Equation(name, subscripts, form.product, ranges, equation.place, equation.layer)
