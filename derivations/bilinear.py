"""Bilinear layer: every output is a weighted sum over all products of one u and one v."""

from deltarule.language import *

N, A, B, M = sizes("N A B M")
n, a, b, m = indices("n a b m")

u, v = input("u", N, A), input("v", N, B)
W, c = parameter("W", A, B, M), parameter("c", M)
y = output("y", N, M)

y[n, m] = c[m] + Sum[a, b](u[n, a] * W[a, b, m] * v[n, b])
