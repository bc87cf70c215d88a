"""Scaled dot-product attention: a = softmax(Q Kᵀ/√D), y = a V.

Each query i takes a mean of the values, weighted by how well the keys fit.

A mask tells which keys a query may see: none, all up to its own time (causal), or given as an
array of ones and zeros. A query that may see nothing has no weights: they come to 0/0.
"""

from deltarule.notation.language import *

aliases("scaled_dot_product_attention", "dot_product_attention", "self_attention")

mask = option("mask", "none", "which keys a query may see", choices=("none", "causal", "given"))
batch = option("batch", True, "several examples at once, one a row")

N, I, J, D, M = sizes("N I J D M")
if mask == "causal":
    J = I
n, i, j, l, d, m = indices("n i j l d m")
rows, row = ([N], [n]) if batch else ([], [])

Q, K, V = input("Q", *rows, I, D), input("K", *rows, J, D), input("V", *rows, J, M)
e, a = intermediate("e", *rows, I, J), intermediate("a", *rows, I, J)
y = output("y", *rows, I, M)

e[*row, i, j] = Sum[d](Q[*row, i, d] * K[*row, j, d]) / sqrt(D)
if mask == "none":
    a[*row, i, j] = exp(e[*row, i, j]) / Sum[l](exp(e[*row, i, l]))
else:
    visible = j <= i
    if mask == "given":
        visible = input("mask", *rows, I, J, below=2)[*row, i, j] >= 1
    w = intermediate("w", *rows, I, J)
    w[*row, i, j] = where(visible, exp(e[*row, i, j]), 0)
    a[*row, i, j] = w[*row, i, j] / Sum[l](w[*row, i, l])
y[*row, i, m] = Sum[j](a[*row, i, j] * V[*row, j, m])
