"""Softmax and cross-entropy with a weight v[c] for every class: rare classes count more."""

from deltarule.language import *

N, C = sizes("N C")
n, c, k = indices("n c k")

z = input("z", N, C)
t, v = target("t", N, C, sums_to_one=1), target("v", C)
p, e = intermediate("p", N, C), intermediate("E_n", N)

p[n, c] = exp(z[n, c]) / Sum[k](exp(z[n, k]))
e[n] = -Sum[c](v[c] * t[n, c] * log(p[n, c]))
E = loss("E", Sum[n](e[n]))
