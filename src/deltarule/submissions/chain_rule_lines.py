"""Gradients of statistics as code computes them: dvar, dmean and dx by the chain rule alone.

A derivation that is simplified does not read them; the mistakes that are made in them it cannot
make. Here each gradient is sent back through the statistics one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sympy import Expr, Pow, Rational

from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import reads, tensor_name
from deltarule.marking.mistakes import Context, Mistake, Wrong, contexts, mistakes_in
from deltarule.marking.mistakes.changed import consumers, through
from deltarule.marking.mistakes.positions import sites
from deltarule.networks.equations import Equation
from deltarule.spelling.text import text
from deltarule.tracing.computation import Computation

Row = Callable[[Context], Iterator[Wrong]]

#: What it costs to suppose that a gradient is computed this way.
THIS_WAY = 0.2


def chain_rule_mistakes(computation: Computation, rows: Sequence[Row]) -> Iterator[Mistake]:
    """The mistakes in gradients of statistics, and what they make of the gradients behind them."""
    found = {c.line.quantity: c for c in contexts(computation) if is_gradient(c.line.quantity)}
    plain = {name: _plain(context) for name, context in found.items()}
    for name, context in found.items():
        statistics = _not_simplified(context.equation, plain[name], plain)
        if not statistics:
            continue
        written = {n: e for n in (*statistics, name) if (e := plain[n]) is not None}
        for own, equation in written.items():
            line = replace(found[own].line, equation=equation)
            others = tuple((n, e) for n, e in written.items() if n != own)
            for mistake in mistakes_in(replace(found[own], line=line), (*rows, another_power)):
                if not mistake.also:
                    yield replace(mistake, cost=mistake.cost + THIS_WAY, also=others)


def _plain(context: Context) -> Equation | None:
    """A gradient by the chain rule alone."""
    formula = through(context, consumers(context))
    return None if formula is None else replace(context.equation, rhs=formula)


def _not_simplified(
    derived: Equation, plain: Equation | None, all_plain: dict[str, Equation | None]
) -> list[str]:
    """The gradients that are read by the chain rule alone, and by the simplified line are not."""
    if plain is None:
        return []
    known = {*map(tensor_name, reads(derived.rhs))}
    read = dict.fromkeys(map(tensor_name, reads(plain.rhs)))
    return [n for n in read if n not in known and is_gradient(n) and all_plain.get(n) is not None]


def another_power(context: Context) -> Iterator[Wrong]:
    """(v + ε)^(−1/2) for (v + ε)^(−3/2), and the like."""
    for site in sites(context.equation.rhs):
        node = site.node
        if isinstance(node, Pow) and isinstance(node.args[1], Rational) and node.args[1].q == 2:
            base, power = node.args
            for other in (power + 1, power - 1, 2 * power, power / 3 if abs(power) > 1 else -power):
                if other not in (0, power):
                    words = f"{_braced(base)} stands to the power {text(other)}, not {text(power)}"
                    yield Wrong("power", 4.4, site.replaced(Pow(base, other)), words)


def _braced(base: Expr) -> str:
    return f"({text(base)})" if base.args else text(base)
