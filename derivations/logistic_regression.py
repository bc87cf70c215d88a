"""Logistic regression: a = σ(w·x + b), and the mean of −t·log a − (1 − t)·log(1 − a).

There is one output, the probability of a yes; the targets t are 1 for a yes and 0 for a no.
"""

from deltarule.language import *

N, D = sizes("N D")
n, d = indices("n d")

x = input("x", N, D)
w, b = parameter("w", D), parameter("b")
t = target("t", N, below=2)
z, a, e = intermediate("z", N), intermediate("a", N), intermediate("E_n", N)

z[n] = Sum[d](w[d] * x[n, d]) + b[()]
a[n] = sigmoid(z[n])
e[n] = -(t[n] * log(a[n]) + (1 - t[n]) * log(1 - a[n]))
E = loss("E", Mean[n](e[n]))
