"""Exponential linear unit with a slope of its own below zero."""

from deltarule.language import *

N, M = sizes("N M")
n, m = indices("n m")
alpha = scalar("alpha", 1)

z, h = input("z", N, M), output("h", N, M)

h[n, m] = elu(z[n, m], alpha)
