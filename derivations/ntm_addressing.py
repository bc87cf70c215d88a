"""Addressing of a neural Turing machine (Graves et al. 2014).

By content (c), mixed with the weights before (u), shifted round (v), and sharpened (w).
"""

from deltarule.language import *

aliases("neural_turing_machine_addressing")

N, M = sizes("N M")
i, j, m = indices("i j m")

memory_rows, k = input("R", N, M), input("k", M)
beta, g = input("beta"), input("g", within="[0, 1]")
gamma = input("gamma", within="[1, oo)")
before, s = input("p", N, within="[0, 1]"), input("s", N, within="[0, 1]")
a, c = intermediate("a", N), intermediate("c", N)
u, v = intermediate("u", N), intermediate("v", N)
w = output("w", N)

length, lengths = sqrt(Sum[m](k[m] ** 2)), sqrt(Sum[m](memory_rows[i, m] ** 2))
a[i] = Sum[m](k[m] * memory_rows[i, m]) / (length * lengths)
c[i] = exp(beta * a[i]) / Sum[j](exp(beta * a[j]))
u[i] = g * c[i] + (1 - g) * before[i]
v[i] = Sum[j](u[j] * s[(i - j) % N])
w[i] = v[i] ** gamma / Sum[j](v[j] ** gamma)
