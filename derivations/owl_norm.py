"""Ordered weighted L1 norm (OWL; Bogdan et al. 2015): L = Σ_r λ_r·|x|_(r), |x|_(0) the largest.

With λ all 1 it is the L1 norm, with one λ the maximum. The gradient of |x|_(r) goes to the entry
that stands at place r; of equal ones the first comes first.
"""

from deltarule.language import *

aliases("sorted_l1", "slope")

D = size("D")
d = index("d")

x, weight = parameter("x", D), input("lambda", D)
a, v = intermediate("a", D), intermediate("v", D)

a[d] = abs(x[d])
v[d] = Sort[d](a[d], descending=True)
L = loss("L", Sum[d](weight[d] * v[d]))
