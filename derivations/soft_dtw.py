"""Soft dynamic time warping (Cuturi and Blondel 2017): two sequences aligned by a soft minimum.

r[i, j] is the cost of the best alignments of the first i + 1 entries of x with the first j + 1 of
y: that of their last pair, and the soft minimum −γ log Σ exp(−r/γ) over the three ways to it.
"""

from deltarule.language import *

aliases("soft_dynamic_time_warping", "softdtw")

N, M, D = sizes("N M D")
i, j, d = indices("i j d")
gamma = scalar("gamma", 1, within="(0, oo)")

x, y = input("x", N, D), input("y", M, D)
c = intermediate("c", N, M)
r = state("r", N, M, outside=oo)

c[i, j] = Sum[d]((x[i, d] - y[j, d]) ** 2)
ways = exp(-r[i - 1, j] / gamma) + exp(-r[i, j - 1] / gamma) + exp(-r[i - 1, j - 1] / gamma)
r[i, j] = c[i, j] + where(i + j >= 1, -gamma * log(ways), 0)
E = loss("E", r[N - 1, M - 1])
