"""Dropout: every entry is kept with probability ρ, and then divided by ρ (inverted dropout).

The mask m of zeros and ones is data: it is drawn before.
"""

from deltarule.language import *

N, M = sizes("N M")
n, m = indices("n m")
rho = scalar("rho", "0.5", within="(0, 1]")

x = input("x", N, M)
mask = input("mask", N, M, below=2)
y = output("y", N, M)

y[n, m] = mask[n, m] * x[n, m] / rho
