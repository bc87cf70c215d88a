"""Softmax: p = exp(z)/Σ exp(z), positive numbers that add up to 1."""

from deltarule.language import *

N, C = sizes("N C")
n, c, k = indices("n c k")

z, p = input("z", N, C), output("p", N, C)

p[n, c] = exp(z[n, c]) / Sum[k](exp(z[n, k]))
