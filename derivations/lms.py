"""Least mean squares (Widrow and Hoff's delta rule): a linear unit ŷ = x·w, half squared error.

With gradient descent, w after = w + γ·(y − ŷ)·x: the rule that this program is named after.
"""

from deltarule.language import *

aliases("widrow_hoff", "delta_rule", "adaline")

batch = option("batch", False, "several examples at once, one a row")
bias = option("bias", False, "add a bias")

N, D = sizes("N D")
n, d = indices("n d")
rows, row = ([N], [n]) if batch else ([], [])

x = input("x", *rows, D)
w = parameter("w", D)
b = parameter("b") if bias else 0
yhat = intermediate("yhat", *rows)
y = target("y", *rows)

yhat[*row] = Sum[d](x[*row, d] * w[d]) + b

error = square(y[*row] - yhat[*row]) / 2
E = loss("E", Sum[n](error) if batch else error)
