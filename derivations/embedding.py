"""Embedding: word v[n, t] is looked up as row v of a table. Its gradient adds up every use."""

from deltarule.language import *

aliases("lookup")

N, T, V, D = sizes("N T V D")
n, t, d = indices("n t d")

w = input("w", N, T, below=V)
E = parameter("E", V, D)
y = output("y", N, T, D)

y[n, t, d] = E[w[n, t], d]
