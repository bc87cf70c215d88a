"""Wasserstein-1 distance of two samples on a line: L = Σ_r |a_(r) − b_(r)|/N, both in order.

Sorted, the r-th of the one goes to the r-th of the other. rank says at which place an entry stands,
the smallest first; of equal ones the first comes first.
"""

from deltarule.language import *

aliases("wasserstein_1d", "earth_mover")

N = size("N")
n, m, r = indices("n m r")

x, y = input("x", N), target("y", N)
a, b = intermediate("a", N), intermediate("b", N)

for values, ordered, name in ((x, a, "rank_x"), (y, b, "rank_y")):
    rank = intermediate(name, N, below=N)
    before = Sum[m](where(values[m] <= values[n], 1, 0), where=m < n)
    rank[n] = before + Sum[m](where(values[m] < values[n], 1, 0), where=m > n)
    ordered[r] = Sum[n](values[n], where=equal(rank[n], r))
L = loss("L", Mean[r](abs(a[r] - b[r])))
