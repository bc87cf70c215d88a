"""Focal loss of two classes (Lin et al. 2017): −Σ (1 − q)^γ log q, q of the right class.

q is σ(z) for y = 1, and 1 − σ(z) = σ(−z) for y = 0.
"""

from deltarule.language import *

aliases("focal")

N = size("N")
n = index("n")
gamma = scalar("gamma", 2, within="[0, oo)")

z, y = input("z", N), target("y", N, below=2)
q = intermediate("q", N)

q[n] = sigmoid(where(y[n] == 1, z[n], -z[n]))
L = loss("L", -Sum[n]((1 - q[n]) ** gamma * log(q[n])))
