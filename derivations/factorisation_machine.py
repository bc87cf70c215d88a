"""Factorisation machine (Rendle 2010), with the pairs summed in linear time."""

from deltarule.language import *

aliases("factorization_machine", "fm")

N, D, K = sizes("N D K")
n, d, k = indices("n d k")

x = input("x", N, D)
w0, w, V = parameter("w0"), parameter("w", D), parameter("V", D, K)
y = output("y", N)

pairs = Sum[k](Sum[d](V[d, k] * x[n, d]) ** 2 - Sum[d](V[d, k] ** 2 * x[n, d] ** 2))
y[n] = w0 + Sum[d](w[d] * x[n, d]) + 0.5 * pairs
