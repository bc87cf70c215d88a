"""A derivation as a network: its closed forms are equations, so they are derived again.

    ∂E/∂x of a network is x̄ (xbar) in the network of its gradients: x̄[n, d] = Σ_m W[d, m]·ȳ[n, m].
    S = Σ v_x·x̄ + Σ v_W·W̄ is the slope of E along the direction v.

By the rules of every network, ∂S/∂x is then (H v)_x, the Hessian times v, and ∂S/∂ȳ is (J v)_y, the
Jacobian times v, as x̄ = Jᵀ ȳ is linear in ȳ (Pearlmutter, Fast Exact Multiplication by the Hessian,
1994; Griewank and Walther, Evaluating Derivatives, 2008, ch. 5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from sympy import Add, Expr

from deltarule.calculus.reverse import derive
from deltarule.calculus.rules.local_derivative import LOCAL_DERIVATIVE
from deltarule.calculus.rules.name_the_parts import NAME_THE_PARTS
from deltarule.calculus.rules.write_upstream import INSERT
from deltarule.calculus.steps import Derivation, Gradient
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.expressions.gradient_names import GradientName
from deltarule.expressions.nodes import Read, Selection, Sum, read, reads, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network, ordered
from deltarule.networks.reachability import needed_for
from deltarule.networks.tensors import DIRECTION, Tensor
from deltarule.spelling.counted import in_a_sentence
from deltarule.spelling.names import pretty

#: What the slope along a direction is called, and what an entry's gradient is put out as.
SLOPE = ("S", "S_v", "slope")
#: Roles of the tensors that a direction is along.
_VARIABLES = ("parameter", "input")


#: Of more gradients than this, what they are called is said once for all.
_MOST_SAID = 6


def barred(name: str) -> str:
    """What the gradient by a tensor is called, its letter with a bar: `W̄₁`, `s̄_E`."""
    return re.sub(r"^([^\W\d_]+)(.*)$", r"\1bar\2", name)


def without_ends(network: Network) -> dict[str, Tensor]:
    """The tensors of a network by name, outputs and the loss as intermediates."""
    return {
        name: replace(t, role="intermediate") if t.role in ("output", "loss") else t
        for name, t in network.tensors.items()
    }


class GradientNetwork:
    """The equations of a network and of its gradients, each gradient a tensor with a plain name."""

    def __init__(self, derivation: Derivation, named: Callable[[str], str] | None = None):
        self.derivation, network = derivation, derivation.network
        if not derivation.gradients:
            raise DeltaruleError(
                f"{network.name} has no gradients to derive again",
                network.name,
                "name a layer, a loss or a network: an update uses gradients and has none",
            )
        self.tensors = without_ends(network)
        self.bars = {
            name: self.unused(named(name) if named else barred(name))
            for name in (*derivation.upstream, *derivation.gradients)
        }
        for name, bar in self.bars.items():
            role = "input" if name in derivation.upstream else "intermediate"
            self.tensors[bar] = Tensor(bar, network.tensors[name].axes, role)
        own = [self._equation(g) for g in derivation.gradients.values()]
        self.equations = [*network.equations, *own]

    def unused(self, *names: str) -> str:
        """The first of some names that no tensor has."""
        numbered = (f"{names[-1]}{k}" for k in range(2, len(self.tensors) + 3))
        return next(n for n in (*names, *numbered) if n not in self.tensors)

    def _equation(self, gradient: Gradient) -> Equation:
        found = gradient.equation()
        return replace(
            found, name=self.bars[gradient.tensor.name], rhs=replace_reads(found.rhs, self._plainly)
        )

    def _plainly(self, access: Read) -> Read:
        """∂E/∂y[n] as ȳ[n]."""
        known = {self.derivation.gradient_name(name): bar for name, bar in self.bars.items()}
        name = tensor_name(access)
        return read(known.get(name, name), *access.indices)

    def network(
        self, word: str, title: str, text: str, root: str, kept: Iterable[str] = ()
    ) -> Network:
        """All of it that `root` needs, as a network; some tensors are `kept` in any case."""
        own = self.derivation.network
        needed = needed_for(self.equations, {root})
        # What a maximum chooses stands in an equation of its own, which its derivative reads.
        needed |= {e.name for e in self.equations if _chooses(e, needed)}
        equations = [e for e in self.equations if e.name in needed]
        read_here = {name for e in equations for name in e.read_names()} | needed | {*kept}
        tensors = {n: t for n, t in self.tensors.items() if n in read_here}
        return replace(
            own,
            name=f"{own.name}_{word}",
            title=f"{title} of: {in_a_sentence(own.title)}",
            text=text,
            tensors=tensors,
            equations=ordered(equations, tensors),
            options={},
            aliases=(),
            uses=(),
        )


def _chooses(equation: Equation, needed: set[str]) -> bool:
    """Whether it is the selection of a maximum that is needed."""
    rhs = equation.rhs
    return isinstance(rhs, Selection) and tensor_name(rhs.args[1]) in needed


def variables(derivation: Derivation, wrt: Iterable[str] = ()) -> list[str]:
    """The tensors that a direction is along: those asked for, or all inputs and parameters.

    Raises DeltaruleError for one that has no gradient.
    """
    network = derivation.network
    asked = list(wrt)
    for name in asked:
        if name not in derivation.gradients:
            known = [pretty(n) for n in derivation.gradients]
            raise DeltaruleError(
                f"{network.name} has no gradient by {name}",
                network.name,
                did_you_mean(name, derivation.gradients) or f"it has those by {', '.join(known)}",
            )
    given = [n for n, g in derivation.gradients.items() if g.tensor.role in _VARIABLES]
    return asked or given


def by_consumers(derivation: Derivation) -> Derivation:
    """The derivation with each gradient in terms of those of the tensors that read its own.

    So the closed forms are the reverse pass itself, line by line: none skips a tensor on the way,
    and none reads a gradient from beside the way.
    """
    direct = {n: replace(g, expr=_direct(g)) for n, g in derivation.gradients.items()}
    return replace(derivation, gradients=direct)


def _direct(gradient: Gradient) -> Expr:
    """The last formula of its steps that reads the gradients of the chain rule and no others.

    One that is written out is read no more: what went through its tensor would skip that.
    """
    asked = [k for k, step in enumerate(gradient.steps) if step.row is LOCAL_DERIVATIVE]
    if not asked:
        return gradient.expr
    first = gradient.steps[asked[0]]
    found, now = first.after, first.after
    known = _gradients_read(first.after)
    for step in gradient.steps[asked[0] + 1 :]:
        if step.before != now or step.row is NAME_THE_PARTS:
            break  # what follows looks at edges, places and parts, each from the closed form on
        before, now = _gradients_read(now), step.after
        after = _gradients_read(now)
        if not after <= known or (step.row is INSERT and after != before):
            break
        found = now
    return found


def _gradients_read(expression: Expr) -> set[str]:
    return {n for r in reads(expression) if GradientName.parse(n := tensor_name(r)) is not None}


def hessian_vector_network(network: Network, wrt: Iterable[str] = ()) -> Network:
    """The network of S = Σ v·∂E/∂x, of which ∂S/∂x is the Hessian times the direction v.

    `wrt` are the tensors that v is along; all inputs and parameters if none are named. Raises
    DeltaruleError for an update, and for a tensor without a gradient.
    """
    found, _ = slope_network(network, wrt)
    return found


def slope_network(
    network: Network, wrt: Iterable[str] = (), direct: bool = False
) -> tuple[Network, dict[str, str]]:
    """The network of `hessian_vector_network`, and what the gradient by each tensor is called.

    The gradients are closed forms, or if `direct` the reverse pass, see `by_consumers`.
    """
    derivation = by_consumers(derive(network)) if direct else derive(network)
    whole = GradientNetwork(derivation)
    along = variables(derivation, wrt)
    terms = []
    for name in along:
        gradient, direction = derivation.gradients[name], whole.unused(f"v_{name}")
        moving = gradient.tensor
        # What is symmetric stays so as it moves.
        whole.tensors[direction] = Tensor(
            direction, moving.axes, "target", symmetric=moving.symmetric, note=DIRECTION
        )
        ranges = tuple(zip(gradient.indices, gradient.tensor.axes, strict=True))
        product = read(whole.bars[name], *gradient.indices) * read(direction, *gradient.indices)
        terms.append(Sum(product, ranges))
    slope = whole.unused(*SLOPE)
    whole.tensors[slope] = Tensor(slope, (), "loss")
    whole.equations.append(Equation(slope, (), Add(*terms), (), "the slope along v"))
    of = derivation.of
    products = ", ".join(f"∂{slope}/∂{pretty(n)}" for n in along)
    bars = {n: whole.bars[n] for n in along}
    text = (
        f"{bars_in_words(bars, of)}. {slope} is the slope of {pretty(of)} along the direction v, "
        f"so that {products} "
        f"{'is' if len(along) == 1 else 'are'} the Hessian of {pretty(of)} times v."
    )
    found = whole.network("hvp", "Hessian-vector product", text, slope, along)
    return found, whole.bars


def bars_in_words(bars: Mapping[str, str], of: str) -> str:
    """`x̄ is ∂E/∂x, w̄ is ∂E/∂w`: what gradients are called, by their tensors."""
    if len(bars) > _MOST_SAID:
        return f"ȳ is ∂{pretty(of)}/∂y of each tensor y"
    return ", ".join(f"{pretty(bar)} is ∂{pretty(of)}/∂{pretty(n)}" for n, bar in bars.items())
