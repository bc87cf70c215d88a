"""Products in which a factor may be infinite, as kernels compute them: weights of 0 outweigh it.

What `arithmetic.zero_weights` does to single expressions, with tensors: σ = √(v + ε) is never 0,
and so what is divided by it stays a plain quotient.
"""

from __future__ import annotations

from dataclasses import replace

from deltarule.arithmetic.known_signs import signs_of
from deltarule.arithmetic.zero_weights import ZeroWeights, with_zero_weights
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.matrices import Inverse
from deltarule.expressions.nodes import Selection
from deltarule.kernels.passes.draft import Draft
from deltarule.networks.equations import Equation


def outweighed_edges(draft: Draft) -> Draft:
    """Equations in which 0·log 0 is 0, and so is 0/0 in gradients."""
    # log(a/b) with a weight divides by b, and has a value where the weight is 0.
    forward = [replace(e, rhs=with_zero_weights(e.rhs, False)) for e in draft.network]
    working = (e for e in draft.equations if e.name in draft.working)
    signs = signs_of((*forward, *working), draft.tensors.values())
    ways = {derivative: ZeroWeights(derivative, signs) for derivative in (False, True)}
    recurrent = {d: ZeroWeights(d, signs.without_exponentials()) for d in (False, True)}

    def changed(equation: Equation) -> Equation:
        if isinstance(equation.rhs, Selection | Inverse):
            return equation
        derivative = is_gradient(equation.name)
        way = recurrent if equation.name in equation.read_names() else ways
        rhs = way[derivative].form(equation.rhs)
        return equation if rhs == equation.rhs else replace(equation, rhs=rhs)

    return draft.rewritten(map(changed, draft.equations))
