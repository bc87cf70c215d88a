"""The gradients that formulas read: each has its line where these are shown."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Expr

from deltarule.calculus.gradient_network import bars_in_words
from deltarule.calculus.jacobians import Entries
from deltarule.calculus.steps import Derivation, Gradient
from deltarule.expressions.nodes import reads, tensor_name
from deltarule.reports.things import ShownEntries
from deltarule.spelling.names import pretty


def with_read(gradients: Iterable[Gradient], derivation: Derivation) -> list[Gradient]:
    """Some gradients of a derivation and all that their lines read, in the order of the backward
    pass."""
    found = [*gradients]
    for gradient in found:
        here = {g.name for g in found}
        read = _read_by(right for _, right in (*gradient.lines, *gradient.other_lines))
        found += [g for g in derivation.gradients.values() if g.name in read - here]
    names = {g.name for g in found}
    return [g for g in derivation.gradients.values() if g.name in names]


def read_by_entries(shown: ShownEntries) -> list[Gradient]:
    """The gradients that second derivatives read, and those that these do."""
    found: dict[str, Gradient] = {}
    for entries in shown.entries:
        if entries.first is not None:
            read = _read_by([entries.expr])
            direct = [g for g in entries.first.gradients.values() if g.name in read]
            found |= {g.name: g for g in with_read(direct, entries.first)}
    return [*found.values()]


def outside_of_entries(shown: ShownEntries) -> list[str]:
    """The upstream gradients that second derivatives, or gradients in them, read."""
    firsts = [e.first for e in shown.entries if e.first is not None]
    upstream = dict.fromkeys(f.gradient_name(n) for f in firsts for n in f.upstream)
    lines = (right for g in read_by_entries(shown) for _, right in g.lines)
    read = _read_by([*lines, *(e.expr for e in shown.entries)])
    return [name for name in upstream if name in read]


def called_in_steps(entries: Entries) -> str:
    """`In the steps w̄ is ∂L/∂w; L in ∂L/∂w̄ is any loss of w̄.`; empty for a Jacobian."""
    if not entries.of or not entries.bars:
        return ""
    bar = pretty(entries.bars[entries.value.name])
    loss, out = pretty(entries.derivation.of), pretty(entries.derivation.upstream[0])
    words = bars_in_words(entries.bars, entries.of)
    same = "" if out == bar else f"{out} is {bar}, and "
    return f"In the steps {words}; {same}{loss} of ∂{loss}/∂{out} is any loss of {out}."


def _read_by(formulas: Iterable[Expr]) -> set[str]:
    return {tensor_name(access) for formula in formulas for access in reads(formula)}
