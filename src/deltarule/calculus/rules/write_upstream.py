"""An upstream gradient written out: its own formula stands for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sympy import Expr

from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule
from deltarule.expressions.gradient_names import GradientName
from deltarule.expressions.nodes import Read, read, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.equations import Equation
from deltarule.spelling.text import text


def insert(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with the known gradients that it reads written out."""
    after, detail = written_out(expression, given.gradients)
    return Rewrite(after, detail) if detail else None


def written_out(expression: Expr, gradients: Mapping[str, Equation]) -> tuple[Expr, str]:
    """The expression with some upstream gradients written out, and which; "" for none."""
    used: dict[str, Equation] = {}

    def formula(access: Read) -> Expr:
        known = gradients.get(upstream_of(access))
        if known is None or known.name != tensor_name(access):
            return access
        used.setdefault(known.name, known)
        return known.rhs_at(access)

    inserted = replace_reads(expression, formula)
    detail = ", ".join(_formula_text(e.lhs, e.rhs) for e in used.values())
    return inserted, f"Here: {detail}." if detail else ""


def upstream_of(access: Read) -> str:
    """The tensor whose gradient a read is; empty for anything else."""
    found = GradientName.parse(tensor_name(access))
    return found.wrt if found is not None else ""


@lru_cache(maxsize=256)
def _formula_text(left: Expr, right: Expr) -> str:
    return f"{text(left)} = {text(right)}"


def _example() -> Example:
    n, N = Index("n"), Size("N")
    p, y = read("p", n), read("y", n)
    known = Equation("dE/dp", (n,), (p - y) / (p * (1 - p)), ((n, N),))
    given = Given(extents={n: N}, gradients={"p": known})
    slope = p * (1 - p)
    return Example(read("dE/dp", n) * slope, known.rhs * slope, given)


INSERT = Rule(
    "insert",
    "∂E/∂Y is replaced by its own formula",
    "The formula gets shorter when the upstream gradient is written out.",
    insert,
    _example,
    seen="derive batch_norm --steps",
)
