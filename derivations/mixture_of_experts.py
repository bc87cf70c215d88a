"""Mixture of experts, of which the likeliest alone answers (switch; Fedus et al. 2021).

A gate gives every expert k its probability p, and the answer is that of the best, times its p.
"""

from deltarule.language import *

aliases("switch", "moe", "top_1_experts")

N, D, M, K = sizes("N D M K")
n, d, m, k, l = indices("n d m k l")

x, G, W = input("x", N, D), parameter("G", D, K), parameter("W", K, D, M)
e, p = intermediate("e", N, K), intermediate("p", N, K)
y = output("y", N, M)

e[n, k] = Sum[d](x[n, d] * G[d, k])
p[n, k] = exp(e[n, k]) / Sum[l](exp(e[n, l]))
best = ArgMax[k](p[n, k])
y[n, m] = p[n, best] * Sum[d](x[n, d] * W[best, d, m])
