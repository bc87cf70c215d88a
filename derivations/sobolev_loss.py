"""Sobolev training (Czarnecki et al. 2017): a network learns values and the slopes beside them."""

from deltarule.language import *

N, D, H = sizes("N D H")
n, d, h = indices("n d h")

x, t, slope = input("x", N, D), target("t", N), target("slope", N, D)
W, b, a = parameter("W", D, H), parameter("b", H), parameter("a", H)
s, y = intermediate("s", N, H), intermediate("y", N)

s[n, h] = Sum[d](W[d, h] * x[n, d]) + b[h]
y[n] = Sum[h](a[h] * softplus(s[n, h]))
g = gradient(y, x, name="g")

E = loss("E", Mean[n]((y[n] - t[n]) ** 2 + Sum[d]((g[n, d] - slope[n, d]) ** 2)))
