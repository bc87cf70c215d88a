"""Concatenated ReLU: the positive parts of z, and behind them those of −z."""

from deltarule.language import *

aliases("concatenated_relu")

N, M = sizes("N M")
n, m = indices("n m")

z, h = input("z", N, M), output("h", N, 2*M)

h[n, m] = relu(z[n, m])
h[n, M + m] = relu(-z[n, m])
