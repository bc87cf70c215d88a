"""Targets and factors that are numbers, one for each example: y of f = Σ_i y_i log σ(wᵀ x_i), c
of f = Σ_k c_k σ(w_kᵀ x).

As a vector y_i would have an axis that nothing else has, and f would be a vector by it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor
from deltarule.typed.quantities.usual_letters import is_target

#: Letters of factors, rather than of what is added up: c of Σ_k c_k σ(w_kᵀ x), not v of values.
_FACTORS = ("a", "b", "c", "r", "w")


def lonely_targets(
    tensors: Mapping[str, Tensor], equations: Iterable[Equation], ranks: Mapping[str, int]
) -> set[str]:
    """Such targets among what no line writes; `ranks` say which are vectors at one index. None,
    where no other vector is there: ȳ = Σ_n y_n/N is one."""
    results = {n for e in equations for n in tensors[e.name].axes}
    axes = {n: {*tensors[n].axes} for n in ranks if n in tensors}
    vectors = {n for n in axes if ranks[n] == 1 and axes[n]}
    lonely: set[str] = set()
    for name in (n for n in vectors if is_target(n) or n in _FACTORS):
        own = {*tensors[name].axes[1:]}
        others = set().union(*(axes[n] for n in axes if n != name))
        if own and own <= results and not own & others:
            lonely.add(name)
    return lonely if vectors - lonely else set()
