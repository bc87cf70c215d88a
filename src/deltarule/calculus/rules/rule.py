"""A rule of the calculus is one object: what it says, why it holds, what it does, an example.

To add a rule, write one file here that ends in a `Rule`, as count_terms.py does, and add it to the
row of table.py where it belongs. What it does is a function of a formula and of what is given: the
formula rewritten, or None where the rule does not apply. The engine records every rewrite as a
step that cites the rule, and refuses one whose two sides differ; `derive --explain` shows the rule,
and a test executes its example.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sympy import Expr

from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network


class Rewrite(NamedTuple):
    """The formula after a rule; `detail` in words, `condition` under which the rule holds."""

    after: Expr
    detail: str = ""
    condition: str = ""


#: A network of nothing, for formulas that speak for themselves.
EMPTY = Network("example", "Example", "", {}, ())


@dataclass(frozen=True)
class Given:
    """What a rule may know besides the formula.

    `network` has the tensors and their equations, `extents` the extents of the indices that are
    free, `gradients` the closed forms found so far, by the tensor that they are with respect to.
    """

    network: Network = EMPTY
    extents: Mapping[Index, Expr] = field(default_factory=dict)
    gradients: Mapping[str, Equation] = field(default_factory=dict)


@dataclass(frozen=True)
class Example:
    """A formula before and after the rule, and what is given there; `note` says more of it."""

    before: Expr
    after: Expr
    given: Given = Given()
    note: str = ""


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule: `statement` in symbols, `reason` in one sentence.

    `apply` does it, `example` makes a small case that `apply` turns from before to after, and
    `seen` is a command that shows a step by this rule.
    """

    name: str
    statement: str
    reason: str
    apply: Callable[[Expr, Given], Rewrite | None] = field(repr=False)
    example: Callable[[], Example] = field(repr=False)
    seen: str = ""


def changed(before: Expr, after: Expr) -> Rewrite | None:
    """The rewrite to a formula; None if it is the one before."""
    return None if after == before else Rewrite(after)
