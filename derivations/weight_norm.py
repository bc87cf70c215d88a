"""Weight normalisation (Salimans and Kingma 2016): a dense layer with weights g·v/‖v‖."""

from deltarule.language import *

aliases("weight_normalisation", "weight_normalization")

N, D, M = sizes("N D M")
n, d, m = indices("n d m")

x, v = input("x", N, D), parameter("v", D, M)
g, b = parameter("g", M), parameter("b", M)
r, w = intermediate("r", M), intermediate("w", D, M)
y = output("y", N, M)

r[m] = sqrt(Sum[d](v[d, m] ** 2))
w[d, m] = g[m] * v[d, m] / r[m]
y[n, m] = Sum[d](x[n, d] * w[d, m]) + b[m]
