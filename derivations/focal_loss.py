"""Focal loss of two classes (Lin et al. 2017): −Σ (1 − q)^γ log q, q of the right class."""

from deltarule.language import *

aliases("focal")

N = size("N")
n = index("n")
gamma = scalar("gamma", 2, within="[0, oo)")

z, y = input("z", N), target("y", N, below=2)
p, q = intermediate("p", N), intermediate("q", N)

p[n] = sigmoid(z[n])
q[n] = where(y[n] == 1, p[n], 1 - p[n])
L = loss("L", -Sum[n]((1 - q[n]) ** gamma * log(q[n])))
