"""Spectral normalisation (Miyato et al. 2018): weights over their largest singular value uᵀ W v.

u and v come from power iteration, and pass no gradient.
"""

from deltarule.language import *

aliases("spectral_normalisation", "spectral_normalization")

N, D, M = sizes("N D M")
n, d, m = indices("n d m")

x, W = input("x", N, D), parameter("W", D, M)
u = target("u", D)
s, v, sigma = intermediate("s", M), intermediate("v", M), intermediate("sigma")
y = output("y", N, M)

s[m] = Sum[d](u[d] * W[d, m])
v[m] = stop_gradient(s[m] / sqrt(Sum[m](s[m] ** 2)))
sigma[()] = Sum[d, m](u[d] * W[d, m] * v[m])
y[n, m] = Sum[d](x[n, d] * W[d, m]) / sigma
