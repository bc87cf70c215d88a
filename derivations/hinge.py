"""Hinge loss of a support vector machine: E = Σ max(0, 1 − y·s), with y = −1 or 1."""

from deltarule.language import *

aliases("svm", "hinge_loss")

N = size("N")
n = index("n")

s, y = input("s", N), target("y", N)
e = intermediate("E_n", N)

e[n] = relu(1 - y[n] * s[n])
E = loss("E", Sum[n](e[n]))
