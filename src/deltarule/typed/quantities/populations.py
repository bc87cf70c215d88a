"""Rates of change of numbers: N' = r N (1 − N/K), S' = −β S I, I' = β S I − γ I.

Where all that has a rate is changed by small letters and by what has a rate itself, capitals are
numbers, too. X' = A X is of matrices.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from deltarule.formulas.commas import parted_tokens
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import canonical
from deltarule.typed.equation_texts import TypedEquation
from deltarule.typed.quantities.typed_names import WORDS
from deltarule.typed.quantities.usual_letters import COUNTS

#: What is said of a text whose letters are numbers for that.
POPULATIONS = "All letters are numbers here: {0} is how fast one number changes."
_OF_ARRAYS = re.compile(r"[ᵀ⊤@⊙⊗‖∥Σ∑Π∏\[]|\.T\b|⁻¹|\b(?:sum|mean|softmax|diag|dot|norm|inv)\b")


def are_populations(equations: Sequence[TypedEquation], names: Iterable[str]) -> str:
    """The names of rates of change, S′, I′, where these are of numbers; else nothing."""
    states = {e.name.removesuffix("prime") for e in equations if e.name.endswith("prime")}
    large = {n for n in names if n[:1].isupper()}
    if len(states) < len(equations) or not states & large or any(e.indices for e in equations):
        return ""
    if any(_OF_ARRAYS.search(e.formula) for e in equations):
        return ""
    others = large - states - {*COUNTS}
    if any(_is_factor(e, others) for e in equations):
        return ""
    return ", ".join(f"{s}′" for s in sorted(states))


def with_states(network: Network) -> dict[str, Tensor]:
    """The tensors, with what has a rate of change as inputs."""
    rates = {n.removesuffix("prime") for n in network.tensors if n.endswith("prime")}
    given = {n: t for n, t in network.tensors.items() if n in rates and t.role != "intermediate"}
    return {**network.tensors, **{n: replace(t, role="input", note="") for n, t in given.items()}}


def _is_factor(equation: TypedEquation, names: set[str]) -> bool:
    """Whether one of some names stands at another one, A of A X, as matrices do."""
    found = parted_tokens(equation.formula, equation.place)
    for one, two in zip(found, found[1:], strict=False):
        pair = [t for t in (one, two) if t.kind in ("name", "primed") and t.text not in WORDS]
        if len(pair) == 2 and any(canonical(t.text) in names for t in pair):
            return True
        if one in pair and two.text == "(" and canonical(one.text) in names:
            return True
    return False
