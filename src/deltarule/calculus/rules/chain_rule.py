"""Where a gradient begins: the chain rule, and the two cases in which it has nothing to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sympy import Add, Expr, Integer

from deltarule.calculus.rules.rule import EMPTY, Example, Given, Rewrite, Rule
from deltarule.calculus.steps import Step
from deltarule.expressions.gradient_names import GradientName, gradient_name
from deltarule.expressions.nodes import PartialOf, Read, Sum, index_names, read, reads, tensor_name
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, Size, fresh
from deltarule.networks.equations import Equation
from deltarule.spelling.text import text


def without_paths(lhs: Expr, itself: bool) -> Step:
    """The one step to ∂E/∂E, if it is E `itself`, or to the gradient of what nothing reads."""
    if itself:
        return Step(START, lhs, Integer(1), "", "", "by definition")
    return Step(NO_PATH, lhs, Integer(0), "", "", "nothing on the way reads it")


@dataclass(frozen=True)
class Path:
    """One way from an entry X[u] to the loss: through the equation of a Y that reads X.

    `upstream` is ∂E/∂Y; `equation` is as it was written, `apart` has its free indices named apart
    from those of `here`, which is X[u].
    """

    here: Read
    upstream: Expr
    equation: Equation
    apart: Equation

    def expression(self) -> Expr:
        """Σ_i ∂E/∂Y[i]·∂Y[i]/∂X[u]."""
        return Sum(self.upstream * PartialOf(self.apart.lhs, self.here), self.apart.ranges)


def paths(here: Read, of: str, consumers: Iterable[Equation]) -> list[Path]:
    """The ways from X[u] through the equations that read X; `of` names what is differentiated."""
    found = []
    for equation in consumers:
        apart = _named_apart(equation, index_names(here))
        upstream = read(gradient_name(of, apart.name), *apart.subscripts)
        found.append(Path(here, upstream, equation, apart))
    return found


def through(consumers: Iterable[Equation]) -> str:
    """What the paths go through, in words."""
    return f"Here: {', '.join(text(read(e.name)) for e in consumers)}."


def _named_apart(equation: Equation, taken: set[str]) -> Equation:
    """The equation with those of its free indices renamed whose names are taken."""
    names = taken | index_names(equation.rhs, *equation.subscripts)
    table = {}
    for index in equation.indices:
        if index.name in taken:
            table[index] = fresh(index.name, names)
            names.add(table[index].name)
    return Equation(
        equation.name,
        tuple(substitute(s, table) for s in equation.subscripts),
        substitute(equation.rhs, table),
        tuple((table.get(i, i), n) for i, n in equation.ranges),
        equation.place,
    )


def _asked(expression: Expr) -> GradientName | None:
    """What a formula asks for, if it is ∂E/∂X[u] alone."""
    return GradientName.parse(tensor_name(expression)) if isinstance(expression, Read) else None


def _readers(tensor: str, given: Given) -> list[Equation]:
    return [e for e in given.network.equations if reads(e.rhs, tensor)]


def start(expression: Expr, given: Given) -> Rewrite | None:
    """∂E/∂E = 1."""
    asked = _asked(expression)
    return Rewrite(Integer(1)) if asked is not None and asked.of == asked.wrt else None


def no_path(expression: Expr, given: Given) -> Rewrite | None:
    """∂E/∂X = 0 where nothing reads X."""
    asked = _asked(expression)
    if asked is None or asked.of == asked.wrt or _readers(asked.wrt, given):
        return None
    return Rewrite(Integer(0))


def chain(expression: Expr, given: Given) -> Rewrite | None:
    """∂E/∂X[u] as a sum over the equations of a network that read X."""
    asked = _asked(expression)
    if not isinstance(expression, Read) or asked is None or asked.of == asked.wrt:
        return None
    consumers = _readers(asked.wrt, given)
    if not consumers:
        return None
    ways = paths(read(asked.wrt, *expression.indices), asked.of, consumers)
    return Rewrite(Add(*(way.expression() for way in ways)), through(consumers))


def _weighted_sums() -> Example:
    d, m, D, M = Index("d"), Index("m"), Size("D"), Size("M")
    weighted = Sum(read("W", d, m) * read("h", d), [(d, D)])
    given = Given(replace(EMPTY, equations=(Equation("s", (m,), weighted, ((m, M),)),)), {d: D})
    way = read("dE/ds", m) * PartialOf(read("s", m), read("h", d))
    note = "h[d] feeds s[m] for every m."
    return Example(read("dE/dh", d), Sum(way, [(m, M)]), given, note)


def _unread() -> Example:
    note = "A bias that nothing adds has the gradient 0."
    return Example(read("dE/db", Index("m")), Integer(0), note=note)


CHAIN_RULE = Rule(
    "chain rule",
    "∂E/∂X[u] = Σ_i ∂E/∂Y[i]·∂Y[i]/∂X[u], added up over all Y that read X",
    "E depends on X only through the tensors that read X, so every such path counts.",
    chain,
    _weighted_sums,
    seen="derive dense --steps",
)
START = Rule(
    "start",
    "∂E/∂E = 1",
    "A change of the error is a change of the error.",
    start,
    lambda: Example(read("dE/dE"), Integer(1)),
    seen="derive label_cross_entropy --steps",
)
NO_PATH = Rule(
    "no path",
    "∂E/∂X = 0",
    "No equation on the way to E reads X.",
    no_path,
    _unread,
    seen="derive pinn --steps",
)
