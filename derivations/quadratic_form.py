"""Quadratic form E = ½ xᵀ A x − bᵀ x of a symmetric matrix, what conjugate gradients minimise."""

from deltarule.language import *

aliases("quadratic")

D = size("D")
i, j = indices("i j")

A, b = parameter("A", D, D, symmetric=True), parameter("b", D)
x = input("x", D)

E = loss("E", Sum[i, j](x[i] * A[i, j] * x[j]) / 2 - Sum[i](b[i] * x[i]))
