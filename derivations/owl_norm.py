"""Ordered weighted ℓ₁ norm (OWL; Bogdan et al. 2015): L = Σ_r λ_r·|x|_(r), |x|_(0) the largest.

rank[d] is the place of |x[d]| among all of them when they are sorted, the largest first; of equal
ones the first comes first. With λ all 1 it is the ℓ₁ norm, with one λ the maximum.
"""

from deltarule.language import *

aliases("sorted_l1", "slope")

D = size("D")
d, e, r = indices("d e r")

x, weight = parameter("x", D), input("lambda", D)
a = intermediate("a", D)
rank, v = intermediate("rank", D, below=D), intermediate("v", D)

a[d] = abs(x[d])
before = Sum[e](where(a[e] >= a[d], 1, 0), where=e < d)
rank[d] = before + Sum[e](where(a[e] > a[d], 1, 0), where=e > d)
v[r] = Sum[d](a[d], where=equal(rank[d], r))
L = loss("L", Sum[r](weight[r] * v[r]))
