"""Softmax and cross-entropy with a weight for every class; targets need not add up to 1."""

from deltarule.language import *

N, C = sizes("N C")
n, c, k = indices("n c k")

z, t, v = input("z", N, C), input("t", N, C), input("v", C)
p, e = intermediate("p", N, C), intermediate("E_n", N)

p[n, c] = exp(z[n, c]) / Sum[k](exp(z[n, k]))
e[n] = -Sum[c](v[c] * t[n, c] * log(p[n, c]))
E = loss("E", Sum[n](e[n]))
