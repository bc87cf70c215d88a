"""Sparse mixture of experts (Shazeer et al. 2017): the likeliest few answer, weighted by a softmax.

A gate scores every expert k; the softmax is over the scores of the best alone. With 2 of them it
is Mixtral's (Jiang et al. 2024).
"""

from deltarule.language import *

aliases("sparse_experts", "mixtral")
best = option("best", 2, "how many experts answer", at_least=1, at_most=4)

N, D, M, K = sizes("N D M K")
n, d, m, k, r, s = indices("n d m k r s")

x, G, W = input("x", N, D), parameter("G", D, K), parameter("W", K, D, M)
e, t, p = intermediate("e", N, K), intermediate("t", N, best), intermediate("p", N, best)
y = output("y", N, M)

e[n, k] = Sum[d](x[n, d] * G[d, k])
chosen = TopK[k](e[n, k], best)
for place, expert in enumerate(chosen):
    t[n, place] = e[n, expert]
p[n, r] = exp(t[n, r]) / Sum[s](exp(t[n, s]))
y[n, m] = sum(p[n, r] * Sum[d](x[n, d] * W[expert, d, m]) for r, expert in enumerate(chosen))
