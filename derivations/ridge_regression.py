"""Least squares by a solve: w = (XᵀX + λ I)⁻¹ Xᵀ y."""

from deltarule.language import *

aliases("least_squares", "normal_equations")

N, D = sizes("N D")
n, i, j, k = indices("n i j k")
lam = scalar("lambda", 0.1, within="(0, oo)")

X, y = input("X", N, D), input("y", N)
A, B, c = intermediate("A", D, D), intermediate("B", D, D), intermediate("c", D)
w = output("w", D)

A[i, j] = Sum[n](X[n, i] * X[n, j]) + lam * delta(i, j)
B[i, j] = Inverse[i, j](A[i, j])
c[i] = Sum[n](X[n, i] * y[n])
w[i] = Sum[k](B[i, k] * c[k])
