"""Mixture density network (Bishop 1994): −Σ log Σ_k p_k N(y; μ_k, σ_k²)."""

from deltarule.language import *

aliases("mdn")

N, K = sizes("N K")
n, k, l = indices("n k l")

a, mu, s, y = input("a", N, K), input("mu", N, K), input("s", N, K), target("y", N)
p, sigma, q = intermediate("p", N, K), intermediate("sigma", N, K), intermediate("q", N, K)

p[n, k] = exp(a[n, k]) / Sum[l](exp(a[n, l]))
sigma[n, k] = exp(s[n, k])
q[n, k] = (
    p[n, k] / (sqrt(2 * pi) * sigma[n, k])
    * exp(-((y[n] - mu[n, k]) ** 2) / (2 * sigma[n, k] ** 2))
)
L = loss("L", -Sum[n](log(Sum[k](q[n, k]))))
