"""Multiclass SVM loss: E = Σ_{c ≠ label} max(0, s[c] − s[label] + 1), over all examples."""

from deltarule.language import *

aliases("multiclass_hinge")

N, C = sizes("N C")
n, c = indices("n c")

s = input("s", N, C)
t = target("t", N, below=C)
e = intermediate("E_n", N)

e[n] = Sum[c](relu(s[n, c] - s[n, t[n]] + 1), where=differ(c, t[n]))
E = loss("E", Sum[n](e[n]))
