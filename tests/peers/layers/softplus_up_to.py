"""Softplus of β·z, divided by β, as far as a threshold; above it z itself."""

from deltarule.language import *

N, M = sizes("N M")
n, m = indices("n m")
beta, top = scalar("beta", 1), scalar("top", 20)

z, h = input("z", N, M), output("h", N, M)

scaled = beta * z[n, m]
h[n, m] = where(scaled > top, z[n, m], softplus(scaled) / beta)
