"""Wasserstein-1 distance of two samples on a line: L = Σ_n |a_(n) − b_(n)|/N, both in order.

Sorted, the n-th of the one goes to the n-th of the other.
"""

from deltarule.language import *

aliases("wasserstein_1d", "earth_mover")

N = size("N")
n = index("n")

x, y = input("x", N), target("y", N)
a, b = intermediate("a", N), intermediate("b", N)

a[n], b[n] = Sort[n](x[n]), Sort[n](y[n])
L = loss("L", Mean[n](abs(a[n] - b[n])))
