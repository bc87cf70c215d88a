"""Kernels of what people type against the evaluator, run as plain Python in poisoned memory.

Their lines are built otherwise than the catalogue's: a recurrence in one line, a product of
matrices inside a function. Here are all that run through times (2 s) and reductions within
reductions, in a full run all others.
"""

from pathlib import Path

import pytest
from agreement import agree, evaluated
from laid_out import as_python
from variants import FULL

import deltarule
from deltarule.expressions.symbols import Attribute
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import known_sizes, program

TABLE = Path(__file__).parent.parent / "typed" / "texts_beside_numpy.txt"
TEXTS = [b.split("\n")[0] for b in TABLE.read_text(encoding="utf-8").split("\n=== ")[1:]]
RECURRENCES = (
    "h[t,k] = tanh(Sum[d](x[t,d]*W[d,k]) + Sum[j](h[t-1,j]*U[j,k]) + b[k])",
    "h[t,n,k] = σ(Sum[d](x[t,n,d]*W[d,k]) + Sum[j](h[t-1,n,j]*U[j,k])); L = Sum[t,n,k](h[t,n,k]²)",
    "h[t,k] = exp(-Sum[j](h[t+1,j]*U[j,k])²) + x[t,k]",
    "h[t,k] = tanh(Sum[j](h[t-1,j]*U[j,k]) + Sum[j](h[t-2,j]*V[j,k]) + x[t,k])",
    "h[t,k] = x[t,k]*tanh(Sum[j](h[t-1,j]*U[j,k]))*σ(Sum[j](h[t-1,j]*V[j,k]))",
    # Entries alone, without a sum of products: averages and gated memories.
    "s[t,n] = α*x[t,n] + (1 - α)*s[t-1,n]",
    "a[t,d] = exp(-w[d])*a[t-1,d] + exp(k[t,d])*v[t,d]; y[t,d] = a[t-1,d] + exp(u[d])*v[t,d]",
    "S[t,d,e] = f[t,d]*S[t-1,d,e] + k[t,d]*v[t,e]; y[t,e] = Sum[d](q[t,d]*S[t,d,e])",
    "m[t,k] = max(m[t-1,k], x[t,k]); L = Sum[t,k](m[t,k]*w[k])",
)
#: Maxima, products and logarithms of sums of what has sums in it, under conditions too.
OVER_SUMS = (
    "y_k = max_n relu(Σ_d W_kd x_nd + b_k)",
    "L = Σ_i min_j (Σ_d (x_id − z_jd)²) + Σ_j min_i (Σ_d (x_id − z_jd)²)",
    "y_i = max_{j≠i} Σ_d x_id x_jd",
    "y_k = max_n Π_d W_kd x_nd",
    "y_k = max_n log Σ_d exp(W_kd x_nd)",
    "y_i = Π_j Σ_d x_id z_jd + log Σ_j exp(Σ_d x_id z_jd)",
    "h[t,k] = max[j](Sum[d](h[t-1,d]*U[j,d,k])) + x[t,k]",
)


def _runs_through_times(text: str) -> bool:
    return "t-1" in text or "t−1" in text or "t+1" in text


KERNELS = [*OVER_SUMS, *(t for t in (*RECURRENCES, *TEXTS) if FULL or _runs_through_times(t))]


@pytest.mark.parametrize("text", KERNELS)
def test_the_kernel_of_a_typed_text_agrees_with_the_evaluator(text, tmp_path, monkeypatch):
    network = deltarule.layer(text)
    made = program(network, {size.name: 3 for size in known_sizes(network)[1]})
    module = as_python(Module(made, "float64").text(), tmp_path, monkeypatch)
    agree(module, made, evaluated(made, 1).arrays)


WINDOWS = (
    "Mean[k](x[i+k])",
    "Max[k](x[S*i+k-P])",
    "Sum[k](x[i+2*k]²)",
    # z is as long as its windows need it, which says nothing of K either.
    "Mean[k](x[i+k]) - Mean[k](z[i+k])",
)


@pytest.mark.parametrize("body", WINDOWS)
def test_how_wide_a_window_is_is_asked_for_if_no_tensor_says_it(body):
    """A kernel of a width that nobody gave would be one of another layer."""
    network = deltarule.layer(f"y[i] = {body}")
    with pytest.raises(deltarule.DeltaruleError) as caught:
        program(network, {})
    assert str(caught.value) == (
        "the size K is told by no shape\n  where: formula\n"
        "  remedy: give K=…; on the command line --set K=…"
    )
    assert program(network, {"K": 3}).network.attributes.keys() <= {Attribute("S"), Attribute("P")}
